/* What the four K- algorithms have in common: every update is the mean of exactly K gradients. Dutta et al., Slow and
 * Stale Gradients Can Win the Race, AISTATS 2018, arXiv:1803.01113.
 *
 *                 whose gradients             who is answered at the update
 *   k_sync        the first K workers'        everybody; the others stop what they are computing
 *   k_batch_sync  the first K, anybody's      everybody; likewise
 *   k_async       the first K workers', on    those K
 *                 whatever model they had
 *   k_batch_async the first K, anybody's      each gradient's sender, at once */
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

/* admit: a gradient of an older model is dropped; the K-th makes the update, and everybody starts anew. */
void k_admit_sync(struct server_view *s, const struct push_header *push, struct verdict *v);

#endif
