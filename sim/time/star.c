/* Max-min fairness: a flow runs at its link's bandwidth or at the fair rate, whichever is less. A class is all
 * links with one bandwidth at all times, so that its flows have one rate. Its virtual clock V is the integral
 * of that rate: a flow that enters at V leaves at V + its bytes, whatever the rate becomes, and a class keeps
 * its flows in a heap by that sum.
 *
 * A class is limited by its own links, or it has the fair rate. The classes with flows are in two heaps by
 * bandwidth, and the fair rate lies where the two meet:
 *
 *      limited: the widest link first         fair: the narrowest link first
 *      the clock runs at the bandwidth        all have the star's clock, each at an offset
 *      a heap by the end of the first flow    a heap by the first flow's sum on the star's clock
 *
 * Another fair rate moves some classes from one side to the other, and touches no other class: the ends of
 * limited flows and the sums of fair ones stay. (Virtual clocks are those of fair queueing; Parekh and
 * Gallager, 1993. The fair rate is found as in water filling.) */
#include "sim/time/star.h"

#include <math.h>

#include "sim/time/star_internal.h"

/* ---- classes ---- */

static int number_of(const struct star *s, const struct class *c)
{
    return (int)(c - s->class);
}

static volume clock_of(const struct star *s, const struct class *c)
{
    return c->is_limited ? c->clock + volume_in(c->rate, s->now - c->since) : s->clock + c->offset;
}

static moment end_of_first(const struct class *c)
{
    return snapped(c->since + time_for(c->rate, line_first(&c->flows)->key - c->clock));
}

static volume sum_of_first(const struct class *c)
{
    return line_first(&c->flows)->key - c->offset;
}

/* Some flows more, or less, of a limited class. */
static void count_limited(struct star *s, const struct class *c, int flows)
{
    s->limited_flows += flows;
    s->limited_sum += flows * c->level;
}

/* Takes a class with flows, or one that had some, out of the heaps. */
static void detach(struct star *s, struct class *c)
{
    c->clock = clock_of(s, c);
    c->since = s->now;
    heap_remove(c->is_limited ? &s->ends : &s->sums, number_of(s, c));
    heap_remove(c->is_limited ? &s->widest : &s->narrowest, number_of(s, c));
    if (c->is_limited)
        count_limited(s, c, -line_count(&c->flows));
}

/* The class has flows, and its clock is of now. */
static void attach(struct star *s, struct class *c, bool is_limited)
{
    c->is_limited = is_limited;
    if (is_limited) {
        count_limited(s, c, line_count(&c->flows));
        heap_push(&s->ends, end_of_first(c), number_of(s, c));
        heap_push(&s->widest, -c->level, number_of(s, c));
    } else {
        c->offset = c->clock - s->clock;
        heap_push(&s->sums, sum_of_first(c), number_of(s, c));
        heap_push(&s->narrowest, c->level, number_of(s, c));
    }
}

/* Anywhere between the two heaps, so that they stay in order. */
static void attach_by_level(struct star *s, struct class *c)
{
    attach(s, c, s->widest.n > 0 && c->level <= -heap_key(&s->widest));
}

static void watch_changes(struct star *s, struct class *c)
{
    if (c->bandwidth.until != VTIME_NEVER)
        heap_push(&s->changes, c->bandwidth.until, number_of(s, c));
}

/* ---- where the heaps meet ---- */

/* Whether the server link has room for this level on all wider links: then links of this level are limited.
 * Holds for the widest limited class and for the narrowest fair one, on whichever side they are. */
static bool is_limiting(const struct star *s, int128 level)
{
    return s->limited_sum + (s->flows - s->limited_flows) * level <= s->server_level;
}

static void move_first(struct star *s, const struct heap *from, bool is_limited)
{
    struct class *c = &s->class[heap_first(from)];
    detach(s, c);
    attach(s, c, is_limited);
}

static void find_fair_rate(struct star *s)
{
    int fair = s->flows - s->limited_flows;
    s->fair_end = MOMENT_NEVER;
    if (fair == 0) {
        s->clock = 0;
        return;
    }
    s->fair_rate = isinf(s->server.rate) ? rate_of(INFINITY)
                                         : rate_of_quotient(s->server_level - s->limited_sum, s->scale, fair);
    s->fair_end = snapped(s->now + time_for(s->fair_rate, heap_key(&s->sums) - s->clock));
}

