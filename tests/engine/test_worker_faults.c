/* Faults of the cluster in the control plane, against times worked out by hand, and what holds of every run,
 * whatever fails. An iteration takes 1 ms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/faults_rig.h"
#include "tests/rigs/params.h"

/* ---- by hand ---- */

/* Its push has left at 1 ms, and comes behind worker 0's, which makes round 1 at 2 ms alone, as no other
 * worker is live: it counts in round 2, at 5 ms. Back at 6.5 ms, with the model at 7.5, its push there at
 * 9.5: rounds of both at 9.5, 12.5 and 15.5 ms. */
static void a_barrier_shrinks_and_grows(void **state)
{
    (void)state;
    static const vtime rounds[] = {0, 2000000, 5000000, 9500000, 12500000, 15500000};
    struct scene *s = crash_scene(2, 8, 1500000, 5 * MS);
    struct seen *seen = act(s, "bsp");
    assert_int_equal(seen->totals.virtual_ns, 16500000);
    assert_int_equal(seen->totals.rounds, 5);
    assert_int_equal(seen->totals.iterations, 9);
    assert_int_equal(seen->totals.pushes, 9);
    assert_int_equal(seen->totals.replies, 8);
    assert_int_equal(seen->totals.wasted, 0);
    assert_int_equal(seen->totals.faults.fetches, 1);
    assert_int_equal(seen->total[1].down_ns, 5 * MS);
    assert_int_equal(seen->total[1].crashes, 1);
    assert_int_equal(seen->total[0].down_ns, 0);
    for (int i = 0; i < seen->rows; i++) {
        const struct push_row *r = &seen->row[i];
        bool early = r->worker == 1 && r->number == 0;
        assert_int_equal(r->staleness, early);
        assert_int_equal(r->reply_ns,
                         early ? -1 : rounds[r->round] + MS); /* -1: no worker is there to take it */
        assert_true(!early || r->round == 2);
    }
    free(s);
}

/* Worker 0's push is at the PS from 2 ms on; worker 1, ten times as slow, crashes at 5 ms for good. */
static void a_crash_completes_the_round_when_the_server_knows(void **state)
{
    (void)state;
    for (vtime detection = 0; detection <= 2 * MS; detection += 2 * MS) {
        struct scene *s = crash_scene(2, 2, 5 * MS, VTIME_NEVER);
        s->factor[1] = 10;
        s->spec.faults.detection_time = detection;
        struct seen *seen = act(s, "bsp");
        assert_int_equal(seen->row[0].reply_ns, 6 * MS + detection);
        assert_int_equal(seen->totals.virtual_ns, 9 * MS + detection);
        assert_int_equal(seen->totals.wasted, 1);
        assert_int_equal(seen->total[1].compute_ns, 5 * MS);
        assert_int_equal(seen->total[1].down_ns, 4 * MS + detection);
        free(s);
    }
}

/* Down from 1.5 to 1.7 ms while its push is on the link: it counts, and is answered to the worker that is
 * back. */
static void a_push_from_before_the_crash_is_answered_after_it(void **state)
{
    (void)state;
    struct scene *s = crash_scene(2, 4, 1500000, 200000);
    struct seen *seen = act(s, "bsp");
    assert_int_equal(seen->totals.rounds, 2);
    assert_int_equal(seen->totals.replies, 4);
    assert_int_equal(seen->totals.pushes, 4);
    assert_int_equal(seen->totals.virtual_ns, 6 * MS);
    free(s);
}

/* K-sync with K = 1 and equal workers: each push of worker 1 comes second and is dropped, and its next push goes
 * back to the residual from before. After a crash there is none to go back to: it arrives at the server
 * meanwhile. */
static void a_crash_forgets_a_drop(void **state)
{
    (void)state;
    struct scene *s = crash_scene(2, 20, 19500000, 2 * MS); /* between its push and the drop */
    const struct order *last = NULL;
    int pushes = 0;
    s->params.k.k = 1;
    struct seen *seen = act(s, "k_sync");
    assert_int_equal(seen->totals.faults.fetches, 1);
    for (int i = 0; i < seen->orders; i++) {
        const struct order *o = &seen->order[i];
        if (o->worker != 1 || (o->op != ORDER_PUSH && o->op != ORDER_FETCH))
            continue;
        assert_int_equal(o->restore, o->op == ORDER_PUSH && last && last->op == ORDER_PUSH);
        last = o;
        pushes += o->op == ORDER_PUSH;
    }
    assert_true(pushes > 10);
    free(s);
}

/* Without latency. Worker 1 is down from 0.5 to 3.5 ms; worker 0 goes on, and at 4 ms waits for it to make
 * the fourth iteration: its clock is 3 when it is back, not 0. */
