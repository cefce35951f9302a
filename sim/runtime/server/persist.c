/* The PS's section of a checkpoint: vectors, counters, losses, letters. The conductor is not in the
 * section, and neither are orders and tasks that have not been played: a resumed run makes them again. */
#include "sim/runtime/server/server.h"

static void persist_scalars(struct server *s, struct section *c)
{
    struct server_state *state = &s->state;
    struct server_saved *saved = &s->saved;
    saved->pushes = state->pushes;
    saved->weight = state->weight;
    saved->work = state->work;
    saved->rate = state->rate;
    saved->progress = state->progress;
    section_bytes(c, saved, sizeof *saved);
    state->pushes = saved->pushes;
    state->weight = saved->weight;
    state->work = saved->work;
    state->rate = saved->rate;
    state->progress = saved->progress;
    section_bytes(c, s->of_worker, (size_t)s->run->workers * sizeof *s->of_worker);
}

void server_persist(void *server, struct section *c)
{
    struct server *s = server;
    vectors_persist(s->run, OWNER_SERVER, 0, s, c);
    vectors_persist(s->run, OWNER_PEER, 0, s, c);
    persist_scalars(s, c);
    for (int i = 0; i < s->run->workers; i++)
        section_fifo(c, &s->results.losses[i]);
    for (int i = 0; i < s->run->processes; i++)
        inbox_persist(&s->io.pushes[i], c);
    restart_persist(s, c);
    server_quality_persist(s, c);
}
