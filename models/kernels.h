/* Which library multiplies matrices. It is chosen once, before the first model runs and before fork: the two
 * libraries round differently, so all processes of a run must use the same one. */
#ifndef MODELS_KERNELS_H
#define MODELS_KERNELS_H

#include <stdbool.h>

enum kernels {
    KERNELS_AUTO,    /* libxsmm if it is built in and supports the CPU, else OpenBLAS */
    KERNELS_PORTABLE /* OpenBLAS alone */
};
extern const char *const kernels_words[];

void kernels_choose(enum kernels kernels);
/* Whether the result of an image in evaluation does not depend on the other images of its batch, bit for bit,
 * with batches of at least LEAST_TEST_BATCH images. libxsmm sums up all terms of an element in one order.
 * OpenBLAS chooses the order by the size of the product. */
bool kernels_ignore_batch(void);
const char *kernels_name(void); /* the library of small products: "libxsmm" or "openblas" */

/* Before fork: takes the libraries' working memory, for this process and its children, or ends the program
 * with EXIT_RESOURCE. Without it OpenBLAS would ask for memory at the first product, and repeat that without
 * end if there is none. */
void kernels_reserve(void);

#endif
