/* Control of K-sync and K-batch-sync: CANCEL, dropped pushes, one upload at a time (rules 8, 10 and 11 of
 * time). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/control_rig.h"

#define SEEDS 60

static const char *const both[] = {"k_sync", "k_batch_sync"};

static void all_of_them(struct scene *s, const char *algorithm)
{
    if (*algorithm == 'k')
        s->params.k.k = s->spec.workers;
}

static void k_sync_of_all_is_bsp(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < SEEDS; seed++)
        same_runs(seed, "k_sync", "bsp", all_of_them);
}

static void every_update_has_k_gradients_on_the_newest_model(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 2 * SEEDS; seed++) {
        struct scene *s = rough_scene(seed / 2);
        int64_t k = s->params.k.k = 1 + seed / 2 % (uint32_t)s->spec.workers;
        struct seen *seen = play(s, both[seed % 2]);
        assert_int_equal(seen->members, seen->updates * k);
        assert_int_equal(seen->totals.replies, seen->updates * s->spec.workers);
        for (int i = 0; i < seen->members; i++)
            assert_int_equal(seen->member[i].round, i / k + 1);
        for (int i = 1; i < seen->members && seed % 2 == 0; i++) /* k_sync: of different workers */
            assert_true(seen->member[i].round > seen->member[i - 1].round ||
                        seen->member[i].worker > seen->member[i - 1].worker);
        for (int i = 0; i < seen->rows; i++)
            assert_true(seen->row[i].round == 0 || seen->row[i].staleness == 0);
        free(s);
    }
}

/* Every worker gets every model, each with CANCEL. */
static void every_worker_takes_every_model(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < 2 * SEEDS; seed++) {
        struct scene *s = rough_scene(seed / 2);
        int64_t holds[RIG_WORKERS] = {0};
        s->params.k.k = 1;
        struct seen *seen = play(s, both[seed % 2]);
        for (int i = 0; i < seen->orders; i++) {
            const struct order *o = &seen->order[i];
            assert_int_not_equal(o->op, ORDER_SKIP);
            if (o->op != ORDER_ACCEPT)
                continue;
            assert_true(o->cancel);
            assert_int_equal(o->version, ++holds[o->worker]);
        }
        for (int i = 0; i < s->spec.workers; i++)
            assert_int_equal(holds[i], seen->updates);
        free(s);
    }
}

/* 4 equal workers, K = 2: ranks 0 and 1 are in the update, 2 and 3 arrive at the same ns and are dropped. */
static void ties_go_by_rank(void **state)
{
    (void)state;
    struct scene *s = scene(4, 40);
    s->params.k.k = 2;
    struct seen *seen = play(s, "k_sync");
    assert_int_equal(seen->totals.virtual_ns, 20 * MS);
    assert_int_equal(seen->totals.pushes, 80);
    assert_int_equal(seen->totals.dropped, 40);
    assert_int_equal(seen->totals.wasted, 40);
    for (int i = 0; i < seen->rows; i++)
        assert_int_equal(seen->row[i].round > 0, seen->row[i].worker < 2);
    free(s);
}

/* Orders of one worker, as "step 0, push 0, accept". */
static void orders_are(const struct seen *seen, int worker, const struct order *wanted, int n)
{
    int at = 0;
    for (int i = 0; i < seen->orders && at < n; i++) {
        const struct order *o = &seen->order[i];
        if (o->worker != worker)
            continue;
        assert_int_equal(o->op, wanted[at].op);
        assert_int_equal(o->number, wanted[at].number);
        at++;
    }
    assert_int_equal(at, n);
}

/* K = 1; worker 0 makes an update every ms, worker 1 would need 5: its iterations are cut at each, and
 * charged for the ms that they lasted. */
static void a_cancelled_iteration_is_charged_to_its_end_and_not_beyond(void **state)
{
    (void)state;
    struct scene *s = scene(2, 10);
    s->params.k.k = 1;
    s->factor[1] = 5;
    struct seen *seen = play(s, "k_sync");
    assert_int_equal(seen->totals.virtual_ns, 10 * MS);
    assert_int_equal(seen->rows, 10);
    assert_int_equal(seen->total[1].compute_ns, 10 * MS);
    assert_int_equal(seen->total[1].waiting_ns, 0);
    assert_int_equal(seen->total[1].iterations, 10);
    assert_int_equal(seen->totals.wasted, 10);
    assert_int_equal(seen->totals.dropped, 0);
    free(s);
}

/* Worker 1 pushes every 3 ms and loses no time on its link; worker 0 computes for 2 ms, its up-link takes 11
 * ms, its down-link 1 ms. */
static struct scene *slow_link(int64_t k)
{
    struct scene *s = scene(2, 6);
    s->params.k.k = k;
    s->factor[0] = 2;
    s->latency_up[0] = 11 * MS;
    s->latency_down[0] = MS;
    s->factor[1] = 3;
    return s;
}

static const struct push_row *row_of(const struct seen *seen, int worker, int64_t number)
{
    for (int i = 0; i < seen->rows; i++)
        if (seen->row[i].worker == worker && seen->row_number[i] == number)
            return &seen->row[i];
    fail_msg("worker %d has no push %d", worker, (int)number);
    return NULL;
}

/* K = 1: worker 1 makes an update every 3 ms. Worker 0's push of 2 ms is in flight until 13 ms: it is not
 * recalled, uses the link, is counted, and is of an old model and dropped on arrival without a reply.
 * Meanwhile each of its gradients waits for the link, and the next model discards it; at 13 ms a model and
 * the link's freedom come at once: the model wins. Iterations that were discarded keep their numbers, and
 * with them their batches. */
