/* Control where iterations are reported instead of foreseen: the conductor against reports and a clock made
 * up here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/asynchronous.h"
#include "algorithms/k_gradients.h"
#include "algorithms/overlap.h"
#include "sim/engine/conductor.h"

enum { WORKERS = 4, MOST = 8192 };

static const char *const names[] = {"bsp", "losp", "asp"};
enum { NAMES = sizeof names / sizeof *names };

struct seen { /* the orders, written down */
    struct task task[MOST];
    struct order order[MOST];
    int tasks, orders, reported; /* of the orders: those that are reported */
    struct totals totals;
};

static void see_order(void *context, const struct order *o)
{
    struct seen *s = context;
    assert_true(s->orders < MOST);
    s->order[s->orders++] = *o;
}

static void see_task(void *context, const struct task *t)
{
    struct seen *s = context;
    assert_true(s->tasks < MOST);
    s->task[s->tasks++] = *t;
    if (t->op == TASK_END)
        s->totals = t->totals;
}

/* ---- the scene ---- */

struct scene { /* uneven workers with jitter, unless a test changes it; messages take 1 ms and some */
    struct conductor_spec spec;
    union {
        struct overlap_params overlap;
        struct k_params k;
        struct asynchronous_params asynchronous;
    } params;
    double bandwidth[WORKERS], factor[WORKERS];
    vtime latency[WORKERS];
    struct seen seen;
};

static const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

static struct scene *scene(const char *algorithm, enum pace pace)
{
    struct scene *s = calloc(1, sizeof *s);
    for (int i = 0; i < WORKERS; i++) {
        s->bandwidth[i] = 1e9;
        s->factor[i] = 1 + 0.3 * i;
        s->latency[i] = 100000;
    }
    if (strcmp(algorithm, "losp") == 0)
        s->params.overlap = (struct overlap_params){.min_local_steps = 1, .max_local_steps = 3};
    s->spec = (struct conductor_spec){.alg = named(algorithm),
                                      .params = &s->params,
                                      .workers = WORKERS,
                                      .iterations = 50 * WORKERS,
                                      .iterations_per_epoch = 100,
                                      .eval_every = 60,
                                      .push_bytes = 1000003,
                                      .reply_bytes = 900001,
                                      .pace = pace,
                                      .rate = {.base = 0.1}};
    s->spec.exchange.up = (struct network_spec){.workers = WORKERS,
                                                .sharing = SHARE_FAIR,
                                                .link_bandwidth = s->bandwidth,
                                                .latency = s->latency,
                                                .server_bandwidth = 2e9};
    s->spec.exchange.down = s->spec.exchange.up;
    s->spec.compute = (struct compute_spec){
        .model = COMPUTE_FIXED, .seconds = 0.003, .jitter = 0.2, .factor = s->factor, .seed = 1};
    return s;
}

/* K gradients make an update; the last worker is far slower than the others. */
static struct scene *cancelling_scene(enum pace pace)
{
    struct scene *s = scene("k_sync", pace);
    s->params.k = (struct k_params){.k = WORKERS - 1};
    s->factor[WORKERS - 1] = 100;
    return s;
}

static struct conductor *conductor_of(struct scene *s)
{
    return conductor_create(&s->spec, &(struct order_sink){see_order, see_task, &s->seen});
}

/* ---- workers that report ---- */

static bool to_report(const struct order *o)
{
    return o->op == ORDER_STEP && o->report;
}

/* Reports that each worker has taken what the compute model says, before its factors. */
static void report_seconds(struct conductor *c, struct seen *s, double seconds)
{
    for (; s->reported < s->orders; s->reported++) {
        const struct order *o = &s->order[s->reported];
        if (to_report(o))
            conductor_report(c, o->worker, o->number, seconds, 0);
    }
}

static struct seen *play_measured(struct scene *s)
{
    struct conductor *c = conductor_of(s);
    do {
        report_seconds(c, &s->seen, s->spec.compute.seconds);
    } while (conductor_advance(c));
    conductor_destroy(c);
    return &s->seen;
}

static vtime first_end(const struct seen *s)
{
    vtime first = VTIME_NEVER;
    for (int i = 0; i < s->orders; i++)
        if (to_report(&s->order[i]) && s->order[i].end < first)
            first = s->order[i].end;
    return first;
}

