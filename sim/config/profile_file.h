/* The tensors of model.name = profile. From profile.file, CSV, a row for each tensor in the order of the forward
 * pass:
 *
 *   tensor,parameters,forward_share,backward_share
 *   conv1.weight,9408,3.1,2.9
 *   bn1.weight,64,0.2,0.4
 *
 * The shares say how the time of an iteration divides, forward and backward, in any unit: each column counts
 * relative to its sum. Both columns may be left out: then the shares are those of the parameters. Or from
 * profile.parameters and profile.layers: equal layers, of which the first ones have a parameter more if the
 * division leaves a rest. */
#ifndef SIM_CONFIG_PROFILE_FILE_H
#define SIM_CONFIG_PROFILE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_PARAMETERS 1000000000000 /* 10^12 */
enum { MOST_TENSORS = 100000 };

struct profile_tensor {
    char *name;
    int64_t parameters;
    double forward, backward; /* shares of the time, 0 .. 1 */
};

struct profile {
    int n;
    struct profile_tensor *at; /* (n) */
};

/* NULL, with "path:line: why" (or "path: why") in error: it cannot be read. */
struct profile *profile_read(const char *path, char *error, size_t error_size);
struct profile *profile_of_layers(int64_t parameters, int64_t layers);
void profile_free(struct profile *profile); /* NULL is fine */

#endif
