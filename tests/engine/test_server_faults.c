/* Crashes of the PS in the control plane, against times worked out by hand. An iteration takes 1 ms.
 * (Random crashes are in test_worker_faults.c, whole runs in test_worker_faults.sh.) */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/faults_rig.h"
#include "tests/rigs/params.h"

/* Messages take 1 ms each way, so that a round of equal workers takes 3. */
static struct scene *outage_scene(int64_t iterations, vtime server_at, vtime server_down)
{
    static vtime when[2];
    struct scene *s = crash_scene(2, iterations, 0, 0);
    when[0] = server_at;
    s->spec.faults = (struct faults_spec){.server_crashes = 1,
                                          .server_crash_at = when,
                                          .server_down_time = server_down,
                                          .server_checkpoint_every = 2,
                                          .seed = 1};
    return s;
}

/* Updates at 2, 5 and 8 ms; down from 9.5 to 14.5 with the model of the second. It is there at 15.5, and has
 * the fifth update, with eight iterations, at 20.5. */
static void the_server_restarts_from_its_checkpoint(void **state)
{
    (void)state;
    struct scene *s = outage_scene(8, 9500000, 5 * MS);
    const struct totals *t = &act(s, "bsp")->totals;
    assert_int_equal(t->virtual_ns, 21500000);
    assert_int_equal(t->rounds, 5);
    assert_int_equal(t->iterations, 8);
    assert_int_equal(t->pushes, 10);
    assert_int_equal(t->dropped, 0);
    assert_int_equal(t->replies, 10);
    assert_int_equal(t->faults.undone, 2);
    assert_int_equal(t->faults.server_crashes, 1);
    assert_int_equal(t->faults.crashes, 0);
    assert_int_equal(t->faults.fetches, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(s->seen.total[i].wasted, 2); /* that of the third round, and half a one */
        assert_int_equal(s->seen.total[i].down_ns, 5 * MS);
        assert_int_equal(s->seen.total[i].compute_ns, 5500000);
    }
    free(s);
}

/* Worker 1 takes 2 ms. At 2.5 ms one push is held, and one is in flight: that is off its link at 3 ms. The
 * first checkpoint is the start. */
static void what_was_sent_is_lost_with_the_server(void **state)
{
    (void)state;
    struct scene *s = outage_scene(2, 2500000, 500000);
    s->factor[1] = 2;
    struct seen *seen = act(s, "bsp");
    assert_int_equal(seen->totals.dropped, 2);
    assert_int_equal(seen->totals.pushes, 4);
    assert_int_equal(seen->totals.rounds, 1);
    assert_int_equal(seen->totals.faults.undone, 0);
    assert_int_equal(seen->totals.virtual_ns, 8 * MS); /* back at 3, there at 4, 6, 7 and 8 */
    assert_int_equal(seen->row[0].arrive_ns, 2 * MS);
    assert_int_equal(seen->row[1].arrive_ns, -1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(seen->row[i].round, 0);
        assert_int_equal(seen->row[i].accept_ns, -1);
    }
    assert_int_equal(seen->total[1].communication_ns, (1 + 1 + 1 + 1) * MS);
    free(s);
}

/* Worker 1 is down from 1.5 ms on; the PS from 4 to 9 ms. */
static void who_is_down_by_itself_comes_back_in_its_time(void **state)
{
    (void)state;
    static const int worker[] = {1};
    static const vtime when[] = {1500000}, down[] = {2 * MS, 5 * MS, 10 * MS, VTIME_NEVER};
    static const vtime back[] = {9 * MS, 9 * MS, 11500000, 0};
    static const int fetches[] = {3, 2, 2, 1}; /* the first time it was back before */
    for (int i = 0; i < 4; i++) {
        struct scene *s = outage_scene(20, 4 * MS, 5 * MS);
        s->spec.faults.crashes = 1;
        s->spec.faults.crash_at = when;
        s->spec.faults.crash_worker = worker;
        s->spec.faults.down_time = down[i];
        const struct totals *t = &act(s, "bsp")->totals;
        assert_int_equal(watch.back_at[0], 9 * MS);
        assert_int_equal(watch.back_at[1], back[i]);
        assert_int_equal(t->faults.crashes, 1);
        assert_int_equal(t->faults.fetches, fetches[i]);
        free(s);
    }
}

/* While it is down, and when the last update has been made: at 2 ms of 3. */
static void a_crash_of_the_server_that_changes_nothing_is_none(void **state)
{
    (void)state;
    static const vtime twice[] = {9500000, 14 * MS}, late[] = {2 * MS + 1, 2500000};
    struct scene *s = outage_scene(8, 0, 5 * MS);
    s->spec.faults.server_crashes = 2;
    s->spec.faults.server_crash_at = twice;
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 21500000);
    assert_int_equal(watch.server_crashes, 1);
    s->spec.faults.server_crash_at = late;
    s->spec.iterations = 2;
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 3 * MS);
    assert_int_equal(watch.server_crashes, 0);
    free(s);
}

/* The schedule is that of the iterations in the model. */
static void the_learning_rate_goes_back_as_well(void **state)
{
    (void)state;
    struct scene *s = outage_scene(8, 9500000, 5 * MS);
    s->spec.rate.form = FORM_COSINE;
    struct seen *seen = act(s, "bsp");
    float rate[5] = {0}, fetched = 0;
    int accepted = 0;
    for (int i = 0; i < seen->orders; i++) {
        const struct order *o = &seen->order[i];
        if (o->worker == 0 && o->op == ORDER_FETCH)
            fetched = o->rates.rate;
        if (o->worker == 0 && o->op == ORDER_ACCEPT)
            rate[accepted++] = o->rates.rate;
    }
    assert_int_equal(accepted, 5);
    assert_true(rate[0] > rate[1] && rate[1] > rate[2]);
    assert_true(fetched == rate[1] && rate[3] == rate[2]);
    free(s);
}

/* The number of a push says which fragment it carries, and so when it is due; not so with one fragment:
 * after a crash numbers are ahead of versions. */
static void one_part_waits_for_no_turn(void **state)
{
    (void)state;
    const struct algorithm *alg = named("streaming_diloco");
    void *params = params_preset(alg);
    params_set(alg, params, "local_steps", 1);
    params_set(alg, params, "fragments", 1);
    params_set(alg, params, "delay", 0);
    struct scene *s = outage_scene(8, 1500000, 5 * MS); /* pushes are in flight, before the first update */
    s->spec.params = params;
    assert_int_equal(act(s, "streaming_diloco")->totals.virtual_ns, 6500000 + MS + 4 * 3 * MS);
    assert_int_equal(s->seen.totals.dropped, 2);
    params_free(alg, params);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_restarts_from_its_checkpoint),
        cmocka_unit_test(what_was_sent_is_lost_with_the_server),
        cmocka_unit_test(who_is_down_by_itself_comes_back_in_its_time),
        cmocka_unit_test(a_crash_of_the_server_that_changes_nothing_is_none),
        cmocka_unit_test(the_learning_rate_goes_back_as_well),
        cmocka_unit_test(one_part_waits_for_no_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
