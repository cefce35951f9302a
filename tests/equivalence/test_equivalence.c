/* What ASP, SSP and the K- algorithms compute, in whole runs: bit for bit what one process computes that
 * carries out the conductor's orders itself, and which algorithms are the same as which. Each run forks its
 * processes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/output/parameters.h"
#include "tests/rigs/deal.h"
#include "tests/rigs/world.h"

#define MOST_WORKERS 4
#define KEPT         64 /* more than the pushes and replies of a worker that are in flight or held */

/* ---- the orders, carried out here ---- */

struct worker_audit {
    float *model; /* the worker's */
    float *given; /* the model of the last reply that was sent to it */
    float *ready; /* the last gradient, until it is pushed */
    float *push[KEPT], *reply[KEPT];
    struct batches *batches;
};

struct replay {
    const struct world *w;
    size_t n;
    struct worker_audit worker[MOST_WORKERS];
    float *model, *sum; /* the PS's */
    float lambda;
    int pushes; /* in the sum */
    int workers;
    struct workspace *workspace;
};

static float *copy_of(const float *v, size_t n)
{
    float *copy = need(n * sizeof *copy);
    vec_copy(copy, v, n);
    return copy;
}

static void replay_open(struct replay *r, const struct world *w, const struct run *run)
{
    *r = (struct replay){.w = w, .n = model_params(w->model), .workers = run->workers};
    r->model = copy_of(w->params, r->n);
    r->sum = copy_of(w->params, r->n);
    r->workspace = workspace_create(w->model, BATCH, 1);
    for (int i = 0; i < r->workers; i++) {
        struct worker_audit *h = &r->worker[i];
        h->model = copy_of(w->params, r->n);
        h->given = copy_of(w->params, r->n);
        h->ready = copy_of(w->params, r->n);
        for (int j = 0; j < KEPT; j++) {
            h->push[j] = copy_of(w->params, r->n);
            h->reply[j] = copy_of(w->params, r->n);
        }
        h->batches = deal(PARTITION_IID, 7, w->data->train.n, i, r->workers, BATCH);
    }
}

static void replay_close(struct replay *r)
{
    for (int i = 0; i < r->workers; i++) {
        struct worker_audit *h = &r->worker[i];
        for (int j = 0; j < KEPT; j++) {
            free(h->push[j]);
            free(h->reply[j]);
        }
        free(h->model);
        free(h->given);
        free(h->ready);
        batches_destroy(h->batches);
    }
    workspace_destroy(r->workspace);
    free(r->model);
    free(r->sum);
}

static void play_order(void *context, const struct order *o)
{
    struct replay *r = context;
    struct worker_audit *h = &r->worker[o->worker];
    uint32_t sample[BATCH];
    if (o->op == ORDER_STEP) {
        batches_get(h->batches, o->number, sample);
        model_gradient(r->w->model, r->workspace, h->model, r->w->stats, r->w->data, sample, BATCH,
                       &(struct draw_at){.seed = 7, .worker = o->worker, .iteration = o->number}, h->ready);
    } else if (o->op == ORDER_PUSH) {
        vec_copy(h->push[o->number % KEPT], h->ready, r->n);
    } else if (o->op == ORDER_ACCEPT) {
        vec_copy(h->model, h->reply[o->number % KEPT], r->n);
    }
}

/* g + lambda g g (W - W_given) */
static void add_push(struct replay *r, const struct task *t)
{
    const struct worker_audit *h = &r->worker[t->worker];
    const float *g = h->push[t->number % KEPT];
    for (size_t j = 0; j < r->n; j++) {
        float x = g[j];
        if (r->lambda > 0)
            x = x + r->lambda * x * x * (r->model[j] - h->given[j]);
        r->sum[j] = r->pushes == 0 ? x : r->sum[j] + x;
    }
    r->pushes++;
}

static void make_update(struct replay *r, const struct task *t)
{
    float share = 1.0f / (float)r->pushes;
    for (size_t j = 0; j < r->n; j++) /* t->rate: with the weight of a stale gradient */
        r->model[j] = r->model[j] - t->rate * (r->sum[j] * share);
    r->pushes = 0;
}

