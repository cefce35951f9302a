/* What a user of a model object expects: one replica's vectors, and steps on them. The program itself has no
 * such object, since its vectors lie in shared memory and belong to workers and server. */
#ifndef TESTS_RIGS_REPLICA_H
#define TESTS_RIGS_REPLICA_H

#include <stdlib.h>

#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"

struct replica {
    const struct model *model;
    float *params, *grad, *stats; /* owned by the replica */
};

static inline struct replica *replica_create(const struct model *m)
{
    struct replica *r = need(sizeof *r);
    r->model = m;
    r->params = need(model_params(m) * sizeof(float));
    r->grad = need(model_params(m) * sizeof(float));
    r->stats = need(model_stats(m) * sizeof(float));
    return r;
}

static inline void replica_destroy(struct replica *r)
{
    if (!r)
        return;
    free(r->params);
    free(r->grad);
    free(r->stats);
    free(r);
}

static inline void replica_get_weights(const struct replica *r, float *out)
{
    vec_copy(out, r->params, model_params(r->model));
}

static inline void replica_set_weights(struct replica *r, const float *in)
{
    vec_copy(r->params, in, model_params(r->model));
}

static inline void replica_set_gradients(struct replica *r, const float *in)
{
    vec_copy(r->grad, in, model_params(r->model));
}

/* params -= rate update; update NULL: the replica's gradient */
static inline void replica_apply(struct replica *r, float rate, const float *update)
{
    vec_step(r->params, rate, update ? update : r->grad, model_params(r->model));
}

#endif
