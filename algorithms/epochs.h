/* What federated algorithms with a fixed number of local epochs between two pushes have in common. Their
 * parameter structs begin with struct epochs. */
#ifndef ALGORITHMS_EPOCHS_H
#define ALGORITHMS_EPOCHS_H

#include "algorithms/pieces.h"

struct epochs {
    struct alg_common common;
    int64_t local_epochs;
};

extern const struct config_key epochs_keys[];

/* decide: a worker makes local_epochs over its samples, pushes, and waits for the reply. */
enum next epochs_decide(const struct worker_view *w);
/* weight: n_i, the number of the sender's samples. */
float epochs_weight(const void *params, const struct push_header *push);
/* combine, where a push is a model: W = sum of (n_i / n) x_i. */
void epochs_combine(struct server_state *s);
/* predict: a barrier with local epochs. */
void epochs_predict(const void *params, const struct prediction_input *in, struct prediction *out);

#endif
