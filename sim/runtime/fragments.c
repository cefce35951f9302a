/* Which floats of a vector a message carries.
 *
 *   fragments (streaming DiLoCo): message i carries fragment i % count of every vector
 *     | fragment 0 | fragment 1 | ... | fragment count - 1 . filler |
 *     0            each                                    n         room
 *   exchanges (PowerSGD): message i carries the first floats[i % count] floats
 *   neither: a message carries whole vectors, count = 1 */
#include "sim/runtime/fragments.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

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

struct fragments fragments_of(const struct run *run)
{
    assert(!(run->alg->fragments || run->alg->exchanges) || run->protocol->answers == ANSWER_ALL);
    if (run->alg->exchanges)
        return exchanges_of(run);
    int64_t count = run->alg->fragments ? run->alg->fragments(run->params) : 1;
    if (count == 1)
        return (struct fragments){.count = 1, .each = run->n, .room = run->n};
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
}

size_t fragments_first(const struct run *run, int64_t message)
{
    return run->layout.fragments.floats
               ? 0
               : (size_t)(message % run->layout.fragments.count) * run->layout.fragments.each;
}

size_t fragments_floats(const struct run *run, int64_t message)
{
    const struct fragments *f = &run->layout.fragments;
    if (!f->floats)
        return f->each;
    return f->floats[message % f->count + (fragments_dense(run, message) ? f->count : 0)];
}

bool fragments_dense(const struct run *run, int64_t message)
{
    const struct fragments *f = &run->layout.fragments;
    return f->floats && message / f->count < f->dense;
}

void fragments_clear_tail(const struct run *run, int64_t message, float *v)
{
    size_t first = fragments_first(run, message), real = first < run->n ? run->n - first : 0;
    for (size_t i = real; i < run->layout.fragments.each; i++)
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

const struct tensor *fragments_culprit(const struct run *run, const float *v, size_t first, int bad)
{
    size_t at = 0, end;
    if (run->layout.fragments.count == 1)
        return model_tensor(run->model, bad);
    while (first + at + 1 < run->n && at + 1 < run->layout.fragments.each && isfinite(v[at]))
        at++;
    int t = 0;
    for (end = model_tensor(run->model, 0)->n; end <= first + at; end += model_tensor(run->model, t)->n)
        t++;
    return model_tensor(run->model, t);
}
