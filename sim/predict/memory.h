/* The memory of a run on this machine, beside the shared segment (shared_bytes). */
#ifndef SIM_PREDICT_MEMORY_H
#define SIM_PREDICT_MEMORY_H

#include "sim/runtime/run.h"

/* What the PS, all workers and the evaluator have for themselves, together: their vectors, coded messages
 * and working memory. An estimate: program code, statistics, and what libraries take (some MiB a process)
 * are not in it. */
size_t memory_private_bytes(const struct run *run);

#endif
