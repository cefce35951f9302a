/* PowerSGD's numbers alone: three workers and the PS by their callbacks, on a matrix, one that is too small, and a vector. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/codecs/factors.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "tests/rigs/codec_rig.h"
#include "tests/rigs/params.h"

extern const struct algorithm alg_powersgd;

enum { WORKERS = 3, ROWS = 40, COLUMNS = 30, SMALL = 6, BIAS = 11, N = ROWS * COLUMNS + SMALL + BIAS };
enum { MESSAGE, FACTORS, MEAN, MOMENTUM, MATRIX, VECTORS }; /* as powersgd.c has them */

static const struct extent tensors[] = {{.n = ROWS * COLUMNS, .rows = ROWS, .dims = 2},
                                        {.n = SMALL, .rows = 2, .dims = 2},
                                        {.n = BIAS, .rows = 1, .dims = 1}};
static struct setup setup = {.seed = 3, .tensors = 3, .tensor = tensors};

struct rig {
    void *params;
    int64_t exchanges;
    struct worker_state worker[WORKERS];
    struct server_state server;
};

static float *vector(void)
{
    return vec_create(N, NULL);
}

struct settings {
    int rank, exchanges;
    float momentum;
    const char *memory;
};

static void *params_with(const struct settings *s)
{
    void *params = params_preset(&alg_powersgd);
    params_set(&alg_powersgd, params, "rank", s->rank);
    params_set(&alg_powersgd, params, "exchanges", s->exchanges);
    params_write(&alg_powersgd, params, "memory", s->memory);
    return params;
}

static struct rig open_rig(const struct settings *settings)
{
    struct rig r = {.params = params_with(settings)};
    setup.momentum = settings->momentum; /* as the framework resolves it */
    r.exchanges = alg_powersgd.exchanges(r.params);
    for (int i = 0; i < WORKERS; i++) {
        struct worker_state *w = &r.worker[i];
        *w = (struct worker_state){
            .id = i, .workers = WORKERS, .params = r.params, .n = N, .setup = &setup, .update_rate = 0.5f};
        w->model = vector();
        w->gradient = vector();
        for (int v = 0; v < VECTORS; v++)
            w->vector[v] = vector();
    }
    r.server = (struct server_state){
        .workers = WORKERS, .params = r.params, .n = N, .setup = &setup, .rate = 0.5f, .pushes = WORKERS};
    r.server.model = vector();
    r.server.sum[0] = vector();
    for (int v = 0; v < MATRIX; v++)
        r.server.vector[v] = vector();
    return r;
}

static void close_rig(struct rig *r)
{
    for (int i = 0; i < WORKERS; i++) {
        free(r->worker[i].model);
        free(r->worker[i].gradient);
        for (int v = 0; v < VECTORS; v++)
            free(r->worker[i].vector[v]);
    }
    free(r->server.model);
    free(r->server.sum[0]);
    for (int v = 0; v < MATRIX; v++)
        free(r->server.vector[v]);
    params_free(&alg_powersgd, r->params);
}

/* As the framework does it: the first floats alone travel, and combine sees no others. */
static void exchange(struct rig *r, int exchange)
{
    size_t n = alg_powersgd.floats(r->params, &setup, exchange, r->server.dense);
    struct server_state part = r->server;
    for (int i = 0; i < WORKERS; i++) {
        r->worker[i].exchange = exchange;
        alg_powersgd.pack(&r->worker[i]);
        if (i == 0)
            vec_copy(part.sum[0], r->worker[i].vector[MESSAGE], n);
        else
            vec_add(part.sum[0], r->worker[i].vector[MESSAGE], n);
    }
    part.n = n;
    part.exchange = r->server.exchange = exchange;
    alg_powersgd.combine(&part);
    alg_powersgd.apply(&r->server);
    for (int i = 0; i < WORKERS; i++) {
        vec_copy(r->worker[i].vector[MESSAGE], r->server.vector[MESSAGE], n);
        alg_powersgd.accept(&r->worker[i]);
    }
}

/* One update, from new gradients. Adds their mean to *mean. */
static void update(struct rig *r, uint64_t seed, double mean[N])
{
    for (int i = 0; i < WORKERS; i++) {
        codec_gaussian(r->worker[i].gradient, N, seed * WORKERS + (uint64_t)i);
        for (int j = 0; j < N; j++)
            mean[j] += (double)r->worker[i].gradient[j] / WORKERS;
        alg_powersgd.step(&r->worker[i]);
    }
    for (int e = 0; e < r->exchanges; e++)
        exchange(r, e);
}

