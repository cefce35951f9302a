/* The workers' optimisers, clipping and schedules against torch.optim: models after 1, 10 and 200 steps with the same
 * gradients. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/pieces.h"
#include "algorithms/schedule.h"
#include "models/optimizer.h"
#include "sim/base/fail.h"
#include "tests/rigs/oracle_fixture.h"

/* Of our float32 from PyTorch's float64, relative to the largest entry of the model; PyTorch's own float32 comes up to
 * 6e-6 (AdamW). */
static const double TOLERANCE = 3e-6, TOLERANCE_OF_RATES = 1e-7; /* which are stored in float32 */

enum { FIRST_PART = 101 }; /* a worker gets its gradient in parts: not those of PyTorch's parameters */

enum setting { /* tensor "settings", as in tests/oracle/optimizers.py */
               MOMENTUM,
               WEIGHT_DECAY,
               BETA1,
               BETA2,
               EPSILON,
               CLIP,
               FORM,
               WARMUP,
               MARKS,
               FACTOR = MARKS + 2,
               SETTINGS
};

static const struct optimizer *named(const char *name)
{
    for (int i = 0; optimizer_list[i]; i++)
        if (strcmp(optimizer_list[i]->name, name) == 0)
            return optimizer_list[i];
    fail_msg("%s: unknown", name);
    return NULL;
}

struct bench {
    const struct fixture *f;
    const struct fixture_case *c;
    const float *setting;
    const struct optimizer *optimizer;
    struct hyperparameters optimizing;
    double marks[2];
    struct schedule schedule;
    size_t n;
    float *x, *g, *state[MAX_STATES]; /* (n) */
    double worst, worst_of_pytorch;
};

static void check(struct bench *b, const char *name, const float *got, double tolerance)
{
    const struct expected *e = fixture_find(b->c, name);
    if (!e)
        fail_msg("%s: has no %s", b->c->name, name);
    double error = fixture_error(b->f, b->c, e, got);
    if (!(error <= tolerance))
        fail_msg("%s: %s: error %g of %g, PyTorch's float32 %g", b->c->name, name, error, e->largest,
                 e->single);
    if (tolerance < TOLERANCE)
        return;
    b->worst = fmax(b->worst, error);
    b->worst_of_pytorch = fmax(b->worst_of_pytorch, e->single);
}

static void configure(struct bench *b)
{
    const struct expected *settings = fixture_find(b->c, "settings");
    assert_non_null(settings);
    assert_int_equal(settings->stored, SETTINGS);
    const float *s = b->setting = settings->value;
    b->optimizer = named(b->c->kind);
    b->optimizing = (struct hyperparameters){s[MOMENTUM], s[WEIGHT_DECAY], (double)s[BETA1], (double)s[BETA2],
                                             (double)s[EPSILON]};
    for (int i = 0; i < 2; i++)
        b->marks[i] = (double)s[MARKS + i];
    b->schedule = (struct schedule){.form = (int)s[FORM],
                                    .base = b->c->rate,
                                    .warmup = (double)s[WARMUP],
                                    .step_at = {2, b->marks},
                                    .step_factor = (double)s[FACTOR]};
}

/* Element i of step `step`; see Case.gradient in tests/oracle/optimizers.py. */
static void draw_gradient(struct bench *b, int step)
{
    char name[16];
    snprintf(name, sizeof name, "g%d", step);
    uint64_t key = oracle_key(b->f, b->c, name);
    for (size_t i = 0; i < b->n; i++)
        b->g[i] = ldexpf(oracle_value(key, i), -2 * (int)(i % 8));
}

static void take_part(struct bench *b, int step, float rate, size_t first, size_t n)
{
    float *state[MAX_STATES];
    for (int i = 0; i < MAX_STATES; i++)
        state[i] = b->state[i] + first;
    b->optimizer->direction(&b->optimizing, step, b->x + first, state, b->g + first, n);
    alg_step(&(struct worker_state){.n = n, .model = b->x + first, .gradient = b->g + first, .rate = rate});
}

static void train(struct bench *b)
{
    int steps = b->c->steps;
    float *rate = need((size_t)steps * sizeof *rate);
    for (int step = 1; step <= steps; step++) {
        char name[32];
        rate[step - 1] = (float)schedule_at(&b->schedule, step - 1, steps);
        draw_gradient(b, step);
        if (b->setting[CLIP] > 0)
            optimizer_clip(b->setting[CLIP], b->g, b->n);
        take_part(b, step, rate[step - 1], FIRST_PART, b->n - FIRST_PART);
        take_part(b, step, rate[step - 1], 0, FIRST_PART);
        snprintf(name, sizeof name, "after %d", step);
        if (step == steps || fixture_find(b->c, name))
            check(b, name, b->x, TOLERANCE);
    }
    check(b, "rate", rate, TOLERANCE_OF_RATES);
    free(rate);
}

static void run(struct bench *b)
{
    configure(b);
    b->n = (size_t)b->c->n;
    uint64_t key = oracle_key(b->f, b->c, "x");
    b->x = need(b->n * sizeof *b->x);
    b->g = need(b->n * sizeof *b->g);
    for (int i = 0; i < MAX_STATES; i++)
        b->state[i] = need(b->n * sizeof *b->state[i]);
    for (size_t i = 0; i < b->n; i++)
        b->x[i] = oracle_value(key, i);
    train(b);
    free(b->x);
    free(b->g);
    for (int i = 0; i < MAX_STATES; i++)
        free(b->state[i]);
}

static void optimizers_match_pytorch(void **state)
{
    const struct fixture *f = *state;
    for (int o = 0; optimizer_list[o]; o++) {
        int cases = 0;
        double worst = 0, pytorch = 0;
        for (uint64_t i = 0; i < f->cases; i++) {
            struct bench b = {.f = f, .c = &f->at[i]};
            if (named(b.c->kind) != optimizer_list[o])
                continue;
            run(&b);
            cases++;
            worst = fmax(worst, b.worst);
            pytorch = fmax(pytorch, b.worst_of_pytorch);
        }
        printf("%-10s %4d cases, largest error %.1e, PyTorch's float32 %.1e\n", optimizer_list[o]->name,
               cases, worst, pytorch);
        assert_true(cases > 0);
    }
}

static int open_fixture(void **state)
{
    *state = fixture_read("optimizers");
    return 0;
}

static int close_fixture(void **state)
{
    fixture_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(optimizers_match_pytorch)};
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
