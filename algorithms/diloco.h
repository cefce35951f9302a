/* What DiLoCo and its eager and streaming forms have in common: the outer step. */
#ifndef ALGORITHMS_DILOCO_H
#define ALGORITHMS_DILOCO_H

#include "algorithms/periodic.h"
#include "algorithms/schedule.h"

struct diloco {
    struct periodic periodic;
    struct schedule outer_rate;
    double outer_momentum;
};

extern const struct config_key diloco_keys[];

enum {
    DILOCO_START,
    DILOCO_DELTA
};                        /* first vectors of a worker: where its steps began; START - x, what it pushes */
enum { DILOCO_MOMENTUM }; /* first vector of the PS */

/* A check, as of struct algorithm. */
bool diloco_check(const void *params, int workers, char *error, size_t error_size);

struct outer_step { /* factors of one outer step */
    float rate, momentum;
};
/* progress: the part of the run that is done before the step. */
struct outer_step diloco_step(const struct diloco *p, double progress);

/* v = mu v + delta ;  x = x - rate (delta + mu v) */
static inline float diloco_outer(float x, float *v, float delta, struct outer_step step)
{
    *v = step.momentum * *v + delta;
    return x - step.rate * (delta + step.momentum * *v);
}

/* In a protocol: a push is the model delta, a reply the model, in place of START. */
#define DILOCO_DELTA_FOR_MODEL                                                                              \
    .n_worker_vectors = 2, .worker = {FROM_MODEL, FROM_ZERO}, .n_server_vectors = 1, .server = {FROM_ZERO}, \
    .push_spans = 1, .push = {{.vector = DILOCO_DELTA, .coded = true}}, .reply_spans = 1,                   \
    .reply = {{.vector = THE_MODEL, .into = DILOCO_START, .fixed = true}}, .replica = NO_REPLICA

void diloco_pack(struct worker_state *w);    /* DELTA = START - x */
void diloco_combine(struct server_state *s); /* sum[0] holds the mean delta afterwards */

#endif
