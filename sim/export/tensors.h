/* The final model of an algorithm, read from its folder: parameters.json names the tensors, parameters.bin
 * has their numbers (sim/output/parameters.h writes both). Only sim/export/ uses this header. */
#ifndef SIM_EXPORT_TENSORS_H
#define SIM_EXPORT_TENSORS_H

#include <stddef.h>

#include "sim/verify/members.h"

enum { TENSOR_DIMS = 4 };

struct array { /* float32, little-endian, row-major: the last index varies fastest */
    char name[64];
    int dims;
    int64_t dim[TENSOR_DIMS];
    const char *data;
    size_t bytes;
};

struct tensors {
    int n;
    struct array *at; /* (n) parameters, then BatchNorm's statistics */
    char *data;       /* the content of parameters.bin, which `at` points into */
    size_t bytes;
};

/* false, with a finding: a file is missing or damaged, or the files disagree. parameters.bin must have the
 * size of all shapes together and the hash of the summary. Call tensors_free in any case. */
bool tensors_read(struct tensors *t, const char *folder, struct members *summary, struct findings *f);
void tensors_free(struct tensors *t);

#endif
