/* The workers' optimisers: against the formulas in double precision, and in whole runs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "models/optimizer.h"
#include "sim/base/norms.h"
#include "tests/rigs/world.h"

enum { N = 50, STEPS = 40, MEMBERS = 5 };

struct reference {
    double x[N], a[N], b[N]; /* the model, momenta or first moments, second moments */
};

static const struct optimizer *named(const char *name)
{
    for (int i = 0; optimizer_list[i]; i++)
        if (strcmp(optimizer_list[i]->name, name) == 0)
            return optimizer_list[i];
    fail();
    return NULL;
}

static void words_are_names(void **state)
{
    (void)state;
    int i = 0;
    for (; optimizer_list[i]; i++)
        assert_string_equal(optimizer_words[i], optimizer_list[i]->name);
    assert_null(optimizer_words[i]);
}

/* PyTorch's definitions, one step with gradient g and the rate. */
static void reference_step(const char *name, const struct hyperparameters *o, int t, struct reference *r,
                           const double *g, double rate)
{
    double m = (double)o->momentum, decay = (double)o->weight_decay;
    for (int i = 0; i < N; i++) {
        if (strcmp(name, "adamw") == 0) {
            r->x[i] -= rate * decay * r->x[i];
            r->a[i] = o->beta1 * r->a[i] + (1 - o->beta1) * g[i];
            r->b[i] = o->beta2 * r->b[i] + (1 - o->beta2) * g[i] * g[i];
            r->x[i] -= rate * (r->a[i] / (1 - pow(o->beta1, t))) /
                       (sqrt(r->b[i] / (1 - pow(o->beta2, t))) + o->epsilon);
            continue;
        }
        double d = g[i] + decay * r->x[i];
        r->a[i] = t == 1 ? d : m * r->a[i] + d;
        r->x[i] -= rate * (strcmp(name, "nesterov") == 0 ? d + m * r->a[i] : m > 0 ? r->a[i] : d);
    }
}

/* On a quadratic, in two parts of unequal length, as backward gives them. */
static void compare(const char *name, const struct hyperparameters *o)
{
    const struct optimizer *opt = named(name);
    float x[N], a[N] = {0}, b[N] = {0}, g[N];
    struct reference r = {{0}, {0}, {0}};
    for (int i = 0; i < N; i++)
        x[i] = (float)(r.x[i] = (double)(float)(sin(i) * (1 + i % 7)));
    for (int t = 1; t <= STEPS; t++) {
        double slope[N];
        for (int i = 0; i < N; i++) {
            slope[i] = (1 + i % 3) * (r.x[i] - cos(i));
            g[i] = (float)(1 + i % 3) * (x[i] - (float)cos(i));
        }
        reference_step(name, o, t, &r, slope, 0.02);
        for (int first = 0; first < N; first = first ? N : 17) {
            float *state[MAX_STATES] = {a + first, b + first};
            opt->direction(o, t, x + first, state, g + first, (size_t)(first ? N - 17 : 17));
        }
        vec_step(x, 0.02f, g, N);
        for (int i = 0; i < N; i++)
            if (!(fabs((double)x[i] - r.x[i]) <= 2e-5 * (1 + fabs(r.x[i]))))
                fail_msg("%s: step %d: %.9g, expected %.9g", name, t, (double)x[i], r.x[i]);
    }
}

static void directions_are_pytorchs(void **state)
{
    (void)state;
    static const char *const names[] = {"sgd", "nesterov", "adamw"};
    for (int n = 0; n < 3; n++)
        for (int m = 0; m < 2; m++)
            for (int d = 0; d < 2; d++)
                compare(names[n], &(struct hyperparameters){.momentum = m ? 0.9f : 0,
                                                            .weight_decay = d ? 0.125f : 0,
                                                            .beta1 = 0.9,
                                                            .beta2 = 0.99,
                                                            .epsilon = 1e-8});
}

/* Its first step is as long as the rate, whatever the betas: 1 - beta is no difference of floats. */
static void adamw_knows_how_far_a_beta_is_from_one(void **state)
{
    (void)state;
    const double beta[] = {0.9, 0.99, 0.999, 0.9999, 0.99999};
    for (int i = 0; i < 5; i++) {
        float x = 0, a = 0, b = 0, g = 0.3f, *both[] = {&a, &b};
        const struct hyperparameters o = {.beta1 = beta[i], .beta2 = beta[i], .epsilon = 1e-12};
        named("adamw")->direction(&o, 1, &x, both, &g, 1);
        assert_true(fabs((double)g - 1) < 3e-7);
    }
}

static void vectors_are_declared(void **state)
{
    (void)state;
    const struct hyperparameters plain = {0}, heavy = {.momentum = 0.5f};
    assert_int_equal(named("sgd")->states(&plain), 0);
    assert_int_equal(named("sgd")->states(&heavy), 1);
    assert_int_equal(named("nesterov")->states(&plain), 0);
    assert_int_equal(named("nesterov")->states(&heavy), 1);
    assert_int_equal(named("adamw")->states(&plain), 2);
}

