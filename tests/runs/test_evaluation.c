/* Evaluation: W_0 is evaluated once for all algorithms of a program call, with the same bytes in eval.csv; and the
 * batch with which images are tested does not show in the results. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>

#include "models/kernels.h"
#include "sim/runtime/first_test.h"
#include "tests/rigs/world.h"

static _Atomic int *tested; /* images, by all processes */

void __real_model_evaluate(const struct model *m, struct workspace *ws, const float *params,
                           const float *stats, const struct dataset *ds, const struct split *split,
                           uint32_t first, int n, struct score *score);
void __wrap_model_evaluate(const struct model *m, struct workspace *ws, const float *params,
                           const float *stats, const struct dataset *ds, const struct split *split,
                           uint32_t first, int n, struct score *score);

void __wrap_model_evaluate(const struct model *m, struct workspace *ws, const float *params,
                           const float *stats, const struct dataset *ds, const struct split *split,
                           uint32_t first, int n, struct score *score)
{
    atomic_fetch_add(tested, n);
    __real_model_evaluate(m, ws, params, stats, ds, split, first, n, score);
}

/* The bytes of eval.csv of the run that was played last. */
static char *eval_csv(void)
{
    size_t size = 0;
    char *bytes = NULL, *path = text_format("%d/eval.csv", world_runs - 1);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_true(getdelim(&bytes, &size, 0, file) > 0);
    fclose(file);
    free(path);
    return bytes;
}

static struct summary played(struct world *w, struct first_test *first, const char *name)
{
    const void *params;
    struct run run;
    struct setting setting = world_setting(w);
    const struct algorithm *alg = registry_algorithm(&w->cfg, name, &params);
    const struct variant variant = variant_plain(alg, params);
    setting.first_test = first;
    run_prepare(&run, &setting, &variant);
    run.shown = SHOW_NOTHING;
    run.folder = text_format("%d", world_runs++);
    assert_int_equal(mkdir(run.folder, 0777), 0);
    struct summary s = launch(&run);
    assert_int_equal(s.exit_status, 0);
    free(run.folder);
    run_release(&run);
    return s;
}

/* Plays the algorithms, each evaluating W_0 itself and then with one evaluation for all: `saved` evaluations fewer,
 * and the same results. */
static void is_made_once(const char *const *settings, const char *const *names, int saved)
{
    struct world w;
    world_open(&w, settings);
    struct first_test *first = first_test_create(model_stats(w.model));
    int alone = 0, together = 0;
    for (; *names; names++) {
        atomic_store(tested, 0);
        struct summary a = played(&w, NULL, *names);
        char *before = eval_csv();
        alone += atomic_exchange(tested, 0);
        struct summary b = played(&w, first, *names);
        char *after = eval_csv();
        together += atomic_load(tested);
        assert_string_equal(before, after);
        assert_true(a.parameters_hash == b.parameters_hash && a.test_loss == b.test_loss);
        free(before);
        free(after);
    }
    assert_int_equal(alone - together, saved * (int)w.data->test.n);
    first_test_destroy(first);
    world_close(&w);
}

static void w0_is_evaluated_once(void **state)
{
    (void)state;
    is_made_once((const char *const[]){"output.eval_every=10", NULL},
                 (const char *const[]){"bsp", "losp", "asp", "dqlosp", NULL}, 3);
}

static void so_it_is_with_measured_statistics(void **state)
{
    (void)state;
    is_made_once((const char *const[]){"model.name=tiny_bn", "output.batchnorm=precise",
                                       "output.batchnorm_samples=30", NULL},
                 (const char *const[]){"bsp", "local_sgd", NULL}, 1);
    is_made_once((const char *const[]){"model.name=tiny_bn", NULL},
                 (const char *const[]){"losp", "asp", NULL}, 1);
}

/* The PS crashes before its first update: it is back with W_0, behind the row of the start. */
static void a_return_to_w0_keeps_the_order_of_rows(void **state)
{
    (void)state;
    is_made_once((const char *const[]){"faults.server_crash_at=10ms", "compute.model=fixed",
                                       "compute.seconds=50ms", NULL},
                 (const char *const[]){"bsp", "asp", NULL},
                 3); /* the return of each, and the start of the second */
}

