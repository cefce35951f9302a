/* A circular buffer. It grows only when it is full, so a queue with a steady load allocates nothing.
 *
 *     room:  | c |   | a | b |      first = 2, count = 3, slots = 4; order a, b, c
 *
 * It begins with one slot, and an empty one begins at slot 0 again: most queues of a simulated worker hold one
 * value at a time, and that of thousands of workers stays in the cache. */
#include "sim/base/fifo.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

void fifo_init(struct fifo *f, size_t size)
{
    *f = (struct fifo){.size = size};
}

void fifo_free(struct fifo *f)
{
    free(f->room);
    f->room = NULL;
}

/* The slot of value i from the front. */
static void *slot(const struct fifo *f, size_t i)
{
    return f->room + ((f->first + i) & (f->slots - 1)) * f->size; /* slots: a power of two */
}

/* Copies the values in their order, so that the new buffer begins at slot 0. */
static void grow(struct fifo *f)
{
    struct fifo larger = {.size = f->size, .slots = f->slots ? 2 * f->slots : 1, .count = f->count};
    larger.room = need(larger.slots * larger.size);
    for (size_t i = 0; i < f->count; i++)
        memcpy(larger.room + i * f->size, slot(f, i), f->size);
    free(f->room);
    *f = larger;
}

void fifo_put(struct fifo *f, const void *value)
{
    if (f->count == f->slots)
        grow(f);
    memcpy(slot(f, f->count++), value, f->size);
}

void fifo_clear(struct fifo *f)
{
    f->first = f->count = 0;
}

const void *fifo_front(const struct fifo *f)
{
    return f->count ? slot(f, 0) : NULL;
}

void *fifo_at(const struct fifo *f, size_t i)
{
    assert(i < f->count);
    return slot(f, i);
}

bool fifo_take(struct fifo *f, void *value)
{
    if (!f->count)
        return false;
    memcpy(value, slot(f, 0), f->size);
    f->count--;
    f->first = f->count ? (f->first + 1) & (f->slots - 1) : 0;
    return true;
}
