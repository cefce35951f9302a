/* Flows enter and leave, and time goes on: what that changes in classes and links. */
#include "sim/time/flows.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/flows_internal.h"

/* ---- links in use ---- */

static void see_bandwidth(struct flows *f, struct link *l)
{
    if (bandwidth_move(&l->bandwidth, whole_ns(f->now)))
        l->level = level_of(f, l->bandwidth.rate);
}

static void begin_use(struct flows *f, struct link *l, int flow)
{
    l->flows = 1;
    l->alone = flow;
    see_bandwidth(f, l);
    if (l->bandwidth.until != VTIME_NEVER)
        heap_push(&f->changes, l->bandwidth.until, (int)(l - f->link));
}

static void end_use(struct flows *f, struct link *l)
{
    if (--l->flows > 0)
        return;
    l->is_shared = false;
    if (l->bandwidth.until != VTIME_NEVER)
        heap_remove(&f->changes, (int)(l - f->link));
}

/* ---- flows in classes ---- */

static void put(struct flows *f, int flow, volume rest)
{
    const struct route *route = f->flow[flow].route;
    int shared[LONGEST_ROUTE], n = 0;
    double cap = route->cap;
    for (int i = 0; i < route->links; i++) {
        const struct link *l = &f->link[route->link[i]];
        if (l->is_shared)
            shared[n++] = route->link[i];
        else
            cap = fmin(cap, l->bandwidth.rate);
    }
    struct class *c = class_of(f, n, shared, cap);
    f->flow[flow].class = c->number;
    line_make_room(&c->flows);
    line_push(&c->flows, class_clock(f, c) + rest, flow);
    if (c->limit == NO_LIMIT_YET)
        flows_place(f, c);
    else if (line_first(&c->flows)->item == flow)
        class_see_first(f, c);
    flows_count(f, c, 1);
}

/* A flow has been taken out of the class. */
static void shrink(struct flows *f, struct class *c, int128 old_first)
{
    flows_count(f, c, -1);
    if (line_count(&c->flows) == 0) {
        class_limit(f, c, NO_LIMIT_YET);
        class_close(f, c);
    } else if (line_first(&c->flows)->key != old_first) {
        class_see_first(f, c);
    }
}

static volume take_out(struct flows *f, int flow)
{
    struct class *c = f->class_at[f->flow[flow].class];
    int128 first = line_first(&c->flows)->key;
    volume rest = line_remove(&c->flows, flow) - class_clock(f, c);
    shrink(f, c, first);
    return rest;
}

static void move(struct flows *f, int flow)
{
    put(f, flow, take_out(f, flow));
}

/* ---- entering ---- */

void flows_enter(struct flows *f, int flow, const struct route *route, uint64_t bytes)
{
    while (flow >= f->flow_room) {
        int room = f->flow_room > 0 ? 2 * f->flow_room : 64;
        f->flow = need_more(f->flow, (size_t)f->flow_room * sizeof *f->flow, (size_t)room * sizeof *f->flow);
        free(f->ended);
        f->ended = need((size_t)room * sizeof *f->ended);
        f->flow_room = room;
    }
    f->flow[flow].route = route;
    for (int i = 0; i < route->links; i++) {
        struct link *l = &f->link[route->link[i]];
        if (l->flows == 0) {
            begin_use(f, l, flow);
            continue;
        }
        l->flows++;
        if (!l->is_shared) {
            l->is_shared = true;
            l->is_full = false;
            l->spare = l->level;
            move(f, l->alone);
        }
    }
    put(f, flow, volume_of(bytes));
}

static void end_uses(struct flows *f, int flow)
{
    const struct route *route = f->flow[flow].route;
    for (int i = 0; i < route->links; i++)
        end_use(f, &f->link[route->link[i]]);
}

void flows_withdraw(struct flows *f, int flow)
{
    take_out(f, flow);
    end_uses(f, flow);
}

/* ---- leaving ---- */

static int leave(struct flows *f, struct class *c)
{
    int128 first = line_first(&c->flows)->key;
    int flow = line_pop(&c->flows);
    shrink(f, c, first);
    end_uses(f, flow);
    return flow;
}

/* With the first one all others leave that end in the slack after a whole ns. */
static int leave_link(struct flows *f, struct link *l, int *ended)
{
    volume last = heap_key(&l->sums);
    if ((uint64_t)f->now == 0) {
        volume reached = l->clock + volume_in(l->rate, f->now + SLACK - l->since);
        last = reached > last ? reached : last;
    }
    int n = 0;
    while (l->sums.n > 0 && heap_key(&l->sums) <= last)
        ended[n++] = leave(f, f->class_at[heap_first(&l->sums)]);
    link_see_first(f, l);
    return n;
}

static void change_bandwidths(struct flows *f)
{
    vtime t = whole_ns(f->now);
    while (f->changes.n > 0 && heap_key(&f->changes) <= t) {
        int link = heap_first(&f->changes);
        struct link *l = &f->link[link];
        see_bandwidth(f, l);
        if (l->bandwidth.until != VTIME_NEVER)
            heap_change(&f->changes, link, l->bandwidth.until);
        else
            heap_remove(&f->changes, link);
        if (l->is_shared)
            flows_break(f, link);
        else
            move(f, l->alone);
    }
}

int flows_move(struct flows *f, moment at, const int **ended)
{
    flows_settle(f);
    f->now = at;
    int n = 0;
    while (f->ends.n > 0 && heap_key(&f->ends) == at) {
        int first = heap_first(&f->ends);
        if (first < f->links)
            n += leave_link(f, &f->link[first], f->ended + n);
        else
            f->ended[n++] = leave(f, f->class_at[first - f->links]);
    }
    change_bandwidths(f);
    *ended = f->ended;
    return n;
}

moment flows_next(struct flows *f)
{
    flows_settle(f);
    moment next = f->ends.n > 0 ? heap_key(&f->ends) : MOMENT_NEVER;
    moment change = f->changes.n > 0 ? moment_of((vtime)heap_key(&f->changes)) : MOMENT_NEVER;
    return change < next ? change : next;
}
