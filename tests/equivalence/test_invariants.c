/* What holds inside of an algorithm at every round, looked at from outside: each on quadratics, uneven workers and links. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "tests/rigs/world.h"
#include "tests/rigs/toy.h"

#define UNEVEN                                                                                       \
    "cluster.workers=5", "compute.factor=1, 3, 1.5, 1, 2", "compute.jitter=0.5",                     \
        "network.bandwidth=20Mbit/s", "network.latency=0, 1ms, 5ms, 100us, 0", "network.jitter=0.3", \
        "compute.seconds=2ms", "compute.model=fixed", "experiment.iterations=400",                   \
        "train.learning_rate=0.05"

static struct toy toy;

static void near(double a, double b)
{
    if (!(fabs(a - b) <= 2e-5 * (1 + fabs(a) + fabs(b))))
        fail_msg("%.9g and %.9g", a, b);
}

static void play_toy(const char *name, void (*hook)(struct toy *, enum toy_event, int, int64_t),
                     const char *const *settings)
{
    toy_play(name, settings, &toy, hook);
    assert_true(toy.rounds >= 8 && toy.seen >= 8);
    toy_close(&toy);
}

/* Adds to `note` what has changed in the worker's model, but for a step of this rate. Over all workers the
 * sum is 0. */
static void add_correction(struct toy *t, int worker, double rate)
{
    const struct worker_state *w = &t->worker[worker];
    for (int i = 0; i < TOY_N; i++)
        t->note[i] += (double)w->model[i] - (double)t->before[worker][i] + rate * (double)w->gradient[i];
    if (++t->seen % t->workers != 0)
        return;
    for (int i = 0; i < TOY_N; i++)
        near(t->note[i], 0);
}

/* ---- EASGD ---- */

/* note: what the centre gains and the workers lose in this round, each in its first step after the reply */
static void forces_cancel(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    for (int i = 0; i < TOY_N && event == TOY_UPDATED; i++)
        t->note[i] = (double)t->server.model[i] - (double)t->w_before[i];
    if (event == TOY_ACCEPTED) /* the next gradient is that of the model that was sent */
        assert_memory_equal(t->before[worker], t->worker[worker].model, sizeof t->before[worker]);
    if (event == TOY_STEPPED && number == 0)
        add_correction(t, worker, (double)t->worker[worker].rate);
}

static void elastic_forces_cancel(void **state)
{
    (void)state;
    play_toy("easgd", forces_cancel, (const char *const[]){UNEVEN, NULL});
    play_toy(
        "easgd", forces_cancel,
        (const char *const[]){UNEVEN, "algorithm.easgd.beta=0.3", "algorithm.easgd.local_steps=2", NULL});
}

enum { EASGD_CENTRE, EASGD_X, EASGD_V }; /* easgd.c */

/* Gradients are computed at x + delta v, a step changes x by v, and accepting changes nothing. */
static void looks_ahead(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    const struct worker_state *w = &t->worker[worker < 0 ? 0 : worker];
    if (event == TOY_ACCEPTED)
        assert_memory_equal(t->before[worker], w->model, sizeof t->before[worker]);
    if (event != TOY_STEPPED || number == 0)
        return;
    for (int i = 0; i < TOY_N; i++, t->seen++) {
        double v = (double)w->vector[EASGD_V][i], x = (double)w->vector[EASGD_X][i];
        double v_before = (v + (double)(w->rate * w->gradient[i])) / 0.5;
        near((double)w->model[i], x + 0.5 * v);
        near((double)t->before[worker][i], x - v + 0.5 * v_before);
    }
}

static void momentum_looks_ahead(void **state)
{
    (void)state;
    play_toy("easgd", looks_ahead, (const char *const[]){UNEVEN, "train.momentum=0.5", NULL});
    play_toy("easgd", looks_ahead,
             (const char *const[]){UNEVEN, "algorithm.easgd.momentum=0.5", "train.optimizer=nesterov",
                                   "algorithm.easgd.mode=asynchronous", NULL});
}

