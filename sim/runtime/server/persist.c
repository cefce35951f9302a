/* What a checkpoint holds of the PS. The conductor, and with it every order and task not yet played, is not in it. */
#include "sim/runtime/server/server.h"

static void persist_vectors(struct server *s, struct section *c)
{
    const struct run *run = s->run;
    const struct protocol *p = run->protocol;
    section_floats(c, s->state.model, run->fragments.room);
    for (int i = 0; i < p->push_spans; i++)
        section_floats(c, s->state.sum[i], run->fragments.room);
    for (int i = 0; i < p->n_server_vectors; i++)
        section_floats(c, s->state.vector[i], run->fragments.room);
    section_floats(c, s->peers, (size_t)run->workers * (size_t)p->n_peer_vectors * run->fragments.room);
    section_floats(c, s->stats, run->stats);
    section_floats(c, s->stats_of, aggregate_stats(run));
    section_floats(c, run->shared->measured, run->measures > 0 ? run->stats : 0);
    for (int i = 0; i < p->reply_spans; i++) {
        section_floats(c, s->residual[i], run->fragments.room);
        if (s->coded_reply[i])
            section_bytes(c, s->coded_reply[i], coding_bytes(&run->reply_coding, 0));
    }
}

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
    persist_vectors(s, c);
    persist_scalars(s, c);
    for (int i = 0; i < s->run->workers; i++)
        section_fifo(c, &s->losses[i]);
    for (int i = 0; i < s->run->processes; i++)
        inbox_persist(&s->pushes[i], c);
    restart_persist(s, c);
}
