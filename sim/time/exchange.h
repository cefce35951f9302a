/* The closed form of one exchange over the star: how long the pushes of all workers and the replies to them take if
 * all pushes leave at once, and all replies. It knows the rules of network.h, and not its simulation.
 *
 *   fair   water filling: N equal messages of S bytes on equal links take S / min(link, server link / N); where links
 *          differ, a slow link leaves its share to the others, and each message that is through leaves its share to
 *          the rest.
 *   fifo   the sum of S / min(link, server link) over the workers.
 * Each direction the longest latency is added: exact when latencies are equal, too long otherwise. */
#ifndef SIM_TIME_EXCHANGE_H
#define SIM_TIME_EXCHANGE_H

#include "sim/time/network.h"

struct exchange_direction { /* one direction */
    const struct network_spec *network;
    uint64_t bytes; /* of each worker's message */
};

struct exchange { /* ns; doubles, because a sum may exceed what the clock holds */
    double up;    /* from the departure of all pushes until the last has been served */
    double down;  /* from the departure of all replies until the last is there */
    double
        cycle; /* from an update to the next if every worker pushes the moment its reply is there. fair: up + down.
                     fifo: replies, pushes and service are a flow shop of three machines, shorter than that. */
};

/* service: of the PS for one push. */
struct exchange exchange_of(const struct exchange_direction *up, const struct exchange_direction *down,
                            vtime service);

#endif
