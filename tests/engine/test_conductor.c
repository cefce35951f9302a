/* The control plane alone: the orders and the times that the conductor writes, against closed forms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/conductor.h"
#include "tests/rigs/params.h"

#define MAX_ROWS 4096

struct seen { /* the orders, written down */
    struct push_row row[MAX_ROWS];
    int rows, steps, pushes, accepts, leaves, folds, updates, evaluations;
    struct eval_row evaluation[MAX_ROWS];
    struct totals totals;
    bool ended;
    int last_fold_worker;
    char history[1 << 16];
    size_t written;
};

static void see_order(void *context, const struct order *o)
{
    struct seen *s = context;
    s->steps += o->op == ORDER_STEP;
    s->pushes += o->op == ORDER_PUSH;
    s->accepts += o->op == ORDER_ACCEPT;
    s->leaves += o->op == ORDER_LEAVE;
}

static void see_task(void *context, const struct task *t)
{
    struct seen *s = context;
    if (t->op == TASK_FOLD) {
        assert_true(t->worker > s->last_fold_worker); /* rank order within an update */
        s->last_fold_worker = t->worker;
        s->folds++;
    } else if (t->op == TASK_UPDATE) {
        s->last_fold_worker = -1;
        s->updates++;
    } else if (t->op == TASK_ROW) {
        assert_true(s->rows < MAX_ROWS);
        s->row[s->rows++] = t->row;
    } else if (t->op == TASK_EVALUATE) {
        s->evaluation[s->evaluations++] = t->eval;
    } else if (t->op == TASK_END) {
        s->totals = t->totals;
        s->ended = true;
    }
}

struct scene { /* a cluster of equal workers unless a test changes it */
    struct conductor_spec spec;
    void *params;
    double bandwidth[16], factor[16];
    vtime latency[16];
    struct seen seen;
};

static const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

/* A parameter of the scene's algorithm, if that has it. */
static void set(struct scene *s, const char *name, int64_t value)
{
    params_set(s->spec.alg, s->params, name, value);
}

static struct scene *scene(const char *algorithm, int workers, double compute_s, double latency_s,
                           uint64_t bytes)
{
    struct scene *s = calloc(1, sizeof *s);
    for (int i = 0; i < 16; i++) {
        s->bandwidth[i] = 1e9;
        s->factor[i] = 1;
        s->latency[i] = vtime_from_seconds(latency_s, 0);
    }
    s->params = params_preset(named(algorithm));
    s->spec = (struct conductor_spec){.alg = named(algorithm),
                                      .params = s->params,
                                      .workers = workers,
                                      .iterations = 50 * workers,
                                      .iterations_per_epoch = 100,
                                      .eval_every = 1000000,
                                      .push_bytes = bytes,
                                      .reply_bytes = bytes,
                                      .rate = {.base = 0.1}};
    s->spec.exchange.up = (struct network_spec){.workers = workers,
                                                .sharing = SHARE_FAIR,
                                                .link_bandwidth = s->bandwidth,
                                                .latency = s->latency,
                                                .server_bandwidth = INFINITY};
    s->spec.exchange.down = s->spec.exchange.up;
    s->spec.compute =
        (struct compute_spec){.model = COMPUTE_FIXED, .seconds = compute_s, .factor = s->factor, .seed = 1};
    s->seen.last_fold_worker = -1;
    set(s, "min_local_steps", 1);
    set(s, "max_local_steps", 16);
    return s;
}

static void scene_free(struct scene *s)
{
    params_free(s->spec.alg, s->params);
    free(s);
}

static struct seen *play(struct scene *s)
{
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, &s->seen});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    struct seen *seen = &s->seen;
    assert_true(seen->ended);
    assert_int_equal(seen->totals.compute + seen->totals.waiting, seen->totals.virtual_ns * s->spec.workers);
    assert_int_equal(seen->leaves, s->spec.workers);
    assert_int_equal(seen->folds, seen->totals.pushes);
    assert_int_equal(seen->rows, seen->totals.pushes);
    assert_int_equal(seen->totals.bytes_up, seen->totals.pushes * (int64_t)s->spec.push_bytes);
    assert_true(seen->totals.iterations >= s->spec.iterations);
    int64_t k = 0;
    for (int i = 0; i < seen->rows; i++)
        k += seen->row[i].k;
    assert_int_equal(k, seen->totals.iterations);
    return seen;
}

