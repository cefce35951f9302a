/* Algorithms without on_worker_down: the framework has one for a known barrier
 * (test_worker_faults.c runs it). Any other algorithm is refused where workers may be away. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "algorithms/pieces.h"
#include "tests/rigs/child.h"
#include "tests/rigs/world.h"

extern const struct algorithm alg_bsp;

/* A barrier that counts to all workers, even while some are away. */
static void waits_for_all(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)push;
    v->combine = v->answer_all = s->held == s->workers;
}

static bool always(const void *params)
{
    (void)params;
    return true;
}

/* ---- what is refused ---- */

struct trial {
    struct algorithm alg;
    const char *const *settings;
};

static void prepare_run(void *context)
{
    const struct trial *t = context;
    struct world w;
    struct run run;
    const void *params;
    world_open(&w, t->settings);
    const struct setting setting = world_setting(&w);
    registry_algorithm(&w.cfg, "bsp", &params); /* which has them */
    const struct variant variant = variant_plain(&t->alg, params);
    run_prepare(&run, &setting, &variant);
}

static int status_of(struct algorithm alg, const char *const *settings)
{
    alg.name = "bsp"; /* the section that it has */
    struct trial t = {alg, settings};
    return end_of(start_child(prepare_run, &t));
}

static void a_barrier_of_its_own_without_on_worker_down_is_refused(void **state)
{
    (void)state;
    static const char *const calm[] = {"cluster.workers=3", NULL},
                             *const lossy[] = {"cluster.workers=3", "faults.loss_probability=0.1", NULL},
                             *const crashes[] = {"cluster.workers=3", "faults.crash_probability=0.1", NULL},
                             *const told[] = {"cluster.workers=3", "faults.crash_at=1s",
                                              "faults.crash_worker=1", NULL},
                             *const server[] = {"cluster.workers=3", "faults.server_crash_at=1s", NULL};
    struct algorithm toy = alg_bsp;
    toy.on_worker_down = NULL;
    assert_int_equal(status_of(toy, crashes), EXIT_DONE); /* alg_admit_round */
    toy.admit = alg_admit_alone;
    assert_int_equal(status_of(toy, crashes), EXIT_DONE);
    toy.admit = waits_for_all;
    assert_int_equal(status_of(toy, calm), EXIT_DONE);
    assert_int_equal(status_of(toy, lossy), EXIT_DONE);
    assert_int_equal(status_of(toy, crashes), EXIT_USAGE);
    assert_int_equal(status_of(toy, told), EXIT_USAGE);
    assert_int_equal(status_of(toy, server), EXIT_USAGE);
    toy.drain = always;
    assert_int_equal(status_of(toy, calm), EXIT_USAGE);
    toy.on_worker_down = alg_worker_down_ignored;
    assert_int_equal(status_of(toy, calm), EXIT_DONE);
    assert_int_equal(status_of(toy, crashes), EXIT_DONE);
}

static void every_algorithm_has_one(void **state)
{
    (void)state;
    for (int a = 0; alg_list[a]; a++)
        assert_true(alg_on_worker_down(alg_list[a]) != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_barrier_of_its_own_without_on_worker_down_is_refused),
        cmocka_unit_test(every_algorithm_has_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
