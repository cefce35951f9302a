/* What OSP, LOSP and DQLOSP have in common: a worker goes on computing while its push, the update and the
 * reply are under way, and pushes again, at an iteration boundary, as soon as the reply is there. */
#ifndef ALGORITHMS_OVERLAP_H
#define ALGORITHMS_OVERLAP_H

#include "algorithms/algorithm.h"
#include "algorithms/schedule.h"

enum weighting { WEIGHT_SUM, WEIGHT_MEAN };

struct overlap_params {
    struct alg_common common;
    int64_t min_local_steps, max_local_steps;
    int weighting; /* enum weighting */
    bool drain;
    struct schedule compensation; /* LOSP, DQLOSP: gamma as a multiple of the learning rate */
};

#define OVERLAP_KEYS                                                                           \
    {"max_local_steps",                                                                        \
     KEY_INT,                                                                                  \
     offsetof(struct overlap_params, max_local_steps),                                         \
     "16",                                                                                     \
     .min = 1,                                                                                 \
     .max = 1e9,                                                                               \
     .help = "most local iterations in one push; a worker that has them waits for its reply"}, \
        {"min_local_steps",                                                                    \
         KEY_INT,                                                                              \
         offsetof(struct overlap_params, min_local_steps),                                     \
         "1",                                                                                  \
         .min = 1,                                                                             \
         .max = 1e9,                                                                           \
         .help = "fewest local iterations in one push, also if the reply is there earlier"},   \
        {"weighting",                                                                          \
         KEY_CHOICE,                                                                           \
         offsetof(struct overlap_params, weighting),                                           \
         "sum",                                                                                \
         .choices = "sum|mean",                                                                \
         .help = "what a push weighs: the sum of its gradients (published), or their mean"},   \
    {                                                                                          \
        "drain", KEY_BOOL, offsetof(struct overlap_params, drain), "no",                       \
            .help = "push what has not been pushed once more at the end (published: dropped)"  \
    }

#define COMPENSATION_KEYS                                                                                \
    {"compensation",                                                                                     \
     KEY_REAL,                                                                                           \
     offsetof(struct overlap_params, compensation.base),                                                 \
     "1",                                                                                                \
     .min = 0,                                                                                           \
     .max = 1e6,                                                                                         \
     .help = "gamma / learning rate: how much of its own pending push a worker keeps (published: 1.5)"}, \
        {"compensation_schedule",                                                                        \
         KEY_CHOICE,                                                                                     \
         offsetof(struct overlap_params, compensation.form),                                             \
         "constant",                                                                                     \
         .choices = SCHEDULE_CHOICES,                                                                    \
         .help = "form of the compensation over all iterations"},                                        \
        {"compensation_warmup",                                                                          \
         KEY_REAL,                                                                                       \
         offsetof(struct overlap_params, compensation.warmup),                                           \
         "0",                                                                                            \
         .min = 0,                                                                                       \
         .max = 0.999999,                                                                                \
         .help = "fraction of all iterations over which it rises linearly from 0"},                      \
        {"compensation_step_at",                                                                         \
         KEY_REALS,                                                                                      \
         offsetof(struct overlap_params, compensation.step_at),                                          \
         "0.5, 0.75",                                                                                    \
         .min = 0,                                                                                       \
         .max = 1,                                                                                       \
         .help = "step: fractions of all iterations at which it is multiplied"},                         \
    {                                                                                                    \
        "compensation_step_factor", KEY_REAL, offsetof(struct overlap_params, compensation.step_factor), \
            "0.1", .min = 0, .max = 1e6, .help = "step: by this factor"                                  \
    }

/* A worker's vectors in OSP and LOSP (and the first two in DQLOSP). */
enum {
    OVERLAP_GLOBAL,
    OVERLAP_ACCUMULATED
}; /* the last model received; the sum of gradients since the last push */

extern const struct protocol overlap_protocol; /* push the sum, receive the model */
void overlap_step(struct worker_state *w);     /* a local SGD step that also adds to the sum */

/* pack: gamma for the sum of gradients that is being pushed; with weighting = mean the push counts 1 / K of it. */
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