static void settle(struct star *s)
{
    if (s->is_settled)
        return;
    while (s->widest.n > 0 && !is_limiting(s, -heap_key(&s->widest)))
        move_first(s, &s->widest, false);
    while (s->narrowest.n > 0 && is_limiting(s, heap_key(&s->narrowest)))
        move_first(s, &s->narrowest, true);
    find_fair_rate(s);
    s->is_settled = true;
}

static moment least(moment a, moment b)
{
    return a < b ? a : b;
}

moment star_next(struct star *s)
{
    settle(s);
    if (s->flows == 0)
        return MOMENT_NEVER;
    moment next = least(s->fair_end, moment_of(s->server.until));
    if (s->ends.n > 0)
        next = least(next, heap_key(&s->ends));
    if (s->changes.n > 0)
        next = least(next, moment_of((vtime)heap_key(&s->changes)));
    return next;
}

/* ---- flows ---- */

/* Takes the first flow out of its class; its worker. */
static int leave(struct star *s, struct class *c)
{
    struct heap *heap = c->is_limited ? &s->ends : &s->sums;
    volume sum = line_first(&c->flows)->key;
    if (c->is_limited)
        count_limited(s, c, -1);
    s->flows--;
    int worker = line_pop(&c->flows);
    if (line_count(&c->flows) == 0) {
        detach(s, c);
        if (c->bandwidth.until != VTIME_NEVER)
            heap_remove(&s->changes, number_of(s, c));
    } else if (line_first(&c->flows)->key != sum) {
        heap_change(heap, number_of(s, c), c->is_limited ? end_of_first(c) : sum_of_first(c));
    }
    return worker;
}

static int leave_limited(struct star *s, moment at, int *worker)
{
    int n = 0;
    while (s->ends.n > 0 && heap_key(&s->ends) == at)
        worker[n++] = leave(s, &s->class[heap_first(&s->ends)]);
    return n;
}

/* With the first one all others leave that end in the slack after a whole ns. */
static int leave_fair(struct star *s, moment at, int *worker)
{
    if (s->fair_end != at)
        return 0;
    volume last = heap_key(&s->sums);
    if ((uint64_t)at == 0 && s->fair_rate.mantissa != 0) {
        volume reached = s->clock + volume_in(s->fair_rate, at + SLACK - s->now);
        last = reached > last ? reached : last;
    }
    int n = 0;
    while (s->sums.n > 0 && (heap_key(&s->sums) <= last || s->fair_rate.mantissa == 0))
        worker[n++] = leave(s, &s->class[heap_first(&s->sums)]);
    return n;
}

static void change_bandwidths(struct star *s)
{
    vtime t = whole_ns(s->now);
    if (bandwidth_move(&s->server, t))
        star_see_server(s);
    while (s->changes.n > 0 && heap_key(&s->changes) <= t) {
        struct class *c = &s->class[heap_pop(&s->changes)];
        detach(s, c);
        bandwidth_move(&c->bandwidth, t);
        star_see_links(s, c);
        attach_by_level(s, c);
        watch_changes(s, c);
    }
}

int star_move(struct star *s, moment at, int *worker)
{
    settle(s);
    bool has_rate = s->narrowest.n > 0 && s->fair_rate.mantissa != 0;
    volume reached = has_rate ? s->clock + volume_in(s->fair_rate, at - s->now) : s->clock;
    int n = leave_limited(s, at, worker);
    n += leave_fair(s, at, worker + n);
    s->clock = reached;
    s->now = at;
    change_bandwidths(s);
    s->is_settled = false;
    return n;
}

void star_enter(struct star *s, int worker, uint64_t bytes)
{
    struct class *c = &s->class[s->class_of[worker]];
    bool is_first = line_count(&c->flows) == 0;
    s->flows++;
    s->is_settled = false;
    if (is_first) {
        if (bandwidth_move(&c->bandwidth, whole_ns(s->now)))
            star_see_links(s, c);
        c->clock = 0;
        c->since = s->now;
        line_push(&c->flows, volume_of(bytes), worker);
        attach_by_level(s, c);
        watch_changes(s, c);
        return;
    }
    line_push(&c->flows, clock_of(s, c) + volume_of(bytes), worker);
    if (c->is_limited)
        count_limited(s, c, 1);
    if (line_first(&c->flows)->item == worker)
        heap_change(c->is_limited ? &s->ends : &s->sums, number_of(s, c),
                    c->is_limited ? end_of_first(c) : sum_of_first(c));
}
