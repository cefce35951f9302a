/* `server` over a star: pushes are the messages of one network, replies those of the other. */
#include "sim/exchange/exchange.h"

#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/exchange/kind.h"

struct exchange {
    const struct exchange_spec *spec;
    struct network *network[EXCHANGE_EVENTS]; /* of pushes; of replies */
};

const char *const exchange_phase_words[] = {
    [PHASE_PUSH] = "push",
    [PHASE_REPLY] = "reply",
    [PHASE_FOLD] = "fold",
    [PHASE_UP] = "up",
    [PHASE_REDUCE] = "reduce",
    [PHASE_GATHER] = "gather",
    [PHASE_DOWN] = "down",
    [PHASE_SECOND_UP] = "second up",
    [PHASE_SECOND_DOWN] = "second down",
    [PHASE_UNFOLD] = "unfold",
    [PHASES] = NULL,
};

struct exchange *exchange_create(const struct exchange_spec *spec, const struct exchange_watch *watch)
{
    struct exchange *x = need(sizeof *x);
    (void)watch;
    x->spec = spec;
    x->network[EXCHANGE_PUSH] = net_create(&spec->up);
    x->network[EXCHANGE_REPLY] = net_create(&spec->down);
    return x;
}

void exchange_destroy(struct exchange *x)
{
    if (!x)
        return;
    net_destroy(x->network[EXCHANGE_PUSH]);
    net_destroy(x->network[EXCHANGE_REPLY]);
    free(x);
}

void exchange_push(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id)
{
    net_depart(x->network[EXCHANGE_PUSH], worker, t, bytes, id);
}

void exchange_reply(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id)
{
    net_depart(x->network[EXCHANGE_REPLY], worker, t, bytes, id);
}

vtime exchange_due(struct exchange *x)
{
    vtime up = net_due(x->network[EXCHANGE_PUSH]), down = net_due(x->network[EXCHANGE_REPLY]);
    return up < down ? up : down;
}

/* One network must not be played beyond an arrival in the other: more may depart then. */
bool exchange_play(struct exchange *x, vtime t)
{
    struct network *up = x->network[EXCHANGE_PUSH], *down = x->network[EXCHANGE_REPLY];
    for (;;) {
        vtime due = exchange_due(x);
        if (due > t)
            return false;
        bool pushed = net_due(up) == due && net_play(up, due);
        bool replied = net_due(down) == due && net_play(down, due);
        if (pushed || replied)
            return true;
    }
}

bool exchange_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id)
{
    if (kind == EXCHANGE_SENT)
        return false;
    struct network *net = x->network[kind];
    if (net_due(net) > t || !net_play(net, t))
        return false;
    net_take(net, worker, id);
    return true;
}

void exchange_stop(struct exchange *x)
{
    (void)x; /* messages of the server are independent of each other */
}

bool exchange_is_open(const struct exchange *x)
{
    (void)x; /* the engine counts the replies in flight */
    return false;
}

bool exchange_has_order(const struct exchange *x)
{
    return x->spec->kind && x->spec->kind->has_order;
}

bool exchange_is_whole(const struct exchange *x)
{
    const struct exchange_kind *kind = x->spec->kind;
    return kind && (kind->all_workers || (kind->may_be_whole && x->spec->all_workers));
}

uint64_t exchange_bytes(const struct exchange *x, int worker, uint64_t bytes)
{
    (void)x, (void)worker;
    return bytes;
}

int exchange_worker_of(const struct exchange *x, int node)
{
    return node < x->spec->up.workers ? node : -1;
}
