/* What an algorithm declares wrongly ends the program with a message before any process starts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "algorithms/pieces.h"
#include "tests/rigs/child.h"
#include "tests/rigs/params.h"
#include "tests/rigs/world.h"

extern const struct algorithm alg_bsp;

static void prepare_run(void *algorithm)
{
    static const char *const settings[] = {"cluster.workers=3", NULL};
    struct world w;
    struct run run;
    const void *params;
    world_open(&w, settings);
    const struct setting setting = world_setting(&w);
    registry_algorithm(&w.cfg, "bsp", &params);
    const struct variant variant = variant_plain(algorithm, params);
    run_prepare(&run, &setting, &variant);
}

/* BSP with this protocol. */
static int status_of(struct protocol protocol)
{
    struct algorithm alg = alg_bsp;
    alg.protocol = &protocol;
    return end_of(start_child(prepare_run, &alg));
}

static void amend(struct server_state *s, float *push)
{
    (void)s;
    (void)push;
}

static void bsp_is_right(void **state)
{
    (void)state;
    assert_int_equal(status_of(*alg_bsp.protocol), EXIT_DONE);
}

static void a_vector_that_is_not_declared_is_refused(void **state)
{
    (void)state;
    struct protocol pushed = *alg_bsp.protocol, replied = pushed, taken = pushed, replica = pushed;
    pushed.push[0].vector = 0;
    replied.reply[0].vector = THE_GRADIENT;
    taken.reply[0].into = 3;
    replica.replica = 0;
    assert_int_equal(status_of(pushed), EXIT_FAILED);
    assert_int_equal(status_of(replied), EXIT_FAILED);
    assert_int_equal(status_of(taken), EXIT_FAILED);
    assert_int_equal(status_of(replica), EXIT_FAILED);
    pushed.n_worker_vectors = 1;
    assert_int_equal(status_of(pushed), EXIT_DONE);
}

static void too_many_vectors_and_no_spans_are_refused(void **state)
{
    (void)state;
    struct protocol workers = *alg_bsp.protocol, server = workers, peers = workers, push = workers,
                    reply = workers;
    workers.n_worker_vectors = server.n_server_vectors = peers.n_peer_vectors = MAX_VECTORS + 1;
    push.push_spans = reply.reply_spans = 0;
    assert_int_equal(status_of(workers), EXIT_FAILED);
    assert_int_equal(status_of(server), EXIT_FAILED);
    assert_int_equal(status_of(peers), EXIT_FAILED);
    assert_int_equal(status_of(push), EXIT_FAILED);
    assert_int_equal(status_of(reply), EXIT_FAILED);
}

static void amend_and_has_amend_go_together(void **state)
{
    (void)state;
    struct protocol declared = *alg_bsp.protocol;
    struct algorithm alg = alg_bsp;
    declared.has_amend = true;
    assert_int_equal(status_of(declared), EXIT_FAILED);
    alg.amend = amend;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_FAILED);
    alg.protocol = &declared;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_DONE);
}

static int64_t two(const void *params)
{
    (void)params;
    return 2;
}

/* The PS's optimiser works on whole gradients. */
static void mean_is_of_whole_gradients(void **state)
{
    (void)state;
    struct algorithm alg = alg_bsp;
    alg.fragments = two;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_FAILED);
    alg.mean = NULL;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_DONE);
}

static bool always(const void *params)
{
    (void)params;
    return true;
}

static void sent_nothing(struct worker_state *w, const float *const *decoded)
{
    (void)w;
    (void)decoded;
}

/* A callback gets one part of a strided fragment at a time, and coding puts none together again. */
static void strided_fragments_are_pushed_only(void **state)
{
    (void)state;
    struct protocol coded = *alg_bsp.protocol;
    struct algorithm alg = alg_bsp;
    alg.mean = NULL;
    alg.fragments = two;
    alg.strided = always;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_DONE);
    alg.sent = sent_nothing;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_FAILED);
    alg.sent = NULL;
    alg.apply = alg.combine;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_FAILED);
    alg.apply = NULL;
    coded.reply[0].coded = true;
    alg.protocol = &coded;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_FAILED);
}

static float one(const void *params, int vector)
{
    (void)params;
    (void)vector;
    return 1;
}

static void a_first_value_is_given(void **state)
{
    (void)state;
    struct protocol protocol = *alg_bsp.protocol;
    struct algorithm alg = alg_bsp;
    protocol.n_server_vectors = 1;
    protocol.server[0] = FROM_VALUE;
    alg.protocol = &protocol;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_FAILED);
    alg.first_value = one;
    assert_int_equal(end_of(start_child(prepare_run, &alg)), EXIT_DONE);
}

/* Plain SGD, and an optimiser at the PS, leave a worker no state. */
static void a_state_that_is_sent_is_there(void **state)
{
    (void)state;
    struct protocol taken = *alg_bsp.protocol;
    taken.reply[0].into = THE_STATE;
    assert_int_equal(status_of(taken), EXIT_USAGE);
}

static void one_result_is_for_all_workers(void **state)
{
    (void)state;
    struct protocol each = *alg_bsp.protocol, drops = each, early = each;
    assert_true(each.all_workers);
    each.answers = ANSWER_EACH;
    drops.drops_pushes = early.reply_may_precede_update = true;
    assert_int_equal(status_of(each), EXIT_FAILED);
    assert_int_equal(status_of(drops), EXIT_FAILED);
    assert_int_equal(status_of(early), EXIT_FAILED);
    each.all_workers = false;
    assert_int_equal(status_of(each), EXIT_DONE);
}

/* easgd chooses its mode, and has a callback of its own for both. */
static void barriers_are_of_all_workers(void **state)
{
    (void)state;
    int barriers = 0;
    for (int i = 0; alg_list[i]; i++) {
        const struct algorithm *alg = alg_list[i];
        void *params = params_preset(alg);
        bool all = alg_protocol(alg, params)->all_workers, round = alg->admit == alg_admit_round;
        if (round != all && (round || strcmp(alg->name, "easgd") != 0))
            fail_msg("%s: all_workers is %d", alg->name, all);
        if (alg->with_momentum)
            assert_int_equal(alg->with_momentum(params)->all_workers, all);
        barriers += all;
        free(params);
    }
    assert_in_range(barriers, 20, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bsp_is_right),
        cmocka_unit_test(a_vector_that_is_not_declared_is_refused),
        cmocka_unit_test(too_many_vectors_and_no_spans_are_refused),
        cmocka_unit_test(amend_and_has_amend_go_together),
        cmocka_unit_test(mean_is_of_whole_gradients),
        cmocka_unit_test(strided_fragments_are_pushed_only),
        cmocka_unit_test(a_first_value_is_given),
        cmocka_unit_test(a_state_that_is_sent_is_there),
        cmocka_unit_test(one_result_is_for_all_workers),
        cmocka_unit_test(barriers_are_of_all_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
