/* A wave: messages of one size that depart together over a graph, as the steps of exchanges are. It knows the
 * rules of graph.h, and does not simulate: each message runs at the least share that a link of its route leaves it,
 * capacity / messages on the link. That is exact for the slowest message if latencies are equal: none ends before
 * it on the link that slows it down. */
#ifndef SIM_PREDICT_WAVE_H
#define SIM_PREDICT_WAVE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/time/graph.h"

struct wave_pair {
    int from, to; /* nodes */
};

struct wave {
    int64_t n; /* messages, at least 1 */
    struct wave_pair (*pair)(const void *context, int64_t k);
    const void *context;
};

struct leg {              /* what the slowest message of a wave meets */
    double latency, rate; /* ns, bytes/ns */
    bool alike;           /* all messages meet the same, at all times */
};

/* bytes: on the wire. Jitter and traces are left out, and no message is alike with them. */
struct leg wave_leg(const struct wave *wave, const struct graph_spec *graph, double bytes);

/* From the departure to the arrival of a message that meets this; without its latency. */
double leg_flow(const struct leg *leg, double bytes);
double leg_ns(const struct leg *leg, double bytes);

#endif
