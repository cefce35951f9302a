/* The queues of one worker's messages: where each message is, and that no operation breaks the order of the
 * indices. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>

#include "sim/base/rng.h"
#include "sim/engine/delivery_queue.h"
#include "sim/engine/push_queue.h"
#include "tests/rigs/child.h"

enum { ABORTED = 128 + SIGABRT };

static struct push *send_one(struct push_queue *q)
{
    return push_queue_send(q, &(struct push){.header = {.k = 7}});
}

/* ---- pushes ---- */

static void a_push_passes_from_index_to_index(void **state)
{
    (void)state;
    struct push_queue q;
    struct push taken;
    int64_t number;
    push_queue_open(&q);
    assert_null(push_queue_on_link(&q));
    struct push *push = send_one(&q);
    assert_ptr_equal(push_queue_on_link(&q), push);
    assert_int_equal(push_queue_waiting(&q), 0);
    assert_ptr_equal(push_queue_arrive(&q), push);
    assert_null(push_queue_on_link(&q));
    assert_int_equal(push_queue_waiting(&q), 1);
    assert_int_equal(push_queue_serve(&q), 0);
    assert_int_equal(push_queue_waiting(&q), 0);
    assert_false(push_queue_take(&q, &taken, &number));
    push->read = true;
    assert_false(push_queue_take(&q, &taken, &number));
    push->settled = true;
    assert_true(push_queue_take(&q, &taken, &number));
    assert_int_equal(number, 0);
    assert_int_equal(taken.header.k, 7);
    assert_false(push_queue_take(&q, &taken, &number));
    push_queue_close(&q);
}

static void rows_are_complete_in_the_order_of_the_pushes(void **state)
{
    (void)state;
    struct push_queue q;
    struct push taken;
    int64_t number;
    push_queue_open(&q);
    for (int i = 0; i < 3; i++) {
        send_one(&q);
        push_queue_arrive(&q);
        push_queue_serve(&q);
    }
    for (int i = 2; i >= 0; i--) {
        assert_false(push_queue_take(&q, &taken, &number));
        push_queue_at(&q, i)->read = push_queue_at(&q, i)->settled = true;
    }
    for (int64_t i = 0; i < 3; i++) {
        assert_true(push_queue_take(&q, &taken, &number));
        assert_int_equal(number, i);
    }
    push_queue_close(&q);
}

static void a_crash_and_an_outage_bound_what_was_sent_before(void **state)
{
    (void)state;
    struct push_queue q;
    push_queue_open(&q);
    send_one(&q);
    push_queue_arrive(&q);
    send_one(&q);
    push_queue_mark_crash(&q);
    assert_int_equal(q.sent_before_crash, 2);
    assert_int_equal(q.sent_before_outage, 0);
    assert_int_equal(q.served, 0);
    push_queue_write_off(&q);
    push_queue_mark_outage(&q);
    assert_int_equal(q.sent_before_outage, 2);
    assert_int_equal(q.served, 2);
    assert_null(push_queue_on_link(&q));
    assert_non_null(push_queue_at(&q, 0)); /* no row is complete yet */
    send_one(&q);
    assert_non_null(push_queue_on_link(&q));
    push_queue_close(&q);
}

/* One of the operations that are allowed now. */
static void play_any(struct push_queue *q, uint32_t operation)
{
    struct push taken;
    int64_t number;
    if (operation == 0)
        send_one(q);
    else if (operation == 1 && push_queue_on_link(q))
        push_queue_arrive(q);
    else if (operation == 2 && q->early > 0)
        push_queue_let_through(q);
    else if (operation == 3 && push_queue_waiting(q) > q->early)
        push_queue_hold_back(q);
    else if (operation == 4 && push_queue_waiting(q) > q->early) {
        struct push *push = push_queue_at(q, push_queue_serve(q));
        push->read = push->settled = true;
    } else if (operation == 5)
        push_queue_take(q, &taken, &number);
    else if (operation == 6)
        push_queue_mark_crash(q);
}

static void any_history_keeps_the_indices_in_order(void **state)
{
    (void)state;
    for (uint32_t history = 0; history < 100; history++) {
        struct draw_key key = {.seed = 3, .purpose = DRAW_JITTER, .iteration = history};
        struct push_queue q;
        push_queue_open(&q);
        for (uint32_t i = 0; i < 1000; i++) {
            play_any(&q, draw_below(&key, i, 7));
            assert_true(q.done <= q.served && q.served <= q.arrived && q.arrived <= q.sent);
            assert_true(q.early >= 0 && q.early <= q.arrived - q.served);
        }
        push_queue_close(&q);
    }
}

/* ---- what must not happen ends the program ---- */

static void arrive_before_it_is_sent(struct push_queue *q)
{
    push_queue_arrive(q);
}

static void serve_before_it_arrives(struct push_queue *q)
{
    send_one(q);
    push_queue_serve(q);
}

static void hold_back_what_is_not_there(struct push_queue *q)
{
    push_queue_hold_back(q);
}

