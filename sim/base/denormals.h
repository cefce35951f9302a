/* Denormal numbers are floats below 1.2e-38. A CPU is many times slower with them, and vectors that decay
 * towards zero are full of them: parameters under weight decay, or a momentum after the last gradient.
 *
 * Every process that is linked with this file treats denormals as zeros from its start: as operands, and as
 * results (x86: DAZ and FTZ in MXCSR; arm64: FZ in FPCR). Forked processes and threads inherit the mode; a
 * program that is started with execve does not. The launcher, the PS, workers, the evaluator, points of a
 * sweep and test programs are all linked with this file, so the same computation gives the same bits in all
 * of them. A CPU of another kind computes denormals as IEEE 754 says. A run that meets no denormal has the
 * same bits on every CPU. */
#ifndef SIM_BASE_DENORMALS_H
#define SIM_BASE_DENORMALS_H

#include <stdbool.h>

bool denormals_flushed(void); /* in this process, now */

#endif