static void centre_is_the_mean(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)worker, (void)number;
    for (int i = 0; i < TOY_N && event == TOY_UPDATED; i++, t->seen++)
        near((double)t->server.model[i], (double)t->server.sum[0][i] / t->workers);
}

static void beta_of_one_makes_the_centre_the_mean(void **state)
{
    (void)state;
    play_toy("easgd", centre_is_the_mean, (const char *const[]){UNEVEN, "algorithm.easgd.beta=1", NULL});
}

/* ---- merging without a loss ---- */

/* note: the sum of all workers' corrections of one round */
static void corrections_cancel(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)number;
    for (int i = 0; i < TOY_N && event == TOY_UPDATED; i++)
        t->note[i] = 0;
    if (event == TOY_ACCEPTED)
        add_correction(t, worker, 0);
}

static void corrections_of_all_add_up_to_nothing(void **state)
{
    (void)state;
    play_toy("dga", corrections_cancel, (const char *const[]){UNEVEN, NULL});
    play_toy("cocod", corrections_cancel,
             (const char *const[]){UNEVEN, "algorithm.cocod.local_steps=5", NULL});
    play_toy("loscar", corrections_cancel,
             (const char *const[]){UNEVEN, "algorithm.loscar.codec=none", NULL});
}

/* ---- LOSP ---- */

/* note: the sum of the models from which the workers begin after the pushes of this round */
static void starts_are_the_next_model(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)number;
    for (int i = 0; i < TOY_N && event == TOY_PUSHED; i++)
        t->note[i] += (double)t->worker[worker].model[i];
    for (int i = 0; i < TOY_N && event == TOY_UPDATED; i++) {
        near(t->note[i] / t->workers, (double)t->server.model[i]);
        t->note[i] = 0;
        t->seen++;
    }
}

/* A push departs before its update, and no worker pushes twice before that. */
static void fully_compensated_starts_average_to_the_next_model(void **state)
{
    (void)state;
    play_toy("losp", starts_are_the_next_model,
             (const char *const[]){UNEVEN, "algorithm.losp.compensation=1", NULL});
    play_toy("losp", starts_are_the_next_model,
             (const char *const[]){UNEVEN, "algorithm.losp.compensation=1", "algorithm.losp.weighting=mean",
                                   NULL});
}

/* ---- SCAFFOLD ---- */

enum { SCAFFOLD_OWN = 2, SCAFFOLD_CONTROL = 0 }; /* c_i at the worker, c at the PS: scaffold.c */

static void controls_add_up(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)worker, (void)number;
    for (int i = 0; i < TOY_N && event == TOY_UPDATED; i++, t->seen++) {
        double sum = 0;
        for (int w = 0; w < t->workers; w++)
            sum += (double)t->worker[w].vector[SCAFFOLD_OWN][i];
        near(sum / t->workers, (double)t->server.vector[SCAFFOLD_CONTROL][i]);
    }
}

static void controls_of_all_are_the_servers(void **state)
{
    (void)state;
    play_toy("scaffold", controls_add_up, (const char *const[]){UNEVEN, NULL});
    toy_grain = 0.05F; /* what the PS reads is not what the worker has made */
    play_toy("scaffold", controls_add_up, (const char *const[]){UNEVEN, NULL});
    toy_grain = 0;
}

/* Its fixed point is the minimum of the mean loss, weighted as its pushes are, though every worker pulls to its
 * own: Local SGD's is not. */
static double distance_to_optimum(const struct toy *t)
{
    double sum = 0;
    for (int i = 0; i < TOY_N; i++) {
        double pull = 0, at = 0;
        for (int w = 0; w < t->workers; w++) {
            double own = (double)t->weight[w] * (double)t->pull[w][i];
            pull += own;
            at += own * (double)t->target[w][i];
        }
        sum += pow((double)t->server.model[i] - at / pull, 2);
    }
    return sqrt(sum);
}

static void looks_on(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)event, (void)worker, (void)number;
    t->seen++;
}

