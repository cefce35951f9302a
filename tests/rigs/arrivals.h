/* What the network says when nothing departs any more. */
#ifndef TESTS_RIGS_ARRIVALS_H
#define TESTS_RIGS_ARRIVALS_H

#include "sim/time/network.h"

/* The earliest arrival up to `limit`, played; VTIME_NEVER: there is none. */
static inline vtime next_arrival_by(struct network *net, vtime limit)
{
    for (vtime t; (t = net_due(net)) <= limit && t != VTIME_NEVER;)
        if (net_play(net, t))
            return t;
    return VTIME_NEVER;
}

static inline vtime next_arrival(struct network *net)
{
    return next_arrival_by(net, VTIME_NEVER);
}

#endif
