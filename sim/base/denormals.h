/* Denormal numbers, below 1.2e-38: a CPU is many times slower with them, and parameters that decay to nothing, or a
 * momentum after the last gradient, are full of them. So every process that is linked with this file takes them for
 * zeros from its start on: as operands, and as results (x86: DAZ and FTZ in MXCSR; arm64: FZ in FPCR). Forked
 * processes and threads inherit it; what is executed starts without. The launcher, the PS, workers, the evaluator,
 * points of a sweep and test programs are all linked with it, so what two of them compute is still equal bit for bit.
 * A CPU of another kind computes denormals as IEEE 754 says, and runs that meet none have the same bits everywhere. */
#ifndef SIM_BASE_DENORMALS_H
#define SIM_BASE_DENORMALS_H

#include <stdbool.h>

bool denormals_flushed(void); /* in this process, now */

#endif
