/* run.json: what ran, on what, since when, and how it ended. Wall times and versions stand here and never in a CSV. */
#ifndef SIM_COMMANDS_RECORD_H
#define SIM_COMMANDS_RECORD_H

#include "models/data/dataset.h"

struct record {
    const char *folder;
    char **argv;
    int64_t seed;
    const struct dataset *data;
    bool resumed; /* it goes on with what an earlier program has begun */
    bool mixes;   /* with algorithms that are complete: they were made there and then */
    char *
        begun_with; /* version, CPU and kernels of that, where others go on; NULL: the same ones. Set by record_start */
    char started[32];     /* UTC; set by record_start */
    bool hung;            /* an algorithm ended as nothing was heard of it */
    const char *ended_in; /* the algorithm in which a failed run ended; NULL: none */
};

/* Writes it with status "running". Of a run that mixes what other kernels make, a warning says so. */
void record_start(struct record *r);

/* Writes it anew with the end, its status in words ("done", "failed", "interrupted") and as a number. After a failure (the
 * disk may be full) a second one is not heard and does not change anything. */
void record_end(const struct record *r, int exit_status);

const char *record_status(int exit_status); /* the word */

#endif
