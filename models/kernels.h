/* Who multiplies matrices. Chosen once, before the first model runs and before fork. */
#ifndef MODELS_KERNELS_H
#define MODELS_KERNELS_H

enum kernels {
    KERNELS_AUTO,    /* libxsmm where it is built in and fits the CPU */
    KERNELS_PORTABLE /* OpenBLAS alone */
};

void kernels_choose(enum kernels kernels);
const char *kernels_name(void); /* what small products run on: "libxsmm" or "openblas" */

#endif
