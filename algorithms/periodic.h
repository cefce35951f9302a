/* What algorithms with a fixed number of local steps between two pushes have in common. Their parameter
 * structs begin with struct periodic. */
#ifndef ALGORITHMS_PERIODIC_H
#define ALGORITHMS_PERIODIC_H

#include "algorithms/pieces.h"

struct periodic {
    struct alg_common common;
    int64_t local_steps;
};

extern const struct config_key periodic_keys[];
extern const struct promises periodic_promises;

/* decide: after local_steps push, and wait for the reply. */
enum next periodic_decide(const struct worker_view *w);
void periodic_predict(const void *params, const struct prediction_input *in, struct prediction *out);

/* decide, with accepts_only_when_waiting: push and go on; after local_steps wait for the reply, accept it
 * and push again. The first exchange follows the first steps. Each exchange takes as long as its messages or
 * as the steps, the longer of the two. */
enum next periodic_decide_overlapped(const struct worker_view *w);
void periodic_predict_overlapped(const void *params, const struct prediction_input *in,
                                 struct prediction *out);

/* The same, but the worker accepts the reply `delay` steps after the push. */
enum next periodic_decide_delayed(const struct worker_view *w, int64_t delay);

#endif
