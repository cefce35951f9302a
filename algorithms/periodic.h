/* What algorithms with a fixed number of local steps between two pushes have in common. A parameter struct of
 * theirs begins with struct periodic. */
#ifndef ALGORITHMS_PERIODIC_H
#define ALGORITHMS_PERIODIC_H

#include "algorithms/pieces.h"

struct periodic {
    struct alg_common common;
    int64_t local_steps;
};

extern const struct config_key periodic_keys[];
extern const struct promises periodic_promises;

/* decide: after so many steps push and wait for the answer. */
enum next periodic_decide(const struct worker_view *w);
void periodic_predict(const void *params, const struct prediction_input *in, struct prediction *out);

/* decide, with accepts_only_when_waiting: push, go on; after so many steps wait for the answer if it is not there, take it, push again. So
 * the first exchange is that after the first steps, and each takes as long as the steps or as its messages, whatever is
 * longer. */
enum next periodic_decide_overlapped(const struct worker_view *w);
void periodic_predict_overlapped(const void *params, const struct prediction_input *in,
                                 struct prediction *out);

/* The same, but the answer is taken `delay` steps after the push. */
enum next periodic_decide_delayed(const struct worker_view *w, int64_t delay);

#endif
