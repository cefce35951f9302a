/* The tensors of model.name = profile. From profile.file, CSV, a row for each tensor in the order of the forward
 * pass:
 *
 *   tensor,parameters,shape,operations,forward_share,backward_share
 *   conv1.weight,9408,64x3x7x7,118013952,3.1,2.9
 *   bn1.weight,64,64,0,0.2,0.4
 *
 * The shape has 1 to 4 dimensions; without this column every tensor is a vector. Operations are the
 * multiply-accumulates of one sample, forward. backward_share says how the time of back-propagation divides, in any
 * unit: it counts relative to its sum, and decides when buckets are ready. Without it the operations do or, without
 * these, the parameters. forward_share says it of the forward pass and may be left out: this comes before all of
 * backward, and compute.forward says how an iteration divides between the two, so no time depends on it. Or from
 * profile.parameters and profile.layers: equal layers, of which the first ones have a parameter more if the
 * division leaves a rest. */
#ifndef SIM_CONFIG_PROFILE_FILE_H
#define SIM_CONFIG_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_PARAMETERS 1000000000000    /* 10^12 */
#define MOST_OPERATIONS 1000000000000000 /* 10^15, of all tensors together: exact in a double */
enum { MOST_TENSORS = 100000 };

struct profile_tensor {
    char *name;
    int64_t parameters;
    int dims, dim[4];         /* dims 0: a vector */
    int64_t operations;       /* 0 if the file does not have them */
    double forward, backward; /* shares of the time, in any unit: the decimals of the file */
};

struct profile {
    int n;
    struct profile_tensor *at; /* (n) */
    int64_t operations;        /* of all tensors; 0: not known */
};

/* NULL, with "path:line: why" (or "path: why") in error: it cannot be read. */
struct profile *profile_read(const char *path, char *error, size_t error_size);
struct profile *profile_of_layers(int64_t parameters, int64_t layers);
void profile_free(struct profile *profile); /* NULL is fine */

#endif
