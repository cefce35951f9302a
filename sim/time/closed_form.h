/* The closed form of one exchange over the star: how long the pushes of all workers and the replies to them
 * take if all pushes depart at once, and all replies. It knows the rules of network.h, and does not simulate.
 *
 *   fair   water filling: N equal messages of S bytes on equal links take S / min(link, server link / N).
 *          Where links differ, a slow link leaves what it cannot use of its share to the others, and each
 *          message that is through leaves its share to the rest.
 *   fifo   the sum of S / min(link, server link) over the workers.
 *
 * The longest latency is added in each direction: exact when latencies are equal, too long otherwise. */
#ifndef SIM_TIME_CLOSED_FORM_H
#define SIM_TIME_CLOSED_FORM_H

#include <stdbool.h>

#include "sim/time/network.h"

struct closed_form_direction {
    const struct network_spec *network;
    uint64_t bytes; /* of each worker's message */
};

struct closed_form { /* ns; doubles, because a sum may exceed the clock */
    double up;       /* from the departure of all pushes until the last has been served */
    double down;     /* from the departure of all replies until the last is there */
    /* From an update to the next if every worker pushes the moment its reply is there. fair: up + down. fifo:
     * replies, pushes and service are a flow shop of three machines, which is shorter. */
    double cycle;
    double bytes_up, bytes_down; /* that the workers send, that the PS sends */
    double bytes_after;          /* the part of both that departs at the update, or later */
    /* A run of equal workers takes exactly this; with `even` also one with workers that compute on meanwhile:
     * all of them have the result in one ns. */
    bool exact, even;
};

/* service: how long the PS serves one push. */
struct closed_form closed_form_of(const struct closed_form_direction *up,
                                  const struct closed_form_direction *down, vtime service);

#endif
