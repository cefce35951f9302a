#include "sim/time/heap.h"

#include <assert.h>

static bool before(const struct heap_node *a, const struct heap_node *b)
{
    return a->key < b->key || (a->key == b->key && a->item < b->item);
}

static void put(struct heap *heap, int i, struct heap_node node)
{
    heap->node[i] = node;
    if (heap->place)
        heap->place[node.item] = i;
}

/* Both move `node` from the empty place i to its own. */
static void sift_up(struct heap *heap, int i, struct heap_node node)
{
    for (; i > 0 && before(&node, &heap->node[(i - 1) / 2]); i = (i - 1) / 2)
        put(heap, i, heap->node[(i - 1) / 2]);
    put(heap, i, node);
}

static void sift_down(struct heap *heap, int i, struct heap_node node)
{
    for (int child; (child = 2 * i + 1) < heap->n; i = child) {
        if (child + 1 < heap->n && before(&heap->node[child + 1], &heap->node[child]))
            child++;
        if (before(&node, &heap->node[child]))
            break;
        put(heap, i, heap->node[child]);
    }
    put(heap, i, node);
}

static void place(struct heap *heap, int i, struct heap_node node)
{
    if (i > 0 && before(&node, &heap->node[(i - 1) / 2]))
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
        place(heap, i, last);
}

void heap_change(struct heap *heap, int item, int128 key)
{
    int i = heap->place[item];
    assert(i < heap->n && heap->node[i].item == item);
    place(heap, i, (struct heap_node){key, item});
}