static void one_upload_at_a_time(void **state)
{
    (void)state;
    struct scene *s = slow_link(1);
    struct seen *seen = play(s, "k_sync");
    static const struct order wanted[] = {
        {.op = ORDER_STEP, .number = 0},   {.op = ORDER_PUSH, .number = 0},
        {.op = ORDER_ACCEPT, .number = 0}, {.op = ORDER_ACCEPT, .number = 1},
        {.op = ORDER_ACCEPT, .number = 2}, {.op = ORDER_ACCEPT, .number = 3},
        {.op = ORDER_STEP, .number = 4},   {.op = ORDER_PUSH, .number = 1},
        {.op = ORDER_ACCEPT, .number = 4}, {.op = ORDER_ACCEPT, .number = 5},
        {.op = ORDER_LEAVE, .number = 6},
    };
    orders_are(seen, 0, wanted, sizeof wanted / sizeof *wanted);
    assert_int_equal(seen->totals.virtual_ns, 19 * MS); /* STOP of 18 ms */
    const struct push_row *first = row_of(seen, 0, 0), *second = row_of(seen, 0, 1);
    assert_int_equal(first->round, 0);
    assert_int_equal(first->arrive_ns, 13 * MS);
    assert_int_equal(first->reply_ns, -1);
    assert_int_equal(first->staleness, 4);
    assert_int_equal(second->depart_ns,
                     15 * MS); /* begun at 4, 7, 10 and 13 ms; waited at 2, 6, 9 and 12 ms */
    assert_int_equal(second->compute_ns, 8 * MS);
    assert_int_equal(second->waiting_ns, 5 * MS);
    assert_int_equal(second->arrive_ns, -1); /* would be at 26 ms */
    assert_int_equal(seen->totals.dropped, 2);
    assert_int_equal(seen->total[0].wasted, 6);
    assert_int_equal(seen->total[0].communication_ns, 11 * MS + 4 * MS); /* the replies came meanwhile */
    free(s);
}

/* K = 2: both gradients of an update are worker 1's. */
static void k_batch_sync_goes_on_until_the_model_comes(void **state)
{
    (void)state;
    struct scene *s = slow_link(2);
    struct seen *seen = play(s, "k_batch_sync");
    for (int i = 0; i < seen->members; i++) {
        assert_int_equal(seen->member[i].worker, 1);
        assert_int_equal(seen->member[i].number, i);
    }
    static const struct order slow[] = {
        {.op = ORDER_STEP, .number = 0}, /* pushed at 2 ms, there at 13 ms, on W_0: dropped */
        {.op = ORDER_PUSH, .number = 0},
        {.op = ORDER_ACCEPT,
         .number = 0}, /* at 7 ms; iteration 1 was ready at 4 ms and waited for the link */
        {.op = ORDER_ACCEPT, .number = 1}, /* at 13 ms; iteration 2, ready at 9 ms, likewise */
        {.op = ORDER_STEP, .number = 3},   /* 13 to 15 ms */
        {.op = ORDER_PUSH, .number = 1},
        {.op = ORDER_ACCEPT, .number = 2}, /* STOP */
        {.op = ORDER_LEAVE, .number = 5},
    };
    orders_are(seen, 0, slow, sizeof slow / sizeof *slow);
    static const struct order fast[] =
        {
            {.op = ORDER_STEP, .number = 0},   {.op = ORDER_PUSH, .number = 0},
            {.op = ORDER_STEP, .number = 1},   {.op = ORDER_PUSH, .number = 1},
            {.op = ORDER_ACCEPT, .number = 0}, /* iteration 2 began at 6 ms and was cancelled at once */
            {.op = ORDER_STEP, .number = 3},   {.op = ORDER_PUSH, .number = 2},
        };
    orders_are(seen, 1, fast, sizeof fast / sizeof *fast);
    assert_int_equal(seen->totals.virtual_ns, 19 * MS);
    assert_int_equal(seen->totals.dropped, 2);
    free(s);
}

/* A push says that the one before it has been dropped if that was so when it left. */
static void the_next_push_knows_of_a_drop(void **state)
{
    int known = 0, late = 0;
    (void)state;
    for (uint32_t seed = 0; seed < 2 * SEEDS; seed++) {
        struct scene *s = rough_scene(seed / 2);
        s->spec.server_cost = 0; /* a push is served as it arrives */
        s->params.k.k = 1 + seed / 2 % (uint32_t)s->spec.workers;
        struct seen *seen = play(s, both[seed % 2]);
        for (int i = 0; i < seen->orders; i++) {
            const struct order *o = &seen->order[i];
            assert_true(o->op == ORDER_PUSH || !o->restore);
            if (o->op != ORDER_PUSH || o->number == 0)
                continue;
            const struct push_row *before = row_of(seen, o->worker, o->number - 1);
            bool in_time = before->arrive_ns <= row_of(seen, o->worker, o->number)->depart_ns;
            assert_int_equal(o->restore, before->round == 0 && in_time);
            known += o->restore;
            late += before->round == 0 && !o->restore;
        }
        free(s);
    }
    assert_true(known > 100);
    assert_int_equal(late, 0); /* a link carries one push at a time */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(k_sync_of_all_is_bsp),
        cmocka_unit_test(every_update_has_k_gradients_on_the_newest_model),
        cmocka_unit_test(every_worker_takes_every_model),
        cmocka_unit_test(ties_go_by_rank),
        cmocka_unit_test(a_cancelled_iteration_is_charged_to_its_end_and_not_beyond),
        cmocka_unit_test(one_upload_at_a_time),
        cmocka_unit_test(k_batch_sync_goes_on_until_the_model_comes),
        cmocka_unit_test(the_next_push_knows_of_a_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
