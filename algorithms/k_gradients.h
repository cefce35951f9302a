/* What the four K- algorithms have in common: every update is the mean of exactly K gradients. Dutta et
 * al., Slow and Stale Gradients Can Win the Race, AISTATS 2018, arXiv:1803.01113.
 *
 *                   gradients of an update          which workers get the reply, and when
 *     k_sync        of the first K workers          all workers at the update; it cancels what they compute
 *     k_batch_sync  the first K of any workers      the same
 *     k_async       of the first K workers, on      those K at the update
 *                   any model
 *     k_batch_async the first K of any workers      each sender at once */
#ifndef ALGORITHMS_K_GRADIENTS_H
#define ALGORITHMS_K_GRADIENTS_H

#include "algorithms/pieces.h"

struct k_params {
    struct alg_common common;
    int64_t k;
};

extern const struct config_key k_keys[];
extern const struct promises k_promises;

bool k_check(const void *params, int workers, char *error, size_t error_size);
bool k_complete(const struct server_view *s); /* K gradients are held */

/* admit: drops a gradient on an older model; the K-th makes the update, from which all workers go on. */
void k_admit_sync(struct server_view *s, const struct push_header *push, struct verdict *v);

#endif
