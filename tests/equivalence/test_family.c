/* Equal algorithms: each row is two whole runs with final models that are equal bit for bit, or up to
 * rounding, on very heterogeneous workers and links. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/rigs/family.h"

/* Each batch is a worker's whole share, so that one batch has all 200 samples. */
#define SHARED SLOW, "train.batch=50"
#define JOINT  ONE, SLOW, "train.batch=200", "experiment.iterations=24"

#define SLOW  "train.learning_rate=0.01"
#define ADAMW "train.optimizer=adamw", "train.weight_decay=0.1", "train.epsilon=1e-3"

#define STRIDED "algorithm.streaming_diloco.layout=strided", "algorithm.streaming_diloco.fragments=3"
#define LATE    "algorithm.streaming_diloco.delay=7" /* several fragments are in flight */

#define FEDAVG(what) ("algorithm.fedavg.server_" what)

#define LARGE_TAU FEDAVG("tau=500"), FEDAVG("rate=1000"), FEDAVG("beta1=0")

static const struct row rows[] = {
    {EXACT, {"local_sgd", {ONE, STEPS("local_sgd", "6")}}, {"bsp", {ONE}}},
    {EXACT, {"local_sgd", {ONE, WARM_COSINE, STEPS("local_sgd", "6")}}, {"bsp", {ONE, WARM_COSINE}}},
    {EXACT,
     {"local_sgd", {ONE, WARM_COSINE, "train.accumulate=3", STEPS("local_sgd", "6")}},
     {"bsp", {ONE, WARM_COSINE, "train.accumulate=3"}}},
    {ROUNDING, {"bsp", {"train.batch=4", "train.accumulate=2"}}, {"bsp", {"train.batch=8"}}},
    {ROUNDING,
     {"bsp", {"train.batch=2", "train.accumulate=4", "train.clip_norm=0.5"}},
     {"bsp", {"train.batch=8", "train.clip_norm=0.5"}}},
    {EXACT,
     {"local_sgd", {STEPS("local_sgd", "1"), "algorithm.local_sgd.exchange=gradients"}},
     {"bsp", {NULL}}},
    {EXACT,
     {"post_local_sgd", {STEPS("post_local_sgd", "4"), "algorithm.post_local_sgd.switch_at=0"}},
     {"local_sgd", {STEPS("local_sgd", "4")}}},
    {EXACT,
     {"post_local_sgd", {STEPS("post_local_sgd", "4"), "algorithm.post_local_sgd.switch_at=1"}},
     {"local_sgd", {STEPS("local_sgd", "1")}}},
    {EXACT,
     {"local_sgd_jsac", {STEPS("local_sgd_jsac", "3")}},
     {"osp", {"algorithm.osp.min_local_steps=3", "algorithm.osp.max_local_steps=3"}}},
    {EXACT, {"pipe_sgd", {NULL}}, {"osp", {"algorithm.osp.max_local_steps=1"}}},
    {EXACT, {"losp", {"algorithm.losp.compensation=0"}}, {"osp", {NULL}}},
    {EXACT, {"dqlosp", {"algorithm.dqlosp.codec=identity"}}, {"losp", {NULL}}},
    {EXACT, {"dqlosp", {"algorithm.dqlosp.codec=none"}}, {"losp", {NULL}}},
    {EXACT, {"bsp", {"algorithm.bsp.codec=identity"}}, {"bsp", {NULL}}},
    /* The mean gradient goes through one optimiser: serial training on the joint batch. */
    {ROUNDING, {"bsp", {SHARED}}, {"bsp", {JOINT}}},
    {ROUNDING, {"bsp", {SHARED, "train.momentum=0.75"}}, {"bsp", {JOINT, "train.momentum=0.75"}}},
    {ROUNDING,
     {"bsp", {SHARED, "train.momentum=0.75", "train.clip_norm=0.5"}},
     {"bsp", {JOINT, "train.momentum=0.75", "train.clip_norm=0.5"}}},
    {ROUNDING,
     {"bsp", {SHARED, ADAMW, "train.weight_decay_on=matrices", "train.clip_norm=0.5"}},
     {"bsp", {JOINT, ADAMW, "train.weight_decay_on=matrices", "train.clip_norm=0.5"}}},
    /* A PS that has lost some updates makes them again, with the optimiser as it was. */
    {ROUNDING,
     {"bsp", {JOINT, ADAMW, "faults.server_crash_at=50ms", "faults.server_checkpoint_every=7"}},
     {"bsp", {JOINT, ADAMW}}},
    /* However the vectors travel: where the PS may crash, none is in shared memory. */
    {EXACT,
     {"bsp", {SLOW, ADAMW, "train.clip_norm=0.5", "faults.server_crash_at=1000s"}},
     {"bsp", {SLOW, ADAMW, "train.clip_norm=0.5", "cluster.processes=4"}}},
    /* One worker: the same optimiser on either side. */
    {EXACT,
     {"bsp", {ONE, SLOW, ADAMW, "train.clip_norm=0.5", "train.optimizer_at=server"}},
     {"bsp", {ONE, SLOW, ADAMW, "train.clip_norm=0.5", "train.optimizer_at=worker"}}},
    {EXACT, /* and with matrices only, tensor by tensor there, piece by piece here */
     {"local_sgd", {ONE, SLOW, ADAMW, "train.weight_decay_on=matrices", STEPS("local_sgd", "6")}},
     {"bsp", {ONE, SLOW, ADAMW, "train.weight_decay_on=matrices"}}},
    {EXACT,
     {"doublesqueeze", {SLOW, ADAMW, "algorithm.doublesqueeze.codec=identity", "train.clip_norm=0.5"}},
     {"bsp", {SLOW, ADAMW, "train.clip_norm=0.5"}}},
    {EXACT, {"bsp", {"algorithm.bsp.codec=identity", "algorithm.bsp.error_feedback=yes"}}, {"bsp", {NULL}}},
    {EXACT, {"dc_asgd", {"algorithm.dc_asgd.lambda=0"}}, {"asp", {NULL}}},
    {EXACT, {"dc_asgd", {"algorithm.dc_asgd.lambda=2"}}, {"asp", {"algorithm.asp.delay_compensation=2"}}},
    {EXACT,
     {"dasgd", {STEPS("dasgd", "4"), "algorithm.dasgd.delay=0", "algorithm.dasgd.merge=1"}},
     {"local_sgd", {STEPS("local_sgd", "4")}}},
    {ROUNDING,
     {"dga", {STEPS("dga", "4"), "algorithm.dga.delay=0"}},
     {"local_sgd", {STEPS("local_sgd", "4")}}},
    {ROUNDING, {"dga", {STEPS("dga", "4"), "algorithm.dga.delay=4"}}, {"cocod", {STEPS("cocod", "4")}}},
    {ROUNDING,
     {"dga", {WARM_COSINE, STEPS("dga", "4"), "algorithm.dga.delay=4"}},
     {"cocod", {WARM_COSINE, STEPS("cocod", "4")}}},
    {ROUNDING, {"dga", {ONE, STEPS("dga", "4"), "algorithm.dga.delay=2"}}, {"bsp", {ONE}}},
    {ROUNDING,
     {"cocod", {STEPS("cocod", "3")}},
     {"losp",
      {"algorithm.losp.min_local_steps=3", "algorithm.losp.max_local_steps=3",
       "algorithm.losp.compensation=1"}}},
    {ROUNDING, {"cocod", {ONE, STEPS("cocod", "3")}}, {"bsp", {ONE}}},
    {ROUNDING,
     {"losp",
      {ONE, "algorithm.losp.min_local_steps=4", "algorithm.losp.max_local_steps=4",
       "algorithm.losp.compensation=1"}},
     {"bsp", {ONE}}},
    {ROUNDING,
     {"slowmo", {STEPS("slowmo", "4"), "algorithm.slowmo.slow_momentum=0"}},
     {"local_sgd", {STEPS("local_sgd", "4")}}},
    {EXACT,
     {"slowmo",
      {ONE, STEPS("slowmo", "4"), "algorithm.slowmo.buffers=average", "train.momentum=0.5",
       "train.state_on_reset=zero"}},
     {"slowmo", {ONE, STEPS("slowmo", "4"), "train.momentum=0.5"}}},
    {EXACT,
     {"slowmo", {STEPS("slowmo", "4"), "algorithm.slowmo.buffers=zero", "train.momentum=0.5"}},
     {"slowmo", {STEPS("slowmo", "4"), "train.momentum=0.5", "train.state_on_reset=zero"}}},
    /* Averaged at every step, momenta are that of data-parallel training. */
    {ROUNDING,
     {"slowmo",
      {STEPS("slowmo", "1"), "algorithm.slowmo.buffers=average", "algorithm.slowmo.slow_momentum=0",
       "train.momentum=0.5", "train.learning_rate=0.05"}},
     {"bsp", {"train.momentum=0.5", "train.learning_rate=0.05"}}},
    {ROUNDING,
     {"bmuf", {STEPS("bmuf", "4"), "algorithm.bmuf.block_momentum=0"}},
     {"local_sgd", {STEPS("local_sgd", "4")}}},
    {ROUNDING,
     {"slowmo",
      {STEPS("slowmo", "4"), "algorithm.slowmo.slow_momentum=0.5", "algorithm.slowmo.slow_rate=0.8"}},
     {"bmuf", {STEPS("bmuf", "4"), "algorithm.bmuf.block_momentum=0.5", "algorithm.bmuf.block_rate=0.8"}}},
    {ROUNDING,
     {"slowmo", {ONE, STEPS("slowmo", "1"), "algorithm.slowmo.slow_momentum=0.5"}},
     {"bsp", {ONE, "algorithm.bsp.momentum=0.5"}}},
    {ROUNDING,
     {"diloco", {STEPS("diloco", "4"), "algorithm.diloco.outer_rate=1", "algorithm.diloco.outer_momentum=0"}},
     {"local_sgd", {STEPS("local_sgd", "4")}}},
    {ROUNDING,
     {"eager_diloco", {ONE, STEPS("eager_diloco", "4"), "algorithm.eager_diloco.outer_rate=0.7"}},
     {"diloco", {ONE, STEPS("diloco", "4"), "algorithm.diloco.outer_rate=0.7"}}},
    {EXACT,
     {"streaming_diloco",
      {STEPS("streaming_diloco", "4"), "algorithm.streaming_diloco.fragments=1",
       "algorithm.streaming_diloco.outer_rate=0.7", "algorithm.streaming_diloco.delay=0",
       "algorithm.streaming_diloco.mixing=0"}},
     {"diloco", {STEPS("diloco", "4")}}},
    /* The outer rate follows the run alike at the PS and, in eager_diloco, at a worker. */
    {ROUNDING,
     {"eager_diloco",
      {ONE, STEPS("eager_diloco", "4"), "algorithm.eager_diloco.outer_rate=0.7",
       "algorithm.eager_diloco.outer_schedule=cosine"}},
     {"diloco",
      {ONE, STEPS("diloco", "4"), "algorithm.diloco.outer_rate=0.7",
       "algorithm.diloco.outer_schedule=cosine"}}},
    {EXACT,
     {"streaming_diloco",
      {STEPS("streaming_diloco", "4"), "algorithm.streaming_diloco.fragments=1",
       "algorithm.streaming_diloco.outer_rate=0.7", "algorithm.streaming_diloco.delay=0",
       "algorithm.streaming_diloco.mixing=0", "algorithm.streaming_diloco.outer_schedule=linear"}},
     {"diloco", {STEPS("diloco", "4"), "algorithm.diloco.outer_schedule=linear"}}},
    /* From the middle on the PS stands still. */
    {ROUNDING,
     {"diloco",
      {STEPS("diloco", "4"), "algorithm.diloco.outer_schedule=step", "algorithm.diloco.outer_step_at=0.5",
       "algorithm.diloco.outer_step_factor=0"}},
     {"diloco", {STEPS("diloco", "4"), "experiment.iterations=48"}}},
    {ROUNDING,
     {"fedavg",
      {FEDAVG("optimizer=momentum"), FEDAVG("schedule=step"), FEDAVG("step_at=0.5"), FEDAVG("step_factor=0"),
       "experiment.iterations=56"}},
     {"fedavg", {FEDAVG("optimizer=momentum"), "experiment.iterations=28"}}},
    {EXACT,
     {"streaming_diloco",
      {STEPS("streaming_diloco", "12"), "algorithm.streaming_diloco.codec=identity",
       "algorithm.streaming_diloco.error_feedback=yes"}},
     {"streaming_diloco", {STEPS("streaming_diloco", "12")}}},
    {EXACT,
     {"streaming_diloco",
      {STEPS("streaming_diloco", "11"), STRIDED, "algorithm.streaming_diloco.codec=identity",
       "algorithm.streaming_diloco.error_feedback=yes"}},
     {"streaming_diloco", {STEPS("streaming_diloco", "11"), STRIDED}}},
    /* One worker, a fragment each step. W has all fragments once the rate has fallen to nothing. */
    {ROUNDING,
     {"streaming_diloco",
      {ONE, FALLING, STEPS("streaming_diloco", "4"), "algorithm.streaming_diloco.outer_rate=1",
       "algorithm.streaming_diloco.outer_momentum=0", "algorithm.streaming_diloco.delay=0",
       "algorithm.streaming_diloco.mixing=0"}},
     {"bsp", {ONE, FALLING}}},
    {ROUNDING,
     {"loscar", {"algorithm.loscar.codec=none", STEPS("loscar", "4"), "algorithm.loscar.overlap_steps=4"}},
     {"cocod", {STEPS("cocod", "4")}}},
    {ROUNDING,
     {"loscar", {"algorithm.loscar.codec=none", STEPS("loscar", "4"), "algorithm.loscar.overlap_steps=0"}},
     {"local_sgd", {STEPS("local_sgd", "4")}}},
    {EXACT,
     {"loscar", {STEPS("loscar", "4, 4, 4, 4"), "algorithm.loscar.overlap_steps=2, 2, 2, 2"}},
     {"loscar", {STEPS("loscar", "4"), "algorithm.loscar.overlap_steps=2"}}},
    /* Nothing pulls the worker, and the centre follows it all the way. */
    {ROUNDING,
     {"easgd", {ONE, STEPS("easgd", "6"), "algorithm.easgd.alpha=0", "algorithm.easgd.beta=1"}},
     {"bsp", {ONE}}},
    /* 200 samples of four equal shares, batch 8: an epoch has 7 iterations */
    {ROUNDING,
     {"fedavg", {"experiment.iterations=84"}},
     {"local_sgd", {STEPS("local_sgd", "7"), "experiment.iterations=84"}}},
    {EXACT,
     {"fedprox", {"algorithm.fedprox.mu=0", "data.partition=dirichlet", "train.clip_norm=1"}},
     {"fedavg", {"data.partition=dirichlet", "train.clip_norm=1"}}},
    /* Equal shares: all workers make as many local steps. */
    {ROUNDING,
     {"fednova", {"train.momentum=0.6", "train.state_on_reset=zero", "train.learning_rate=0.01"}},
     {"fedavg", {"train.momentum=0.6", "train.state_on_reset=zero", "train.learning_rate=0.01"}}},
    {ROUNDING,
     {"fedavg", {FEDAVG("optimizer=momentum"), FEDAVG("beta1=0"), "experiment.iterations=84"}},
     {"fedavg", {"experiment.iterations=84"}}},
    {ROUNDING,
     {"fedavg",
      {FEDAVG("optimizer=momentum"), FEDAVG("beta1=0.5"), FEDAVG("rate=0.8"), "experiment.iterations=84"}},
     {"bmuf",
      {STEPS("bmuf", "7"), "algorithm.bmuf.block_momentum=0.5", "algorithm.bmuf.block_rate=0.8",
       "experiment.iterations=84"}}},
    /* v stays tau^2 where tau is large. */
    {ROUNDING,
     {"fedavg", {LARGE_TAU, FEDAVG("optimizer=adagrad"), "experiment.iterations=84"}},
     {"fedavg", {"experiment.iterations=84"}}},
    {ROUNDING,
     {"fedavg", {LARGE_TAU, FEDAVG("optimizer=yogi"), "experiment.iterations=84"}},
     {"fedavg", {"experiment.iterations=84"}}},
    {ROUNDING, /* one update, after which sqrt(v) = tau / 2 */
     {"fedavg",
      {LARGE_TAU, FEDAVG("optimizer=adam"), FEDAVG("beta2=0.25"), FEDAVG("rate=750"),
       "experiment.iterations=28"}},
     {"fedavg", {"experiment.iterations=28"}}},
    {ROUNDING,
     {"fedavg", {"experiment.iterations=84", "train.batch=4", "train.accumulate=2"}},
     {"local_sgd", {STEPS("local_sgd", "7"), "experiment.iterations=84"}}},
    {ROUNDING,
     {"scaffold", {WARM_COSINE, STEPS("scaffold", "7"), "experiment.iterations=28", "cluster.clients=4"}},
     {"fedavg", {WARM_COSINE, "experiment.iterations=28", "cluster.clients=4"}}},
    {ROUNDING,
     {"scaffold", {STEPS("scaffold", "5"), "experiment.iterations=20"}}, /* its first round */
     {"local_sgd", {STEPS("local_sgd", "5"), "experiment.iterations=20"}}},
    {ROUNDING,
     {"scaffold", {STEPS("scaffold", "7"), "experiment.iterations=28", "cluster.clients=4"}},
     {"fedavg", {"experiment.iterations=28", "cluster.clients=4"}}},
    {ROUNDING, /* 10 samples a client: an epoch has 2 iterations */
     {"scaffold", {STEPS("scaffold", "2"), "experiment.iterations=8", "cluster.clients=20"}},
     {"fedavg", {"experiment.iterations=8", "cluster.clients=20"}}},
};

