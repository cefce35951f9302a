#include "sim/time/heap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

static void put(struct heap *heap, int i, struct heap_node node)
{
    heap->node[i] = node;
    if (heap->place)
        heap->place[node.item] = i;
}

/* Moves `node` from the empty place i to its own. */
static void sift_up(struct heap *heap, int i, struct heap_node node)
{
    for (; i > 0 && node.key < heap->node[(i - 1) / 2].key; i = (i - 1) / 2)
        put(heap, i, heap->node[(i - 1) / 2]);
    put(heap, i, node);
}

/* The same downwards: most nodes belong far below, so the place goes down to the bottom first, without a look
 * at `node`, and then up (Wegener's bottom-up heapsort). */
static void sift_down(struct heap *heap, int i, struct heap_node node)
{
    int top = i, child;
    while ((child = 2 * i + 2) < heap->n) {
        child -= heap->node[child - 1].key < heap->node[child].key;
        put(heap, i, heap->node[child]);
        i = child;
    }
    if (child == heap->n) {
        put(heap, i, heap->node[child - 1]);
        i = child - 1;
    }
    for (; i > top && node.key < heap->node[(i - 1) / 2].key; i = (i - 1) / 2)
        put(heap, i, heap->node[(i - 1) / 2]);
    put(heap, i, node);
}

static void settle(struct heap *heap, int i, struct heap_node node)
{
    if (i > 0 && node.key < heap->node[(i - 1) / 2].key)
        sift_up(heap, i, node);
    else
        sift_down(heap, i, node);
}

void heap_push(struct heap *heap, int128 key, int item)
{
    sift_up(heap, heap->n++, (struct heap_node){key, item});
}

int heap_pop(struct heap *heap)
{
    assert(heap->n > 0);
    int first = heap->node[0].item;
    struct heap_node last = heap->node[--heap->n];
    if (heap->n > 0)
        sift_down(heap, 0, last);
    return first;
}

void heap_remove(struct heap *heap, int item)
{
    int i = heap->place[item];
    assert(i < heap->n && heap->node[i].item == item);
    struct heap_node last = heap->node[--heap->n];
    if (i < heap->n)
        settle(heap, i, last);
}

void heap_change(struct heap *heap, int item, int128 key)
{
    int i = heap->place[item];
    assert(i < heap->n && heap->node[i].item == item);
    if (heap->n == 1)
        heap->node[0].key = key;
    else
        settle(heap, i, (struct heap_node){key, item});
}

enum { FIRST_ROOM = 2 };

void heap_make_room(struct heap *heap, int *room)
{
    if (heap->n < *room)
        return;
    *room = *room > 0 ? 2 * *room : FIRST_ROOM;
    size_t each = sizeof *heap->node;
    heap->node = need_more(heap->node, (size_t)heap->n * each, (size_t)*room * each);
}

/* ---- lines ---- */

static int behind(const struct line *line, int n) /* in the ring, n after the first */
{
    int i = line->first + n;
    return i < line->room ? i : i - line->room;
}

void line_push(struct line *line, int128 key, int item)
{
    if (line->queued > 0 && key < line->queue[behind(line, line->queued - 1)].key)
        heap_push(&line->heap, key, item);
    else
        line->queue[behind(line, line->queued++)] = (struct heap_node){key, item};
}

int line_pop(struct line *line)
{
    if (!line_queue_is_first(line))
        return heap_pop(&line->heap);
    int item = line->queue[line->first].item;
    line->first = behind(line, 1);
    line->queued--;
    return item;
}

/* The ring begins with its first node then. */
void line_make_room(struct line *line)
{
    if (line_count(line) < line->room)
        return;
    int room = line->room > 0 ? 2 * line->room : FIRST_ROOM;
    size_t each = sizeof *line->queue, before_end = (size_t)(line->room - line->first);
    struct heap_node *queue = need((size_t)room * each);
    if (line->room > 0) {
        memcpy(queue, line->queue + line->first, before_end * each);
        memcpy(queue + before_end, line->queue, (size_t)line->first * each);
    }
    free(line->queue);
    line->queue = queue;
    line->first = 0;
    line->heap.node = need_more(line->heap.node, (size_t)line->heap.n * each, (size_t)room * each);
    line->room = room;
}

static int128 remove_queued(struct line *line, int i) /* i behind the first */
{
    int128 key = line->queue[behind(line, i)].key;
    for (line->queued--; i < line->queued; i++)
        line->queue[behind(line, i)] = line->queue[behind(line, i + 1)];
    return key;
}

static int128 remove_heaped(struct heap *heap, int i)
{
    int128 key = heap->node[i].key;
    struct heap_node last = heap->node[--heap->n];
    if (i < heap->n)
        settle(heap, i, last);
    return key;
}

int128 line_remove(struct line *line, int item)
{
    for (int i = 0; i < line->queued; i++)
        if (line->queue[behind(line, i)].item == item)
            return remove_queued(line, i);
    int i = 0;
    while (line->heap.node[i].item != item)
        i++;
    return remove_heaped(&line->heap, i);
}
