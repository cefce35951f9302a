/* Each label goes to one share as a whole: label l to share l mod N. With more shares than labels (L), shares
 * l, l + L, l + 2 L, ... take the samples of label l one after the other, round robin. */
#include <stdlib.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"

void partition_label(const struct partition_input *in, struct shares *out)
{
    uint32_t labels = (uint32_t)in->classes, *owner = need(in->samples * sizeof *owner),
             *dealt = need(labels * sizeof *dealt);
    for (uint32_t i = 0; i < in->samples; i++) {
        uint32_t l = in->labels[i], first = l % in->shares;
        uint32_t takers = in->shares > labels ? (in->shares - 1 - l) / labels + 1 : 1;
        owner[i] = first + dealt[l]++ % takers * labels;
    }
    shares_by_owner(in, owner, out);
    free(owner);
    free(dealt);
}
