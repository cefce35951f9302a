/* Who multiplies matrices. Chosen once, before the first model runs and before fork. */
#ifndef MODELS_KERNELS_H
#define MODELS_KERNELS_H

enum kernels {
    KERNELS_AUTO,    /* libxsmm where it is built in and fits the CPU */
    KERNELS_PORTABLE /* OpenBLAS alone */
};
extern const char *const kernels_words[];

void kernels_choose(enum kernels kernels);
const char *kernels_name(void); /* what small products run on: "libxsmm" or "openblas" */

/* Before fork: gets the memory that OpenBLAS works in, for this process and its children, or ends the program with
 * EXIT_RESOURCE. OpenBLAS itself would ask for it at the first product, and again and again for ever where there is
 * none. */
void kernels_reserve(void);

#endif
