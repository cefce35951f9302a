/* A binary heap of items 0 .. n - 1 by rising keys; of equal keys the lower item comes first. A heap that
 * knows the place of each item can remove an item from the middle. */
#ifndef SIM_TIME_HEAP_H
#define SIM_TIME_HEAP_H

#include "sim/base/wide.h"

struct heap_node {
    int128 key;
    int item;
};

struct heap {
    struct heap_node *node; /* node i is not after its children 2i + 1 and 2i + 2; the caller's memory */
    int n;
    int *place; /* (items) index of the item's node; NULL: nothing but the first is ever removed */
};

void heap_push(struct heap *heap, int128 key, int item);

/* Takes out the first item; there must be one. */
int heap_pop(struct heap *heap);

/* These need `place`, and the item in the heap. */
void heap_remove(struct heap *heap, int item);
void heap_change(struct heap *heap, int item, int128 key);

static inline int heap_first(const struct heap *heap)
{
    return heap->node[0].item;
}

static inline int128 heap_key(const struct heap *heap) /* of the first item */
{
    return heap->node[0].key;
}

#endif
