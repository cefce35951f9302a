/* From the configuration to a run: everything but the shared segment, the folder, the identity and the
 * checkpoint. */
#ifndef SIM_RUNTIME_PREPARE_H
#define SIM_RUNTIME_PREPARE_H

#include "sim/runtime/run.h"

struct setting { /* what all algorithms of a program call share */
    const struct config *cfg;
    const struct dataset *data;
    const struct model *model;
    const float *first_params, *first_stats;
    const struct shares *shares; /* prepare_shares(): a worker's, or a client's */
    /* Ends the program when there is none of that name; key: the ini key that asked for it. */
    const struct codec *(*codec)(const struct config *cfg, const char *key, const char *name,
                                 const void **params);
};

/* For one algorithm. Errors in the algorithm's section are the user's: one line, EXIT_USAGE. The run stays
 * where it is: its parts point to each other. */
void run_prepare(struct run *run, const struct setting *setting, const struct algorithm *alg,
                 const void *params);
void run_release(struct run *run);

/* The training set, partitioned as the configuration says; shares_free(). */
struct shares *prepare_shares(const struct config *cfg, const struct dataset *data);

#endif
