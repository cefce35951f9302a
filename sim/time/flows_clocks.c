/* Every class of flows has a virtual clock, the integral of its rate: a flow that enters at V leaves at V + its bytes,
 * whatever the rate becomes, and a class keeps its flows in a line by that sum. (Virtual clocks are those of fair
 * queueing; Parekh and Gallager, 1993.)
 *
 *      limited by its cap              limited by a link
 *      the clock runs at the cap       the link's clock, at an offset
 *      ends: by the end of its         sums of the link: by the first flow's sum on the link's clock;
 *      first flow                      ends: by the end of the first flow of all its classes
 *
 * Another rate of a link therefore costs as much for one flow as for thousands. */
#include "sim/time/flows_internal.h"

static volume link_clock(const struct flows *f, const struct link *l)
{
    return l->clock + volume_in(l->rate, f->now - l->since);
}

volume class_clock(const struct flows *f, const struct class *c)
{
    if (c->limit >= 0)
        return c->clock + link_clock(f, &f->link[c->limit]);
    return c->limit == LIMITED_BY_CAP ? c->clock + volume_in(c->rate, f->now - c->since) : c->clock;
}

/* Not before now: the clock is rounded. */
static moment end_at(const struct flows *f, moment since, struct rate rate, volume left)
{
    moment end = snapped(since + time_for(rate, left));
    return end > f->now ? end : f->now;
}

static volume first_sum(const struct class *c) /* limited by a link */
{
    return line_first(&c->flows)->key - c->clock;
}

static moment first_end(const struct flows *f, const struct class *c) /* limited by its cap */
{
    return end_at(f, c->since, c->rate, line_first(&c->flows)->key - c->clock);
}

/* ---- limits ---- */

static int item_of(const struct flows *f, const struct class *c) /* in the heap of ends */
{
    return f->links + c->number;
}

static void detach(struct flows *f, struct class *c)
{
    c->clock = class_clock(f, c);
    if (c->limit >= 0)
        heap_remove(&f->link[c->limit].sums, c->number);
    else if (c->limit == LIMITED_BY_CAP)
        heap_remove(&f->ends, item_of(f, c));
    c->limit = NO_LIMIT_YET;
}

void class_limit(struct flows *f, struct class *c, int limit)
{
    detach(f, c);
    c->limit = c->new_limit = limit;
    c->since = f->now;
    if (limit == LIMITED_BY_CAP)
        heap_push(&f->ends, first_end(f, c), item_of(f, c));
    if (limit < 0)
        return;
    struct link *l = &f->link[limit];
    c->clock -= link_clock(f, l);
    heap_make_room(&l->sums, &l->sums_room);
    heap_push(&l->sums, first_sum(c), c->number);
}

void link_limit(struct flows *f, struct link *l, struct rate rate)
{
    l->clock = l->is_full ? link_clock(f, l) : 0;
    l->since = f->now;
    l->rate = rate;
    l->is_full = true;
}

void link_see_first(struct flows *f, struct link *l)
{
    int item = (int)(l - f->link);
    bool was_timed = l->is_timed;
    l->is_timed = l->sums.n > 0;
    if (was_timed && !l->is_timed)
        heap_remove(&f->ends, item);
    if (!l->is_timed)
        return;
    moment end = end_at(f, l->since, l->rate, heap_key(&l->sums) - l->clock);
    if (was_timed)
        heap_change(&f->ends, item, end);
    else
        heap_push(&f->ends, end, item);
}

void class_see_first(struct flows *f, const struct class *c)
{
    if (c->limit >= 0)
        heap_change(&f->link[c->limit].sums, c->number, first_sum(c));
    else if (c->limit == LIMITED_BY_CAP)
        heap_change(&f->ends, item_of(f, c), first_end(f, c));
}
