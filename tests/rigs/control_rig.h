/* Runs the conductor alone and writes down all that it says; what must hold of every run, whatever the algorithm, is
 * checked at its end. No process, no gradient. Include after cmocka.h. */
#ifndef TESTS_RIGS_CONTROL_RIG_H
#define TESTS_RIGS_CONTROL_RIG_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/asynchronous.h"
#include "algorithms/k_gradients.h"
#include "algorithms/overlap.h"
#include "sim/engine/conductor.h"

#define RIG_WORKERS 8
#define MOST_ROWS   8192
#define MOST_ORDERS 32768
#define MS          1000000LL

struct member { /* a push of an update */
    int worker;
    int64_t number, round;
};

struct seen {
    struct push_row row[MOST_ROWS]; /* as they come */
    int64_t row_number[MOST_ROWS];
    struct member member[MOST_ROWS];
    struct order order[MOST_ORDERS];
    int rows, members, orders, drops;
    int64_t updates;
    struct worker_total total[RIG_WORKERS];
    struct totals totals;
    struct {                                       /* from the probe */
        vtime push_departs, reply_departs, update; /* the last of each */
        vtime reply_arrives[RIG_WORKERS];          /* the last one */
    } last;
};

struct scene { /* a cluster of equal workers with a network that takes no time, unless a test changes it */
    struct conductor_spec spec;
    union {
        struct alg_common common;
        struct asynchronous_params asynchronous;
        struct k_params k;
        struct overlap_params overlap;
    } params;
    double bandwidth[RIG_WORKERS], factor[RIG_WORKERS];
    vtime latency_up[RIG_WORKERS], latency_down[RIG_WORKERS];
    struct seen seen;
};

/* ---- writing down ---- */

static inline void see_order(void *context, const struct order *o)
{
    struct seen *s = context;
    assert_true(s->orders < MOST_ORDERS);
    s->order[s->orders++] = *o;
}

static inline void see_fold(struct seen *s, const struct task *t)
{
    const struct member *before = s->members ? &s->member[s->members - 1] : NULL;
    if (before && before->round == s->updates + 1) /* rank order within an update, a worker's own in theirs */
        assert_true(before->worker < t->worker ||
                    (before->worker == t->worker && before->number < t->number));
    assert_true(s->members < MOST_ROWS);
    s->member[s->members++] = (struct member){t->worker, t->number, s->updates + 1};
}

static inline void see_task(void *context, const struct task *t)
{
    struct seen *s = context;
    s->drops += t->op == TASK_DROP;
    s->updates += t->op == TASK_UPDATE;
    if (t->op == TASK_FOLD) {
        see_fold(s, t);
    } else if (t->op == TASK_ROW) {
        assert_true(s->rows < MOST_ROWS);
        s->row_number[s->rows] = t->number;
        s->row[s->rows++] = t->row;
    } else if (t->op == TASK_TOTAL) {
        s->total[t->worker] = t->total;
    } else if (t->op == TASK_END) {
        s->totals = t->totals;
    }
}

static inline void see_note(void *context, const struct timeline_event *n)
{
    struct seen *s = context;
    if (n->kind == TIMELINE_PUSH_DEPARTS)
        s->last.push_departs = n->begin;
    if (n->kind == TIMELINE_UPDATE)
        s->last.update = n->begin;
    if (n->kind == TIMELINE_REPLY_DEPARTS)
        s->last.reply_departs = n->begin;
    if (n->kind == TIMELINE_REPLY_ARRIVES)
        s->last.reply_arrives[n->worker] = n->begin;
}

/* ---- what holds of every run ---- */

/* Each worker's rows: its pushes in their order, one on the link at a time, every ns accounted for. */
static inline void rows_are_whole(const struct scene *s)
{
    const struct seen *seen = &s->seen;
    int64_t next[RIG_WORKERS] = {0};
    vtime depart[RIG_WORKERS] = {0}, arrive[RIG_WORKERS] = {0};
    for (int i = 0; i < seen->rows; i++) {
        const struct push_row *r = &seen->row[i];
        assert_int_equal(seen->row_number[i], next[r->worker]++);
        assert_int_equal(r->k, 1);
        assert_int_equal(r->compute_ns + r->waiting_ns, r->depart_ns - depart[r->worker]);
        assert_true(r->depart_ns >= arrive[r->worker]);
        assert_true(r->staleness >= 0 && r->staleness <= (r->round > 0 ? r->round - 1 : seen->updates));
        if (r->reply_ns >= 0)
            assert_true(r->arrive_ns >= r->depart_ns && r->reply_ns >= r->arrive_ns &&
                        r->accept_ns >= r->reply_ns && r->round > 0);
        else
            assert_int_equal(r->accept_ns, -1);
        depart[r->worker] = r->depart_ns;
        arrive[r->worker] = r->arrive_ns < 0 ? seen->totals.virtual_ns : r->arrive_ns;
    }
}