static void let_through_what_is_not_held_back(struct push_queue *q)
{
    push_queue_let_through(q);
}

static void serve_one_that_is_held_back(struct push_queue *q)
{
    send_one(q);
    push_queue_arrive(q);
    push_queue_hold_back(q);
    push_queue_serve(q);
}

static void take_one_that_was_never_served(struct push_queue *q)
{
    struct push taken;
    int64_t number;
    struct push *push = send_one(q);
    push->read = push->settled = true;
    push_queue_take(q, &taken, &number);
}

static void ask_for_one_that_is_gone(struct push_queue *q)
{
    push_queue_at(q, 0);
}

static void an_outage_before_all_is_written_off(struct push_queue *q)
{
    send_one(q);
    push_queue_mark_outage(q);
}

struct attempt {
    void (*play)(struct push_queue *q);
};

static void attempt(void *context)
{
    struct push_queue q;
    if (!freopen("/dev/null", "w", stderr))
        _exit(1);
    push_queue_open(&q);
    ((const struct attempt *)context)->play(&q);
}

static void what_breaks_the_order_is_refused(void **state)
{
    (void)state;
    static struct attempt attempts[] = {
        {arrive_before_it_is_sent},    {serve_before_it_arrives},
        {hold_back_what_is_not_there}, {let_through_what_is_not_held_back},
        {serve_one_that_is_held_back}, {take_one_that_was_never_served},
        {ask_for_one_that_is_gone},    {an_outage_before_all_is_written_off},
    };
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
        assert_int_equal(end_of(start_child(attempt, &attempts[i])), ABORTED);
}

/* ---- replies and fetched models ---- */

static void send_reply(struct delivery_queue *q, int64_t number)
{
    delivery_queue_send(q, &(struct delivery){.number = number, .arrive = VTIME_NEVER});
}

static void a_reply_waits_for_a_lost_one_before_it(void **state)
{
    (void)state;
    struct delivery_queue q;
    struct delivery d;
    delivery_queue_open(&q);
    send_reply(&q, 0);
    send_reply(&q, 1);
    delivery_queue_find(&q, false, 1)->here = true;
    assert_null(delivery_queue_arrive(&q, 10));
    assert_false(delivery_queue_take(&q, &d));
    assert_int_equal(delivery_queue_replies_in_flight(&q), 2);
    delivery_queue_find(&q, false, 0)->here = true;
    for (int64_t i = 0; i < 2; i++) {
        assert_int_equal(delivery_queue_arrive(&q, 20)->number, i);
        assert_int_equal(delivery_queue_replies_in_flight(&q), 1 - i);
    }
    assert_null(delivery_queue_arrive(&q, 20));
    for (int64_t i = 0; i < 2; i++) {
        assert_true(delivery_queue_take(&q, &d));
        assert_int_equal(d.number, i);
        assert_int_equal(d.arrive, 20);
    }
    assert_true(delivery_queue_is_empty(&q));
    delivery_queue_close(&q);
}

static void a_reply_and_a_fetched_model_have_numbers_of_their_own(void **state)
{
    (void)state;
    struct delivery_queue q;
    delivery_queue_open(&q);
    delivery_queue_send(&q, &(struct delivery){.fetch = true, .number = 5});
    assert_null(delivery_queue_find(&q, false, 5));
    assert_int_equal(delivery_queue_replies_in_flight(&q), 0);
    send_reply(&q, 5);
    assert_true(delivery_queue_find(&q, true, 5) != delivery_queue_find(&q, false, 5));
    assert_int_equal(delivery_queue_replies_in_flight(&q), 1);
    delivery_queue_close(&q);
}

static void a_crash_discards_what_has_arrived_and_what_has_not(void **state)
{
    (void)state;
    struct delivery_queue q;
    struct delivery d;
    delivery_queue_open(&q);
    send_reply(&q, 0);
    send_reply(&q, 1);
    delivery_queue_find(&q, false, 0)->here = true;
    delivery_queue_arrive(&q, 1);
    assert_true(delivery_queue_discard(&q, &d));
    assert_true(delivery_queue_discard(&q, &d));
    assert_int_equal(d.number, 1);
    assert_false(delivery_queue_discard(&q, &d));
    send_reply(&q, 2);
    assert_non_null(delivery_queue_find(&q, false, 2)); /* on the link, not among those that have arrived */
    delivery_queue_close(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_push_passes_from_index_to_index),
        cmocka_unit_test(rows_are_complete_in_the_order_of_the_pushes),
        cmocka_unit_test(a_crash_and_an_outage_bound_what_was_sent_before),
        cmocka_unit_test(any_history_keeps_the_indices_in_order),
        cmocka_unit_test(what_breaks_the_order_is_refused),
        cmocka_unit_test(a_reply_waits_for_a_lost_one_before_it),
        cmocka_unit_test(a_reply_and_a_fetched_model_have_numbers_of_their_own),
        cmocka_unit_test(a_crash_discards_what_has_arrived_and_what_has_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