static void ssp_does_not_wait_for_the_absent(void **state)
{
    (void)state;
    static const vtime accepted[] = {1000000, 2000000, 3000000, 4500000, 5500000};
    struct scene *s = crash_scene(2, 20, 500000, 3 * MS);
    for (int i = 0; i < 2; i++)
        s->latency_up[i] = s->latency_down[i] = 0;
    s->params.asynchronous.slack = 0;
    struct seen *seen = act(s, "ssp");
    for (int i = 0, n = 0; i < seen->rows && n < 5; i++)
        if (seen->row[i].worker == 0)
            assert_int_equal(seen->row[i].accept_ns, accepted[n++]);
    free(s);
}

/* K-sync with K = N waits for the one that is down: its gradient comes at 6.5 ms. */
static void k_of_whom_fewer_are_there_waits(void **state)
{
    (void)state;
    struct scene *s = crash_scene(2, 2, 500000, 5 * MS);
    for (int i = 0; i < 2; i++)
        s->latency_up[i] = s->latency_down[i] = 0;
    s->params.k.k = 2;
    assert_int_equal(act(s, "k_sync")->totals.virtual_ns, 6500000);
    free(s);
}

/* The last replies leave at 2 ms. */
static void the_last_round_ends_without_those_who_crash_in_it(void **state)
{
    (void)state;
    static const int worker[] = {0, 1};
    static const vtime when[] = {2500000, 2500000};
    struct scene *s = crash_scene(2, 2, 2500000, MS);
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 3 * MS);
    s->spec.faults.crashes = 2;
    s->spec.faults.crash_worker = worker;
    s->spec.faults.crash_at = when;
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 2500000);
    assert_int_equal(s->seen.totals.faults.fetches, 0);
    free(s);
}

/* Of the draining pushes worker 1's never leaves: STOP is on its way to it at 2.5 ms. The other's is the last
 * update, at once if it is there, or when it comes. */
static void draining_does_not_wait_for_the_crashed(void **state)
{
    (void)state;
    struct scene *s = crash_scene(2, 2, 2500000, MS);
    s->params.overlap = (struct overlap_params){.min_local_steps = 1, .max_local_steps = 1, .drain = true};
    struct seen *seen = act(s, "osp");
    assert_int_equal(seen->totals.rounds, 2);
    assert_int_equal(seen->totals.iterations, 3);
    assert_int_equal(seen->totals.virtual_ns, 4 * MS);
    free(s);
}

/* Its barrier is alg_admit_round: it comes to the same as with the on_worker_down that goes with it. Worker
 * 1, ten times as slow, crashes for good when the pushes of the others are at the PS. */
static void a_round_without_on_worker_down_goes_on_as_with_it(void **state)
{
    (void)state;
    struct scene *with = crash_scene(3, 30, 5 * MS, VTIME_NEVER);
    struct scene *without = crash_scene(3, 30, 5 * MS, VTIME_NEVER);
    struct algorithm toy = *named("bsp");
    bool stuck = false;
    toy.on_worker_down = NULL;
    with->factor[1] = without->factor[1] = 10;
    act(with, "bsp");
    without->spec.alg = &toy;
    without->spec.params = &without->params;
    without->spec.model_bytes = MODEL_BYTES;
    struct conductor *c =
        conductor_create(&without->spec, &(struct order_sink){see_order, see_task, &without->seen});
    conductor_survive(c, &stuck);
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    assert_false(stuck);
    assert_memory_equal(&with->seen, &without->seen, sizeof with->seen);
    free(with);
    free(without);
}

/* One worker, so that everything comes one after the other. */
static void a_lost_message_costs_its_way_and_the_timeout(void **state)
{
    (void)state;
    struct scene *s = crash_scene(1, 40, 0, 0);
    s->spec.faults = (struct faults_spec){.loss_probability = 0.5, .retransmit_timeout = 4 * MS, .seed = 7};
    struct seen *seen = act(s, "bsp");
    int64_t lost[2] = {0};
    for (int way = NET_UP; way <= NET_DOWN; way++)
        for (int64_t i = 0, through = 0; through < 40; i++)
            if (faults_lose(&s->spec.faults, way, 0, i))
                lost[way]++;
            else
                through++;
    assert_in_range(lost[0] + lost[1], 40, 140);
    assert_int_equal(seen->totals.virtual_ns, 40 * 3 * MS + (lost[0] + lost[1]) * 5 * MS);
    assert_int_equal(seen->totals.faults.lost, lost[0] + lost[1]);
    assert_int_equal(seen->totals.faults.bytes_resent_up, lost[0] * (int64_t)s->spec.push_bytes);
    assert_int_equal(seen->totals.faults.bytes_resent_down, lost[1] * (int64_t)s->spec.reply_bytes);
    assert_int_equal(seen->totals.communication, seen->totals.waiting);
    free(s);
}

static void draws_have_their_probability(void **state)
{
    (void)state;
    const struct faults_spec spec = {.crash_probability = 0.3, .loss_probability = 0.1, .seed = 3};
    int crashes = 0, lost = 0;
    for (int i = 0; i < 10000; i++) {
        vtime after;
        lost += faults_lose(&spec, NET_UP, 2, i);
        if (!faults_crash(&spec, 2, i, 10, &after))
            continue;
        crashes++;
        assert_in_range(after, 1, 10);
    }
    assert_in_range(crashes, 2800, 3200); /* 4 sigma */
    assert_in_range(lost, 880, 1120);
    assert_false(faults_any(&(struct faults_spec){.down_time = 5, .retransmit_timeout = 5, .seed = 3}));
}

