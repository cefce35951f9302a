/* BatchNorm's statistics in whole runs: what precise evaluation measures and leaves in parameters.bin, and running ones
 * of one worker against serial training, for every algorithm. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "models/data/batches.h"
#include "models/layers.h"
#include "sim/base/rng.h"
#include "tests/rigs/deal.h"
#include "tests/rigs/placed.h"
#include "tests/rigs/world.h"

/* Small, with dropout, which a measurement leaves off. */
static const struct layer_row layers[] = {CONV("conv1", 6, 5, 3, 0),
                                          BATCHNORM("bn1"),
                                          RELU,
                                          MAXPOOL(2),
                                          DROPOUT(0.3f),
                                          CONV("conv2", 8, 3, 1, 1),
                                          BATCHNORM("bn2"),
                                          RELU,
                                          AVGPOOL,
                                          LINEAR("fc", CLASSES),
                                          END_OF_LAYERS};
static const struct model_def small = {.name = "small", .layers = layers};

/* In place of the world's own. */
static void take_model(struct world *w, const struct model_def *def)
{
    char error[256];
    free(w->params);
    free(w->stats);
    model_destroy(w->model);
    w->model = model_build(def, w->data->channels, w->data->height, w->data->width, w->data->classes, error,
                           sizeof error);
    assert_non_null(w->model);
    w->params = need(model_params(w->model) * sizeof(float));
    w->stats = need(model_stats(w->model) * sizeof(float));
    model_init(w->model, 7, w->params, w->stats);
}

struct ended { /* a run */
    struct summary summary;
    size_t n, stats;
    float *values; /* parameters.bin */
};

static struct ended run_of(struct world *w, const char *algorithm)
{
    struct ended e = {.n = model_params(w->model), .stats = model_stats(w->model)};
    e.summary = play_named(w, algorithm);
    char *path = text_format("%d/parameters.bin", world_runs - 1);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    e.values = need((e.n + e.stats) * sizeof(float));
    assert_int_equal(fread(e.values, sizeof(float), e.n + e.stats, file), e.n + e.stats);
    fclose(file);
    free(path);
    return e;
}

/* Statistics of the first `samples` of a permutation of 200, in batches of BATCH. */
static void measure(const struct world *w, const float *params, int64_t version, uint32_t samples,
                    float *stats)
{
    uint32_t sample[200];
    double *moments = need(model_stats(w->model) * sizeof *moments);
    struct workspace *ws = workspace_create(w->model, BATCH, 0);
    draw_permutation(&(struct draw_key){.seed = 7, .purpose = DRAW_STATISTICS, .round = (uint64_t)version},
                     sample, w->data->train.n);
    for (uint32_t i = 0; i < samples; i += BATCH)
        model_measure(w->model, ws, params, w->data, sample + i,
                      samples - i < BATCH ? (int)(samples - i) : BATCH, moments);
    model_settle(w->model, moments, samples, stats);
    workspace_destroy(ws);
    free(moments);
}

static double accuracy_of(const struct world *w, const float *params, const float *stats)
{
    struct workspace *ws = workspace_create(w->model, 50, 0);
    struct score score = {0};
    assert_int_equal(w->data->test.n, 50);
    model_evaluate(w->model, ws, params, stats, w->data, &w->data->test, 0, 50, &score);
    workspace_destroy(ws);
    return (double)score.right / 50.0;
}

static void open_small(struct world *w, const char *const *assignments)
{
    world_open(w, assignments);
    take_model(w, &small);
}

static void check_precise(const char *algorithm, const char *samples_key, uint32_t samples)
{
    struct world w;
    open_small(&w, (const char *const[]){"cluster.workers=3", "network.latency=5ms", "compute.model=fixed",
                                         "compute.seconds=2ms", "output.eval_every=7",
                                         "output.batchnorm=precise", samples_key, NULL});
    struct ended e = run_of(&w, algorithm);
    float *params = need(e.n * sizeof *params), *stats = need(e.stats * sizeof *stats);
    placed(w.model, e.values, params);
    measure(&w, params, e.summary.rounds, samples, stats);
    assert_memory_equal(e.values + e.n, stats, e.stats * sizeof *stats);
    assert_true(e.summary.test_accuracy == accuracy_of(&w, params, stats));
    measure(&w, params, e.summary.rounds + 1, samples, stats); /* other samples, but where all are drawn */
    assert_true(memcmp(e.values + e.n, stats, e.stats * sizeof *stats) != 0);
    free(params);
    free(stats);
    free(e.values);
    world_close(&w);
}

/* Left out: all 200 samples, as there are fewer than 2000. */
static void parameters_hold_what_the_last_evaluation_measured(void **state)
{
    (void)state;
    check_precise("bsp", NULL, 200);
    check_precise("losp", "output.batchnorm_samples=61", 61);
    check_precise("asp", "output.batchnorm_samples=5", 5); /* fewer than a batch */
}