static void both_sides_are_the_same(void **state)
{
    (void)state;
    rows_hold(rows, sizeof rows / sizeof *rows);
}

static double loss_of(const char *name, const char *const *settings)
{
    const char *all[UNEVEN + MOST_SETTINGS + 1] = {NULL};
    struct world w;
    int filled = 0;
    for (int i = 0; i < UNEVEN; i++)
        all[filled++] = uneven[i];
    for (int i = 0; settings[i]; i++)
        all[filled++] = settings[i];
    world_open(&w, all);
    double loss = play_named(&w, name).train_loss;
    world_close(&w);
    return loss;
}

/* Workers start from the same models, look-ahead included; the PS evaluates others. So their losses are the
 * same. */
static void bmuf_with_nesterov_starts_where_diloco_does(void **state)
{
    (void)state;
    double bmuf = loss_of("bmuf", (const char *const[]){STEPS("bmuf", "4"), "algorithm.bmuf.nesterov=yes",
                                                        "algorithm.bmuf.block_momentum=0.9", NULL}),
           diloco =
               loss_of("diloco", (const char *const[]){STEPS("diloco", "4"), "algorithm.diloco.outer_rate=1",
                                                       "algorithm.diloco.outer_momentum=0.9", NULL});
    assert_true(fabs(bmuf - diloco) < 1e-5 * diloco);
}