static void the_norm_is_that_of_all(void **state)
{
    (void)state;
    float g[3] = {3, 4, 12};
    assert_true(norm_l2(g, 3) == 13);
}

/* ---- whole runs ---- */

static uint64_t hash_of(const char *name, const char *const *settings)
{
    struct world w;
    world_open(&w, settings);
    uint64_t hash = play_named(&w, name).parameters_hash;
    world_close(&w);
    return hash;
}

#define FOUR "cluster.workers=4", "compute.factor=1, 2, 1, 1.5"

static void what_changes_nothing_changes_nothing(void **state)
{
    (void)state;
    static const char *const same[][MEMBERS] = {
        {FOUR, "train.optimizer=nesterov"}, {FOUR, "train.clip_norm=1e9"}, {FOUR, "train.beta1=0.5"}};
    static const char *const heavy[][MEMBERS] = {
        {FOUR, "train.momentum=0.75", "train.clip_norm=1e9"},
        {FOUR, "algorithm.bsp.momentum=0.75", "algorithm.bsp.optimizer=sgd"}};
    uint64_t plain = hash_of("bsp", (const char *const[]){FOUR, NULL}),
             momentum = hash_of("bsp", (const char *const[]){FOUR, "train.momentum=0.75", NULL});
    for (int i = 0; i < 3; i++)
        assert_true(hash_of("bsp", same[i]) == plain);
    for (int i = 0; i < 2; i++)
        assert_true(hash_of("bsp", heavy[i]) == momentum);
    assert_true(plain != momentum);
}

static void what_changes_something_changes_it(void **state)
{
    (void)state;
    static const char *const settings[][MEMBERS] = {
        {FOUR, NULL},
        {FOUR, "train.weight_decay=0.01"},
        {FOUR, "train.clip_norm=0.5"},
        {FOUR, "train.momentum=0.5"},
        {FOUR, "train.momentum=0.5", "train.optimizer=nesterov"},
        {FOUR, "train.momentum=0.5", "train.state_on_reset=zero"},
        {FOUR, "train.optimizer=adamw", "train.learning_rate=0.001"},
        {FOUR, "algorithm.local_sgd.optimizer=adamw", "algorithm.local_sgd.learning_rate=0.002"}};
    enum { HOW_MANY = sizeof settings / sizeof *settings };
    uint64_t hash[HOW_MANY];
    for (int i = 0; i < HOW_MANY; i++) {
        hash[i] = hash_of("local_sgd", settings[i]);
        for (int j = 0; j < i; j++)
            assert_true(hash[i] != hash[j]);
    }
}

/* A reply after every gradient: nothing of a worker's momentum is left; that of the PS stays. */
static void state_that_is_reset_after_each_step_is_none(void **state)
{
    (void)state;
    static const char
        *const at_worker[] = {FOUR, "train.momentum=0.75", "train.state_on_reset=zero",
                              "train.optimizer_at=worker", NULL},
               *const at_server[] = {FOUR, "train.momentum=0.75", "train.state_on_reset=zero", NULL},
               *const kept[] = {FOUR, "train.momentum=0.75", NULL}, *const none[] = {FOUR, NULL};
    assert_true(hash_of("bsp", at_worker) == hash_of("bsp", none));
    assert_true(hash_of("bsp", at_server) == hash_of("bsp", kept));
}

/* A length that every gradient is cut to: momentum 0 and rate r move each worker by r at most. */
static void clipped_steps_are_short(void **state)
{
    (void)state;
    struct world w;
    world_open(&w, (const char *const[]){"cluster.workers=1", "train.clip_norm=0.01", "train.learning_rate=1",
                                         "experiment.iterations=1", NULL});
    play_named(&w, "bsp");
    char *path = text_format("%d/parameters.bin", world_runs - 1);
    size_t n = model_params(w.model);
    float *last = need(n * sizeof *last), *first = need(n * sizeof *first);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(last, sizeof *last, n, file), n);
    fclose(file);
    for (size_t at = 0, t = 0; at < n; at += model_tensor(w.model, (int)t++)->n)
        model_export(w.model, (int)t, w.params, first + at);
    double moved = 0;
    for (size_t i = 0; i < n; i++)
        moved += pow((double)last[i] - (double)first[i], 2);
    assert_true(fabs(sqrt(moved) - 0.01) < 1e-5);
    free(path);
    free(last);
    free(first);
    world_close(&w);
}

int main(void)
{
#define RUNS(test) cmocka_unit_test_setup_teardown(test, scratch_enter, scratch_leave)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_names),
        cmocka_unit_test(directions_are_pytorchs),
        cmocka_unit_test(adamw_knows_how_far_a_beta_is_from_one),
        cmocka_unit_test(vectors_are_declared),
        cmocka_unit_test(the_norm_is_that_of_all),
        RUNS(what_changes_nothing_changes_nothing),
        RUNS(what_changes_something_changes_it),
        RUNS(state_that_is_reset_after_each_step_is_none),
        RUNS(clipped_steps_are_short),
    };
    alarm(240);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
