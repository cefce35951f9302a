/* The star network as a fluid: a link for each of N workers, and the server link at the PS, in one direction.
 * A run has two of them, up and down, which share nothing. Pure: no process, no bytes in memory, no state of
 * draws.
 *
 *      worker 0 ----- link 0 ----+
 *      worker 1 ----- link 1 ----+---- server link ----- PS
 *      worker 2 ----- link 2 ----+
 *
 * The exact rules; each of them was needed for two independent programs to agree to the nanosecond:
 *
 *   1. Entry. A message that departs at t asks to enter its link at t + latency. Messages of one worker are
 *      served one after the other: a message enters at max(t + latency, arrival of the one before).
 *   2. Sharing.
 *      fair: all messages that have entered share the server link. A message on a link slower than an equal
 *            share runs at its link's rate, and the others divide the rest equally: max-min fairness as a
 *            fluid, which is what TCP approximates.
 *      fifo: whole messages in the order (entry, rank), each alone, at min(link, server link).
 *   3. Rounding. The fluid is never rounded: it is computed relative to the last change of its set of flows
 *      or of any bandwidth. A message arrives at its finishing time less 2^-10 ns, rounded up to a whole ns,
 *      and never before its entry.
 *      fair: a flow that would finish in the 2^-10 ns after its arrival leaves the server link at its
 *            arrival, so that it shares with no message that enters then.
 *      fifo: the server link is free for the next message at the finishing time, unrounded.
 *      Bandwidths are bytes per second and are multiplied by the efficiency already.
 *   4. Changes. A bandwidth may change at whole ns, as its trace says, also while messages flow. The latency
 *      of each message is fixed when the message departs: the nominal one times exp(jitter z), with z drawn
 *      for the message, rounded once to the nearest ns, a half up (exact.h). Rule 1 holds: no message
 *      overtakes another on its link. */
#ifndef SIM_TIME_NETWORK_H
#define SIM_TIME_NETWORK_H

#include <stdbool.h>

#include "sim/time/trace.h"
#include "sim/time/vtime.h"

enum sharing { SHARE_FAIR, SHARE_FIFO };
extern const char *const sharing_words[];
enum direction { NET_UP, NET_DOWN }; /* a part of each draw's key: the directions share no draw */

struct network_spec {
    int workers;
    enum sharing sharing;
    const double *link_bandwidth;     /* (workers) bytes/s, > 0 */
    const vtime *latency;             /* (workers) >= 0 */
    double server_bandwidth;          /* bytes/s, > 0; INFINITY: no bound */
    const struct trace *link_trace;   /* (workers) of link_bandwidth; NULL: constant; kept by pointer */
    const struct trace *server_trace; /* of server_bandwidth; NULL: constant; kept by pointer */
    double jitter;                    /* sigma of a lognormal factor of each latency; 0: none */
    /* With jitter: the latencies before they are rounded, in (workers) seconds, and a factor; both are
     * numbers of the ini. NULL: the whole ns of `latency`. */
    const double *latency_seconds;
    double latency_factor;
    uint64_t seed; /* of the jitter, with the direction */
    enum direction direction;
};

struct network;

struct network *net_create(const struct network_spec *spec); /* copies the spec but for the traces */
void net_destroy(struct network *net);                       /* NULL is fine */

/* A message of `bytes` (> 0, below 2^62) departs on the link of `worker` (0 ..) at time t. t never falls from
 * call to call, nor below the arrival last taken. `id` comes back with the arrival. The order of departures at
 * one t does not matter, except among the messages of one worker, which are served in that order. */
void net_depart(struct network *net, int worker, vtime t, uint64_t bytes, int64_t id);

/* The next ns at which a message may arrive, or begin or change its flow, if nothing else departs; VTIME_NEVER:
 * nothing is in flight. Plays nothing. */
vtime net_due(struct network *net);

/* Plays the network up to t, but not beyond an arrival. Whether a message has arrived by then: it waits for
 * net_take(). What departs later enters no earlier than what has been played: let the network play up to t
 * only when nothing else will happen before t. */
bool net_play(struct network *net, vtime t);

/* Takes out an arrival; there must be one that has been played. Ties go to the lowest rank. */
void net_take(struct network *net, int *worker, int64_t *id);

#endif
