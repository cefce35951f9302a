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

void hub_depart(struct exchange *x, enum exchange_event kind, int worker, vtime t, uint64_t bytes, int64_t id)
{
    x->is_known = false;
    net_depart(x->network[kind], worker, t, bytes, id);
}

vtime hub_due(struct exchange *x)
{
    vtime *due = x->due;
    if (!x->is_known) {
        due[EXCHANGE_PUSH] = net_due(x->network[EXCHANGE_PUSH]);
        due[EXCHANGE_REPLY] = net_due(x->network[EXCHANGE_REPLY]);
        x->is_known = true;
    }
    return due[EXCHANGE_PUSH] < due[EXCHANGE_REPLY] ? due[EXCHANGE_PUSH] : due[EXCHANGE_REPLY];
}

static bool play(struct exchange *x, enum exchange_event kind, vtime due)
{
    return x->due[kind] == due && net_play(x->network[kind], due);
}

/* One network must not be played beyond an arrival in the other: more may depart then. */
bool hub_play(struct exchange *x, vtime t)
{
    for (;;) {
        vtime due = hub_due(x);
        if (due > t)
            return false;
        x->is_known = false;
        bool pushed = play(x, EXCHANGE_PUSH, due), replied = play(x, EXCHANGE_REPLY, due);
        if (pushed || replied)
            return true;
    }
}

bool hub_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id)
{
    struct network *net = x->network[kind];
    if (!net || (x->is_known && x->due[kind] > t))
        return false;
    x->is_known = false;
    if (!net_play(net, t))
        return false;
    net_take(net, worker, id);
    return true;
}