/* What the workers have not said, in the mean. */
static double unsaid(const struct rig *r, int j)
{
    double sum = 0;
    for (int i = 0; i < WORKERS; i++)
        sum += (double)r->worker[i].vector[MATRIX][j];
    return sum / WORKERS;
}

static void what_is_not_said_is_kept(void **state)
{
    struct rig r = open_rig(&(struct settings){3, 2, 0, "yes"});
    double given[N] = {0};
    (void)state;
    for (uint64_t step = 0; step < 20; step++)
        update(&r, step, given);
    for (int j = 0; j < N; j++) {
        double said = -(double)r.server.model[j] / 0.5;
        assert_true(fabs(said + unsaid(&r, j) - given[j]) < 1e-4);
        if (j >= ROWS * COLUMNS)
            assert_true(unsaid(&r, j) == 0);
    }
    close_rig(&r);
}

/* Without a gradient nothing is sent but zeros, and nothing is kept: weight decay shrinks the model beside that. */
static void decay_is_not_compressed(void **state)
{
    struct rig r = open_rig(&(struct settings){3, 2, 0, "yes"});
    (void)state;
    setup.weight_decay = 0.25f;
    for (int j = 0; j < N; j++)
        for (int i = -1; i < WORKERS; i++)
            (i < 0 ? r.server.model : r.worker[i].model)[j] = 1;
    for (int i = 0; i < WORKERS; i++)
        alg_powersgd.step(&r.worker[i]);
    for (int e = 0; e < r.exchanges; e++) {
        exchange(&r, e);
        for (size_t j = 0; j < alg_powersgd.floats(r.params, &setup, e, false); j++)
            assert_true(r.server.vector[MESSAGE][j] == 0);
    }
    for (int j = 0; j < N; j++) {
        assert_true(r.server.model[j] == 1 - 0.5f * 0.25f && unsaid(&r, j) == 0);
        for (int i = 0; i < WORKERS; i++)
            assert_true(r.worker[i].model[j] == r.server.model[j]);
    }
    setup.weight_decay = 0;
    close_rig(&r);
}

/* P' (M - P Q') = 0 where Q = M' P: the mean of what is left is at right angles to what was said. */
static void what_is_left_is_at_right_angles(void **state)
{
    struct rig r = open_rig(&(struct settings){4, 4, 0, "yes"});
    double given[N] = {0};
    (void)state;
    for (uint64_t step = 0; step < 5; step++) {
        update(&r, step, given);
        const float *p = r.server.vector[FACTORS];
        for (int c = 0; c < 4; c++)
            for (int j = 0; j < COLUMNS; j++) {
                double dot = 0, length = 0;
                for (int i = 0; i < ROWS; i++) {
                    dot += (double)p[c * ROWS + i] * unsaid(&r, i * COLUMNS + j);
                    length += (double)p[c * ROWS + i] * (double)p[c * ROWS + i];
                }
                assert_true(fabs(dot) < 1e-4 && fabs(length - 1) < 1e-5);
            }
    }
    close_rig(&r);
}

/* Three gradients of rank 1 have a mean of rank 3. */
static void a_mean_of_that_rank_is_exact(void **state)
{
    struct rig r = open_rig(&(struct settings){WORKERS, 2, 0, "yes"});
    (void)state;
    for (uint64_t step = 0; step < 10; step++) {
        double mean[N] = {0};
        for (int i = 0; i < WORKERS; i++) {
            float u[ROWS], v[COLUMNS], *g = r.worker[i].gradient;
            codec_gaussian(u, ROWS, 100 + step * WORKERS + (uint64_t)i);
            codec_gaussian(v, COLUMNS, 200 + step * WORKERS + (uint64_t)i);
            for (int j = 0; j < ROWS * COLUMNS; j++)
                mean[j] += (double)(g[j] = u[j / COLUMNS] * v[j % COLUMNS]) / WORKERS;
            alg_powersgd.step(&r.worker[i]);
        }
        exchange(&r, 0);
        exchange(&r, 1);
        for (int j = 0; j < ROWS * COLUMNS; j++)
            assert_true(fabs((double)r.server.vector[MEAN][j] - mean[j]) < 1e-3);
    }
    close_rig(&r);
}

