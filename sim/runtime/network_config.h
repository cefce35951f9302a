/* The network of a run as its configuration gives it: [network] becomes what sim/time/network.h calculates
 * with.
 *
 *     rate of a link = efficiency * min(bandwidth, tcp_window / (2 * latency))
 *     of the server link    = efficiency * bandwidth
 *     latency        = latency_factor * latency (x the jitter's draw), rounded to a ns once (sim/time/exact.h)
 *
 * as SimGrid does with its bandwidth factor, TCP-gamma and latency factor: the window's round trip is that
 * of the plain latency (tests/simgrid compares). No latency: the window limits nothing. */
#ifndef SIM_RUNTIME_NETWORK_CONFIG_H
#define SIM_RUNTIME_NETWORK_CONFIG_H

#include "sim/config/config.h"
#include "sim/time/network.h"

/* Towards the PS, and towards the workers; free each with star_free. */
struct network_spec star_up(const struct config *cfg);
struct network_spec star_down(const struct config *cfg);
void star_free(struct network_spec *spec);

#endif
