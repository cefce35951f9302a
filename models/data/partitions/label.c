/* Each label to one share: label l to share l mod N. With more shares than labels those whose number is l, l + L, l
 * + 2 L, ... take the samples of label l in turn (L labels). */
#include <stdlib.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"

void partition_label(const struct dealing *d, struct shares *out)
{
    uint32_t labels = (uint32_t)d->classes, *owner = need(d->samples * sizeof *owner),
             *turn = need(labels * sizeof *turn);
    for (uint32_t i = 0; i < d->samples; i++) {
        uint32_t l = d->labels[i], first = l % d->shares;
        uint32_t takers = d->shares > labels ? (d->shares - 1 - l) / labels + 1 : 1;
        owner[i] = first + turn[l]++ % takers * labels;
    }
    shares_by_owner(d, owner, out);
    free(owner);
    free(turn);
}
