/* The network of a run: makes the parameters of sim/time/network.h from [network].
 *
 *     rate of a worker's link = efficiency * min(bandwidth, tcp_window / (2 * latency))
 *     rate of the server link = efficiency * bandwidth
 *     latency = latency_factor * latency (x the jitter's draw), rounded to a ns once (sim/time/exact.h)
 *
 * SimGrid computes the same with its bandwidth factor, TCP-gamma and latency factor: the round trip of the
 * window has the plain latency, without the factor (tests/simgrid compares). Without latency the window
 * limits nothing. */
#ifndef SIM_RUNTIME_NETWORK_CONFIG_H
#define SIM_RUNTIME_NETWORK_CONFIG_H

#include "sim/config/config.h"
#include "sim/time/network.h"
#include "sim/time/topology.h"

/* The directions to the PS and to the workers. Free each with star_free. */
struct network_spec star_up(const struct config *cfg);
struct network_spec star_down(const struct config *cfg);
void star_free(struct network_spec *spec);

/* The nodes and links for a PS of that number of shards. The window counts over whole routes there. Free with
 * topology_destroy(). */
struct topology *network_topology(const struct config *cfg, int shards, bool colocated);

#endif