/* ---- anything ---- */

/* The scene keeps them until it is freed. */
static void prepare(struct scene *s, const struct algorithm *alg, uint32_t *draw)
{
    void *params = params_preset(alg);
    params_set(alg, params, "k", 1 + pick(draw, s->spec.workers));
    params_set(alg, params, "slack", pick(draw, 4));
    params_set(alg, params, "max_local_steps", 1 + pick(draw, 4));
    params_set(alg, params, "drain", pick(draw, 2));
    params_set(alg, params, "local_steps", 1 + pick(draw, 4));
    params_set(alg, params, "fragments", 1); /* which divides them */
    s->spec.params = params;
    s->spec.server_cost = 0;
}

static void dismiss(struct scene *s, const struct algorithm *alg)
{
    params_free(alg, s->spec.params);
    free(s);
}

/* Up to three crashes of the PS in the first 100 ms. */
static void threaten_server(struct scene *s, uint32_t *draw)
{
    static const vtime times[] = {0, 1, MS, 30 * MS};
    static const int64_t every[] = {1, 2, 7, 100};
    static vtime when[3];
    s->spec.faults.server_crashes = pick(draw, 4);
    for (int i = 0; i < s->spec.faults.server_crashes; i++)
        when[i] = pick(draw, 4) * 25 * MS + pick(draw, 2) * pick(draw, 1000) * 25000;
    s->spec.faults.server_crash_at = when;
    s->spec.faults.server_down_time = times[pick(draw, 4)];
    s->spec.faults.server_checkpoint_every = every[pick(draw, 4)];
}

static void whatever_fails_it_ends_and_adds_up(void **state)
{
    (void)state;
    int64_t outages = 0, undone = 0;
    static const double crashes[] = {0, 0.01, 0.1, 0.3}, losses[] = {0, 0.1, 0.5};
    static const vtime times[] = {0, 1, MS, 30 * MS};
    static struct seen before;
    for (uint32_t seed = 1; seed <= 40; seed++)
        for (int a = 0; alg_list[a]; a++) {
            uint32_t draw = seed * 747796405u + (uint32_t)a;
            struct scene *s = rough_scene(seed);
            prepare(s, alg_list[a], &draw);
            s->spec.faults = (struct faults_spec){.crash_probability = crashes[pick(&draw, 4)],
                                                  .down_time = times[pick(&draw, 4)],
                                                  .detection_time = times[pick(&draw, 4)],
                                                  .loss_probability = losses[pick(&draw, 3)],
                                                  .retransmit_timeout = times[pick(&draw, 4)],
                                                  .seed = seed};
            threaten_server(s, &draw);
            if (alg_list[a]->fragments || alg_list[a]->exchanges) { /* refused: run_prepare() */
                s->spec.faults.crash_probability = 0;
                s->spec.faults.server_crashes = 0;
            }
            act(s, alg_list[a]->name);
            outages += watch.server_crashes;
            undone += watch.undone;
            before = s->seen;
            act(s, alg_list[a]->name);
            assert_memory_equal(&before, &s->seen, sizeof before);
            dismiss(s, alg_list[a]);
        }
    assert_true(outages > 1000 && undone > 3000);
}

static void without_faults_nothing_changes(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 10; seed++)
        for (int a = 0; alg_list[a]; a++) {
            uint32_t x = seed, y = seed;
            struct scene *s = rough_scene(seed), *t = rough_scene(seed);
            prepare(s, alg_list[a], &x);
            prepare(t, alg_list[a], &y);
            t->spec.faults = (struct faults_spec){.down_time = MS, .retransmit_timeout = MS, .seed = 9};
            act(s, alg_list[a]->name);
            act(t, alg_list[a]->name);
            assert_memory_equal(&s->seen, &t->seen, sizeof s->seen);
            dismiss(s, alg_list[a]);
            dismiss(t, alg_list[a]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_barrier_shrinks_and_grows),
        cmocka_unit_test(a_crash_completes_the_round_when_the_server_knows),
        cmocka_unit_test(a_push_from_before_the_crash_is_answered_after_it),
        cmocka_unit_test(a_crash_forgets_a_drop),
        cmocka_unit_test(ssp_does_not_wait_for_the_absent),
        cmocka_unit_test(k_of_whom_fewer_are_there_waits),
        cmocka_unit_test(the_last_round_ends_without_those_who_crash_in_it),
        cmocka_unit_test(draining_does_not_wait_for_the_crashed),
        cmocka_unit_test(a_round_without_on_worker_down_goes_on_as_with_it),
        cmocka_unit_test(a_lost_message_costs_its_way_and_the_timeout),
        cmocka_unit_test(draws_have_their_probability),
        cmocka_unit_test(whatever_fails_it_ends_and_adds_up),
        cmocka_unit_test(without_faults_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