static void play_task(void *context, const struct task *t)
{
    struct replay *r = context;
    if (t->op == TASK_FOLD) {
        add_push(r, t);
    } else if (t->op == TASK_UPDATE) {
        make_update(r, t);
    } else if (t->op == TASK_REPLY) {
        for (int i = t->worker < 0 ? 0 : t->worker; i < (t->worker < 0 ? r->workers : t->worker + 1); i++) {
            vec_copy(r->worker[i].reply[t->number % KEPT], r->model, r->n);
            vec_copy(r->worker[i].given, r->model, r->n);
        }
    }
}

/* The final model; to be freed. */
static float *by_hand(const struct world *w, const char *name, float lambda)
{
    const void *params;
    const struct algorithm *alg = registry_algorithm(&w->cfg, name, &params);
    const struct setting setting = world_setting(w);
    struct run run;
    struct replay r;
    const struct variant variant = variant_plain(alg, params);
    run_prepare(&run, &setting, &variant);
    replay_open(&r, w, &run);
    r.lambda = lambda;
    struct conductor *c = conductor_create(&run.conductor, &(struct order_sink){play_order, play_task, &r});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    float *model = copy_of(r.model, r.n);
    replay_close(&r);
    run_release(&run);
    return model;
}

static void run_is_by_hand(const char *name, const char *const *assignments, float lambda)
{
    struct world w;
    world_open(&w, assignments);
    float *model = by_hand(&w, name, lambda);
    assert_true(play_named(&w, name).parameters_hash == parameters_hash(w.model, model, w.stats));
    free(model);
    world_close(&w);
}

/* ---- whole runs against them ---- */

#define UNEVEN                                                                                              \
    "cluster.workers=4", "compute.factor=1, 3, 1.5, 1", "compute.jitter=0.5", "network.bandwidth=20Mbit/s", \
        "network.latency=0, 1ms, 5ms, 100us", "network.jitter=0.3", "compute.seconds=2ms",                  \
        "compute.model=fixed"

static void every_algorithm_is_its_score_played_by_hand(void **state)
{
    (void)state;
    static const char *const names[] = {"bsp",          "asp",     "ssp",          "k_sync",
                                        "k_batch_sync", "k_async", "k_batch_async"};
    static const char *const processes[] = {"cluster.processes=4", "cluster.processes=1",
                                            "cluster.processes=3"};
    for (int i = 0; i < 7; i++)
        for (int j = 0; j < 3; j++)
            run_is_by_hand(names[i],
                           (const char *const[]){UNEVEN, processes[j], "algorithm.ssp.slack=1",
                                                 "algorithm.k_sync.k=3", "algorithm.k_batch_sync.k=3",
                                                 "algorithm.k_async.k=2", "algorithm.k_batch_async.k=3",
                                                 NULL},
                           0);
}

static void stale_gradients_are_scaled(void **state)
{
    (void)state;
    run_is_by_hand("asp", (const char *const[]){UNEVEN, "algorithm.asp.staleness_scaling=yes", NULL}, 0);
    run_is_by_hand("ssp", (const char *const[]){UNEVEN, "algorithm.ssp.staleness_scaling=yes", NULL}, 0);
}

static void delay_is_compensated(void **state)
{
    (void)state;
    run_is_by_hand("asp", (const char *const[]){UNEVEN, "algorithm.asp.delay_compensation=2", NULL}, 2);
    run_is_by_hand("ssp",
                   (const char *const[]){UNEVEN, "cluster.processes=2", "algorithm.ssp.staleness_scaling=yes",
                                         "algorithm.ssp.delay_compensation=0.5", NULL},
                   0.5f);
}

/* The weights of equal workers are known: staleness 0, 1, 2, 3, then always 3. */
static void weights_are_one_by_staleness_and_one(void **state)
{
    (void)state;
    const struct algorithm *alg;
    const void *params;
    struct world w;
    world_open(&w, (const char *const[]){"cluster.workers=4", "algorithm.asp.staleness_scaling=yes", NULL});
    alg = registry_algorithm(&w.cfg, "asp", &params);
    for (int staleness = 0; staleness < 4; staleness++)
        assert_true(alg->weight(params, &(struct push_header){.staleness = staleness}) ==
                    1.0f / (float)(staleness + 1));
    world_close(&w);
}

