#include "sim/runtime/quality.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/data/dataset.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/config/config.h"
#include "sim/runtime/shared.h"
#include "sim/runtime/waiter.h"

#define ASKED(run, one) quality_has((run)->quality, QUALITY_##one)

/* ---- what is asked for ---- */

static void require_classes(const struct run *run)
{
    int classes = run->data->classes;
    if (ASKED(run, TOP5) && classes <= 5)
        die(EXIT_USAGE,
            "output.quality: expected more than 5 classes for top5, got %d (%s): every answer is right",
            classes, run->data->name);
}

static void require_model(const struct run *run)
{
    if (model_is_idle(run->model))
        die(EXIT_USAGE, "output.quality: expected a model that learns, got model.name = %s",
            model_name(run->model));
}

static void prepare_gradient(struct run *run)
{
    int64_t asked = run->cfg->output.gradient_samples;
    uint32_t all = run->data->train.n;
    if (asked > all)
        die(EXIT_USAGE, "output.gradient_samples: expected 1 .. %u (training samples), got %" PRId64, all,
            asked);
    run->gradient_samples = asked > 0 ? (uint32_t)asked : all;
}

/* Without training there is nothing to measure. */
void quality_prepare(struct run *run)
{
    quality_set asked = config_quality(run->cfg);
    if (!run->trains || asked == 0)
        return;
    run->quality = asked;
    require_model(run);
    require_classes(run);
    prepare_gradient(run);
    run->conductor.compares = ASKED(run, DISTANCE);
}

bool quality_tallies(const struct run *run)
{
    return ASKED(run, PER_CLASS) || ASKED(run, TOP5) || ASKED(run, CLIENTS);
}

bool quality_of_evaluator(const struct run *run)
{
    return quality_tallies(run) || ASKED(run, GRADIENT_NORM);
}

const struct split *quality_split(const struct run *run, enum judged_set set)
{
    return set == OF_TEST ? &run->data->test : run->data->validation.n > 0 ? &run->data->validation : NULL;
}

struct evaluation *quality_evaluation(const struct run *run, int64_t number)
{
    return quality_of_evaluator(run) ? &run->shared->evaluation[number % EVALUATIONS] : NULL;
}
