/* Which floats of a vector a message carries.
 *
 *   fragments (streaming DiLoCo): message i carries fragment i % count of every vector
 *     | fragment 0 | fragment 1 | ... | fragment count - 1 . filler |
 *     0            each                                    n         room
 *   strided fragments: layer l is in fragment l % count, here of 2
 *     | layer 0 | layer 1 | layer 2 | layer 3 | layer 4 |
 *       0         1         0         1         0
 *   exchanges (PowerSGD): message i carries the first floats[i % count] floats
 *   neither: a message carries whole vectors, count = 1 */
#include "sim/runtime/fragments.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/keys.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"

#define LINE 16 /* floats in 64 bytes: every fragment is aligned as a vector is */

static struct fragments exchanges_of(const struct run *run)
{
    int64_t count = run->alg->exchanges(run->params);
    struct fragments fragments = {.count = count,
                                  .each = run->n,
                                  .room = run->n,
                                  .dense = ((const struct alg_common *)run->params)->compress_after};
    fragments.floats = need(2 * (size_t)count * sizeof *fragments.floats);
    for (int64_t i = 0; i < 2 * count; i++)
        fragments.floats[i] = run->alg->floats(run->params, &run->setup, (int)(i % count), i >= count);
    return fragments;
}

/* ---- strided ---- */

static int count_layers(const struct model *m)
{
    int layers = 0;
    for (int t = 0; t < model_tensors(m); t = model_next_layer(m, t))
        layers++;
    return layers;
}

/* The stretch of each layer. The caller frees. */
static struct stretch *layers_of(const struct model *m, int layers)
{
    struct stretch *layer = need((size_t)layers * sizeof *layer);
    for (int t = 0, l = 0, next; t < model_tensors(m); t = next, l++) {
        next = model_next_layer(m, t);
        size_t first = model_tensor(m, t)->offset;
        layer[l] =
            (struct stretch){first, model_tensor(m, next - 1)->offset + model_tensor(m, next - 1)->n - first};
    }
    return layer;
}

static struct fragments strided_of(const struct run *run, int64_t count)
{
    int layers = count_layers(run->model), n = 0;
    if (count > layers)
        die(EXIT_USAGE,
            "algorithm.%s: expected at most %d strided fragments, one for each layer of %s, got %" PRId64,
            run->name, layers, model_name(run->model), count);
    struct fragments f = {.count = count, .room = run->n};
    struct stretch *layer = layers_of(run->model, layers);
    f.stretch = need((size_t)layers * sizeof *f.stretch);
    f.begin = need(((size_t)count + 1) * sizeof *f.begin);
    f.whole = need((size_t)count * sizeof *f.whole);
    for (int64_t i = 0; i < count; i++) {
        f.begin[i] = n;
        f.whole[i].first = i == 0 ? 0 : f.whole[i - 1].first + f.whole[i - 1].n;
        for (int64_t l = i; l < layers; l += count) {
            f.stretch[n++] = layer[l];
            f.whole[i].n += layer[l].n;
        }
        f.each = f.whole[i].n > f.each ? f.whole[i].n : f.each;
        f.differ |= f.whole[i].n != f.whole[0].n;
    }
    f.begin[count] = n;
    free(layer);
    return f;
}

/* ---- all of them ---- */

struct fragments fragments_of(const struct run *run)
{
    assert(!(run->alg->fragments || run->alg->exchanges) || run->protocol->answers == ANSWER_ALL);
    if (run->alg->exchanges)
        return exchanges_of(run);
    int64_t count = run->alg->fragments ? run->alg->fragments(run->params) : 1;
    if (count == 1)
        return (struct fragments){.count = 1, .each = run->n, .room = run->n};
    if (run->alg->strided && run->alg->strided(run->params))
        return strided_of(run, count);
    size_t most = (run->n + LINE - 1) / LINE;
    if (count > (int64_t)most)
        die(EXIT_USAGE,
            "algorithm.%s: expected at most %zu fragments of a model of %zu parameters, got %" PRId64,
            run->name, most, run->n, count);
    size_t each = (run->n + (size_t)count - 1) / (size_t)count;
    each = (each + LINE - 1) / LINE * LINE;
    return (struct fragments){.count = count, .each = each, .room = (size_t)count * each};
}