/* Pushed = in updates + dropped, iterations begun = in updates + wasted, computing + waiting = the run's time. */
static inline void accounts_balance(const struct scene *s)
{
    const struct seen *seen = &s->seen;
    const struct totals *t = &seen->totals;
    int64_t consumed[RIG_WORKERS] = {0}, dropped = 0, wasted = 0, bytes_up = 0, bytes_down = 0;
    for (int i = 0; i < seen->rows; i++) {
        consumed[seen->row[i].worker] += seen->row[i].round > 0 ? seen->row[i].k : 0;
        dropped += seen->row[i].round == 0;
        bytes_up += seen->row[i].bytes_up;
        bytes_down += seen->row[i].bytes_down;
    }
    for (int i = 0; i < s->spec.workers; i++) {
        const struct worker_total *w = &seen->total[i];
        assert_int_equal(w->iterations, consumed[i] + w->wasted);
        assert_int_equal(w->compute_ns + w->waiting_ns, t->virtual_ns);
        assert_true(w->communication_ns <= t->virtual_ns);
        assert_true(w->overlapped_ns <= w->compute_ns && w->overlapped_ns <= w->communication_ns);
        assert_true(w->overlapped_ns + w->waiting_ns >= w->communication_ns);
        wasted += w->wasted;
    }
    assert_int_equal(t->wasted, wasted);
    assert_int_equal(t->dropped, dropped);
    assert_int_equal(seen->drops, dropped);
    assert_int_equal(t->pushes, seen->rows);
    assert_int_equal(t->pushes, seen->members + dropped);
    assert_int_equal(t->iterations, seen->members);
    assert_int_equal(t->rounds, seen->updates);
    assert_int_equal(t->bytes_up, t->pushes * (int64_t)s->spec.push_bytes);
    assert_int_equal(t->bytes_down, t->replies * (int64_t)s->spec.reply_bytes);
    assert_int_equal(t->bytes_up, bytes_up); /* every byte is in a row */
    assert_int_equal(t->bytes_down, bytes_down);
}

/* From the update that ends the run on nothing departs but STOP; the last reply to arrive, with STOP or without,
 * ends it. */
static inline void it_ends_with_the_last_reply(const struct scene *s)
{
    const struct seen *seen = &s->seen;
    vtime last = 0;
    assert_true(seen->last.push_departs <= seen->last.update);
    assert_int_equal(seen->last.reply_departs, seen->last.update);
    for (int i = 0; i < s->spec.workers; i++)
        if (seen->last.reply_arrives[i] > last)
            last = seen->last.reply_arrives[i];
    assert_int_equal(seen->totals.virtual_ns, last);
    assert_true(seen->totals.iterations >= s->spec.iterations);
}

/* Local iterations are ordered by rising numbers, the pushes without a gap, and each after the one gradient in it. */
static inline void orders_are_in_order(const struct scene *s)
{
    int64_t step[RIG_WORKERS], push[RIG_WORKERS] = {0}, gathered[RIG_WORKERS] = {0};
    for (int i = 0; i < RIG_WORKERS; i++)
        step[i] = -1;
    for (int i = 0; i < s->seen.orders; i++) {
        const struct order *o = &s->seen.order[i];
        if (o->op == ORDER_STEP) {
            assert_true(o->number > step[o->worker]);
            step[o->worker] = o->number;
            gathered[o->worker]++;
        } else if (o->op == ORDER_PUSH) {
            assert_int_equal(o->number, push[o->worker]++);
            assert_int_equal(gathered[o->worker], 1);
            gathered[o->worker] = 0;
        } else if (o->op == ORDER_ACCEPT && o->cancel) {
            gathered[o->worker] = 0;
        }
    }
}

/* ---- scenes ---- */

static inline const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

