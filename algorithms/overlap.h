/* What OSP, LOSP and DQLOSP have in common: a worker goes on while its push, the update and the reply are
 * in flight, and pushes again, at an iteration boundary, as soon as it has the reply. */
#ifndef ALGORITHMS_OVERLAP_H
#define ALGORITHMS_OVERLAP_H

#include "algorithms/pieces.h"
#include "algorithms/schedule.h"

enum weighting { WEIGHT_SUM, WEIGHT_MEAN };

struct overlap_params {
    struct alg_common common;
    int64_t min_local_steps, max_local_steps;
    enum weighting weighting;
    bool drain;
    struct schedule compensation; /* LOSP, DQLOSP: gamma as a multiple of the learning rate */
};

extern const struct config_key overlap_keys[], compensation_keys[];
extern const struct promises overlap_promises;

/* A worker's vectors in OSP and LOSP (and the first two in DQLOSP). */
enum {
    OVERLAP_GLOBAL,
    OVERLAP_ACCUMULATED
}; /* the last model received; the sum of gradients since the last push */

/* Push the sum, receive the model. */
#define OVERLAP_SUM_FOR_MODEL                                                                       \
    .n_worker_vectors = 2, .worker = {FROM_MODEL, FROM_ZERO}, .push_spans = 1,                      \
    .push = {{.vector = OVERLAP_ACCUMULATED, .coded = true, .gradient = true}}, .reply_spans = 1,   \
    .reply = {{.vector = THE_MODEL, .into = OVERLAP_GLOBAL, .fixed = true}}, .replica = NO_REPLICA, \
    .one_rate_a_round = true, .all_workers = true, .replies_count_at_pack = true
extern const struct protocol overlap_protocol; /* the same, of OSP and LOSP */
void overlap_step(struct worker_state *w);     /* a local SGD step that also adds to the sum */

/* pack: gamma for the pushed sum of gradients; with weighting = mean the push counts 1 / K of it. */
float overlap_gamma(const struct worker_state *w);

/* pack: the next local phase starts from the last model received. */
void overlap_fall_back(struct worker_state *w);

bool overlap_check(const void *params, int workers, char *error, size_t error_size);
enum next overlap_decide(const struct worker_view *w);
double overlap_compensation(const void *params, double done, double total);
bool overlap_drain(const void *params);
float overlap_weight(const void *params, const struct push_header *push);
void overlap_predict(const void *params, const struct prediction_input *in, struct prediction *out);

#endif