/* ---- equalities ---- */

static struct summary run_of(const char *name, const char *const *assignments)
{
    struct world w;
    world_open(&w, assignments);
    struct summary s = play_named(&w, name);
    world_close(&w);
    return s;
}

static void same_results(const struct summary *a, const struct summary *b)
{
    assert_true(a->parameters_hash == b->parameters_hash);
    assert_int_equal(a->virtual_ns, b->virtual_ns);
    assert_int_equal(a->bytes_up, b->bytes_up);
    assert_int_equal(a->bytes_down, b->bytes_down);
    assert_int_equal(a->wasted_iterations, b->wasted_iterations);
    assert_int_equal(a->dropped_pushes, b->dropped_pushes);
    assert_true(a->test_loss == b->test_loss && a->train_loss == b->train_loss);
}

static void asp_of_one_worker_is_serial_sgd(void **state)
{
    (void)state;
    static const char *const one[] = {"cluster.workers=1", "compute.jitter=0.5", NULL};
    struct summary asp = run_of("asp", one), bsp = run_of("bsp", one);
    same_results(&asp, &bsp); /* bsp of one worker: a step with every gradient */
}

static void one_gradient_an_update_is_asp(void **state)
{
    (void)state;
    static const char *const settings[] = {UNEVEN, "algorithm.ssp.slack=1000000", "algorithm.k_async.k=1",
                                           "algorithm.k_batch_async.k=1", NULL};
    static const char *const names[] = {"ssp", "k_async", "k_batch_async"};
    struct summary asp = run_of("asp", settings);
    for (int i = 0; i < 3; i++) {
        struct summary s = run_of(names[i], settings);
        same_results(&asp, &s);
    }
}

static void k_sync_of_all_is_bsp(void **state)
{
    (void)state;
    static const char *const plain[] = {UNEVEN, "algorithm.k_sync.k=4", NULL};
    static const char *const optimised[] = {UNEVEN,
                                            "algorithm.k_sync.k=4",
                                            "train.optimizer=adamw",
                                            "train.learning_rate=0.01",
                                            "train.clip_norm=0.5",
                                            NULL};
    for (int i = 0; i < 2; i++) {
        const char *const *settings = i ? optimised : plain;
        struct summary bsp = run_of("bsp", settings), k_sync = run_of("k_sync", settings);
        same_results(&bsp, &k_sync);
    }
}

/* Slack 0 at a quarter of the rate: the mean of four gradients, added one by one. */
static void ssp_without_slack_is_bsp_to_rounding(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, (const char *const[]){UNEVEN, "algorithm.ssp.slack=0", "algorithm.ssp.learning_rate=0.025",
                                         NULL});
    size_t n = model_params(w.model);
    float *bsp = by_hand(&w, "bsp", 0), *ssp = by_hand(&w, "ssp", 0);
    assert_true(play_named(&w, "ssp").parameters_hash == parameters_hash(w.model, ssp, w.stats));
    double moved = 0, apart = 0;
    for (size_t j = 0; j < n; j++) {
        moved += pow((double)bsp[j] - (double)w.params[j], 2);
        apart += pow((double)bsp[j] - (double)ssp[j], 2);
    }
    assert_true(apart > 0 && sqrt(apart) < 1e-5 * sqrt(moved));
    free(bsp);
    free(ssp);
    world_close(&w);
}

int main(void)
{
#define RUNS(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)
    const struct CMUnitTest tests[] = {
        RUNS(every_algorithm_is_its_score_played_by_hand),
        RUNS(stale_gradients_are_scaled),
        RUNS(delay_is_compensated),
        RUNS(weights_are_one_by_staleness_and_one),
        RUNS(asp_of_one_worker_is_serial_sgd),
        RUNS(one_gradient_an_update_is_asp),
        RUNS(k_sync_of_all_is_bsp),
        RUNS(ssp_without_slack_is_bsp_to_rounding),
    };
    alarm(240);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