/* The training is the same. */
static void evaluation_changes_no_training(void **state)
{
    (void)state;
    struct ended e[2];
    for (int i = 0; i < 2; i++) {
        struct world w;
        open_small(&w, (const char *const[]){"cluster.workers=3", "network.latency=5ms",
                                             i == 0 ? NULL : "output.batchnorm=precise", NULL});
        e[i] = run_of(&w, "osp");
        world_close(&w);
    }
    assert_memory_equal(e[0].values, e[1].values, e[0].n * sizeof(float));
    assert_true(memcmp(e[0].values + e[0].n, e[1].values + e[0].n, e[0].stats * sizeof(float)) != 0);
    assert_int_equal(e[0].summary.virtual_ns, e[1].summary.virtual_ns);
    assert_int_equal(e[0].summary.bytes_up, e[1].summary.bytes_up);
    assert_true(e[0].summary.train_loss == e[1].summary.train_loss);
    free(e[0].values);
    free(e[1].values);
}

/* ---- running ---- */

#define MOST 1000 /* iterations */

struct course {                          /* of one worker, by the conductor's orders */
    int64_t iteration[MOST], iterations; /* by number: those before its pushes, without what was cancelled */
    int64_t before[MOST], pushes;        /* (pushes) iterations before each */
    int64_t folded;                      /* the newest push in an update */
};

static void note_order(void *course, const struct order *o)
{
    struct course *c = course;
    int64_t pushed = c->pushes > 0 ? c->before[c->pushes - 1] : 0;
    assert_true(c->iterations < MOST && c->pushes < MOST);
    if (o->op == ORDER_STEP)
        c->iteration[c->iterations++] = o->number;
    else if (o->op == ORDER_PUSH)
        c->before[c->pushes++] = c->iterations;
    else if (o->op == ORDER_ACCEPT && o->cancel)
        c->iterations = pushed;
}

static void note_task(void *course, const struct task *t)
{
    struct course *c = course;
    if (t->op == TASK_FOLD)
        c->folded = t->number;
}

static struct course *course_of(const struct world *w, const char *name)
{
    const struct setting setting = world_setting(w);
    const void *params;
    const struct algorithm *alg = registry_algorithm(&w->cfg, name, &params);
    struct course *c = need(sizeof *c);
    struct run run;
    const struct variant variant = variant_plain(alg, params);
    run_prepare(&run, &setting, &variant);
    struct conductor *conductor =
        conductor_create(&run.conductor, &(struct order_sink){note_order, note_task, c});
    while (conductor_advance(conductor))
        ;
    conductor_destroy(conductor);
    run_release(&run);
    return c;
}

static void serial(const struct world *w, const struct course *course, float *stats)
{
    struct workspace *ws = workspace_create(w->model, BATCH, 1);
    float *gradient = need(model_params(w->model) * sizeof *gradient);
    struct batches *batches = deal(PARTITION_IID, 7, w->data->train.n, 0, 1, BATCH);
    uint32_t sample[BATCH];
    vec_copy(stats, w->stats, model_stats(w->model));
    for (int64_t i = 0; i < course->before[course->folded]; i++) {
        int64_t k = course->iteration[i];
        batches_get(batches, k, sample);
        model_gradient(w->model, ws, w->params, stats, w->data, sample, BATCH,
                       &(struct draw_at){.seed = 7, .iteration = k}, gradient);
    }
    batches_destroy(batches);
    workspace_destroy(ws);
    free(gradient);
}

/* The largest difference of a statistic, relative. */
static double apart(const float *a, const float *b, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)a[i] - (double)b[i]) / (fabs((double)b[i]) + 1e-3));
    return most;
}

/* With learning rate 0 the parameters stand still, so statistics depend on the batches alone. An exchange takes as
 * long as five iterations. */
static void one_worker_has_the_statistics_of_serial_training(void **state)
{
    (void)state;
    int failed = 0;
    for (int i = 0; alg_list[i]; i++) {
        const char *name = alg_list[i]->name;
        struct world w;
        open_small(&w, (const char *const[]){"cluster.workers=1", "train.learning_rate=0",
                                             "network.latency=5ms", "compute.model=fixed",
                                             "compute.seconds=2ms", "experiment.iterations=60",
                                             "algorithm.k_sync.k=1", "algorithm.k_batch_sync.k=1",
                                             "algorithm.k_async.k=1", "algorithm.k_batch_async.k=1", NULL});
        struct ended e = run_of(&w, name);
        float *stats = need(e.stats * sizeof *stats);
        struct course *course = course_of(&w, name);
        assert_true(course->before[course->folded] >= e.summary.iterations && e.summary.iterations >= 60);
        serial(&w, course, stats);
        double far = apart(e.values + e.n, stats, e.stats);
        if (!(far < 1e-5)) {
            print_error("%s: %g apart after %d iterations\n", name, far, (int)e.summary.iterations);
            failed++;
        }
        free(course);
        free(stats);
        free(e.values);
        world_close(&w);
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parameters_hold_what_the_last_evaluation_measured, scratch_enter,
                                        scratch_leave),
        cmocka_unit_test_setup_teardown(evaluation_changes_no_training, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(one_worker_has_the_statistics_of_serial_training, scratch_enter,
                                        scratch_leave),
    };
    alarm(240);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
