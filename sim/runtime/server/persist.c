/* What a checkpoint holds of the PS. The conductor, and with it every order and task not yet played, is not in it. */
#include "sim/runtime/server/server.h"

static void persist_scalars(struct server *s, struct section *c)
{
    section_bytes(c, &s->played, sizeof s->played);
    section_bytes(c, &s->replies, sizeof s->replies);
    section_bytes(c, s->replied, (size_t)s->run->workers * sizeof *s->replied);
    section_bytes(c, &s->version, sizeof s->version);
    section_bytes(c, &s->state.pushes, sizeof s->state.pushes);
    section_bytes(c, &s->state.weight, sizeof s->state.weight);
    section_bytes(c, &s->state.rate, sizeof s->state.rate);
    section_bytes(c, &s->loss_sum, sizeof s->loss_sum);
    section_bytes(c, &s->loss_iterations, sizeof s->loss_iterations);
    section_bytes(c, &s->iterations, sizeof s->iterations);
    section_bytes(c, &s->checkpoints_due, sizeof s->checkpoints_due);
    section_bytes(c, s->hash, sizeof s->hash);
    section_bytes(c, s->presence, (size_t)s->run->workers * sizeof *s->presence);
    section_bytes(c, &s->replicas_differ, sizeof s->replicas_differ);
    section_bytes(c, &s->summary, sizeof s->summary);
}

void server_persist(void *server, struct section *c)
{
    struct server *s = server;
    vectors_persist(s->run, OWNER_SERVER, 0, s, c);
    vectors_persist(s->run, OWNER_PEER, 0, s, c);
    persist_scalars(s, c);
    for (int i = 0; i < s->run->workers; i++)
        section_fifo(c, &s->losses[i]);
    for (int i = 0; i < s->run->processes; i++)
        inbox_persist(&s->pushes[i], c);
    restart_persist(s, c);
}
