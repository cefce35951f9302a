/* What coding takes at workers, against cases worked out by hand: at boundaries, in exchanges without a server, and what
 * cancels, crashes and the end of a run do to it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/coding_scene.h"

/* ---- at boundaries ---- */

/* The reply to a push is there in the ns in which that departs, and yet it is accepted, after it is decoded, at the next
 * boundary. */
static void boundaries_take_what_has_come(void **state)
{
    (void)state;
    struct scene *s = scene("losp", 1, 8);
    set(s, "min_local_steps", 1);
    set(s, "max_local_steps", 1);
    s->bandwidth[0] = INFINITY;
    s->spec.worker_decodes =
        (struct coding_time){.cost = 0.25e-9, .factor = 1, .uncoded = of_reply, .context = s};
    struct seen *seen = play(s);
    const struct push_row *r = row_of(seen, 0, 0), *next = row_of(seen, 0, 1);
    assert_int_equal(r->depart_ns, MS + E);
    assert_int_equal(r->reply_ns, MS + E);
    assert_int_equal(r->accept_ns, 2 * MS + E + REPLY_D); /* at the boundary after the next iteration */
    assert_int_equal(next->depart_ns, 2 * MS + E + REPLY_D + E);
    assert_int_equal(next->coding_ns, REPLY_D + E);
    scene_free(s);
}

/* The last push of a worker that has taken STOP is encoded, too. */
static void a_final_push_is_encoded(void **state)
{
    (void)state;
    struct scene *s = scene("losp", 1, 2);
    set(s, "min_local_steps", 1);
    set(s, "max_local_steps", 4);
    set(s, "drain", 1);
    s->bandwidth[0] = INFINITY;
    struct seen *seen = play(s);
    const struct push_row *last = &seen->row[seen->rows - 1];
    assert_int_equal(last->reply_ns, -1);
    assert_int_equal(last->coding_ns, E);
    assert_int_equal(seen->totals.virtual_ns, last->depart_ns);
    assert_int_equal(seen->totals.wasted, 0);
    assert_int_equal(seen->total[0].coding_ns, seen->rows * E);
    scene_free(s);
}

static uint64_t of_half(const void *scene, int64_t number)
{
    (void)scene;
    return number >= 0 ? 500 : 0;
}

/* 0.3 ns x 0.09 x 500 = 13.5 ns, though the product of the doubles of 0.3e-9 and 0.09 is less than 2.7e-11. */
static void a_half_goes_up(void **state)
{
    (void)state;
    static const struct coding_time cases[] = {{.cost = 0.3e-9, .factor = 0.09, .uncoded = of_half},
                                               {.cost = 0.027e-9, .factor = 1, .uncoded = of_half},
                                               {.cost = 0.3e-9, .factor = 0, .uncoded = of_half},
                                               {.cost = 0, .factor = 0.09, .uncoded = of_half}};
    static const vtime expected[] = {14, 14, 0, 0};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(coding_ns(&cases[i], 0), expected[i]);
        assert_true(coding_takes_time(&cases[i]) == (expected[i] > 0));
    }
}

/* ---- cancelled, cut, crashed ---- */

/* K-sync with K = 1: the newer model comes while the slower worker encodes, which then sends nothing. */
static void a_cancel_takes_what_is_being_encoded(void **state)
{
    (void)state;
    struct scene *s = scene("k_sync", 2, 2);
    set(s, "k", 1);
    s->factor[0] = 1.0037;
    server_decodes(s);
    struct seen *seen = play(s);
    const vtime newer = MS + E + 1000 + D + 2000;
    assert_int_equal(row_of(seen, 1, 0)->reply_ns, newer);
    assert_int_equal(seen->totals.pushes, 2);
    assert_int_equal(seen->rows, 2);
    assert_int_equal(seen->row[1].worker, 1);
    is_coding(seen, 1, 0, MS + 3700, newer); /* cut: it would have lasted until 1,005,202 */
    assert_int_equal(seen->total[0].wasted, seen->total[0].iterations);
    scene_free(s);
}

/* ASP: worker 1 encodes when the last update is made, and what it has encoded does not depart; or it still encodes when
 * the last reply is at worker 0. After that update it does not begin to encode. */