/* A run of one round: its local steps have rates of their own, above 0 from the first. */
static void one_round_of_warm_up_moves(void **state)
{
    (void)state;
    static const struct side side = {"local_sgd", {ONE, STEPS("local_sgd", "100"), "train.warmup=0.5"}};
    float *first;
    size_t n;
    float *last = model_of(&side, &first, &n);
    assert_true(distance(first, last, n) > 0);
    free(first);
    free(last);
}

#define FEW "experiment.iterations=48", "train.learning_rate=0.05"

/* Alone and without a pull, EAMSGD computes the gradients of Nesterov's momentum, at the same points; the centre
 * is behind them. */
static void eamsgd_looks_ahead_as_nesterov_does(void **state)
{
    (void)state;
    double eamsgd =
               loss_of("easgd", (const char *const[]){ONE, FEW, STEPS("easgd", "6"),
                                                      "algorithm.easgd.alpha=0", "train.momentum=0.5", NULL}),
           nesterov = loss_of("local_sgd",
                              (const char *const[]){ONE, FEW, STEPS("local_sgd", "6"), "train.momentum=0.5",
                                                    "train.optimizer=nesterov", NULL}),
           plain = loss_of("local_sgd", (const char *const[]){ONE, FEW, STEPS("local_sgd", "6"), NULL});
    assert_true(fabs(eamsgd - nesterov) < 1e-5 * nesterov && fabs(plain - nesterov) > 1e-3 * nesterov);
}

