/* The walk around a ring, of its workers or of the leaders of groups. Each place sends one message per step to its
 * successor. It sends step s when it has received step s - 1 and its own step s - 1 has arrived; each ordered pair
 * keeps the order of its messages, so counts say which steps these are. */
#ifndef SIM_EXCHANGE_RING_H
#define SIM_EXCHANGE_RING_H

#include <stdbool.h>

struct ring_place {
    int sent, arrived; /* of this place's own steps */
    int received;      /* of its predecessor's */
};

static inline bool ring_may_send(const struct ring_place *p, int steps)
{
    return p->sent < steps && p->arrived == p->sent && p->received >= p->sent;
}

#endif
