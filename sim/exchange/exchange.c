/* The interface between conductor and exchange: over a star with one hub, or over routes. */
#include "sim/exchange/inside.h"

#include <stdlib.h>

#include "sim/base/fail.h"

const char *const exchange_phase_words[] = {
    [PHASE_PUSH] = "push",
    [PHASE_REPLY] = "reply",
    [PHASE_MERGE] = "merge",
    [PHASE_UP] = "up",
    [PHASE_REDUCE] = "reduce",
    [PHASE_GATHER] = "gather",
    [PHASE_DOWN] = "down",
    [PHASE_SECOND_UP] = "second up",
    [PHASE_SECOND_DOWN] = "second down",
    [PHASE_RETURN] = "return",
    [PHASES] = NULL,
};

/* ---- life ---- */

struct exchange *exchange_create(const struct exchange_spec *spec, const struct exchange_watch *watch)
{
    struct exchange *x = need(sizeof *x);
    x->spec = spec;
    x->has_watch = watch != NULL;
    if (watch)
        x->watch = *watch;
    if (spec->topology)
        routes_open(x);
    else
        hub_open(x);
    return x;
}

void exchange_destroy(struct exchange *x)
{
    if (!x)
        return;
    if (x->graph)
        routes_close(x);
    else
        hub_close(x);
    free(x);
}

/* ---- both ways ---- */

void exchange_push(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id)
{
    if (x->graph)
        routes_push(x, worker, t, bytes, id);
    else
        hub_depart(x, EXCHANGE_PUSH, worker, t, bytes, id);
}

void exchange_reply(struct exchange *x, int worker, vtime t, uint64_t bytes, int64_t id)
{
    if (x->graph)
        routes_reply(x, worker, t, bytes, id);
    else
        hub_depart(x, EXCHANGE_REPLY, worker, t, bytes, id);
}

bool exchange_encode(struct exchange *x, int worker, vtime t, int64_t number)
{
    return x->graph && routes_encode(x, worker, t, number);
}

vtime exchange_due(struct exchange *x)
{
    return x->graph ? routes_due(x) : hub_due(x);
}

bool exchange_play(struct exchange *x, vtime t)
{
    return x->graph ? routes_play(x, t) : hub_play(x, t);
}

bool exchange_take(struct exchange *x, enum exchange_event kind, vtime t, int *worker, int64_t *id)
{
    return x->graph ? routes_take(x, kind, t, worker, id) : hub_take(x, kind, t, worker, id);
}

void exchange_stop(struct exchange *x)
{
    if (x->whole)
        x->last = x->reduced - 1;
}

/* ---- what it is ---- */

bool exchange_is_open(const struct exchange *x)
{
    return x->owed > 0;
}

bool exchange_has_order(const struct exchange *x)
{
    return x->graph && x->kind->has_order;
}

uint64_t exchange_bytes(const struct exchange *x, int worker, uint64_t bytes)
{
    return x->graph && x->kind->bytes ? x->kind->bytes(x, worker, bytes) : bytes;
}
