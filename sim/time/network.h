/* The star network as a fluid: N worker links and one server link at the PS, one direction. A run has two, up and
 * down, which do not know each other. Pure: no process, no bytes in memory, no state of random draws.
 *
 * The exact rules (each was needed for two independent programs to agree to the nanosecond):
 *   1. A message that departs at t asks to enter its link at t + latency. Messages of one worker are served
 * one after the other: it enters at max(t + latency, arrival of the one before).
 *   2. fair: all messages that have entered share the server link equally, except that one whose link is slower than
 * its share runs at its link's rate, and the others divide the rest equally (max-min fairness as a fluid;
 * what TCP does). fifo: whole messages in the order (entry, rank), each alone, at min(link, server link).
 *   3. The fluid is never rounded: it is computed relative to the last change of its set of flows or of any
 * bandwidth. A message's arrival is its finishing time less 2^-10 ns, rounded up to a whole ns; never before its
 * entry.
 *      fair: a flow that would finish in the 2^-10 ns after its arrival leaves the server link at its arrival, so
 * that it shares with nothing that enters then; fifo: the server link is free for the next message at the finishing
 * time, unrounded. Bandwidths are bytes per second and are already multiplied by the efficiency.
 *   4. A bandwidth may change at whole ns, as its trace says, also while messages flow. A latency's jitter is
 * drawn for each message: its latency, the nominal one times exp(jitter z), is fixed when it departs and
 * rounded to the nearest ns, exactly, once and a half up (exact.h). Rule 1 holds: a later message of a link never
 * overtakes. */
#ifndef SIM_TIME_NETWORK_H
#define SIM_TIME_NETWORK_H

#include "sim/time/trace.h"
#include "sim/time/vtime.h"

enum sharing { SHARE_FAIR, SHARE_FIFO };
enum direction { NET_UP, NET_DOWN }; /* for draws: the two directions share none */

struct network_spec {
    int workers;
    enum sharing sharing;
    const double *link_bandwidth;     /* (workers) bytes/s, > 0 */
    const vtime *latency;             /* (workers) >= 0 */
    double server_bandwidth;          /* bytes/s, > 0; INFINITY: no bound */
    const struct trace *link_trace;   /* (workers) of link_bandwidth; NULL: constant; kept by pointer */
    const struct trace *server_trace; /* of server_bandwidth; NULL: constant; kept by pointer */
    double jitter;                    /* sigma of a lognormal factor of each latency; 0: none */
    /* With jitter: the latencies before they are rounded, (workers) seconds and a factor of the ini; NULL: whole ns. */
    const double *latency_seconds;
    double latency_factor;
    uint64_t seed; /* of the jitter, with the direction */
    enum direction direction;
};

struct network;

struct network *net_create(const struct network_spec *spec); /* copies the spec but for the traces */
void net_destroy(struct network *net);                       /* NULL is fine */

/* A message of `bytes` (> 0) leaves for or from `worker` (0 ..) at time t; t never falls from call to call,
 * nor below the arrival last taken. `id` comes back with the arrival. The order of departures at one t does
 * not matter, except that a worker's own messages are served in it. */
void net_depart(struct network *net, int worker, vtime t, uint64_t bytes, int64_t id);

/* The earliest arrival if nothing else departs; VTIME_NEVER when nothing is under way. Of equal arrivals the
 * lowest rank. */
vtime net_next(struct network *net);

/* The same, but VTIME_NEVER when it is later than `limit`: cheaper where many messages are under way. */
vtime net_next_by(struct network *net, vtime limit);

/* Takes that arrival out. There must be one. */
void net_take(struct network *net, int *worker, int64_t *id);

#endif
