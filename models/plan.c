/* Greedy by size: the largest buffers get their offset first, each the lowest one where it meets no buffer
 * that has its offset already. Large buffers are few and hard to fit; the small ones fill the gaps that
 * remain. */
#include "models/plan.h"

#include <stdbool.h>

enum { LINE = 16 }; /* floats in a cache line */

static size_t end_of(const struct usage *u)
{
    return u->offset + (u->floats + LINE - 1) / LINE * LINE;
}

static bool is_used(const struct usage *u)
{
    return u->floats > 0 && u->first <= u->last;
}

static bool meet(const struct usage *a, const struct usage *b)
{
    bool in_time = a->first <= b->last && b->first <= a->last;
    return in_time && a->offset < end_of(b) && b->offset < end_of(a);
}

static const size_t UNPLANNED = (size_t)-1;

/* Starts at offset 0 and moves above each usage that u meets, then looks at all of them again: the new place
 * may meet one that was passed before. The offset only grows, so this ends. */
static void set_offset(struct usage *u, const struct usage *all, int n)
{
    u->offset = 0;
    for (int i = 0; i < n; i++)
        if (&all[i] != u && all[i].offset != UNPLANNED && meet(u, &all[i])) {
            u->offset = end_of(&all[i]);
            i = -1;
        }
}

static struct usage *largest_unplanned(struct usage *all, int n)
{
    struct usage *largest = NULL;
    for (int i = 0; i < n; i++)
        if (all[i].offset == UNPLANNED && is_used(&all[i]) && (!largest || all[i].floats > largest->floats))
            largest = &all[i];
    return largest;
}

size_t plan_memory(struct usage *usages, int n)
{
    size_t total = 0;
    for (int i = 0; i < n; i++)
        usages[i].offset = UNPLANNED;
    for (struct usage *u; (u = largest_unplanned(usages, n));) {
        set_offset(u, usages, n);
        total = end_of(u) > total ? end_of(u) : total;
    }
    return total;
}
