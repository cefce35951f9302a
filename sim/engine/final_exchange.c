/* The last exchange of a run that drains, where exchanges are whole: no worker can know whether another one has
 * something to push, so all of them join, and all of them get a result. The run ends with the last result. What the
 * PS adds up does not change: the pushes of workers with iterations, in rank order. */
#include "sim/engine/conductor_internal.h"

void engine_final_join(struct conductor *c, struct sim_worker *w)
{
    engine_buckets_send(c, w, w->pushes.sent, ID_NO_PUSH);
}

bool engine_final_reduced(struct conductor *c, int64_t id)
{
    uint64_t bytes = conductor_reply_bytes(c->spec, c->server.version + 1);
    if (++c->final.reduced == c->spec->workers)
        for (int i = 0; i < c->spec->workers; i++)
            exchange_reply(c->exchange, i, c->now, bytes, ID_NO_PUSH);
    return id != ID_NO_PUSH;
}

void engine_final_result(struct conductor *c)
{
    c->drained = ++c->final.results == c->spec->workers;
}