static void all_workers_have_the_same_model(void **state)
{
    struct rig r = open_rig(&(struct settings){2, 2, 0.9f, "yes"});
    double given[N] = {0};
    (void)state;
    for (uint64_t step = 0; step < 10; step++) {
        update(&r, step, given);
        for (int i = 0; i < WORKERS; i++) {
            assert_memory_equal(r.worker[i].model, r.server.model, N * sizeof(float));
            assert_memory_equal(r.worker[i].vector[MOMENTUM], r.server.vector[MOMENTUM], N * sizeof(float));
        }
    }
    close_rig(&r);
}

/* Of a matrix of rank 1 and noise. */
static double distance_after(const struct settings *settings, int updates)
{
    struct rig r = open_rig(settings);
    double sum = 0;
    for (int u = 0; u < updates; u++) {
        for (int i = 0; i < WORKERS; i++) {
            float *g = r.worker[i].gradient;
            codec_gaussian(g, N, (uint64_t)i);
            for (int j = 0; j < ROWS * COLUMNS; j++)
                g[j] = 0.3f * g[j] + (float)(j / COLUMNS % 5) * (float)(j % COLUMNS % 7);
            alg_powersgd.step(&r.worker[i]);
        }
        for (int e = 0; e < r.exchanges; e++)
            exchange(&r, e);
    }
    for (int j = 0; j < ROWS * COLUMNS; j++) {
        double all = 0;
        for (int i = 0; i < WORKERS; i++)
            all += (double)r.worker[i].gradient[j];
        sum += pow(all / WORKERS - (double)r.server.vector[MEAN][j], 2);
    }
    close_rig(&r);
    return sqrt(sum);
}

/* More iterations come nearer, and so do more updates: each begins with the factors of the last. */
static void iterations_and_updates_come_nearer(void **state)
{
    static const struct settings once = {1, 2, 0, "no"}, often = {1, 12, 0, "no"};
    double first = distance_after(&once, 1), last = distance_after(&once, 6);
    (void)state;
    assert_true(last < 0.999 * first);
    assert_true(fabs(distance_after(&often, 1) - last) < 1e-3 * last);
}

static void bytes_are_the_closed_form(void **state)
{
    void *params = params_with(&(struct settings){5, 4, 0, "yes"});
    const size_t as_it_is = SMALL + BIAS;
    (void)state;
    assert_int_equal(alg_powersgd.floats(params, &setup, 0, false), 5 * ROWS + as_it_is);
    assert_int_equal(alg_powersgd.floats(params, &setup, 1, false), 5 * COLUMNS);
    assert_int_equal(alg_powersgd.floats(params, &setup, 2, false), 5 * ROWS);
    assert_int_equal(alg_powersgd.floats(params, &setup, 3, false), 5 * COLUMNS);
    assert_int_equal(alg_powersgd.floats(params, &setup, 0, true), N);
    for (int exchange = 1; exchange < 4; exchange++)
        assert_int_equal(alg_powersgd.floats(params, &setup, exchange, true), 0);
    params_set(&alg_powersgd, params, "min_dimensions", 3);
    assert_int_equal(alg_powersgd.floats(params, &setup, 0, false), N);
    assert_int_equal(alg_powersgd.floats(params, &setup, 1, false), 0);
    params_free(&alg_powersgd, params);
}

/* Before compress_after the gradient itself is the message, and nothing is kept of it. */
static void a_dense_step_is_exact(void **state)
{
    struct rig r = open_rig(&(struct settings){3, 2, 0, "yes"});
    double given[N] = {0};
    (void)state;
    for (uint64_t step = 0; step < 3; step++) {
        r.server.dense = step != 1; /* a step that compresses leaves something */
        for (int i = 0; i < WORKERS; i++)
            r.worker[i].dense = r.server.dense;
        update(&r, step, given);
        assert_int_equal(unsaid(&r, 0) == 0, r.server.dense);
        for (int j = 0; j < N && r.server.dense; j++)
            assert_true(fabs((double)r.server.model[j] + 0.5 * given[j]) < 1e-4);
    }
    close_rig(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_said_is_kept),
        cmocka_unit_test(decay_is_not_compressed),
        cmocka_unit_test(what_is_left_is_at_right_angles),
        cmocka_unit_test(a_mean_of_that_rank_is_exact),
        cmocka_unit_test(all_workers_have_the_same_model),
        cmocka_unit_test(iterations_and_updates_come_nearer),
        cmocka_unit_test(bytes_are_the_closed_form),
        cmocka_unit_test(a_dense_step_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
