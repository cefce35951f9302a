/* The learning rates in the orders of the conductor, computed a second time from the orders and tasks of the run:
 * the schedule at  D + N * (own iterations begun before, not in D, and not lost),  D being the iterations in the
 * model last accepted; after a fetch, own iterations since then. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/engine/conductor.h"
#include "tests/rigs/params.h"

enum { WORKERS = 4, MOST_UPDATES = 4096, TOTAL = 200 };

struct told { /* what a worker has been told, and what it has done since */
    int64_t version;
    int64_t pushes, since;     /* its pushes, and those before its last fetch */
    int64_t own[MOST_UPDATES]; /* of each version: its iterations in it, without those before the fetch ... */
    int64_t folded;            /* ... and for the next version */
    int64_t issued,
        k; /* iterations since the fetch, and since the last push; not those that were cancelled */
    int64_t lost,
        lately;   /* of them: cancelled later, or in a dropped push; dropped since the last iteration */
    bool fetched; /* no iteration since the fetch */
    int64_t steps, fetches;
};

struct watch {
    const struct conductor_spec *spec;
    struct told worker[WORKERS];
    int64_t version, done[MOST_UPDATES], in_update; /* done: iterations in each version of the model */
    double last_progress;
    float rates[TOTAL + 1]; /* of the steps of worker 0 */
};

static float expected(const struct watch *w, int worker, int64_t lost)
{
    const struct told *t = &w->worker[worker];
    double done = (double)w->done[t->version];
    int64_t own = t->issued - lost - t->own[t->version];
    if (alg_protocol(w->spec->alg, w->spec->params)->one_rate_a_round)
        own = 0;
    double place = done + (double)(WORKERS * own);
    return (float)schedule_at(&w->spec->rate, place < TOTAL ? place : TOTAL, TOTAL);
}

static void see_step(struct watch *w, const struct order *o)
{
    struct told *t = &w->worker[o->worker];
    t->fetched = false;
    float rate = expected(w, o->worker, t->lost);
    /* The order comes when the iteration ends; a push may have been dropped since it began. */
    if (o->rates.rate != rate && o->rates.rate != expected(w, o->worker, t->lost - t->lately))
        fail_msg("%s: worker %d, iteration %lld: expected %.9g, got %.9g", w->spec->alg->name, o->worker,
                 (long long)o->number, (double)rate, (double)o->rates.rate);
    if (o->worker == 0 && t->steps <= TOTAL)
        w->rates[t->steps] = o->rates.rate;
    t->steps++;
    t->issued++;
    t->k++;
    t->lately = 0;
}

static void see_order(void *context, const struct order *o)
{
    struct watch *w = context;
    struct told *t = &w->worker[o->worker];
    switch (o->op) {
    case ORDER_STEP:
        see_step(w, o);
        break;
    case ORDER_PUSH:
        t->pushes++;
        t->k = 0;
        break;
    case ORDER_FETCH:
        t->fetched = true;
        t->fetches++;
        t->since = t->pushes;
        t->folded = t->issued = t->lost = t->lately = t->k = 0;
        memset(t->own, 0, sizeof t->own);
        t->version = o->version;
        break;
    case ORDER_ACCEPT:
        if (o->cancel) {
            t->lost += t->k;
            t->k = 0;
        }
        t->version = o->version;
        w->last_progress = o->progress;
        assert_true(o->progress == (w->done[o->version] < TOTAL ? (double)w->done[o->version] / TOTAL : 1));
        break;
    default:
        break;
    }
}

static void see_task(void *context, const struct task *t)
{
    struct watch *w = context;
    if (t->op == TASK_DROP && t->number >= w->worker[t->worker].since) {
        w->worker[t->worker].lost += t->k;
        w->worker[t->worker].lately += t->k;
    } else if (t->op == TASK_FOLD) {
        struct told *of = &w->worker[t->worker];
        w->in_update += t->k;
        if (t->number >= of->since)
            of->folded += t->k;
    } else if (t->op == TASK_UPDATE) {
        assert_true(t->progress == (double)w->done[w->version] / TOTAL);
        assert_true(t->rate == (float)schedule_at(&w->spec->rate, (double)w->done[w->version], TOTAL));
        w->version++;
        assert_int_equal(t->number, w->version);
        assert_true(w->version + 1 < MOST_UPDATES);
        w->done[w->version] = w->done[w->version - 1] + w->in_update;
        w->in_update = 0;
        for (int i = 0; i < WORKERS; i++) {
            struct told *of = &w->worker[i];
            of->own[w->version] = of->own[w->version - 1] + of->folded;
            of->folded = 0;
        }
    }
}

static double bandwidth[WORKERS] = {1e9, 1e9, 1e9, 1e9}, factor[WORKERS] = {1, 1.3, 2.1, 1};
static vtime latency[WORKERS] = {100000, 0, 100000, 2000000};

