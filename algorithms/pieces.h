/* Callbacks and declarations that several algorithms share. The word before a colon is the callback that the
 * function serves as. */
#ifndef ALGORITHMS_PIECES_H
#define ALGORITHMS_PIECES_H

#include "algorithms/algorithm.h"
#include "algorithms/keys.h"

/* ---- declare: parts of a protocol ---- */

/* A push carries the gradient, a reply the PS's model. */
#define ALG_GRADIENT_FOR_MODEL                                                                              \
    .push_spans = 1, .push = {{.vector = THE_GRADIENT, .coded = true, .gradient = true}}, .reply_spans = 1, \
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL, .fixed = true}}, .replica = NO_REPLICA

/* A push carries the local model, and a reply the PS's model, which replaces it. */
#define ALG_MODEL_FOR_MODEL                                             \
    .push_spans = 1, .push = {{.vector = THE_MODEL}}, .reply_spans = 1, \
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL}}, .replica = NO_REPLICA

/* ---- control plane ---- */

/* decide: one gradient on each model received, then wait for the next model. */
enum next alg_decide_one_gradient(const struct worker_view *w);

/* admit and on_worker_down of a barrier: when each live worker has pushed, the PS makes the update and
 * answers every worker. */
void alg_admit_round(struct server_view *s, const struct push_header *push, struct verdict *v);
void alg_worker_down_round(struct server_view *s, struct verdict *v);

/* admit: each push is an update and is answered at once. */
void alg_admit_alone(struct server_view *s, const struct push_header *push, struct verdict *v);

/* on_worker_down: no update and no answer waits for a particular worker. */
void alg_worker_down_ignored(struct server_view *s, struct verdict *v);

/* ---- data plane of a worker ---- */

/* step: plain SGD on the local model. */
void alg_step(struct worker_state *w);

/* In step: alg_step(), and in the same pass makes `sum` the sum of the gradients since the last push. */
void alg_step_and_accumulate(float *sum, struct worker_state *w);

/* ---- data plane of both ---- */

/* Weight decay of an algorithm that `decays`: g += setup.weight_decay x, an L2 penalty, on the tensors that
 * decay. x and g are n floats, from float number `first` of the whole vectors on. */
void alg_decay(const struct setup *setup, size_t first, const float *x, float *g, size_t n);

/* ---- data plane of the PS ---- */

/* mean: sum[0] = sum[0] / pushes, the mean gradient. */
void alg_mean_gradient(struct server_state *s);

/* combine: W = W - rate * sum[0], the step along the direction. */
void alg_combine_step(struct server_state *s);

/* combine, where pushes are sums of gradients: alg_mean_gradient() and alg_combine_step(). */
void alg_combine_mean_update(struct server_state *s);

/* combine: W = sum[0] / pushes, the mean of models. */
void alg_combine_mean_model(struct server_state *s);

/* In combine: mean = sum[0] / pushes; sum[0] stays as it is. */
void alg_mean(const struct server_state *s, float *mean);

#endif