/* Nothing is learned: what is evaluated stays where it was. */
static void what_does_not_learn_does_not_move(void **state)
{
    (void)state;
    static const struct side sides[] = {
        {"easgd", {"algorithm.easgd.beta=0"}},
        {"easgd", {"algorithm.easgd.beta=0", "algorithm.easgd.mode=asynchronous"}},
        {"overlap_local_sgd",
         {"algorithm.overlap_local_sgd.pullback=1", "algorithm.overlap_local_sgd.anchor_momentum=0"}},
        {"cocod", {"train.learning_rate=0"}},
        {"dga", {"train.learning_rate=0"}},
        {"dasgd", {"train.learning_rate=0"}},
        {"scaffold", {"train.learning_rate=0"}},
        {"fednova", {"train.learning_rate=0"}},
        {"eager_diloco", {"train.learning_rate=0"}},
        {"loscar", {"train.learning_rate=0", "algorithm.loscar.codec=none"}},
    };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        float *first;
        size_t n;
        float *last = model_of(&sides[i], &first, &n);
        if (distance(first, last, n) != 0)
            fail_msg("%s moved", sides[i].name);
        free(first);
        free(last);
    }
}

/* A fixed number of local steps: numbers do not depend on any time. */
static void numbers_do_not_depend_on_the_network(void **state)
{
    (void)state;
    static const char *const names[] = {
        "cocod", "overlap_local_sgd", "slowmo",   "pipe_sgd",         "dga",     "dasgd",
        "easgd", "eager_diloco",      "scaffold", "streaming_diloco", "powersgd"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct side fast = {names[i],
                                  {LATE, "network.bandwidth=inf", "network.latency=0", "compute.jitter=0"}},
                          slow = {names[i], {LATE, "network.bandwidth=1Mbit/s", "cluster.processes=2"}};
        float *first[2];
        size_t n;
        float *a = model_of(&fast, &first[0], &n), *b = model_of(&slow, &first[1], &n);
        if (distance(a, b, n) != 0)
            fail_msg("%s: the network has changed the model", names[i]);
        for (int j = 0; j < 2; j++)
            free(first[j]);
        free(a);
        free(b);
    }
}

int main(void)
{
#define RUNS(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)
    const struct CMUnitTest tests[] = {
        RUNS(both_sides_are_the_same),           RUNS(bmuf_with_nesterov_starts_where_diloco_does),
        RUNS(one_round_of_warm_up_moves),        RUNS(eamsgd_looks_ahead_as_nesterov_does),
        RUNS(what_does_not_learn_does_not_move), RUNS(numbers_do_not_depend_on_the_network),
    };
    alarm(500);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
