/* `server` over a star: pushes are the messages of one network, replies those of the other. */
#include "sim/exchange/inside.h"

#include <stdlib.h>

enum { NOT_KNOWN = -1 };

void hub_open(struct exchange *x)
{
    x->network[EXCHANGE_PUSH] = net_create(&x->spec->up);
    x->network[EXCHANGE_REPLY] = net_create(&x->spec->down);
    x->due[EXCHANGE_PUSH] = x->due[EXCHANGE_REPLY] = NOT_KNOWN;
    x->due[EXCHANGE_SENT] = VTIME_NEVER; /* EXCHANGE_PUSH says it */
}

void hub_close(struct exchange *x)
{
    net_destroy(x->network[EXCHANGE_PUSH]);
    net_destroy(x->network[EXCHANGE_REPLY]);
}

void hub_depart(struct exchange *x, enum exchange_event kind, int worker, vtime t, uint64_t bytes, int64_t id)
{
    x->due[kind] = NOT_KNOWN;
    net_depart(x->network[kind], worker, t, bytes, id);
}

static vtime due_of(struct exchange *x, enum exchange_event kind)
{
    if (x->due[kind] == NOT_KNOWN)
        x->due[kind] = net_due(x->network[kind]);
    return x->due[kind];
}

vtime hub_due(struct exchange *x)
{
    vtime pushes = due_of(x, EXCHANGE_PUSH), replies = due_of(x, EXCHANGE_REPLY);
    return pushes < replies ? pushes : replies;
}

static bool play(struct exchange *x, enum exchange_event kind, vtime t)
{
    if (x->due[kind] > t)
        return false;
    x->due[kind] = NOT_KNOWN;
    return net_play(x->network[kind], t);
}

/* One network must not be played beyond an arrival in the other: more may depart then. */
bool hub_play(struct exchange *x, vtime t)
{
    for (;;) {
        vtime due = hub_due(x);
        if (due > t)
            return false;
        bool pushed = play(x, EXCHANGE_PUSH, due), replied = play(x, EXCHANGE_REPLY, due);
        if (pushed || replied)
            return true;
    }
}

bool hub_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id)
{
    if (!play(x, kind, t))
        return false;
    net_take(x->network[kind], worker, id);
    return true;
}
