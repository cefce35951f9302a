/* How long a run is going to take on this machine: the speed that is measured, and what follows from it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>

#include "sim/predict/forecast.h"
#include "tests/rigs/world.h"

static struct world world;
static struct run run;

static void prepare(const char *const *assignments)
{
    const void *params;
    const struct algorithm *alg;
    world_open(&world, assignments);
    const struct setting setting = world_setting(&world);
    alg = registry_algorithm(&world.cfg, "bsp", &params);
    const struct variant variant = variant_plain(alg, params);
    run_prepare(&run, &setting, &variant);
}

static void leave(void)
{
    run_release(&run);
    world_close(&world);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* every process that computed has been reaped */
    assert_int_equal(errno, ECHILD);
}

static void as_many_processes_as_the_runs_have(void **state)
{
    (void)state;
    prepare((const char *const[]){"experiment.algorithms=bsp", "model.name=tiny", "cluster.workers=3", NULL});
    struct speed speed = speed_measure(&run, 1, SIZE_MAX);
    assert_int_equal(speed.processes, 3);
    assert_true(speed.gradients > 0 && isfinite(speed.gradients));
    assert_int_equal(speed_measure(&run, 2, SIZE_MAX).processes, 6);
    assert_int_equal(speed_measure(&run, 2, 1).processes, 1); /* no memory for more */
    char words[160];
    speed = (struct speed){.processes = 3, .gradients = 12.5, .load = 7.25, .cores = 2};
    assert_string_equal(speed_words(&speed, words, sizeof words),
                        "if the machine stays as busy as now (load 7.2 on 2 cores): 3 processes made 12.5 "
                        "gradients per second");
    leave();
}

static void a_model_without_cost(void **state)
{
    (void)state;
    prepare(
        (const char *const[]){"experiment.algorithms=bsp", "model.name=sleep", "cluster.workers=3", NULL});
    struct speed speed = speed_measure(&run, 1, SIZE_MAX);
    const struct totals totals = {.iterations = 1000};
    assert_true(forecast_wall_seconds(&run, &totals, &speed) == 0);
    leave();
}

/* 40 iterations of 2 batches of 8, and 1 + 40 / 20 evaluations of 50 images, which cost a third. */
static void batches_and_evaluations(void **state)
{
    (void)state;
    prepare((const char *const[]){"experiment.algorithms=bsp", "model.name=tiny", "cluster.workers=2",
                                  "train.accumulate=2", "output.eval_every=20", NULL});
    const struct speed speed = {.gradients = 10};
    const struct totals totals = {.iterations = 40};
    double seconds = forecast_wall_seconds(&run, &totals, &speed);
    assert_true(fabs(seconds - (80 + 3 * 50 / 8.0 / 3) / 10) < 1e-9);
    leave();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_processes_as_the_runs_have),
        cmocka_unit_test(a_model_without_cost),
        cmocka_unit_test(batches_and_evaluations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
