/* Sums of times and bytes that pass what 64 bits hold: over workers they are whole, elsewhere the run is
 * refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/child.h"
#include "tests/rigs/control_rig.h"
#include "sim/base/fail.h"

#define YEAR 31557600e9 /* ns */

/* 8 workers, 3 rounds of 22 years: 528 years together, of which each clock holds 66. */
static void sums_over_workers_are_whole(void **state)
{
    (void)state;
    struct scene *s = scene(8, 24);
    s->spec.compute.seconds = 22 * YEAR / 1e9;
    for (int i = 0; i < 8; i++)
        s->latency_up[i] = s->latency_down[i] = (vtime)(0.2 * YEAR);
    const struct totals *t = &play(s, "bsp")->totals;
    int128 compute = 0, waiting = 0, communication = 0;
    for (int i = 0; i < 8; i++) {
        compute += s->seen.total[i].compute_ns;
        waiting += s->seen.total[i].waiting_ns;
        communication += s->seen.total[i].communication_ns;
    }
    assert_true(t->compute == compute && t->waiting == waiting && t->communication == communication);
    assert_true(compute + waiting == (int128)t->virtual_ns * 8);
    assert_true(compute > INT64_MAX);
    free(s);
}

/* ---- in a child ---- */

/* Three pushes of an eighth of what is counted each, all in one round, and so on. */
static void send_much(void *context)
{
    struct scene *s = scene(3, 1000);
    (void)context;
    s->spec.push_bytes = (uint64_t)1 << 58;
    s->seen.orders = 0;
    s->spec.alg = named("bsp");
    s->spec.params = &s->params;
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, &s->seen});
    while (conductor_advance(c))
        ;
    _exit(s->seen.totals.bytes_up > 0 ? EXIT_DONE : EXIT_FAILED);
}

static void more_bytes_than_are_counted_are_refused(void **state)
{
    (void)state;
    assert_int_equal(end_of(start_child(send_much, NULL)), EXIT_USAGE);
}

/* Eight replies that answer nothing, and the one that answers the push: the push's row has the time of all of
 * them. */
static void take_replies(void *flight)
{
    const vtime each = *(const vtime *)flight;
    const int replies = 9;
    struct sim_worker w;
    struct delivery d;
    sim_worker_open(&w, 0, NULL, false);
    w.view.k = 1;
    struct push *push = sim_worker_send(&w, 0, 100, true);
    push_queue_arrive(&w.pushes);
    for (int i = 0; i < replies; i++) {
        if (i + 1 == replies)
            push_queue_serve(&w.pushes);
        sim_worker_expect(&w, &(struct delivery){.number = i, .depart = i, .arrive = VTIME_NEVER});
        sim_worker_link_busy(&w, i);
        delivery_queue_find(&w.deliveries, false, i)->here = true;
    }
    for (int i = 0; i < replies; i++) {
        CHECK(sim_worker_arrive(&w, each + i));
        CHECK(delivery_queue_take(&w.deliveries, &d));
        sim_worker_accept(&w, &d, each + i, 100);
    }
    CHECK(push->row.communication_ns == replies * each);
    CHECK(push->row.bytes_down == replies * 100);
}

static void a_row_has_the_time_of_its_replies_or_is_refused(void **state)
{
    (void)state;
    vtime short_way = (vtime)1 << 57, long_way = (vtime)1 << 60; /* 9 of them: 41 and 329 years */
    assert_int_equal(end_of(start_child(take_replies, &short_way)), EXIT_DONE);
    assert_int_equal(end_of(start_child(take_replies, &long_way)), EXIT_USAGE);
}

/* Each push takes the PS 40 years: what waits there waits for longer than the clock holds, and for longer
 * than 2^63 ns. */
static void serve_slowly(void *context)
{
    struct scene *s = scene(8, 8);
    (void)context;
    s->spec.server_cost = 40 * YEAR / 1e9 / (double)s->spec.push_bytes;
    s->spec.alg = named("bsp");
    s->spec.params = &s->params;
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, &s->seen});
    while (conductor_advance(c))
        ;
    _exit(EXIT_DONE);
}

static void a_queue_at_the_server_beyond_the_clock_is_refused(void **state)
{
    (void)state;
    assert_int_equal(end_of(start_child(serve_slowly, NULL)), EXIT_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_over_workers_are_whole),
        cmocka_unit_test(more_bytes_than_are_counted_are_refused),
        cmocka_unit_test(a_row_has_the_time_of_its_replies_or_is_refused),
        cmocka_unit_test(a_queue_at_the_server_beyond_the_clock_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