static void another_model_is_not_w0(void **state)
{
    (void)state;
    struct world w;
    struct run run;
    const void *params;
    world_open(&w, (const char *const[]){"model.name=tiny_bn", NULL});
    const struct algorithm *alg = registry_algorithm(&w.cfg, "bsp", &params);
    const struct variant variant = variant_plain(alg, params);
    const struct setting setting = world_setting(&w);
    run_prepare(&run, &setting, &variant);
    float *x = vec_create(run.n, w.params), *stats = vec_create(run.stats, w.stats);
    assert_true(first_test_is_of(&run, 0, x, stats));
    assert_false(first_test_is_of(&run, 1, x, stats)); /* version 1 is measured on other samples */
    x[run.n - 1] += 1;
    assert_false(first_test_is_of(&run, 0, x, stats));
    x[run.n - 1] = w.params[run.n - 1];
    stats[run.stats - 1] += 1;
    assert_false(first_test_is_of(&run, 0, x, stats));
    free(x);
    free(stats);
    run_release(&run);
    world_close(&w);
}

/* ---- the batch ---- */

static struct score in_batches(const struct model *m, const float *params, const float *stats,
                               const struct dataset *d, int batch)
{
    struct score score = {0};
    struct workspace *ws = workspace_create(m, MOST_TEST_BATCH, 0);
    for (int first = 0; first < MOST_TEST_BATCH; first += batch)
        model_evaluate(m, ws, params, stats, d, &d->test, (uint32_t)first, batch, &score);
    workspace_destroy(ws);
    return score;
}

static void batches_do_not_show(const char *name)
{
    char error[200];
    const struct dataset_options options = {.seed = 3,
                                            .shape = strcmp(name, "cnn") == 0 ? "mnist" : "cifar",
                                            .train_n = 1,
                                            .test_n = MOST_TEST_BATCH};
    const struct dataset *d = dataset_open("synthetic", (const char *const[]){NULL}, &options);
    struct model *m =
        model_build(registry_model(name), d->channels, d->height, d->width, d->classes, error, sizeof error);
    assert_non_null(m);
    float *params = vec_create(model_params(m), NULL), *stats = vec_create(model_stats(m), NULL);
    model_init(m, 1, params, stats);
    int batch = model_test_batch(m);
    assert_true(batch >= LEAST_TEST_BATCH && MOST_TEST_BATCH % batch == 0);
    struct score whole = in_batches(m, params, stats, d, MOST_TEST_BATCH);
    struct score parts = in_batches(m, params, stats, d, batch);
    struct score least = in_batches(m, params, stats, d, LEAST_TEST_BATCH);
    assert_true(parts.loss == whole.loss && least.loss == whole.loss);
    assert_true(parts.right == whole.right && least.right == whole.right);
    free(params);
    free(stats);
    model_destroy(m);
    dataset_close(d);
}

static void the_batch_does_not_show(void **state)
{
    (void)state;
    static const char *const names[] = {"tiny", "tiny_bn", "logreg", "cnn", "alexnet", "resnet14"};
    kernels_choose(KERNELS_AUTO);
    for (size_t i = 0; kernels_ignore_batch() && i < sizeof names / sizeof *names; i++)
        batches_do_not_show(names[i]);
    kernels_choose(KERNELS_PORTABLE);
    assert_false(
        kernels_ignore_batch()); /* OpenBLAS's results do depend on it: then the evaluator takes no other */
    kernels_choose(KERNELS_AUTO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(w0_is_evaluated_once),
        cmocka_unit_test(so_it_is_with_measured_statistics),
        cmocka_unit_test(a_return_to_w0_keeps_the_order_of_rows),
        cmocka_unit_test(another_model_is_not_w0),
        cmocka_unit_test(the_batch_does_not_show),
    };
    tested = mmap(NULL, sizeof *tested, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(tested != MAP_FAILED);
    return cmocka_run_group_tests(tests, scratch_enter, scratch_leave);
}
