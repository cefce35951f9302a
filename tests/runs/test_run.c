/* Whole runs of the tiny model through the launcher, in this program: against serial SGD, against one process
 * that does what N workers do, replicas that are made to differ, workers that share a process. Each run forks
 * its processes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "models/data/batches.h"
#include "sim/base/vec.h"
#include "sim/output/parameters.h"
#include "tests/rigs/deal.h"
#include "tests/rigs/world.h"

/* What `workers` workers compute in BSP, in one process: a mean of gradients in rank order for every round.
 * One worker: serial SGD. */
static uint64_t serial_hash(const struct world *w, int workers, int rounds)
{
    size_t n = model_params(w->model);
    float *x = need(n * sizeof *x), *g = need(n * sizeof *g), *sum = need(n * sizeof *sum);
    struct workspace *ws = workspace_create(w->model, BATCH, 1);
    struct batches *batches[8];
    uint32_t sample[BATCH];
    vec_copy(x, w->params, n);
    for (int i = 0; i < workers; i++)
        batches[i] = deal(PARTITION_IID, 7, w->data->train.n, i, workers, BATCH);
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < workers; i++) {
            batches_get(batches[i], r, sample);
            model_gradient(w->model, ws, x, w->stats, w->data, sample, BATCH,
                           &(struct draw_at){.seed = 7, .worker = i, .iteration = r}, g);
            for (size_t j = 0; j < n; j++)
                sum[j] = i == 0 ? g[j] : sum[j] + g[j];
        }
        for (size_t j = 0; j < n; j++)
            sum[j] *= 1.0f / (float)workers;
        vec_step(x, 0.1f, sum, n);
    }
    uint64_t hash = parameters_hash(w->model, x, w->stats);
    for (int i = 0; i < workers; i++)
        batches_destroy(batches[i]);
    workspace_destroy(ws);
    free(x);
    free(g);
    free(sum);
    return hash;
}

static void one_local_sgd_worker_is_serial_sgd(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, (const char *const[]){"cluster.workers=1", "algorithm.local_sgd.local_steps=4", NULL});
    struct summary s = play_named(&w, "local_sgd");
    assert_int_equal(s.iterations, 40);
    assert_int_equal(s.rounds, 10);
    assert_true(s.parameters_hash == serial_hash(&w, 1, 40));
    world_close(&w);
}

static void bsp_is_the_mean_of_micro_batches_in_rank_order(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, (const char *const[]){"cluster.workers=4", NULL});
    struct summary s = play_named(&w, "bsp");
    assert_int_equal(s.rounds, 10);
    assert_true(s.parameters_hash == serial_hash(&w, 4, 10));
    assert_int_equal(s.replicas_equal, REPLICAS_NONE);
    world_close(&w);
}

static void momentum_at_one_worker_is_heavy_ball(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, (const char *const[]){"cluster.workers=1", "train.momentum=0.9", NULL});
    struct summary s = play_named(&w, "local_sgd");
    size_t n = model_params(w.model);
    float *x = need(n * sizeof *x), *g = need(n * sizeof *g), *u = need(n * sizeof *u);
    struct workspace *ws = workspace_create(w.model, BATCH, 1);
    struct batches *b = deal(PARTITION_IID, 7, w.data->train.n, 0, 1, BATCH);
    uint32_t sample[BATCH];
    vec_copy(x, w.params, n);
    for (int r = 0; r < 40; r++) {
        batches_get(b, r, sample);
        model_gradient(w.model, ws, x, w.stats, w.data, sample, BATCH,
                       &(struct draw_at){.seed = 7, .iteration = r}, g);
        for (size_t j = 0; j < n; j++) {
            u[j] = 0.9f * u[j] + g[j];
            x[j] = x[j] - 0.1f * u[j];
        }
    }
    assert_true(s.parameters_hash == parameters_hash(w.model, x, w.stats));
    batches_destroy(b);
    workspace_destroy(ws);
    free(x);
    free(g);
    free(u);
    world_close(&w);
}

static void workers_that_share_processes_compute_the_same(void **state)
{
    (void)state;
    static const char *const names[] = {"bsp", "losp", "dqlosp"};
    for (int i = 0; i < 3; i++) {
        struct summary s[2];
        for (int processes = 1; processes <= 2; processes++) {
            struct world w;
            world_open(&w,
                       (const char *const[]){
                           "cluster.workers=5", "network.bandwidth=10Mbit/s", "compute.factor=1, 2, 1, 3, 1",
                           processes == 1 ? "cluster.processes=5" : "cluster.processes=2", NULL});
            s[processes - 1] = play_named(&w, names[i]);
            world_close(&w);
        }
        assert_true(s[0].parameters_hash == s[1].parameters_hash);
        assert_int_equal(s[0].virtual_ns, s[1].virtual_ns);
    }
}

/* ---- replicas ---- */

static const struct algorithm *genuine; /* its accept is replaced below by one with a fault */

static void accept_with_a_flipped_bit(struct worker_state *s)
{
    genuine->accept(s);
    uint32_t *bits = (uint32_t *)s->vector[0];
    if (s->id == 2)
        bits[s->n / 2] ^= 1;
}

static void a_flipped_bit_in_one_replica_is_seen(void **state)
{
    (void)state;
    struct world w;
    const void *params;
    world_open(&w, (const char *const[]){"cluster.workers=4", NULL});
    genuine = registry_algorithm(&w.cfg, "dqlosp", &params);
    assert_int_equal(play(&w, genuine, params).replicas_equal, REPLICAS_EQUAL);
    struct algorithm spoilt = *genuine;
    spoilt.accept = accept_with_a_flipped_bit;
    assert_int_equal(play(&w, &spoilt, params).replicas_equal, REPLICAS_DIFFER);
    world_close(&w);
}

static void replicas_are_equal_for_every_codec_and_rounding(void **state)
{
    (void)state;
    static const char *const settings[][3] = {
        {"algorithm.dqlosp.codec=identity", "codec.maxabs.bits=8", "algorithm.dqlosp.error_feedback=no"},
        {"algorithm.dqlosp.codec=maxabs", "codec.maxabs.rounding=nearest", "codec.maxabs.bits=8"},
        {"algorithm.dqlosp.codec=maxabs", "codec.maxabs.rounding=stochastic", "codec.maxabs.bits=4"},
        {"algorithm.dqlosp.codec=maxabs", "codec.maxabs.bits=2", "algorithm.dqlosp.error_feedback=yes"},
        {"algorithm.dqlosp.codec=numpy_l2", "codec.numpy_l2.bits=16", "codec.numpy_l2.wrap=yes"},
        {"algorithm.dqlosp.codec=numpy_l2", "codec.numpy_l2.bits=16", "codec.numpy_l2.wrap=no"},
    };
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        struct world w;
        world_open(&w, (const char *const[]){"cluster.workers=3", settings[i][0], settings[i][1],
                                             settings[i][2], NULL});
        struct summary s = play_named(&w, "dqlosp");
        assert_int_equal(s.replicas_equal, REPLICAS_EQUAL);
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_local_sgd_worker_is_serial_sgd, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(bsp_is_the_mean_of_micro_batches_in_rank_order, scratch_enter,
                                        scratch_leave),
        cmocka_unit_test_setup_teardown(momentum_at_one_worker_is_heavy_ball, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(workers_that_share_processes_compute_the_same, scratch_enter,
                                        scratch_leave),
        cmocka_unit_test_setup_teardown(a_flipped_bit_in_one_replica_is_seen, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(replicas_are_equal_for_every_codec_and_rounding, scratch_enter,
                                        scratch_leave),
    };
    alarm(240);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