/* An iteration takes 1 ms. */
static inline struct scene *scene(int workers, int64_t iterations)
{
    struct scene *s = calloc(1, sizeof *s);
    for (int i = 0; i < RIG_WORKERS; i++) {
        s->bandwidth[i] = INFINITY;
        s->factor[i] = 1;
    }
    s->spec = (struct conductor_spec){.workers = workers,
                                      .iterations = iterations,
                                      .iterations_per_epoch = 100,
                                      .eval_every = 100,
                                      .push_bytes = 100000,
                                      .reply_bytes = 90000,
                                      .rate = {.base = 0.1}};
    s->spec.exchange.up = (struct network_spec){.workers = workers,
                                                .sharing = SHARE_FAIR,
                                                .link_bandwidth = s->bandwidth,
                                                .latency = s->latency_up,
                                                .server_bandwidth = INFINITY,
                                                .direction = NET_UP};
    s->spec.exchange.down = s->spec.exchange.up;
    s->spec.exchange.down.latency = s->latency_down;
    s->spec.exchange.down.direction = NET_DOWN;
    s->spec.compute =
        (struct compute_spec){.model = COMPUTE_FIXED, .seconds = 1e-3, .factor = s->factor, .seed = 1};
    return s;
}

static inline int pick(uint32_t *state, int n) /* 0 .. n - 1 */
{
    *state = *state * 1664525u + 1013904223u;
    return (int)((*state >> 16) % (uint32_t)n);
}

/* Anything: 1 to 8 workers, equal or not, with jitter or in step, on links of any speed. */
static inline struct scene *rough_scene(uint32_t seed)
{
    static const double factors[] = {1, 1, 1.5, 3, 10}, jitters[] = {0, 0.1, 0.5, 1};
    static const double bandwidths[] = {INFINITY, 1e9, 1e8, 2e7}, server_links[] = {INFINITY, 1e9, 2e8};
    static const vtime latencies[] = {0, 0, 100000, MS, 5 * MS};
    uint32_t draw = seed * 2654435761u;
    bool equal = pick(&draw, 4) == 0; /* so that there are ties */
    struct scene *s = scene(1 + pick(&draw, RIG_WORKERS), 1 + pick(&draw, 150));
    for (int i = 0; i < s->spec.workers && !equal; i++) {
        s->factor[i] = factors[pick(&draw, 5)];
        s->bandwidth[i] = bandwidths[pick(&draw, 4)];
        s->latency_up[i] = latencies[pick(&draw, 5)];
        s->latency_down[i] = latencies[pick(&draw, 5)];
    }
    s->spec.compute.jitter = equal ? 0 : jitters[pick(&draw, 4)];
    s->spec.compute.seed = s->spec.exchange.up.seed = s->spec.exchange.down.seed = seed;
    s->spec.exchange.up.jitter = s->spec.exchange.down.jitter = equal ? 0 : jitters[pick(&draw, 3)];
    s->spec.exchange.up.sharing = s->spec.exchange.down.sharing = pick(&draw, 2) ? SHARE_FAIR : SHARE_FIFO;
    s->spec.exchange.up.server_bandwidth = server_links[pick(&draw, 3)];
    s->spec.exchange.down.server_bandwidth = server_links[pick(&draw, 3)];
    s->spec.server_cost = pick(&draw, 2) ? 0 : 2e-10; /* 20 us a push: the PS keeps up */
    return s;
}

static inline struct seen *play(struct scene *s, const char *algorithm)
{
    struct seen *seen = &s->seen;
    memset(seen, 0, sizeof *seen);
    s->spec.alg = named(algorithm);
    s->spec.params = &s->params;
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, seen});
    conductor_watch(c, &(struct probe){see_note, seen});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    rows_are_whole(s);
    accounts_balance(s);
    it_ends_with_the_last_reply(s);
    orders_are_in_order(s);
    return seen;
}

/* Both algorithms do the same at the same times, to the ns. */
static inline void same_runs(uint32_t seed, const char *a, const char *b,
                             void (*prepare)(struct scene *, const char *))
{
    struct scene *x = rough_scene(seed), *y = rough_scene(seed);
    prepare(x, a);
    prepare(y, b);
    play(x, a);
    play(y, b);
    assert_true(x->seen.rows > 0);
    assert_memory_equal(x->seen.row, y->seen.row, sizeof x->seen.row);
    assert_memory_equal(x->seen.member, y->seen.member, sizeof x->seen.member);
    assert_memory_equal(&x->seen.totals, &y->seen.totals, sizeof x->seen.totals);
    assert_memory_equal(x->seen.total, y->seen.total, sizeof x->seen.total);
    free(x);
    free(y);
}

#endif