static double gap_of(const char *name)
{
    toy_play(name,
             (const char *const[]){UNEVEN, "experiment.iterations=8000", "algorithm.local_sgd.local_steps=10",
                                   "algorithm.scaffold.local_steps=10", NULL},
             &toy, looks_on);
    double gap = distance_to_optimum(&toy);
    toy_close(&toy);
    return gap;
}

static void controls_remove_the_drift(void **state)
{
    (void)state;
    double drift = gap_of("local_sgd"), corrected = gap_of("scaffold");
    assert_true(drift > 1e-2 && corrected < 1e-4);
}

/* ---- FedNova ---- */

/* Shares of unequal size: the workers make 1 to 15 local steps in a round. */
static double gap_with_unequal_steps(const char *name, const char *momentum)
{
    toy_play(name,
             (const char *const[]){UNEVEN, "experiment.iterations=60000", "data.partition=dirichlet",
                                   "data.beta=0.3", "train.learning_rate=0.002", "train.state_on_reset=zero",
                                   momentum, NULL},
             &toy, looks_on);
    double gap = distance_to_optimum(&toy);
    toy_close(&toy);
    return gap;
}

static void normalised_averaging_finds_the_common_optimum(void **state)
{
    (void)state;
    double drawn_away = gap_with_unequal_steps("fedavg", "train.momentum=0"),
           normalised = gap_with_unequal_steps("fednova", "train.momentum=0");
    if (!(normalised < 0.1 * drawn_away))
        fail_msg("%g and %g", normalised, drawn_away);
}

/* ---- BMUF, DGS ---- */

enum { BMUF_MOVED, BMUF_START };

static void start_is_ahead(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)worker, (void)number;
    for (int i = 0; i < TOY_N && event == TOY_UPDATED; i++, t->seen++)
        near((double)t->server.vector[BMUF_START][i] - (double)t->server.model[i],
             0.75 * (double)t->server.vector[BMUF_MOVED][i]);
}

static void nesterov_starts_ahead_by_the_momentum(void **state)
{
    (void)state;
    play_toy("bmuf", start_is_ahead,
             (const char *const[]){UNEVEN, "algorithm.bmuf.nesterov=yes",
                                   "algorithm.bmuf.block_momentum=0.75", NULL});
}

static void peer_is_the_worker(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)number;
    if (event != TOY_ACCEPTED)
        return;
    assert_memory_equal(t->peer[worker][0], t->worker[worker].model, sizeof t->before[worker]);
    t->seen++;
}

static void dgs_knows_every_workers_model(void **state)
{
    (void)state;
    play_toy("dgs", peer_is_the_worker, (const char *const[]){UNEVEN, "algorithm.dgs.codec=none", NULL});
}

/* ---- pulled back by nothing ---- */

static void model_stays(struct toy *t, enum toy_event event, int worker, int64_t number)
{
    (void)number;
    if (event != TOY_PUSHED)
        return;
    assert_memory_equal(t->before[worker], t->worker[worker].model, sizeof t->before[worker]);
    t->seen++;
}

static void no_pullback_leaves_the_workers_alone(void **state)
{
    (void)state;
    play_toy("overlap_local_sgd", model_stays,
             (const char *const[]){UNEVEN, "algorithm.overlap_local_sgd.pullback=0", NULL});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elastic_forces_cancel),
        cmocka_unit_test(momentum_looks_ahead),
        cmocka_unit_test(beta_of_one_makes_the_centre_the_mean),
        cmocka_unit_test(corrections_of_all_add_up_to_nothing),
        cmocka_unit_test(fully_compensated_starts_average_to_the_next_model),
        cmocka_unit_test(controls_of_all_are_the_servers),
        cmocka_unit_test(controls_remove_the_drift),
        cmocka_unit_test(normalised_averaging_finds_the_common_optimum),
        cmocka_unit_test(nesterov_starts_ahead_by_the_momentum),
        cmocka_unit_test(dgs_knows_every_workers_model),
        cmocka_unit_test(no_pullback_leaves_the_workers_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
