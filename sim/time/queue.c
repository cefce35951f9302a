#include "sim/time/queue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

/* The order in two words, so that a comparison needs no branch: the processor cannot guess the way of an event
 * through the heap. */
struct node {
    uint64_t at;
    uint64_t order; /* kind, rank + 1 and sequence: equal events leave in the order they came */
    int64_t id;
};

enum { SEQUENCE_BITS = 40, RANK_BITS = 20 }; /* and 4 for the kind */

static struct node node_of(const struct event *e, uint64_t sequence)
{
    assert(e->at >= 0 && e->kind >= 0 && e->kind < EVENT_KINDS);
    assert(e->rank >= -1 && e->rank < EVENT_RANKS && sequence < UINT64_C(1) << SEQUENCE_BITS);
    uint64_t place = (uint64_t)e->kind << RANK_BITS | (uint64_t)(e->rank + 1);
    return (struct node){(uint64_t)e->at, place << SEQUENCE_BITS | sequence, e->id};
}

static struct event event_of(const struct node *n)
{
    uint64_t place = n->order >> SEQUENCE_BITS;
    return (struct event){.at = (vtime)n->at,
                          .kind = (int)(place >> RANK_BITS),
                          .rank = (int)(place & ((1 << RANK_BITS) - 1)) - 1,
                          .id = n->id};
}

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
    return (a->at < b->at) | ((a->at == b->at) & (a->order < b->order));
}

static void grow(struct queue *queue)
{
    struct node *nodes = need(2 * queue->room * sizeof *nodes);
    memcpy(nodes, queue->nodes, queue->count * sizeof *nodes);
    free(queue->nodes);
    queue->nodes = nodes;
    queue->room *= 2;
}

/* Moves `node` up from the empty place i to its own. */
static void sift_up(struct queue *queue, unsigned long i, struct node node)
{
    for (; i > 0 && before(&node, &queue->nodes[(i - 1) / 2]); i = (i - 1) / 2)
        queue->nodes[i] = queue->nodes[(i - 1) / 2];
    queue->nodes[i] = node;
}

void queue_push(struct queue *queue, const struct event *event)
{
    assert(event->at >= queue->popped);
    if (queue->count == queue->room)
        grow(queue);
    struct node node = node_of(event, queue->pushed++);
    sift_up(queue, queue->count++, node);
}

bool queue_peek(const struct queue *queue, struct event *event)
{
    if (queue->count == 0)
        return false;
    *event = event_of(&queue->nodes[0]);
    return true;
}

/* The empty root moves down to a leaf, along the earlier children, and `last` goes there and up again: it was a
 * leaf, and seldom moves far (Wegener, Theoretical Computer Science 118(1), 1993). */
void queue_cancel(struct queue *queue)
{
    assert(queue->count > 0);
    struct node *nodes = queue->nodes, last = nodes[--queue->count];
    unsigned long i = 0;
    for (unsigned long child; (child = 2 * i + 1) < queue->count; i = child) {
        bool second = child + 1 < queue->count;
        child += second & before(&nodes[child + second], &nodes[child]);
        nodes[i] = nodes[child];
    }
    if (queue->count > 0)
        sift_up(queue, i, last);
}

bool queue_pop(struct queue *queue, struct event *event)
{
    if (!queue_peek(queue, event))
        return false;
    queue->popped = event->at;
    queue_cancel(queue);
    return true;
}
