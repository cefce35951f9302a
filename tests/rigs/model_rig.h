/* A model with everything around it, on a small data set made here. */
#ifndef TESTS_RIGS_MODEL_RIG_H
#define TESTS_RIGS_MODEL_RIG_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/graph.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/base/vec.h"
#include "tests/rigs/replica.h"

/* Fails for a NaN, too. */
#define assert_near(a, b, tolerance) assert_true(fabs((double)(a) - (double)(b)) <= (tolerance))

enum { IMAGES = 96, BATCH = 32 };

/* Uses all that a table can say: both kinds of block, in-place layers that may not be, and a block around the
 * input. */
static const struct layer_row every_layers[] = {RESIDUAL,
                                                CONV("conv0", 3, 3, 1, 1),
                                                RESIDUAL_END,
                                                CONV("conv1", 6, 3, 1, 1),
                                                BATCHNORM("bn1"),
                                                RELU,
                                                RESIDUAL,
                                                CONV_BIAS("a", 6, 3, 1, 1),
                                                DROPOUT(0.2f),
                                                RELU,
                                                RESIDUAL_END,
                                                DROPOUT2D(0.2f),
                                                RESIDUAL,
                                                RELU,
                                                CONV("b", 8, 3, 2, 1),
                                                BATCHNORM("bn2"),
                                                SHORTCUT,
                                                CONV("s", 8, 1, 2, 0),
                                                BATCHNORM("bn3"),
                                                RESIDUAL_END,
                                                RELU,
                                                MAXPOOL(2),
                                                CONV_BIAS("c", 8, 2, 1, 0),
                                                RELU,
                                                AVGPOOL,
                                                LINEAR("fc", CLASSES),
                                                END_OF_LAYERS};
static const struct model_def every = {.name = "every", .layers = every_layers};

static inline const struct model_def *find(const char *name)
{
    for (int i = 0; model_list[i]; i++)
        if (!strcmp(model_list[i]->name, name))
            return model_list[i];
    fail_msg("no model %s", name);
    return NULL;
}

struct rig {
    struct model *model;
    struct workspace *ws;
    struct replica *replica;
    struct dataset ds;
};

/* Noise, with a block; its brightness and position give the class. */
static inline void paint(uint8_t *pixels, const struct dataset *ds, int image)
{
    size_t size = (size_t)(ds->channels * ds->height * ds->width);
    struct draw_key key = {.seed = 4, .purpose = DRAW_SYNTHETIC, .rank = image};
    for (size_t i = 0; i < size; i++)
        pixels[i] = (uint8_t)draw_below(&key, i, 128);
    for (size_t i = 0; i < size / 10; i++)
        pixels[(size_t)(image % 10) * (size / 10) + i] |= 128;
}

static inline struct dataset fake_dataset(int channels, int side)
{
    struct dataset ds = {.channels = channels, .height = side, .width = side, .classes = 10};
    size_t size = (size_t)(channels * side * side);
    uint8_t *pixels = need(IMAGES * size), *labels = need(IMAGES);
    for (int i = 0; i < IMAGES; i++) {
        paint(pixels + (size_t)i * size, &ds, i);
        labels[i] = (uint8_t)(i % 10);
    }
    ds.train = ds.test = (struct split){.n = IMAGES, .pixels = pixels, .labels = labels};
    for (int c = 0; c < channels; c++)
        ds.mean[c] = ds.std[c] = 0.5f;
    return ds;
}

static inline void rig_open(struct rig *r, const struct model_def *def, int channels, int side)
{
    char error[200] = "";
    r->model = model_build(def, channels, side, side, 10, error, sizeof error);
    if (!r->model)
        fail_msg("%s", error);
    r->ws = workspace_create(r->model, BATCH, 1);
    r->replica = replica_create(r->model);
    r->ds = fake_dataset(channels, side);
    model_init(r->model, 1, r->replica->params, r->replica->stats);
}

static inline void rig_close(struct rig *r)
{
    free((void *)r->ds.train.pixels);
    free((void *)r->ds.train.labels);
    replica_destroy(r->replica);
    workspace_destroy(r->ws);
    model_destroy(r->model);
}

/* Loss and gradient of training iteration `iteration` on n images. */
static inline double gradient(struct rig *r, int n, int64_t iteration)
{
    uint32_t sample[BATCH];
    for (int i = 0; i < n; i++)
        sample[i] = (uint32_t)((i * 7 + (int)iteration * n) % IMAGES);
    struct draw_at at = {.seed = 1, .worker = 0, .iteration = iteration};
    return model_gradient(r->model, r->ws, r->replica->params, r->replica->stats, &r->ds, sample, n, &at,
                          r->replica->grad);
}

static inline double evaluate(struct rig *r, struct workspace *ws, int n, int *correct)
{
    struct score score = {0};
    model_evaluate(r->model, ws, r->replica->params, r->replica->stats, &r->ds, &r->ds.test, 3, n, &score);
    *correct = (int)score.right;
    return score.loss;
}

#endif
