/* Control of ASP, SSP, K-async and K-batch-async, with jitter, uneven workers and ties: what must hold of
 * every run, and which are the same as which. What is computed in them: test_equivalence.c. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/control_rig.h"

#define SEEDS 60

/* Members of each round from seen->member, which is ordered by round. */
static void groups_have(const struct seen *seen, int64_t size)
{
    assert_int_equal(seen->members, seen->updates * size);
    for (int i = 0; i < seen->members; i++)
        assert_int_equal(seen->member[i].round, i / size + 1);
}

/* ---- ASP ---- */

static void asp_steps_with_every_push(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        struct scene *s = rough_scene(seed);
        struct seen *seen = play(s, "asp");
        groups_have(seen, 1);
        assert_int_equal(seen->totals.iterations, s->spec.iterations);
        assert_int_equal(seen->totals.replies, seen->totals.iterations);
        assert_true(seen->totals.dropped < s->spec.workers); /* by the end alone */
        free(s);
    }
}

static void asp_of_equal_workers_is_stale_by_the_others(void **state)
{
    (void)state;
    for (int workers = 1; workers <= RIG_WORKERS; workers++) {
        struct scene *s = scene(workers, 20 * workers);
        struct seen *seen = play(s, "asp");
        for (int i = 0; i < seen->rows; i++)
            assert_int_equal(seen->row[i].staleness, i < workers ? i : workers - 1);
        assert_int_equal(seen->totals.virtual_ns, 20 * MS);
        free(s);
    }
}

static void alone(struct scene *s, const char *algorithm)
{
    (void)algorithm;
    s->spec.workers = s->spec.exchange.up.workers = s->spec.exchange.down.workers = 1;
}

static void asp_of_one_worker_is_bsp(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++)
        same_runs(seed, "asp", "bsp", alone);
}

/* Worker 0's replies take 1 ms: it pushes at 1, 3 and 5 ms. The last update is worker 1's at 5.5 ms, and its
 * reply takes no time: what is in flight to worker 0 is cut, and what worker 2 computes. */
static void the_end_waits_for_the_last_reply(void **state)
{
    (void)state;
    struct scene *s = scene(3, 4);
    s->latency_down[0] = MS;
    s->factor[1] = 2;
    s->latency_up[1] = 3 * MS + MS / 2;
    s->factor[2] = 10;
    struct seen *seen = play(s, "asp");
    const vtime end = 6 * MS; /* the last update is at 5.5 ms, and a reply has left at 5 ms */
    assert_int_equal(seen->totals.virtual_ns, end);
    assert_int_equal(seen->rows, 4);
    assert_int_equal(seen->totals.replies, 4);
    const struct push_row *last = &seen->row[3];
    assert_int_equal(last->worker, 0);
    assert_int_equal(last->depart_ns, 5 * MS);
    assert_int_equal(last->round, 3);
    assert_int_equal(last->reply_ns, end);
    assert_int_equal(seen->total[0].communication_ns, 3 * MS);
    assert_int_equal(seen->total[0].iterations, 3); /* it begins nothing more */
    assert_int_equal(seen->total[2].compute_ns, end);
    assert_int_equal(seen->total[2].iterations, 1);
    assert_int_equal(seen->total[2].wasted, 1);
    free(s);
}

/* ---- SSP ---- */

static void slack_of(struct scene *s, int64_t slack)
{
    s->params.asynchronous.slack = slack;
}

static void with_no_bound(struct scene *s, const char *algorithm)
{
    (void)algorithm;
    slack_of(s, (int64_t)1e15);
}

static void ssp_without_bound_is_asp(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++)
        same_runs(seed, "ssp", "asp", with_no_bound);
}

/* The most that one worker is ever ahead of another: pushes served, in the order of service. */
static int64_t widest_gap(const struct scene *s)
{
    int64_t clock[RIG_WORKERS] = {0}, gap = 0;
    for (int i = 0; i < s->seen.members; i++) {
        clock[s->seen.member[i].worker]++;
        for (int a = 0; a < s->spec.workers; a++)
            for (int b = 0; b < s->spec.workers; b++)
                gap = clock[a] - clock[b] > gap ? clock[a] - clock[b] : gap;
    }
    return gap;
}

static void ssp_is_never_more_than_slack_and_one_ahead(void **state)
{
    (void)state;
    static const int64_t slacks[] = {0, 1, 3, 10};
    for (int i = 0; i < 4; i++) {
        int reached = 0;
        for (uint32_t seed = 0; seed < SEEDS; seed++) {
            struct scene *s = rough_scene(seed);
            slack_of(s, slacks[i]);
            groups_have(play(s, "ssp"), 1);
            assert_true(widest_gap(s) <= slacks[i] + 1);
            reached += widest_gap(s) == slacks[i] + 1;
            free(s);
        }
        assert_true(reached > SEEDS / 4); /* the bound is met, so it is what holds them back */
    }
}

