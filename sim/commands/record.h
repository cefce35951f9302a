/* run.json: what ran, on which machine, when, and how the run ended. Wall times and versions are here, and
 * never in a CSV. */
#ifndef SIM_COMMANDS_RECORD_H
#define SIM_COMMANDS_RECORD_H

#include "models/data/dataset.h"

struct retimed {      /* numbers that are not the run's own */
    char *from;       /* folder of the run that has computed them; NULL: there are none */
    char *algorithms; /* "bsp,osp": those that have them */
    uint64_t hash;    /* of the files that they come from */
};

struct record {
    const char *folder;
    char **argv;
    int64_t seed;
    const struct dataset *data;
    uint64_t
        contents; /* of the data, as in struct identity; not told of synthetic ones, which the seed makes */
    bool resumed; /* the run goes on in the folder of an earlier run */
    bool mixes;   /* some algorithms were complete in that folder */
    /* Version, CPU and kernels of the complete algorithms, if they differ from the present ones; else NULL.
     * Set by record_start. */
    char *begun_with;
    struct retimed retimed;
    const char *
        rungs; /* a halved point's last evaluations in its rungs, "3,9" (sim/sweep/rungs.h); NULL: not halved */
    char started[32];     /* UTC; set by record_start */
    bool hung;            /* an algorithm ended because its processes did not answer */
    const char *ended_in; /* the algorithm in which a failed run ended; NULL: none */
};

/* Writes run.json with status "running". Warns if the algorithms of the run are made with different
 * kernels. */
void record_start(struct record *r);

/* Replaces run.json by one with the end and the status, as a word and as a number. If the run has failed, an
 * error while writing is ignored: the disk may be full, and the first failure is what the user must see. */
void record_end(const struct record *r, int exit_status);

const char *record_status(int exit_status); /* "done", "failed", "interrupted", or "resting" at a rung */

#endif
