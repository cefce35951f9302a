/* The machine we run on: BLAS, CPU, versions. Recorded in run.json, never in a CSV. */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include <stddef.h>

#include "sim/output/json.h"

#define PROGRAM_VERSION "0.1.0"

/* OpenBLAS chooses its kernels by the CPU's model number when it is loaded, and reads from the environment what it
 * is told instead. So where it takes less than the CPU can do (sim/blas_core.h) and the user has not chosen, the
 * program starts itself once more with OPENBLAS_CORETYPE set; one thread each in any case (bits differ between one
 * and two). Call first in main. */
void host_choose_blas(char **argv);

/* Who calculates: what the bits of a run depend on besides its configuration ("libxsmm, OpenBLAS SkylakeX"). */
void host_kernels(char *out, size_t size);

void host_record(struct json *json); /* compiler, BLAS and its core type, CPU, system */

#endif