static void bsp_round_lasts_its_closed_form(void **state)
{
    (void)state;
    static const struct {
        double server_bandwidth;
        vtime exchange; /* one direction, S / min(B, b/N), for S = 1e6 bytes and N = 8, rounded up to a ns */
    } cases[] = {{INFINITY, 1000000}, {4e9, 2000000}, {1e9, 8000000}, {3e9, 2666667}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene("bsp", 8, 0.005, 0.0001, 1000000);
        s->spec.exchange.up.server_bandwidth = s->spec.exchange.down.server_bandwidth =
            cases[i].server_bandwidth;
        struct seen *seen = play(s);
        vtime round = 5000000 + 2 * (cases[i].exchange + 100000);
        assert_int_equal(seen->totals.rounds, 50);
        assert_int_equal(seen->totals.virtual_ns, 50 * round);
        assert_int_equal(seen->totals.compute, 8 * 50 * 5000000LL);
        assert_int_equal(seen->totals.communication, 8 * 50 * 2 * (cases[i].exchange + 100000));
        for (int r = 0; r < seen->rows; r++) {
            assert_int_equal(seen->row[r].k, 1);
            assert_int_equal(seen->row[r].staleness, 0);
            assert_int_equal(seen->row[r].accept_ns, seen->row[r].round * round);
        }
        scene_free(s);
    }
}

static void local_sgd_round_is_k_steps_and_an_exchange(void **state)
{
    (void)state;
    static const char *const names[] = {"local_sgd", "local_sgd_jsac"};
    for (int i = 0; i < 2; i++) {
        struct scene *s = scene(names[i], 4, 0.001, 0, 2000000);
        set(s, "local_steps", 5);
        struct seen *seen = play(s);
        assert_int_equal(seen->totals.rounds, 10);
        assert_int_equal(seen->totals.virtual_ns, 10 * (5 * 1000000 + 2 * 2000000));
        scene_free(s);
    }
}

/* K = clamp(ceil(X/c), 1, max K), period = max(K c, X), from the second round on. */
static void overlap_has_as_many_steps_as_fit(void **state)
{
    (void)state;
    static const struct {
        double compute_s;
        uint64_t bytes; /* at 1 GB/s both ways: X = 2 bytes ns */
        int64_t max_k, k;
        vtime period;
    } cases[] = {
        /* X = 3 c exactly: the reply stamped with the boundary is accepted there */
        {0.001, 1500000, 16, 3, 3000000}, {0.001, 1500001, 16, 4, 4000000}, /* one byte more: one step more */
        {0.001, 100000, 16, 1, 1000000},                                    /* shorter than a step */
        {0.001, 5000000, 4, 4, 10000000}, /* max K: waits for the rest of X */
        {0.001, 5000000, 1, 1, 10000000},
    };
    static const char *const names[] = {"osp", "losp", "dqlosp"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases * 3; i++) {
        struct scene *s = scene(names[i % 3], 4, cases[i / 3].compute_s, 0, cases[i / 3].bytes);
        set(s, "max_local_steps", cases[i / 3].max_k);
        struct seen *seen = play(s);
        for (int r = 0; r < seen->rows; r++) {
            const struct push_row *row = &seen->row[r];
            assert_int_equal(row->k, row->round == 1 ? 1 : cases[i / 3].k);
            assert_int_equal(row->staleness, row->round == 1 ? 0 : 1);
            assert_int_equal(row->depart_ns, 1000000 + (row->round - 1) * cases[i / 3].period);
        }
        scene_free(s);
    }
}

static void zero_latency_and_no_bytes_to_speak_of_is_delay_one(void **state)
{
    (void)state;
    struct scene *s = scene("osp", 4, 0.001, 0, 64);
    for (int i = 0; i < 16; i++)
        s->bandwidth[i] = INFINITY;
    struct seen *seen = play(s);
    for (int r = 0; r < seen->rows; r++) {
        assert_int_equal(seen->row[r].k, 1);
        assert_int_equal(seen->row[r].staleness, seen->row[r].round == 1 ? 0 : 1);
    }
    assert_int_equal(seen->totals.virtual_ns, 50 * 1000000);
    scene_free(s);
}

static void all_k_forced_has_fixed_rounds(void **state)
{
    (void)state;
    struct scene *s = scene("osp", 4, 0.001, 0, 100000);
    set(s, "min_local_steps", 5);
    set(s, "max_local_steps", 5);
    struct seen *seen = play(s);
    for (int r = 0; r < seen->rows; r++)
        assert_int_equal(seen->row[r].k, 5);
    assert_int_equal(seen->totals.rounds, 10);
    scene_free(s);
}

