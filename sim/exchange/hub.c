/* `server` over a star: pushes are the messages of one network, replies those of the other. */
#include "sim/exchange/inside.h"

#include <stdlib.h>

void hub_open(struct exchange *x)
{
    x->network[EXCHANGE_PUSH] = net_create(&x->spec->up);
    x->network[EXCHANGE_REPLY] = net_create(&x->spec->down);
}

void hub_close(struct exchange *x)
{
    net_destroy(x->network[EXCHANGE_PUSH]);
    net_destroy(x->network[EXCHANGE_REPLY]);
}

vtime hub_due(struct exchange *x)
{
    vtime up = net_due(x->network[EXCHANGE_PUSH]), down = net_due(x->network[EXCHANGE_REPLY]);
    return up < down ? up : down;
}

/* One network must not be played beyond an arrival in the other: more may depart then. */
bool hub_play(struct exchange *x, vtime t)
{
    struct network *up = x->network[EXCHANGE_PUSH], *down = x->network[EXCHANGE_REPLY];
    for (;;) {
        vtime due = hub_due(x);
        if (due > t)
            return false;
        bool pushed = net_due(up) == due && net_play(up, due);
        bool replied = net_due(down) == due && net_play(down, due);
        if (pushed || replied)
            return true;
    }
}

bool hub_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id)
{
    struct network *net = x->network[kind];
    if (!net || net_due(net) > t || !net_play(net, t))
        return false;
    net_take(net, worker, id);
    return true;
}