/* Slack 0: every worker waits for all others, as in BSP, and models are those between rounds. */
static void ssp_without_slack_has_the_rounds_of_bsp(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        struct scene *a = rough_scene(seed), *b = rough_scene(seed);
        int workers = a->spec.workers;
        a->spec.iterations = b->spec.iterations = 12 * workers;
        a->spec.exchange.up.jitter = b->spec.exchange.up.jitter = a->spec.exchange.down.jitter =
            b->spec.exchange.down.jitter = 0;
        struct seen *ssp = play(a, "ssp"), *bsp = play(b, "bsp");
        assert_int_equal(ssp->members, bsp->members);
        assert_int_equal(ssp->totals.virtual_ns, bsp->totals.virtual_ns);
        assert_int_equal(ssp->totals.bytes_down, bsp->totals.bytes_down);
        for (int i = 0; i < ssp->rows; i++) {
            const struct push_row *r = &ssp->row[i];
            assert_int_equal((r->round - 1 - r->staleness) % workers, 0);
            assert_true(r->staleness < workers);
        }
        free(a);
        free(b);
    }
}

/* ---- K-async, K-batch-async ---- */

static void k_of(struct scene *s, int64_t k)
{
    s->params.k.k = k;
}

static void one_gradient(struct scene *s, const char *algorithm)
{
    if (*algorithm == 'k')
        k_of(s, 1);
}

static void k_async_of_one_gradient_is_asp(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        same_runs(seed, "k_async", "asp", one_gradient);
        same_runs(seed, "k_batch_async", "asp", one_gradient);
    }
}

static void every_update_has_k_gradients(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        struct scene *s = rough_scene(seed);
        k_of(s, 1 + seed % (uint32_t)s->spec.workers);
        groups_have(play(s, "k_batch_async"), s->params.k.k);
        struct seen *seen = play(s, "k_async");
        groups_have(seen, s->params.k.k);
        assert_int_equal(seen->totals.replies, seen->members);
        for (int i = 1; i < seen->members; i++) /* of different workers, in rank order */
            assert_true(seen->member[i].round > seen->member[i - 1].round ||
                        seen->member[i].worker > seen->member[i - 1].worker);
        free(s);
    }
}

static void k_async_of_all_waits_as_bsp_does(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        struct scene *s = rough_scene(seed);
        k_of(s, s->spec.workers);
        struct seen *seen = play(s, "k_async");
        assert_int_equal(seen->totals.dropped, 0);
        for (int i = 0; i < seen->rows; i++)
            assert_int_equal(seen->row[i].staleness, 0);
        free(s);
    }
}

static void k_batch_async_answers_each_push_by_itself(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++) {
        struct scene *s = rough_scene(seed);
        vtime accepted[RIG_WORKERS] = {0};
        k_of(s, s->spec.workers);
        struct seen *seen = play(s, "k_batch_async");
        for (int i = 0; i < seen->rows; i++) {
            const struct push_row *r = &seen->row[i];
            assert_true(r->depart_ns >= accepted[r->worker]);
            if (r->reply_ns < 0)
                continue;
            assert_int_equal(r->bytes_down, s->spec.reply_bytes);
            accepted[r->worker] = r->accept_ns;
        }
        free(s);
    }
}

/* 4 equal workers, K = 2: at every ms ranks 0 and 1 make an update, then 2 and 3. */
static void k_async_of_equal_workers_takes_ties_in_rank_order(void **state)
{
    (void)state;
    struct scene *s = scene(4, 80);
    k_of(s, 2);
    struct seen *seen = play(s, "k_async");
    assert_int_equal(seen->totals.virtual_ns, 20 * MS);
    for (int i = 0; i < seen->members; i++)
        assert_int_equal(seen->member[i].worker, i % 4);
    for (int i = 0; i < seen->rows; i++)
        assert_int_equal(seen->row[i].staleness, seen->row[i].round == 1 ? 0 : 1);
    free(s);
}

static void the_same_spec_gives_the_same_orders(void **state)
{
    (void)state;
    static const char *const names[] = {"asp", "ssp", "k_async", "k_batch_async", "k_sync", "k_batch_sync"};
    for (int i = 0; i < 6; i++) {
        struct scene *a = rough_scene(5), *b = rough_scene(5);
        if (*names[i] == 'k')
            a->params.k.k = b->params.k.k = 1;
        assert_memory_equal(play(a, names[i]), play(b, names[i]), sizeof a->seen);
        free(a);
        free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asp_steps_with_every_push),
        cmocka_unit_test(asp_of_equal_workers_is_stale_by_the_others),
        cmocka_unit_test(asp_of_one_worker_is_bsp),
        cmocka_unit_test(the_end_waits_for_the_last_reply),
        cmocka_unit_test(ssp_without_bound_is_asp),
        cmocka_unit_test(ssp_is_never_more_than_slack_and_one_ahead),
        cmocka_unit_test(ssp_without_slack_has_the_rounds_of_bsp),
        cmocka_unit_test(k_async_of_one_gradient_is_asp),
        cmocka_unit_test(every_update_has_k_gradients),
        cmocka_unit_test(k_async_of_all_waits_as_bsp_does),
        cmocka_unit_test(k_batch_async_answers_each_push_by_itself),
        cmocka_unit_test(k_async_of_equal_workers_takes_ties_in_rank_order),
        cmocka_unit_test(the_same_spec_gives_the_same_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
