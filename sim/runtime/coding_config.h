/* What the time of coding costs in a run, from the configuration: at workers, and at the PS or its shards. */
#ifndef SIM_RUNTIME_CODING_CONFIG_H
#define SIM_RUNTIME_CODING_CONFIG_H

#include "sim/runtime/run.h"

/* Fills worker_encodes, worker_decodes and the exchange's server_decodes, server_encodes in run->conductor. After
 * exchange_prepare(), message_layouts_prepare() and run->conductor.pace. Ends the program where coding takes time on
 * the real clock. */
void coding_prepare(struct run *run);

/* Some message of the run costs time to code, whatever compute.coding_factor is. */
bool coding_has_cost(const struct run *run);

/* Whether the run encodes, or decodes, at the cost of this key, and not at one that comes before it. */
bool coding_costs_by(const struct run *run, const char *section, const char *key);

#endif
