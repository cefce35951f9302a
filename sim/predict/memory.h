/* The memory of a run on this machine, without the shared segment (shared_bytes). */
#ifndef SIM_PREDICT_MEMORY_H
#define SIM_PREDICT_MEMORY_H

#include "sim/runtime/run.h"

/* The private memory of the PS, all workers and the evaluator together: vectors, coded messages and
 * working memory. An estimate: it leaves out program code, BatchNorm's statistics, and the memory of
 * libraries (some MiB a process). */
size_t memory_private_bytes(const struct run *run);

/* The same of one process that computes gradients and does nothing else. */
size_t memory_gradient_bytes(const struct run *run);

#endif
