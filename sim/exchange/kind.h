/* The contract between one kind of exchange and exchange.c: a kind is one file with one exported symbol,
 * `const struct exchange_kind exchange_NAME`, and one line in list.c. */
#ifndef SIM_EXCHANGE_KIND_H
#define SIM_EXCHANGE_KIND_H

#include "sim/exchange/exchange.h"

struct exchange_kind {
    const char *name, *label, *summary, *source; /* as those of an algorithm (algorithm.h) */
    bool all_workers;  /* every worker takes part in every exchange: needs protocol.all_workers */
    bool has_order;    /* exchange_has_order() */
    bool may_be_whole; /* sharded: exchange_is_whole() if the protocol says all_workers */
    bool needs_parts;  /* needs a network with groups or sites */
    bool adds_up; /* messages carry sums: if codes do not add up, all_gather takes the place of this kind */
    bool has_shards;   /* server.shards and server.colocated count */
    bool has_chunks;   /* network.chunk counts */
    int least_workers; /* fewer workers are refused */
};

#endif