static void a_slow_worker_sets_the_round_and_fast_ones_do_more(void **state)
{
    (void)state;
    struct scene *s = scene("osp", 4, 0.001, 0, 1000);
    s->factor[2] = 10;
    s->spec.iterations = 400;
    struct seen *seen = play(s);
    for (int r = 0; r < seen->rows; r++)
        if (seen->row[r].round > 2)
            assert_in_range(seen->row[r].k, seen->row[r].worker == 2 ? 1 : 9,
                            seen->row[r].worker == 2 ? 1 : 11);
    scene_free(s);
}

/* The first of two pushes is answered before the update that it goes into. */
static void a_row_keeps_the_reply_to_its_own_push(void **state)
{
    (void)state;
    struct scene *s = scene("k_batch_async", 2, 0.005, 0, 1000000);
    set(s, "k", 2);
    s->spec.iterations = 4;
    s->factor[1] = 1.5;
    struct seen *seen = play(s);
    for (int r = 0; r < seen->rows; r++) {
        assert_int_equal(seen->row[r].reply_ns, seen->row[r].arrive_ns + 1000000);
        assert_int_equal(seen->row[r].accept_ns, seen->row[r].reply_ns);
        assert_int_equal(seen->row[r].bytes_down, 1000000);
        assert_int_equal(seen->row[r].communication_ns, 2000000);
    }
    scene_free(s);
}

static int64_t bytes_down_in_rows(const struct seen *seen)
{
    int64_t bytes = 0;
    for (int r = 0; r < seen->rows; r++)
        bytes += seen->row[r].bytes_down;
    return bytes;
}

/* Worker 0's only reply takes 50 ms; the update that ends the run, and STOP for worker 1, come long before it
 * is there. */
static void a_run_lasts_until_an_older_reply_is_there(void **state)
{
    (void)state;
    struct scene *s = scene("asp", 2, 0.001, 0, 1000);
    double down[] = {2e4, 1e9};
    s->spec.exchange.down.link_bandwidth = down;
    s->spec.iterations = 3;
    struct seen *seen = play(s);
    const struct push_row *late = &seen->row[2];
    assert_int_equal(late->worker, 0);
    assert_int_equal(late->reply_ns, 51001000);
    assert_int_equal(late->accept_ns, 51001000);
    assert_int_equal(seen->totals.virtual_ns, 51001000);
    assert_int_equal(seen->totals.compute, 3000000); /* after it worker 0 computes nothing */
    assert_int_equal(seen->totals.wasted, 0);
    assert_int_equal(bytes_down_in_rows(seen), seen->totals.bytes_down);
    scene_free(s);
}

/* Worker 1 is always cancelled and never pushes: the replies to it have no row of their own. */
static void bytes_of_a_worker_that_never_pushes_are_in_the_last_row(void **state)
{
    (void)state;
    struct scene *s = scene("k_sync", 2, 0.001, 0, 1000);
    set(s, "k", 1);
    s->spec.iterations = 4;
    s->factor[1] = 10;
    struct seen *seen = play(s);
    assert_int_equal(seen->rows, 4);
    assert_int_equal(seen->totals.bytes_down, 8000);
    assert_int_equal(seen->row[2].bytes_down, 1000);
    assert_int_equal(seen->row[3].bytes_down, 5000);
    scene_free(s);
}

static void server_cost_serves_one_push_after_the_other(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 8, 0.005, 0, 1000000);
    s->spec.server_cost = 1e-9; /* 1 ms a push */
    struct seen *seen = play(s);
    assert_int_equal(seen->totals.virtual_ns, 50 * (5000000 + 2 * 1000000 + 8 * 1000000));
    scene_free(s);
}

static void drain_pushes_what_is_left(void **state)
{
    (void)state;
    struct scene *plain = scene("losp", 4, 0.001, 0, 1500000), *drained = scene("losp", 4, 0.001, 0, 1500000);
    set(drained, "drain", true);
    struct seen *a = play(plain), *b = play(drained);
    assert_true(a->totals.wasted > 0);
    assert_int_equal(b->totals.wasted, 0);
    assert_int_equal(b->totals.rounds, a->totals.rounds + 1);
    assert_int_equal(b->totals.replies, a->totals.replies); /* the last pushes are not answered */
    assert_int_equal(b->totals.iterations, a->totals.iterations + 4 * 3);
    assert_int_equal(b->row[b->rows - 1].reply_ns, -1);
    /* the last push arrives 1.5 ms after the boundary that accepted STOP, where the plain run ended */
    assert_int_equal(b->totals.virtual_ns, a->totals.virtual_ns + 1500000);
    scene_free(plain);
    scene_free(drained);
}

