/* How long messages take to be encoded or decoded. Uncoded bytes are four for each float that a codec really gets:
 * raw tensors and dense messages cost nothing.
 *
 *    worker:  encode ---> push ---> PS:  decode, serve, update, encode ---> reply ---> worker:  decode, accept
 *    worker:  encode ---> exchange of all workers ---> worker:  decode the result, or N - 1 codes of others; accept */
#ifndef SIM_TIME_CODING_TIME_H
#define SIM_TIME_CODING_TIME_H

#include <stdbool.h>

#include "sim/time/vtime.h"

struct coding_time {  /* all 0: it takes no time */
    double cost;      /* seconds per uncoded byte; a decimal of the ini, and so is: */
    double factor;    /* of the cost */
    int64_t messages; /* of equal length, one after the other: N - 1 to decode in an all-gather; 0: one */
    /* Uncoded bytes of a worker's push number `number`, or of the reply that follows update number `number`, both
     * from 0. */
    uint64_t (*uncoded)(const void *context, int64_t number);
    /* (workers that encode pushes in buckets) Of the buckets 0 .. bucket of the push. */
    uint64_t (*uncoded_until)(const void *context, int64_t number, int bucket);
    const void *context;
};

bool coding_takes_time(const struct coding_time *c);
/* Nearest ns of each message, a half up: exact.h. */
vtime coding_ns(const struct coding_time *c, int64_t number);
/* Of the buckets 0 .. bucket, one after the other: they are rounded together. */
vtime coding_until_ns(const struct coding_time *c, int64_t number, int bucket);
/* Of one of several equal parts of the message, each rounded up to a whole byte: a shard's. */
vtime coding_part_ns(const struct coding_time *c, int64_t number, int parts);

#endif
