#include "sim/time/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

struct node {
    struct event event;
    uint64_t sequence; /* equal events leave in the order they came: a heap alone is not stable */
};

struct queue {
    struct node *nodes; /* node i is not after its children 2i + 1 and 2i + 2 */
    unsigned long count, room;
    uint64_t pushed;
    vtime popped; /* time of the event last popped */
};

enum { FIRST_ROOM = 64 };

struct queue *queue_create(void)
{
    struct queue *queue = need(sizeof *queue);
    queue->room = FIRST_ROOM;
    queue->nodes = need(queue->room * sizeof *queue->nodes);
    queue->popped = INT64_MIN;
    return queue;
}

void queue_destroy(struct queue *queue)
{
    if (queue)
        free(queue->nodes);
    free(queue);
}

static bool before(const struct node *a, const struct node *b)
{
    if (a->event.at != b->event.at)
        return a->event.at < b->event.at;
    if (a->event.kind != b->event.kind)
        return a->event.kind < b->event.kind;
    if (a->event.rank != b->event.rank)
        return a->event.rank < b->event.rank;
    return a->sequence < b->sequence;
}

static void grow(struct queue *queue)
{
    struct node *nodes = need(2 * queue->room * sizeof *nodes);
    memcpy(nodes, queue->nodes, queue->count * sizeof *nodes);
    free(queue->nodes);
    queue->nodes = nodes;
    queue->room *= 2;
}

void queue_push(struct queue *queue, const struct event *event)
{
    assert(event->at >= queue->popped);
    if (queue->count == queue->room)
        grow(queue);
    struct node node = {*event, queue->pushed++};
    unsigned long i = queue->count++;
    for (; i > 0 && before(&node, &queue->nodes[(i - 1) / 2]); i = (i - 1) / 2)
        queue->nodes[i] = queue->nodes[(i - 1) / 2];
    queue->nodes[i] = node;
}

bool queue_peek(const struct queue *queue, struct event *event)
{
    if (queue->count == 0)
        return false;
    *event = queue->nodes[0].event;
    return true;
}

/* Moves `node` down from the empty root to its place. */
static void sift_down(struct queue *queue, struct node node)
{
    unsigned long i = 0;
    for (;;) {
        unsigned long child = 2 * i + 1;
        if (child + 1 < queue->count && before(&queue->nodes[child + 1], &queue->nodes[child]))
            child++;
        if (child >= queue->count || before(&node, &queue->nodes[child]))
            break;
        queue->nodes[i] = queue->nodes[child];
        i = child;
    }
    queue->nodes[i] = node;
}

void queue_cancel(struct queue *queue)
{
    assert(queue->count > 0);
    struct node last = queue->nodes[--queue->count];
    if (queue->count > 0)
        sift_down(queue, last);
}

bool queue_pop(struct queue *queue, struct event *event)
{
    if (!queue_peek(queue, event))
        return false;
    queue->popped = event->at;
    queue_cancel(queue);
    return true;
}
