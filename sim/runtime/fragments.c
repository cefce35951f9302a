#include "sim/runtime/fragments.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"

#define LINE 16 /* floats in 64 bytes: every part begins where a vector might */

static struct parts exchanges_of(const struct run *run)
{
    int64_t count = run->alg->exchanges(run->params);
    struct parts parts = {.count = count, .each = run->n, .room = run->n};
    parts.floats = need((size_t)count * sizeof *parts.floats);
    for (int64_t i = 0; i < count; i++)
        parts.floats[i] = run->alg->floats(run->params, &run->setup, (int)i);
    return parts;
}

struct parts parts_of(const struct run *run)
{
    assert(!(run->alg->parts || run->alg->exchanges) || run->protocol->answers == ANSWER_ALL);
    if (run->alg->exchanges)
        return exchanges_of(run);
    int64_t count = run->alg->parts ? run->alg->parts(run->params) : 1;
    if (count == 1)
        return (struct parts){.count = 1, .each = run->n, .room = run->n};
    size_t most = (run->n + LINE - 1) / LINE;
    if (count > (int64_t)most)
        die(EXIT_USAGE, "algorithm.%s: expected at most %zu parts of a model of %zu parameters, got %" PRId64,
            run->alg->name, most, run->n, count);
    size_t each = (run->n + (size_t)count - 1) / (size_t)count;
    each = (each + LINE - 1) / LINE * LINE;
    return (struct parts){.count = count, .each = each, .room = (size_t)count * each};
}

void parts_free(struct parts *parts)
{
    free(parts->floats);
}

float *parts_vector(const struct run *run, const float *from)
{
    float *v = vec_create(run->parts.room, NULL);
    if (from)
        vec_copy(v, from, run->n);
    return v;
}

size_t parts_first(const struct run *run, int64_t message)
{
    return run->parts.floats ? 0 : (size_t)(message % run->parts.count) * run->parts.each;
}

size_t parts_floats(const struct run *run, int64_t message)
{
    return run->parts.floats ? run->parts.floats[message % run->parts.count] : run->parts.each;
}

void parts_clear_tail(const struct run *run, int64_t message, float *v)
{
    size_t first = parts_first(run, message), real = first < run->n ? run->n - first : 0;
    for (size_t i = real; i < run->parts.each; i++)
        v[i] = 0;
}

int parts_exchange(const struct run *run, int64_t message)
{
    return run->parts.floats ? (int)(message % run->parts.count) : 0;
}

bool parts_complete(const struct run *run, int64_t message)
{
    return !run->parts.floats || (message + 1) % run->parts.count == 0;
}

struct worker_state parts_worker(const struct run *run, const struct worker_state *s, size_t first, size_t n)
{
    struct worker_state part = *s;
    part.n = n;
    part.model += first;
    if (part.gradient)
        part.gradient += first;
    for (int i = 0; i < run->protocol->workers_own; i++)
        part.vector[i] += first;
    return part;
}

struct server_state parts_server(const struct run *run, const struct server_state *s, size_t first, size_t n)
{
    const struct protocol *protocol = run->protocol;
    struct server_state part = *s;
    part.n = n;
    part.model += first;
    for (int i = 0; i < protocol->push_spans; i++)
        part.sum[i] += first;
    for (int i = 0; i < protocol->servers_own; i++)
        part.vector[i] += first;
    for (int i = 0; i < protocol->peers_own; i++)
        part.peer[i] += first;
    return part;
}

const struct tensor *parts_culprit(const struct run *run, const float *v, size_t first, int bad)
{
    size_t at = 0, end;
    if (run->parts.count == 1)
        return model_tensor(run->model, bad);
    while (first + at + 1 < run->n && at + 1 < run->parts.each && isfinite(v[at]))
        at++;
    int t = 0;
    for (end = model_tensor(run->model, 0)->n; end <= first + at; end += model_tensor(run->model, t)->n)
        t++;
    return model_tensor(run->model, t);
}
