/* Binary heaps of items 0 .. n - 1 by rising keys. Items with one key come in any order, but in the same one
 * whenever the same calls are made. The memory is the caller's. */
#ifndef SIM_TIME_HEAP_H
#define SIM_TIME_HEAP_H

#include "sim/base/wide.h"

struct heap_node {
    int128 key;
    int item;
};

/* A heap that knows the place of each item, and can remove items from the middle. */
struct heap {
    struct heap_node *node; /* node i is not after its children 2i + 1 and 2i + 2 */
    int n;
    int *place; /* (items) index of the item's node; NULL: nothing but the first is ever removed */
};

void heap_push(struct heap *heap, int128 key, int item);

/* Takes out the first item; there must be one. */
int heap_pop(struct heap *heap);

/* These need `place`, and the item in the heap. */
void heap_remove(struct heap *heap, int item);
void heap_change(struct heap *heap, int item, int128 key);

/* For a heap with memory of its own, for `room` nodes: room for one more. `place` stays as it is. */
void heap_make_room(struct heap *heap, int *room);

static inline int heap_first(const struct heap *heap)
{
    return heap->node[0].item;
}

static inline int128 heap_key(const struct heap *heap) /* of the first item */
{
    return heap->node[0].key;
}

/* For items that mostly come in the order of their keys: those that do are in a queue, which costs nothing,
 * and the others in a heap. */
struct line {
    struct heap heap;
    struct heap_node *queue; /* (room) a ring */
    int first, queued, room;
};

static inline int line_count(const struct line *line)
{
    return line->queued + line->heap.n;
}

static inline bool line_queue_is_first(const struct line *line)
{
    return line->queued > 0 && (line->heap.n == 0 || line->queue[line->first].key <= heap_key(&line->heap));
}

static inline const struct heap_node *line_first(const struct line *line)
{
    return line_queue_is_first(line) ? &line->queue[line->first] : line->heap.node;
}

void line_push(struct line *line, int128 key, int item);
int line_pop(struct line *line);

/* For a line with memory of its own: room for one more. */
void line_make_room(struct line *line);

/* Takes an item out wherever it is, in O(items); it must be there. Its key. */
int128 line_remove(struct line *line, int item);

#endif
