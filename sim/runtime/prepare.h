/* Makes a run from the configuration: everything except the shared segment, the folder, the identity and the
 * checkpoint. */
#ifndef SIM_RUNTIME_PREPARE_H
#define SIM_RUNTIME_PREPARE_H

#include "sim/runtime/run.h"

struct setting { /* what all algorithms of a program call share */
    const struct config *cfg;
    const struct dataset *data;
    const struct model *model;
    const float *first_params, *first_stats;
    struct first_test *first_test; /* NULL: each run evaluates W_0 */
    const struct shares *shares;   /* from prepare_shares(): one for each client, or worker */
    bool again; /* the same settings have been prepared before: their warnings are not repeated */
    /* Finds the codec; ends the program when no codec has this name. key: the ini key with the name. */
    const struct codec *(*codec)(const struct config *cfg, const char *key, const char *name,
                                 const void **params);
};

/* A name of experiment.algorithms: an algorithm with the settings of the section [algorithm.NAME]. An algorithm
 * may stand in an experiment several times, each time as another variant. */
struct variant {
    const char *name;  /* in the ini, folders and tables: "topk1", or the algorithm's own */
    const char *label; /* in pictures and reports: "top-k 1 %" */
    const struct algorithm *alg;
    const void *params;
};

/* The variant of an algorithm that bears the algorithm's own name. */
struct variant variant_plain(const struct algorithm *alg, const void *params);

/* Prepares the run of one algorithm. An error in the algorithm's section is the user's mistake: one line,
 * EXIT_USAGE. The run must not be moved afterwards: its members point to each other. */
void run_prepare(struct run *run, const struct setting *setting, const struct variant *variant);
void run_release(struct run *run);

/* Partitions the training set as the configuration says. Free with shares_free(). */
struct shares *prepare_shares(const struct config *cfg, const struct dataset *data);

#endif
