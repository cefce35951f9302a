/* Whole exchanges in the conductor: rows and accounts against a recount of every message that the probe saw, the same
 * pushes in the same updates as with the server, and the last exchange of a drain, which workers without iterations
 * join, too. Unequal workers; over a star, and over groups; pushes in one piece, and in buckets that depart during
 * back-propagation. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/whole.h"

/* ---- tests ---- */

static bool is_whole(const struct exchange_kind *kind, bool overlaps)
{
    return kind->all_workers || kind->may_be_whole || overlaps;
}

/* Both runs fold the same pushes, and the accounts of the first are those of its messages. */
static void play_both(struct scene *s, struct scene *server)
{
    play(s);
    play(server);
    rows_are_recounted(s);
    workers_are_recounted(s);
    same_folds(s, server);
}

static int play_beside_the_server(const struct algorithm *alg, void *params, int n,
                                  const struct exchange_kind *kind, bool overlaps)
{
    struct scene *s = scene(n, alg, params, kind, overlaps), *server = scene(n, alg, params, NULL, false);
    play_both(s, server);
    assert_int_equal(s->seen.totals.virtual_ns, s->seen.last_reply);
    int unfinished = 0;
    for (int i = 0; i < s->seen.rows; i++)
        unfinished += s->seen.row[i].arrive_ns < 0;
    scene_free(s);
    scene_free(server);
    return unfinished;
}

static int play_all(const char *name, bool overlaps)
{
    int i = 0, unfinished = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    void *params = params_preset(alg_list[i]);
    params_set(alg_list[i], params, "min_local_steps", 4);
    params_set(alg_list[i], params, "max_local_steps", 4);
    params_set(alg_list[i], params, "local_steps", 6);
    params_set(alg_list[i], params, "fragments", 3);
    params_set(alg_list[i], params, "delay", 5);
    params_set(alg_list[i], params, "overlap_steps", 2);
    for (int k = 0; exchange_list[k]; k++)
        for (int n = 0; n < 6 && is_whole(exchange_list[k], overlaps); n++)
            unfinished += play_beside_the_server(alg_list[i], params, n, exchange_list[k], overlaps);
    params_free(alg_list[i], params);
    return unfinished;
}

/* Algorithms with several pushes in progress, and one with several exchanges a step. */
static void accounts_are_those_of_the_messages(void **state)
{
    static const char *const names[] = {"bsp",      "local_sgd", "losp",     "cocod",
                                        "pipe_sgd", "powersgd",  "scaffold", "streaming_diloco"};
    int unfinished = 0;
    (void)state;
    for (size_t a = 0; a < sizeof names / sizeof *names; a++)
        unfinished += play_all(names[a], false);
    assert_true(unfinished > 0); /* the end cuts the exchanges that workers have joined since */
}

static void so_are_those_of_buckets(void **state)
{
    static const char *const names[] = {"bsp", "local_sgd", "cocod", "scaffold", "streaming_diloco"};
    (void)state;
    for (size_t a = 0; a < sizeof names / sizeof *names; a++)
        play_all(names[a], true);
}

/* ---- a drain ---- */

static bool drains(const void *params)
{
    (void)params;
    return true;
}

/* Workers with an odd number compute one iteration while they wait: only these have something to push at the end. */
static enum next odd_ones_go_on(const struct worker_view *w)
{
    if (!w->inflight)
        return w->k > 0 ? SEND : STEP;
    return w->id % 2 && w->k == 0 ? STEP : WAIT;
}

static enum next none_goes_on(const struct worker_view *w)
{
    if (!w->inflight)
        return w->k > 0 ? SEND : STEP;
    return WAIT;
}

static void play_drain(const struct algorithm *alg, void *params, int n, const struct exchange_kind *kind,
                       bool overlaps, int pushes)
{
    struct scene *s = scene(n, alg, params, kind, overlaps), *server = scene(n, alg, params, NULL, false);
    play_both(s, server);
    const struct seen *seen = &s->seen;
    assert_int_equal(seen->totals.pushes, server->seen.totals.pushes);
    /* the last exchange: a whole one, one more than the replies, whatever the number of pushes in it */
    int64_t last = seen->totals.replies / WORKERS;
    for (int i = 0; i < WORKERS; i++) {
        assert_true(seen->part[i][last].up > 0 && seen->part[i][last].down > 0);
        assert_int_equal(seen->part[i][last].up, seen->part[i][last - 1].up);
        assert_int_equal(seen->part[i][last].down, seen->part[i][last - 1].down);
    }
    assert_int_equal(seen->totals.pushes, seen->totals.replies + pushes);
    assert_true(seen->totals.virtual_ns > seen->last_reply);
    assert_true(seen->totals.virtual_ns == seen->last_message || seen->open > 0);
    scene_free(s);
    scene_free(server);
}

static void play_drains(bool overlaps)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, "bsp") != 0)
        i++;
    struct algorithm odd = *alg_list[i];
    odd.drain = drains;
    odd.decide = odd_ones_go_on;
    struct algorithm none = odd;
    none.decide = none_goes_on;
    void *params = params_preset(alg_list[i]);
    for (int k = 0; exchange_list[k]; k++)
        for (int n = 0; n < 6 && is_whole(exchange_list[k], overlaps); n++) {
            play_drain(&odd, params, n, exchange_list[k], overlaps, WORKERS / 2);
            play_drain(&none, params, n, exchange_list[k], overlaps, 0);
        }
    params_free(alg_list[i], params);
}

static void all_workers_join_the_last_exchange_of_a_drain(void **state)
{
    (void)state;
    play_drains(false);
    play_drains(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_are_those_of_the_messages),
        cmocka_unit_test(so_are_those_of_buckets),
        cmocka_unit_test(all_workers_join_the_last_exchange_of_a_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