/* Those iterations that end now are reported, `late` ns late. */
static void report_ends(struct conductor *c, struct seen *s, vtime now, vtime late)
{
    for (int i = 0; i < s->orders; i++) {
        struct order *o = &s->order[i];
        if (!to_report(o) || o->end > now)
            continue;
        o->report = false;
        conductor_report(c, o->worker, o->number, 0, o->end + late);
    }
}

/* The clock stops wherever something happens, but first `late` ns after each end. */
static struct seen *play_really(struct scene *s, vtime late)
{
    struct conductor *c = conductor_of(s);
    struct seen *seen = &s->seen;
    vtime now = 0;
    while (seen->totals.virtual_ns == 0) {
        conductor_clock(c, now);
        report_ends(c, seen, now - late, late);
        while (conductor_advance(c))
            ;
        vtime due = conductor_due(c), end = first_end(seen);
        end += end == VTIME_NEVER ? 0 : late;
        assert_true(due > now); /* all that the clock allows has happened */
        assert_true(seen->totals.virtual_ns <= now);
        now = due < end ? due : end;
    }
    conductor_destroy(c);
    return seen;
}

static struct seen *play_modelled(struct scene *s)
{
    struct conductor *c = conductor_of(s);
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    return &s->seen;
}

/* ---- comparison ---- */

/* The worker's orders of that kind, or of all others. */
static int orders_of(const struct seen *s, int worker, bool steps, struct order *out)
{
    int n = 0;
    for (int i = 0; i < s->orders; i++) {
        const struct order *o = &s->order[i];
        if (o->worker == worker && (o->op == ORDER_STEP) == steps)
            out[n++] = *o;
    }
    return n;
}

/* The same tasks, and the same orders to every worker, but for iterations that the end of the run has cut:
 * where they are ordered when they begin, those are orders, too. */
static void assert_same_orders(const struct seen *model, const struct seen *other)
{
    static struct order a[MOST], b[MOST];
    assert_int_equal(model->tasks, other->tasks);
    assert_memory_equal(model->task, other->task, (size_t)model->tasks * sizeof *model->task);
    for (int w = 0; w < WORKERS; w++) {
        int n = orders_of(model, w, false, a);
        assert_int_equal(n, orders_of(other, w, false, b));
        for (int i = 0; i < n; i++)
            assert_true(a[i].op == b[i].op && (a[i].number == b[i].number || a[i].op == ORDER_LEAVE) &&
                        a[i].version == b[i].version && a[i].cancel == b[i].cancel);
        n = orders_of(model, w, true, a);
        assert_in_range(orders_of(other, w, true, b), n, n + 1);
        for (int i = 0; i < n; i++)
            assert_int_equal(a[i].number, b[i].number);
    }
}

static void reports_of_the_modelled_seconds_give_the_modelled_orders(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++) {
        struct scene *model = scene(names[i], PACE_MODEL), *measured = scene(names[i], PACE_REPORT);
        assert_same_orders(play_modelled(model), play_measured(measured));
        free(model);
        free(measured);
    }
}

static void ends_on_the_modelled_moments_give_the_modelled_orders(void **state)
{
    (void)state;
    for (int i = 0; i < NAMES; i++) {
        struct scene *model = scene(names[i], PACE_MODEL), *real = scene(names[i], PACE_REAL);
        assert_same_orders(play_modelled(model), play_really(real, 0));
        free(model);
        free(real);
    }
}

static void cancelled_iterations_cost_nothing_in_either(void **state)
{
    (void)state;
    struct scene *model = cancelling_scene(PACE_MODEL), *measured = cancelling_scene(PACE_REPORT),
                 *real = cancelling_scene(PACE_REAL);
    const struct totals *t = &play_modelled(model)->totals;
    assert_true(t->wasted > 0);
    assert_memory_equal(t, &play_measured(measured)->totals, sizeof *t);
    assert_memory_equal(t, &play_really(real, 0)->totals, sizeof *t);
    free(model);
    free(measured);
    free(real);
}

