/* How many gradients this machine computes per second, as busy as it is now. As many processes as the run has
 * compute side by side and in step with the caller, which takes the PS's part; so cores, limits of a container,
 * memory and other programs count as they will in the run. */
#ifndef SIM_PREDICT_SPEED_H
#define SIM_PREDICT_SPEED_H

#include "sim/runtime/run.h"

struct speed {
    int processes; /* that computed side by side */
    double
        gradients; /* of one batch, per second, of all processes together; INFINITY: the model costs nothing */
    double load;   /* running processes of other programs, as the machine's load average says; NAN: unknown */
    int cores;     /* that this program may use */
};

/* Measures for some tenths of a second, or for a gradient of each process if that takes longer. `runs`: runs
 * like this one that are going to be side by side; memory: bytes that the processes may take. With a large
 * number of processes fewer compute. */
struct speed speed_measure(const struct run *run, int runs, size_t memory);

/* Writes what an estimate assumes into out, and returns out: "if this machine stays as busy as now ...". */
char *speed_words(const struct speed *speed, char *out, size_t size);

#endif
