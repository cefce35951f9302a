/* Whether the run's pushes depart during back-propagation, and in which buckets: fills in run->overlaps and
 * run->conductor.buckets. */
#ifndef SIM_RUNTIME_OVERLAP_CONFIG_H
#define SIM_RUNTIME_OVERLAP_CONFIG_H

#include "sim/runtime/run.h"

/* Call it when the protocol, the fragments and the codings are known, and before exchange_prepare(), which refuses what
 * has no exchange over a graph. Ends the program with EXIT_USAGE for an overlap that the run cannot have; network.overlap
 * counts only for algorithms that can overlap. */
void overlap_prepare(struct run *run);
void overlap_release(struct run *run);

/* The key that asks for the run's overlap. The caller frees. */
char *overlap_key(const struct run *run);

#endif
