/* Whole runs of the tiny model through the launcher, in the test's own program. Include after cmocka.h, in a scratch
 * folder. */
#ifndef TESTS_RIGS_WORLD_H
#define TESTS_RIGS_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "models/data/batches.h"
#include "models/data/partition.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/registry.h"
#include "sim/predict/forecast.h"
#include "sim/runtime/prepare.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/shared.h"
#include "tests/rigs/scratch.h"

#define BATCH 8

struct world { /* what main.c builds, from assignments instead of an ini */
    struct config cfg;
    struct config_source *source;
    const struct dataset *data;
    struct model *model;
    float *params, *stats;
    struct shares *shares;
};

static inline void world_open(struct world *w, const char *const *assignments)
{
    char error[256];
    int n;
    const struct config_section *sections = registry_sections(&n);
    const struct dataset_options options = {.seed = 7, .shape = "mnist", .train_n = 200, .test_n = 50};
    const char *const fixed[] = {"train.batch=8",           "experiment.iterations=40", "experiment.seed=7",
                                 "train.learning_rate=0.1", "data.partition=iid",       NULL};
    memset(w, 0, sizeof *w);
    w->source = config_begin(&w->cfg, sections, n);
    for (int i = 0; fixed[i]; i++)
        assert_true(config_set(w->source, fixed[i], error, sizeof error));
    for (int i = 0; assignments[i]; i++)
        if (!config_set(w->source, assignments[i], error, sizeof error))
            fail_msg("%s", error);
    assert_true(config_finish(w->source, error, sizeof error));
    w->data = dataset_open("synthetic", (const char *const[]){NULL}, &options);
    w->model = model_build(registry_model(w->cfg.model.name), w->data->channels, w->data->height,
                           w->data->width, w->data->classes, error, sizeof error);
    assert_non_null(w->model);
    w->params = need(model_params(w->model) * sizeof(float));
    w->stats = need(model_stats(w->model) * sizeof(float));
    model_init(w->model, 7, w->params, w->stats);
    w->shares = prepare_shares(&w->cfg, w->data);
}

static inline void world_close(struct world *w)
{
    free(w->params);
    free(w->stats);
    shares_free(w->shares);
    model_destroy(w->model);
    dataset_close(w->data);
    config_end(w->source);
}

static int world_runs; /* run r leaves its files in folder "r" */

static inline struct setting world_setting(const struct world *w)
{
    return (struct setting){.cfg = &w->cfg,
                            .data = w->data,
                            .model = w->model,
                            .first_params = w->params,
                            .first_stats = w->stats,
                            .shares = w->shares,
                            .codec = registry_codec};
}

static inline struct summary play(struct world *w, const struct algorithm *alg, const void *params)
{
    const struct setting setting = world_setting(w);
    struct run run;
    const struct variant variant = variant_plain(alg, params);
    run_prepare(&run, &setting, &variant);
    run.shown = SHOW_NOTHING;
    run.folder = text_format("%d", world_runs++);
    assert_int_equal(mkdir(run.folder, 0777), 0);
    struct summary s = launch(&run);
    struct totals forecast;
    assert_true(forecast_totals(&run, &forecast));
    assert_int_equal(s.exit_status, 0);
    assert_int_equal(s.virtual_ns, forecast.virtual_ns); /* control does not depend on numbers */
    assert_int_equal(s.bytes_up, forecast.bytes_up);
    free(run.folder);
    run_release(&run);
    return s;
}

static inline struct summary play_named(struct world *w, const char *name)
{
    const void *params;
    const struct algorithm *alg = registry_algorithm(&w->cfg, name, &params);
    return play(w, alg, params);
}

#endif
