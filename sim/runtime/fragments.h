/* Vectors that messages carry one fragment or one exchange at a time (algorithm.h, fragments and
 * exchanges): how long a vector is, and which of its floats belong to which message. */
#ifndef SIM_RUNTIME_FRAGMENTS_H
#define SIM_RUNTIME_FRAGMENTS_H

#include "sim/runtime/run.h"

/* Ends the program when there would be more than the vectors give. */
struct fragments fragments_of(const struct run *run);
void fragments_free(struct fragments *fragments);

/* Number `message` of a sender, which is also the number of the update that it leads to, less one. */
size_t fragments_first(const struct run *run, int64_t message);
size_t fragments_floats(const struct run *run, int64_t message); /* that travel, from there on */
/* What is coded of it, and of a residual, behind the model's last parameter: zeros, again after every
 * message, for a codec may have made something of them. v: the part, of fragments.each floats. */
void fragments_clear_tail(const struct run *run, int64_t message, float *v);
int fragments_exchange(const struct run *run, int64_t message); /* which; 0 without exchanges */
bool fragments_complete(const struct run *run,
                        int64_t message); /* it carries iterations: the last exchange */

/* Floats first .. first + n - 1 of all vectors. */
struct worker_state fragments_worker(const struct run *run, const struct worker_state *s, size_t first,
                                     size_t n);
struct server_state fragments_server(const struct run *run, const struct server_state *s, size_t first,
                                     size_t n);

/* The tensor to name when v, the part of a vector that begins at `first`, could not be coded. bad: the
 * coding's number for it, which is a tensor's unless there are fragments; then it is the tensor of the
 * first number that is not finite. */
const struct tensor *fragments_culprit(const struct run *run, const float *v, size_t first, int bad);

#endif
