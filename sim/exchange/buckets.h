/* Overlap with back-propagation: how a push is cut into buckets that depart while the gradient is computed, each as an
 * exchange of its own (PyTorch's DistributedDataParallel: Li et al., VLDB 2020; Horovod: Sergeev and Del Balso 2018).
 * Pure: whole numbers in, whole numbers out.
 *
 *     iteration      | forward         | backward: layer 3   layer 2      layer 1           |
 *     buckets                                            | 0          | 1                   | 2   depart
 *     exchanges                                          |====e====|  |========e + 1========|===e + 2===|
 *     part of the
 *     iteration      0                 f                 share of 0   share of 1            1
 *
 * Backward goes through the layers from the last to the first, each in proportion to its operations. Tensors join a
 * bucket in that order until it has at least as many bytes of float32 as its limit; with the limit 0 a bucket is a
 * layer. A bucket is ready when backward has gone through the layer of its last tensor, and the last bucket at the end
 * of the iteration. A fragment without the model's first layer has one more bucket for that end, which is empty: its
 * layers do not wait for those below them. Of several batches in an iteration (train.accumulate) only the last one has ready gradients.
 *
 * Every push has the same buckets, or with fragments every push that carries the same fragment, whether its iteration
 * is overlapped or not: so all workers agree on which exchange is which. Push n consists of consecutive exchanges:
 *
 *     push           0             1             2
 *     exchange       0   1   2     3   4   5     6   7   8
 *     bucket         0   1   2     0   1   2     0   1   2
 *
 * struct buckets NULL: nothing overlaps, and push n is exchange n. */
#ifndef SIM_EXCHANGE_BUCKETS_H
#define SIM_EXCHANGE_BUCKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"
#include "sim/time/vtime.h"

struct bucket {
    int64_t floats;   /* parameters in this bucket and in those before it */
    int first_tensor; /* their tensors, or parts of them, are this one and the later ones of the model */
    int128 share;     /* it is ready after share / buckets.whole of the iteration */
};

struct bucket_list {   /* of a push */
    int n;             /* > 0 */
    struct bucket *at; /* (n) in the order of their departure */
    int64_t before;    /* exchanges of the fragments before this one */
};

struct buckets {
    int64_t fragments;
    struct bucket_list *list; /* (fragments) of push n: number n mod fragments */
    int64_t exchanges;        /* of one push of each fragment */
    int128 whole;
    uint64_t header, statistics; /* bytes: of each message; of BatchNorm, in the last bucket */
};

/* ---- to make them ---- */

struct bucket_rule {
    int64_t limit, first_limit;  /* bytes; limit 0: a bucket is a layer */
    int64_t forward, forward_of; /* forward / forward_of of an iteration is forward; forward < forward_of */
    int64_t batches;             /* of an iteration, >= 1 */
    int128 operations;           /* of backward through all layers, 0 < operations <= BUCKETS_OPERATIONS */
};
#define BUCKETS_OPERATIONS ((int128)1 << 61)

struct bucket_part { /* a tensor, or the part of it that a fragment has */
    int64_t floats;
    int tensor;
    bool ends_layer;   /* the next one belongs to another layer */
    int128 operations; /* of backward from the last layer of the model through this tensor's layer */
};

struct buckets *buckets_create(const struct bucket_rule *rule, int64_t fragments);
/* For each fragment in order. part (n, perhaps 0): in the order of backward. */
void buckets_add(struct buckets *b, const struct bucket_rule *rule, int64_t fragment,
                 const struct bucket_part *part, int n);
void buckets_destroy(struct buckets *b); /* NULL is fine */

/* ---- which exchanges a push consists of ---- */

int buckets_count(const struct buckets *b, int64_t push);
int64_t buckets_exchange(const struct buckets *b, int64_t push);              /* the first one */
int64_t buckets_push(const struct buckets *b, int64_t exchange, int *bucket); /* bucket: NULL is fine */

/* ---- size and time of a bucket ---- */

/* Bytes on the wire of a bucket, header included, where the whole push, or the whole reply, would have `bytes` with
 * its header: shared by parameters, rounded cumulatively to the nearest byte, a half up. */
uint64_t buckets_bytes(const struct buckets *b, int64_t push, int bucket, uint64_t bytes);
/* From the beginning of the iteration until the bucket is ready: duration x share, to the nearest ns, a half up. */
vtime buckets_ready(const struct buckets *b, int64_t push, int bucket, vtime duration);

#endif