void fragments_free(struct fragments *fragments)
{
    free(fragments->floats);
    free(fragments->stretch);
    free(fragments->begin);
    free(fragments->whole);
}

size_t fragments_length(const struct run *run, int64_t message)
{
    const struct fragments *f = &run->layout.fragments;
    return f->whole ? f->whole[message % f->count].n : f->each;
}

size_t fragments_floats(const struct run *run, int64_t message)
{
    const struct fragments *f = &run->layout.fragments;
    if (!f->floats)
        return fragments_length(run, message);
    return f->floats[message % f->count + (fragments_dense(run, message) ? f->count : 0)];
}

size_t fragments_place(const struct run *run, int64_t message)
{
    const struct fragments *f = &run->layout.fragments;
    return f->whole    ? f->whole[message % f->count].first
           : f->floats ? 0
                       : (size_t)(message % f->count) * f->each;
}

struct stretch fragments_cut(const struct run *run, int64_t message, size_t at, size_t n)
{
    const struct fragments *f = &run->layout.fragments;
    if (!f->stretch)
        return (struct stretch){fragments_place(run, message) + at, n};
    const struct stretch *s = &f->stretch[f->begin[message % f->count]];
    for (; at >= s->n; s++)
        at -= s->n;
    return (struct stretch){s->first + at, s->n - at < n ? s->n - at : n};
}

float *fragments_gather(const struct run *run, int64_t message, float *v, float *room)
{
    if (!fragments_scattered(run))
        return v + fragments_place(run, message);
    struct stretch s;
    for (size_t at = 0, n = fragments_length(run, message); at < n; at += s.n) {
        s = fragments_cut(run, message, at, n - at);
        vec_copy(room + at, v + s.first, s.n);
    }
    return room;
}

void fragments_scatter(const struct run *run, int64_t message, float *v, size_t at, const float *floats,
                       size_t n)
{
    struct stretch s;
    for (size_t end = at + n; at < end; at += s.n, floats += s.n) {
        s = fragments_cut(run, message, at, end - at);
        memcpy(v + s.first, floats, s.n * sizeof *floats);
    }
}

bool fragments_dense(const struct run *run, int64_t message)
{
    const struct fragments *f = &run->layout.fragments;
    return f->floats && message / f->count < f->dense;
}

void fragments_clear_tail(const struct run *run, int64_t message, float *v)
{
    size_t first = fragments_place(run, message), real = first < run->n ? run->n - first : 0;
    for (size_t i = real; i < fragments_length(run, message); i++)
        v[i] = 0;
}

int fragments_exchange(const struct run *run, int64_t message)
{
    return run->layout.fragments.floats ? (int)(message % run->layout.fragments.count) : 0;
}

bool fragments_complete(const struct run *run, int64_t message)
{
    return !run->layout.fragments.floats || (message + 1) % run->layout.fragments.count == 0;
}

struct worker_state fragments_worker(const struct run *run, const struct worker_state *s, size_t first,
                                     size_t n)
{
    struct worker_state part = *s;
    part.n = n;
    part.first = first;
    vectors_slice_worker(run, &part, first);
    return part;
}

struct server_state fragments_server(const struct run *run, const struct server_state *s, size_t first,
                                     size_t n)
{
    struct server_state part = *s;
    part.n = n;
    part.first = first;
    vectors_slice_server(run, &part, first);
    return part;
}

const struct tensor *fragments_culprit(const struct run *run, int64_t message, const float *v, int bad)
{
    size_t at = 0, n = fragments_length(run, message);
    if (run->layout.fragments.count == 1)
        return model_tensor(run->model, bad);
    while (at + 1 < n && isfinite(v[at]))
        at++;
    size_t place = fragments_cut(run, message, at, 1).first;
    int t = 0;
    while (t + 1 < model_tensors(run->model) && model_tensor(run->model, t + 1)->offset <= place)
        t++;
    return model_tensor(run->model, t);
}
