/* Equal algorithms: a row is two whole runs with final models that are equal bit for bit, or up to rounding, on
 * very heterogeneous workers and links. Include after cmocka.h. */
#ifndef TESTS_RIGS_FAMILY_H
#define TESTS_RIGS_FAMILY_H

#include <math.h>

#include "sim/output/parameters.h"
#include "tests/rigs/world.h"

#define MOST_SETTINGS 12

enum kind { EXACT, ROUNDING };

struct side {
    const char *name, *settings[MOST_SETTINGS];
};

struct row {
    enum kind kind;
    struct side left, right;
};

/* Four workers; settings may say otherwise. */
static const char *const uneven[] = {"cluster.workers=4",
                                     "compute.factor=1, 3, 1.5, 1",
                                     "compute.jitter=0.5",
                                     "network.bandwidth=20Mbit/s",
                                     "network.latency=0, 1ms, 5ms, 100us",
                                     "network.jitter=0.3",
                                     "compute.seconds=2ms",
                                     "compute.model=fixed",
                                     "experiment.iterations=96",
                                     "cluster.processes=1"}; /* fewer to wait for each other */
enum { UNEVEN = sizeof uneven / sizeof *uneven };

#define ONE "cluster.workers=1", "compute.factor=1", "network.latency=1ms"

#define LINEAR "model.name=logreg"

#define STEPS(name, k) ("algorithm." name ".local_steps=" k)

/* A rate that changes with every iteration. */
#define WARM_COSINE "train.schedule=cosine", "train.warmup=0.25", "train.warmup_from=0.1"

#define FALLING "train.schedule=step", "train.step_at=0.5", "train.step_factor=1e-9"

/* The final model, to be freed; *first, too: the first one. */
static inline float *model_of(const struct side *side, float **first, size_t *n)
{
    const char *settings[UNEVEN + MOST_SETTINGS + 1] = {NULL};
    struct world w;
    int filled = 0;
    for (int i = 0; i < UNEVEN; i++)
        settings[filled++] = uneven[i];
    for (int i = 0; i < MOST_SETTINGS && side->settings[i]; i++)
        settings[filled++] = side->settings[i];
    world_open(&w, settings);
    play_named(&w, side->name);
    float *last[2];
    *n = model_params(w.model);
    char *begin = text_format("first_%zu", *n);
    if (mkdir(begin, 0777) == 0)
        parameters_save(w.model, w.params, w.stats, begin);
    char *path[2] = {text_format("%d/parameters.bin", world_runs - 1),
                     text_format("%s/parameters.bin", begin)};
    free(begin);
    for (int i = 0; i < 2; i++) {
        FILE *file = fopen(path[i], "rb");
        assert_non_null(file);
        last[i] = need(*n * sizeof *last[i]);
        assert_int_equal(fread(last[i], sizeof(float), *n, file), *n);
        fclose(file);
        free(path[i]);
    }
    world_close(&w);
    *first = last[1];
    return last[0];
}

static inline double distance(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += pow((double)a[i] - (double)b[i], 2);
    return sqrt(sum);
}

static inline void rows_hold(const struct row *rows, size_t n_rows)
{
    for (size_t i = 0; i < n_rows; i++) {
        const struct row *row = &rows[i];
        float *first[2];
        size_t n;
        float *left = model_of(&row->left, &first[0], &n), *right = model_of(&row->right, &first[1], &n);
        double apart = distance(left, right, n), moved = distance(right, first[1], n);
        if (!(moved > 0 && apart <= (row->kind == EXACT ? 0 : 1e-5 * moved)))
            fail_msg("row %zu: %s %s, %s: %g apart, %g from the start", i, row->left.name,
                     row->left.settings[0] ? row->left.settings[0] : "", row->right.name, apart, moved);
        for (int j = 0; j < 2; j++)
            free(first[j]);
        free(left);
        free(right);
    }
}

#endif