static void the_end_cuts_it(void **state)
{
    (void)state;
    static const struct {
        double factor;
        uint64_t reply;
        vtime coding;
    } cases[] = {{1.002, 2000, E}, {1.002, 500, E + 1500 - 2000}, {1.0026, 2000, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene("asp", 2, 1);
        s->factor[1] = cases[i].factor;
        s->spec.reply_bytes = cases[i].reply;
        struct seen *seen = play(s);
        assert_int_equal(seen->totals.virtual_ns, MS + E + 1000 + (vtime)cases[i].reply);
        assert_int_equal(seen->total[1].coding_ns, cases[i].coding);
        assert_int_equal(seen->totals.pushes, 1);
        assert_int_equal(seen->total[1].wasted, 1);
        scene_free(s);
    }
}

/* It is lost with what has been encoded. */
static void a_crash_takes_what_is_being_encoded(void **state)
{
    (void)state;
    struct scene *s = crash_scene(MS + 700, 0);
    struct seen *seen = play(s);
    assert_int_equal(seen->total[1].coding_ns, 700);
    assert_int_equal(seen->total[1].wasted, 1);
    for (int i = 0; i < seen->rows; i++)
        assert_int_equal(seen->row[i].worker, 0);
    scene_free(s);
}

/* ---- without a server ---- */

static void a_result_that_adds_up_is_decoded_once(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 4);
    s->spec.worker_decodes =
        (struct coding_time){.cost = 0.25e-9, .factor = 1, .uncoded = of_push, .context = s};
    exchange_by(s, "ring", 1, false);
    struct seen *seen = play(s);
    const vtime result = MS + E + 2 * 500;
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, result);
    assert_int_equal(row_of(seen, 0, 0)->accept_ns, result + D);
    assert_int_equal(row_of(seen, 0, 1)->depart_ns, result + D + MS + E);
    assert_int_equal(row_of(seen, 0, 1)->coding_ns, D + E);
    scene_free(s);
}

static bool always(const void *context, int64_t number)
{
    (void)context;
    return number >= 0;
}

static void all_others_are_decoded_in_an_all_gather(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 4, 8);
    s->spec.worker_decodes =
        (struct coding_time){.cost = 0.25e-9, .factor = 1, .messages = 3, .uncoded = of_push, .context = s};
    exchange_by(s, "tree", 1, false);
    s->spec.exchange.gathers = always;
    struct seen *seen = play(s);
    const vtime result = MS + E + 3 * 1000;
    assert_int_equal(row_of(seen, 2, 0)->reply_ns, result);
    assert_int_equal(row_of(seen, 2, 0)->accept_ns, result + 3 * D);
    scene_free(s);
}

/* PowerSGD: encoded before the first exchange of a step, decoded after the last one. */
static void a_step_of_several_exchanges(void **state)
{
    (void)state;
    struct scene *s = scene("powersgd", 2, 4);
    s->exchanges = 2;
    s->spec.worker_decodes =
        (struct coding_time){.cost = 0.25e-9, .factor = 1, .uncoded = of_result, .context = s};
    struct seen *seen = play(s);
    const struct push_row *p = row_of(seen, 0, 0), *q = row_of(seen, 0, 1), *next = row_of(seen, 0, 2);
    assert_int_equal(p->depart_ns, MS + E);
    assert_int_equal(p->accept_ns, MS + E + 3000);
    assert_int_equal(q->depart_ns, p->accept_ns);
    assert_int_equal(q->coding_ns, 0);
    assert_int_equal(q->accept_ns, q->depart_ns + 3000 + D);
    assert_int_equal(next->depart_ns, q->accept_ns + MS + E);
    assert_int_equal(next->coding_ns, D + E);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boundaries_take_what_has_come),
        cmocka_unit_test(a_final_push_is_encoded),
        cmocka_unit_test(a_half_goes_up),
        cmocka_unit_test(a_cancel_takes_what_is_being_encoded),
        cmocka_unit_test(the_end_cuts_it),
        cmocka_unit_test(a_crash_takes_what_is_being_encoded),
        cmocka_unit_test(a_result_that_adds_up_is_decoded_once),
        cmocka_unit_test(all_others_are_decoded_in_an_all_gather),
        cmocka_unit_test(a_step_of_several_exchanges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
