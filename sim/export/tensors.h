/* The final model of an algorithm as it was left in its folder: parameters.json names the tensors, parameters.bin has
 * their numbers (sim/output/parameters.h writes both). Inside of sim/export/. */
#ifndef SIM_EXPORT_TENSORS_H
#define SIM_EXPORT_TENSORS_H

#include <stddef.h>

#include "sim/verify/members.h"

enum { TENSOR_DIMS = 4 };

struct array { /* float32, little-endian, the last index runs fastest */
    char name[64];
    int dims;
    int64_t dim[TENSOR_DIMS];
    const char *data;
    size_t bytes;
};

struct tensors {
    int n;
    struct array *at; /* (n) parameters, then BatchNorm's statistics */
    char *data;       /* of all of them: parameters.bin */
    size_t bytes;
};

/* false, with a finding: something is missing, damaged, or does not fit; parameters.bin must have the size that the
 * shapes add up to, and the hash that the summary says. Free with tensors_free in any case. */
bool tensors_read(struct tensors *t, const char *folder, struct members *summary, struct findings *f);
void tensors_free(struct tensors *t);

#endif
