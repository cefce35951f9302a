/* Greedy by size: the largest buffers are placed first, each at the lowest offset where it meets nobody. */
#include "models/plan.h"

#include <stdbool.h>

enum { LINE = 16 }; /* floats in a cache line */

static size_t end_of(const struct buffer *b)
{
    return b->offset + (b->floats + LINE - 1) / LINE * LINE;
}

static bool used(const struct buffer *b)
{
    return b->floats > 0 && b->birth <= b->death;
}

static bool meet(const struct buffer *a, const struct buffer *b)
{
    bool in_time = a->birth <= b->death && b->birth <= a->death;
    return in_time && a->offset < end_of(b) && b->offset < end_of(a);
}

static const size_t UNPLACED = (size_t)-1;

/* Each collision moves it up past somebody, so this ends. */
static void place(struct buffer *b, const struct buffer *all, int n)
{
    b->offset = 0;
    for (int i = 0; i < n; i++)
        if (&all[i] != b && all[i].offset != UNPLACED && meet(b, &all[i])) {
            b->offset = end_of(&all[i]);
            i = -1;
        }
}

static struct buffer *largest_unplaced(struct buffer *all, int n)
{
    struct buffer *largest = NULL;
    for (int i = 0; i < n; i++)
        if (all[i].offset == UNPLACED && used(&all[i]) && (!largest || all[i].floats > largest->floats))
            largest = &all[i];
    return largest;
}

size_t plan_memory(struct buffer *buffers, int n)
{
    size_t total = 0;
    for (int i = 0; i < n; i++)
        buffers[i].offset = UNPLACED;
    for (struct buffer *b; (b = largest_unplaced(buffers, n));) {
        place(b, buffers, n);
        total = end_of(b) > total ? end_of(b) : total;
    }
    return total;
}