/* With a barrier no worker goes on before the last report: each round is later by as much. */
static void late_reports_delay(void **state)
{
    (void)state;
    enum { LATE = 12345 };
    struct scene *model = scene("bsp", PACE_MODEL), *real = scene("bsp", PACE_REAL);
    const struct totals *t = &play_modelled(model)->totals, *late = &play_really(real, LATE)->totals;
    assert_int_equal(late->rounds, t->rounds);
    assert_int_equal(late->virtual_ns, t->virtual_ns + t->rounds * LATE);
    free(model);
    free(real);
}

/* ---- step by step ---- */

static void advance(struct conductor *c)
{
    while (conductor_advance(c))
        ;
}

static void measured_time_waits_for_every_report(void **state)
{
    (void)state;
    struct scene *s = scene("asp", PACE_REPORT);
    struct conductor *c = conductor_of(s);
    advance(c);
    assert_int_equal(s->seen.orders, WORKERS);
    for (int i = 0; i < WORKERS; i++) {
        int orders = s->seen.orders;
        assert_false(conductor_advance(c));
        assert_int_equal(s->seen.orders, orders);
        conductor_report(c, i, 0, 0.001, 0);
    }
    assert_true(conductor_advance(c));
    conductor_destroy(c);
    free(s);
}

/* Three of four make an update; then worker 3 reports an iteration that is none any more. */
static void a_report_of_a_cancelled_iteration_is_ignored(void **state)
{
    (void)state;
    struct scene *s = cancelling_scene(PACE_REAL);
    struct conductor *c = conductor_of(s);
    conductor_clock(c, 0);
    advance(c);
    for (int i = 0; i < WORKERS - 1; i++)
        conductor_report(c, i, 0, 0, 0);
    for (vtime due; (due = conductor_due(c)) != VTIME_NEVER;) { /* the round, and the replies to it */
        conductor_clock(c, due);
        advance(c);
    }
    const struct order *last = &s->seen.order[s->seen.orders - 1];
    assert_true(last->op == ORDER_STEP && last->number == 1);
    int orders = s->seen.orders;
    conductor_report(c, WORKERS - 1, 0, 0, 0);
    assert_true(conductor_due(c) == VTIME_NEVER);
    assert_false(conductor_advance(c));
    assert_int_equal(s->seen.orders, orders);
    conductor_report(c, WORKERS - 1, 1, 0, 0); /* this one ends, now */
    assert_true(conductor_advance(c));
    assert_int_equal(s->seen.order[s->seen.orders - 1].op, ORDER_PUSH);
    conductor_destroy(c);
    free(s);
}

static void nothing_is_played_before_its_time(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", PACE_REAL);
    struct conductor *c = conductor_of(s);
    conductor_clock(c, 0);
    advance(c);
    assert_true(conductor_due(c) == VTIME_NEVER); /* no iteration has ended */
    conductor_report(c, 2, 0, 0, 5000000);
    assert_int_equal(conductor_due(c), 5000000);
    int orders = s->seen.orders;
    conductor_clock(c, 4999999);
    assert_false(conductor_advance(c));
    assert_int_equal(s->seen.orders, orders);
    conductor_clock(c, 5000000);
    assert_true(conductor_advance(c));
    assert_int_equal(s->seen.order[orders].op, ORDER_PUSH);
    conductor_destroy(c);
    free(s);
}

/* A report may come after the conductor has gone past its time: time never goes back. */
static void a_report_from_the_past_counts_from_now(void **state)
{
    (void)state;
    struct scene *s = scene("asp", PACE_REAL);
    struct conductor *c = conductor_of(s);
    conductor_clock(c, 0);
    advance(c);
    conductor_report(c, 0, 0, 0, 5000000);
    conductor_clock(c, 5000000);
    advance(c);
    conductor_report(c, 1, 0, 0, 4000000);
    assert_int_equal(conductor_due(c), 5000000);
    assert_true(conductor_advance(c));
    conductor_destroy(c);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reports_of_the_modelled_seconds_give_the_modelled_orders),
        cmocka_unit_test(ends_on_the_modelled_moments_give_the_modelled_orders),
        cmocka_unit_test(cancelled_iterations_cost_nothing_in_either),
        cmocka_unit_test(late_reports_delay),
        cmocka_unit_test(measured_time_waits_for_every_report),
        cmocka_unit_test(a_report_of_a_cancelled_iteration_is_ignored),
        cmocka_unit_test(nothing_is_played_before_its_time),
        cmocka_unit_test(a_report_from_the_past_counts_from_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
