/* Which exchange a run has, over which network: fills in run->exchange and run->conductor.exchange. */
#ifndef SIM_RUNTIME_EXCHANGE_CONFIG_H
#define SIM_RUNTIME_EXCHANGE_CONFIG_H

#include "sim/runtime/run.h"

/* `server` over a star: the network that has `sharing`, faults, and the real clock. */
bool exchange_is_plain(const struct run *run);

/* The exchange has no server, and codes of the run that do not add up. */
bool exchange_has_own_codes(const struct run *run);
/* What outputs call the exchange: "all_gather" where codes are gathered, "ring_if_additive" where they only would be
 * (network.all_gather). The caller frees. */
char *exchange_name(const struct run *run);

/* Call it when the protocol and the codings are known. Ends the program with EXIT_USAGE for an exchange that the
 * run cannot have; network.exchange counts only for algorithms that can use it, others get `server`. */
void exchange_prepare(struct run *run);
void exchange_release(struct run *run);

#endif
