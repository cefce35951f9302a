/* Messages that carry only one fragment, or one exchange, of a vector (algorithm.h, fragments and
 * exchanges): how long a vector is, and which of its floats belong to which message. */
#ifndef SIM_RUNTIME_FRAGMENTS_H
#define SIM_RUNTIME_FRAGMENTS_H

#include "sim/runtime/run.h"

/* Ends the program when the algorithm asks for more fragments than the model can have. */
struct fragments fragments_of(const struct run *run);
void fragments_free(struct fragments *fragments);

/* message: the number of a push among the pushes of its sender; for a reply, the version it brings less
 * one. */

size_t fragments_floats(const struct run *run, int64_t message); /* that the message carries */
/* That the callbacks get: where all fragments have the length of the longest, there is filler behind the last. */
size_t fragments_length(const struct run *run, int64_t message);
/* Float number `at` of the message and the next ones, at most n, as far as they lie side by side in the vectors. */
struct stretch fragments_cut(const struct run *run, int64_t message, size_t at, size_t n);
/* Whether the message's floats lie in more than one place. Then coding needs a copy of them; only pushes are
 * coded then. */
static inline bool fragments_scattered(const struct run *run)
{
    return run->layout.fragments.stretch != NULL;
}
/* Where the fragment begins if the fragments lie one after the other: as a residual has them. */
size_t fragments_place(const struct run *run, int64_t message);
/* The message's floats as one vector: those of v, or, where they are scattered, `room` with a copy of them. */
float *fragments_gather(const struct run *run, int64_t message, float *v, float *room);
/* Copies n floats to their places in v: float number `at` of the message and the next ones. */
void fragments_scatter(const struct run *run, int64_t message, float *v, size_t at, const float *floats,
                       size_t n);
/* Sets the filler behind the model's last parameter to zero, after every message: a codec may have changed
 * it. v: the fragment that the message carries, as one vector. */
void fragments_clear_tail(const struct run *run, int64_t message, float *v);
/* The number of the message's exchange; 0 without exchanges. */
int fragments_exchange(const struct run *run, int64_t message);
/* Whether the message belongs to one of the first steps, in which nothing is compressed; false without
 * exchanges. */
bool fragments_dense(const struct run *run, int64_t message);
/* Whether the push carries local iterations: it is the last exchange of a step of the
 * model, or there are no exchanges. */
bool fragments_complete(const struct run *run, int64_t message);

/* The same state with all vectors narrowed to floats first .. first + n - 1. */
struct worker_state fragments_worker(const struct run *run, const struct worker_state *s, size_t first,
                                     size_t n);
struct server_state fragments_server(const struct run *run, const struct server_state *s, size_t first,
                                     size_t n);

/* The tensor to name in an error when v, the floats of a message, could not be coded. bad: the number of the
 * tensor that coding_encode gives. With fragments this number means nothing, and the tensor is the one with the
 * first float that is not finite. */
const struct tensor *fragments_culprit(const struct run *run, int64_t message, const float *v, int bad);

#endif
