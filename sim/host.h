/* The host, which is the machine on which the program runs: BLAS, CPU, versions. run.json records them, a CSV
 * never. */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include <stddef.h>

#include "sim/output/json.h"

#define PROGRAM_VERSION "0.1.0"

/* Chooses the kernels of OpenBLAS. OpenBLAS selects kernels by the CPU's model number when it is loaded,
 * unless the environment has OPENBLAS_CORETYPE. If the selected kernels use less than the CPU has
 * (sim/blas_core.h) and the user has not set the variable, the program starts itself once more with it.
 * OpenBLAS always gets one thread, since results with one and with two threads differ in their last bits.
 * Call before anything is computed. */
void host_choose_blas(char **argv);

/* The kernels that compute ("libxsmm, OpenBLAS SkylakeX"). The bits of a run depend on them and on the
 * configuration. */
void host_kernels(char *out, size_t size);

void host_record(struct json *json); /* compiler, BLAS and its core type, CPU, system */

#endif