static struct conductor_spec spec_of(const struct algorithm *alg, const void *params)
{
    struct conductor_spec spec = {.alg = alg,
                                  .params = params,
                                  .workers = WORKERS,
                                  .iterations = TOTAL,
                                  .iterations_per_epoch = 100,
                                  .eval_every = 1000000,
                                  .push_bytes = 1000000,
                                  .reply_bytes = 1000000,
                                  .model_bytes = 1000000};
    spec.exchange.up = (struct network_spec){.workers = WORKERS,
                                             .sharing = SHARE_FAIR,
                                             .link_bandwidth = bandwidth,
                                             .latency = latency,
                                             .server_bandwidth = 2e9};
    spec.exchange.down = spec.exchange.up;
    spec.compute = (struct compute_spec){
        .model = COMPUTE_FIXED, .seconds = 0.002, .jitter = 0.3, .factor = factor, .seed = 1};
    spec.rate = (struct schedule){
        .form = FORM_COSINE, .base = 0.1, .warmup = 0.3, .warmup_from = 0.2, .ahead = WORKERS};
    return spec;
}

static struct watch *play(const struct conductor_spec *spec)
{
    struct watch *w = calloc(1, sizeof *w);
    w->spec = spec;
    struct conductor *c = conductor_create(spec, &(struct order_sink){see_order, see_task, w});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    assert_true(w->done[w->version] >= TOTAL);
    return w;
}

static const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

static void every_step_has_the_rate_of_its_place(void **state)
{
    (void)state;
    for (int i = 0; alg_list[i]; i++) {
        void *params = params_preset(alg_list[i]);
        struct conductor_spec spec = spec_of(alg_list[i], params);
        struct watch *w = play(&spec);
        for (int j = 0; j < WORKERS; j++)
            assert_true(w->worker[j].steps > 0);
        free(w);
        params_free(alg_list[i], params);
    }
}

static void a_fetch_forgets_what_came_before(void **state)
{
    (void)state;
    static const char *const names[] = {"asp", "easgd", "losp", "local_sgd", "cocod", "dga", "slowmo"};
    vtime at[] = {11000000, 30000000};
    int who[] = {0, 2};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct algorithm *alg = named(names[i]);
        void *params = params_preset(alg);
        struct conductor_spec spec = spec_of(alg, params);
        spec.faults = (struct faults_spec){.crashes = 2,
                                           .crash_at = at,
                                           .crash_worker = who,
                                           .down_time = 5000000,
                                           .detection_time = 1000000};
        struct watch *w = play(&spec);
        assert_true(w->worker[0].fetches == 1 && w->worker[2].fetches == 1);
        free(w);
        params_free(alg, params);
    }
}

/* In rounds of five the places are 0, N, 2 N, ... all the same. */
static void local_steps_fall_from_step_to_step(void **state)
{
    (void)state;
    const struct algorithm *alg = named("local_sgd");
    void *params = params_preset(alg);
    params_set(alg, params, "local_steps", 5);
    struct conductor_spec spec = spec_of(alg, params);
    spec.rate = (struct schedule){.form = FORM_LINEAR, .base = 0.1, .ahead = WORKERS};
    struct watch *w = play(&spec);
    assert_int_equal(w->worker[0].steps, TOTAL / WORKERS);
    for (int i = 0; i < TOTAL / WORKERS; i++)
        assert_true(w->rates[i] == (float)(0.1 * (1 - (double)(i * WORKERS) / TOTAL)));
    assert_true(w->last_progress == 1);
    free(w);
    params_free(alg, params);
}

/* Two gradients of four make an update: the others are dropped, or cancelled. */
static void what_is_lost_is_not_ahead(void **state)
{
    (void)state;
    static const char *const names[] = {"k_sync", "k_batch_sync"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct algorithm *alg = named(names[i]);
        void *params = params_preset(alg);
        params_set(alg, params, "k", 2);
        struct conductor_spec spec = spec_of(alg, params);
        struct watch *w = play(&spec);
        assert_true(w->worker[1].lost > 0 && w->worker[2].lost > 0);
        free(w);
        params_free(alg, params);
    }
}

static void one_rate_a_round_is_that_of_the_reply(void **state)
{
    (void)state;
    const struct algorithm *alg = named("local_sgd_jsac");
    void *params = params_preset(alg);
    params_set(alg, params, "local_steps", 5);
    struct conductor_spec spec = spec_of(alg, params);
    spec.rate = (struct schedule){.form = FORM_LINEAR, .base = 0.1, .ahead = WORKERS};
    struct watch *w = play(&spec);
    for (int i = 0; i < TOTAL / WORKERS; i++)
        assert_true(w->rates[i] == (float)(0.1 * (1 - (double)(i / 5 * 5 * WORKERS) / TOTAL)));
    free(w);
    params_free(alg, params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_step_has_the_rate_of_its_place),
        cmocka_unit_test(a_fetch_forgets_what_came_before),
        cmocka_unit_test(local_steps_fall_from_step_to_step),
        cmocka_unit_test(what_is_lost_is_not_ahead),
        cmocka_unit_test(one_rate_a_round_is_that_of_the_reply),
    };
    alarm(60);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