static void evaluations_come_at_each_multiple_crossed(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 8, 0.005, 0, 1000); /* 8 iterations a round, 400 in all */
    s->spec.eval_every = 100;
    struct seen *seen = play(s);
    static const int64_t at[] = {0, 104, 200, 304, 400};
    assert_int_equal(seen->evaluations, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(seen->evaluation[i].iterations, at[i]);
        assert_int_equal(seen->evaluation[i].bytes_up, at[i] * 1000);
        assert_int_equal(seen->evaluation[i].bytes_down, at[i] * 1000);
    }
    scene_free(s);
}

static void a_run_ends_when_the_iterations_are_in_and_not_before(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 8, 0.005, 0, 1000);
    s->spec.iterations = 9;
    struct seen *seen = play(s);
    assert_int_equal(seen->totals.rounds, 2);
    assert_int_equal(seen->totals.iterations, 16);
    scene_free(s);
}

static void the_same_spec_gives_the_same_orders(void **state)
{
    (void)state;
    struct scene *a = scene("losp", 8, 0.003, 0.0002, 3000017), *b = scene("losp", 8, 0.003, 0.0002, 3000017);
    struct scene *both[] = {a, b};
    for (int i = 0; i < 2; i++) {
        both[i]->spec.compute.jitter = 0.3;
        both[i]->spec.exchange.up.server_bandwidth = both[i]->spec.exchange.down.server_bandwidth = 2e9;
        play(both[i]);
    }
    assert_memory_equal(&a->seen, &b->seen, sizeof a->seen);
    scene_free(a);
    scene_free(b);
}

/* With jitter nothing is regular any more; what must hold always is checked for every row. */
static void accounts_hold_under_jitter(void **state)
{
    (void)state;
    static const char *const names[] = {"bsp", "osp", "losp"};
    for (int i = 0; i < 3; i++) {
        struct scene *s = scene(names[i], 8, 0.003, 0.0002, 3000017);
        s->spec.compute.jitter = 0.5;
        s->spec.exchange.up.sharing = s->spec.exchange.down.sharing = SHARE_FIFO;
        s->spec.exchange.up.server_bandwidth = s->spec.exchange.down.server_bandwidth = 2e9;
        set(s, "max_local_steps", 3);
        struct seen *seen = play(s);
        vtime last[8] = {0};
        for (int r = 0; r < seen->rows; r++) {
            const struct push_row *row = &seen->row[r];
            assert_in_range(row->k, 1, 3);
            assert_int_equal(row->compute_ns + row->waiting_ns, row->depart_ns - last[row->worker]);
            assert_true(row->depart_ns < row->arrive_ns && row->arrive_ns < row->reply_ns);
            assert_true(row->reply_ns <= row->accept_ns && row->accept_ns <= seen->totals.virtual_ns);
            last[row->worker] = row->depart_ns;
        }
        scene_free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bsp_round_lasts_its_closed_form),
        cmocka_unit_test(local_sgd_round_is_k_steps_and_an_exchange),
        cmocka_unit_test(overlap_has_as_many_steps_as_fit),
        cmocka_unit_test(zero_latency_and_no_bytes_to_speak_of_is_delay_one),
        cmocka_unit_test(all_k_forced_has_fixed_rounds),
        cmocka_unit_test(a_slow_worker_sets_the_round_and_fast_ones_do_more),
        cmocka_unit_test(a_row_keeps_the_reply_to_its_own_push),
        cmocka_unit_test(a_run_lasts_until_an_older_reply_is_there),
        cmocka_unit_test(bytes_of_a_worker_that_never_pushes_are_in_the_last_row),
        cmocka_unit_test(server_cost_serves_one_push_after_the_other),
        cmocka_unit_test(drain_pushes_what_is_left),
        cmocka_unit_test(evaluations_come_at_each_multiple_crossed),
        cmocka_unit_test(a_run_ends_when_the_iterations_are_in_and_not_before),
        cmocka_unit_test(the_same_spec_gives_the_same_orders),
        cmocka_unit_test(accounts_hold_under_jitter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
