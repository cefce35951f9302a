/* Runs that end at their target: whenever the results come, early or at the last moment, the conductor says the same, and it
 * says what it says without a target up to the update that ends the run. All algorithms; also where many updates share a
 * nanosecond, and where workers and the PS crash. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/engine/conductor.h"
#include "tests/rigs/params.h"

enum { WORKERS = 4, MOST_WORDS = 1 << 16 };
#define MS 1000000

struct word { /* what matters of an order or a task */
    int what, op;
    int64_t worker, number;
    double value;
};

struct history {
    struct word word[MOST_WORDS];
    int words, evaluations, asked;
    int64_t iterations; /* at the end */
};

static void say(struct history *h, struct word word)
{
    assert_true(h->words < MOST_WORDS);
    h->word[h->words++] = word;
}

static void see_order(void *context, const struct order *o)
{
    say(context, (struct word){0, o->op, o->worker, o->number, (double)o->rates.rate});
}

static void see_task(void *context, const struct task *t)
{
    struct history *h = context;
    double value = t->op == TASK_EVALUATE ? (double)t->eval.virtual_ns : (double)t->k;
    if (t->op == TASK_END)
        h->iterations = t->totals.iterations;
    h->evaluations += t->op == TASK_EVALUATE;
    say(h, (struct word){1, t->op, t->worker, t->number, value});
}

/* ---- scenes ---- */

static double fast[WORKERS] = {INFINITY, INFINITY, INFINITY, INFINITY}, slow[WORKERS] = {2e8, 1e9, 1e6, 1e9};
static double even[WORKERS] = {1, 1, 1, 1}, odd[WORKERS] = {1, 1.3, 2.1, 1};
static vtime none[WORKERS], far[WORKERS] = {100000, 0, 100000, 2000000};

static struct conductor_spec spec_of(const struct algorithm *alg, const void *params, int64_t every,
                                     bool in_step)
{
    struct conductor_spec spec = {.alg = alg,
                                  .params = params,
                                  .workers = WORKERS,
                                  .iterations = 300,
                                  .iterations_per_epoch = 100,
                                  .eval_every = every,
                                  .push_bytes = 100000,
                                  .reply_bytes = 90000,
                                  .model_bytes = 90000};
    spec.exchange.up = (struct network_spec){.workers = WORKERS,
                                             .sharing = SHARE_FAIR,
                                             .link_bandwidth = in_step ? fast : slow,
                                             .latency = in_step ? none : far,
                                             .server_bandwidth = in_step ? INFINITY : 2e9};
    spec.exchange.down = spec.exchange.up;
    spec.exchange.down.direction = NET_DOWN;
    spec.compute = (struct compute_spec){.model = COMPUTE_FIXED,
                                         .seconds = 0.002,
                                         .jitter = in_step ? 0 : 0.3,
                                         .factor = in_step ? even : odd,
                                         .seed = 1};
    spec.rate = (struct schedule){.base = 0.1};
    return spec;
}

/* late: a result comes when the conductor waits for it; otherwise at once. reached: the evaluation at the target; -1: none. */
static struct history *play(const struct conductor_spec *spec, bool late, int64_t reached)
{
    struct history *h = calloc(1, sizeof *h);
    struct conductor *c = conductor_create(spec, &(struct order_sink){see_order, see_task, h});
    for (int known = 0;;) {
        bool goes_on = conductor_advance(c);
        if (!goes_on && known == h->evaluations)
            break;
        h->asked += !goes_on;
        if (goes_on && late)
            continue;
        known = h->evaluations;
        conductor_results(c, known, reached >= 0 && reached < known ? reached : -1);
    }
    conductor_destroy(c);
    return h;
}

static bool is_evaluation(const struct word *w)
{
    return w->what == 1 && w->op == TASK_EVALUATE;
}

static void starts_alike(const struct history *a, const struct history *whole, int evaluations)
{
    int n = 0, seen = 0;
    while (n < a->words && seen < evaluations)
        seen += is_evaluation(&a->word[n++]);
    assert_int_equal(seen, evaluations);
    for (int i = 0; i < n; i++)
        assert_memory_equal(&a->word[i], &whole->word[i], sizeof *a->word);
}

static void play_pairs(struct conductor_spec *spec, int *asked)
{
    spec->stops_at_target = false;
    struct history *whole = play(spec, false, -1);
    spec->stops_at_target = true;
    for (int64_t reached = -1; reached < 6; reached += 3) {
        struct history *early = play(spec, false, reached), *late = play(spec, true, reached);
        assert_int_equal(early->words, late->words);
        for (int i = 0; i < early->words; i++)
            assert_memory_equal(&early->word[i], &late->word[i], sizeof *early->word);
        bool ends = reached >= 0 && reached + 2 < whole->evaluations;
        /* Up to the evaluation before the last one both are the same run; drain may evaluate once more. */
        starts_alike(late, whole, ends ? (int)reached + 1 : whole->evaluations);
        if (ends)
            assert_in_range(late->evaluations, reached + 2, reached + 3);
        *asked += late->asked;
        free(early);
        free(late);
    }
    free(whole);
}

static void *params_of(const struct algorithm *alg)
{
    void *params = params_preset(alg);
    params_set(alg, params, "local_steps", 6);
    params_set(alg, params, "fragments", 3);
    params_set(alg, params, "overlap_steps", 2);
    return params;
}

static void results_may_come_late(void **state)
{
    (void)state;
    for (int i = 0; alg_list[i]; i++) {
        void *params = params_of(alg_list[i]);
        int asked = 0;
        for (int n = 0; n < 4; n++) {
            struct conductor_spec spec = spec_of(alg_list[i], params, n % 2 ? 1 : 23, n / 2);
            play_pairs(&spec, &asked);
        }
        assert_true(asked > 0);
        params_free(alg_list[i], params);
    }
}

static const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

/* A worker's crash may complete an update; after an outage of the PS the restored model is evaluated. */
static void also_with_faults(void **state)
{
    static const char *const names[] = {"asp", "bsp", "losp", "local_sgd", "k_sync"};
    vtime at[] = {5 * MS, 31 * MS}, outage[] = {80 * MS};
    int who[] = {0, 2}, asked = 0;
    (void)state;
    for (size_t a = 0; a < sizeof names / sizeof *names; a++) {
        void *params = params_of(named(names[a]));
        params_set(named(names[a]), params, "k", 2);
        for (int n = 0; n < 4; n++) {
            struct conductor_spec spec = spec_of(named(names[a]), params, n % 2 ? 1 : 23, n / 2);
            spec.faults = (struct faults_spec){.crashes = 2,
                                               .crash_at = at,
                                               .crash_worker = who,
                                               .down_time = 40 * MS,
                                               .detection_time = n % 2 * 2 * MS,
                                               .loss_probability = 0.02,
                                               .retransmit_timeout = MS,
                                               .server_crashes = 1,
                                               .server_crash_at = outage,
                                               .server_down_time = 5 * MS,
                                               .server_checkpoint_every = 3};
            play_pairs(&spec, &asked);
        }
        params_free(named(names[a]), params);
    }
    assert_true(asked > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_may_come_late),
        cmocka_unit_test(also_with_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
