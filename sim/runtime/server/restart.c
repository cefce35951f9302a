/* The PS's own checkpoint, from which it restarts after a crash in virtual time (sim/engine/server_faults.c): a copy of everything
 * that updates have made. What it has of single workers begins anew with them. */
#include <assert.h>
#include <stdlib.h>

#include "sim/base/vec.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/server/server.h"

static bool is_wanted(const struct run *run)
{
    return run->conductor.faults.server_crashes > 0;
}

void restart_open(struct server *s)
{
    const struct run *run = s->run;
    if (!is_wanted(run))
        return;
    s->restart_point.model = fragments_vector(run, s->state.model);
    for (int i = 0; i < run->protocol->n_server_vectors; i++)
        s->restart_point.vector[i] = fragments_vector(run, s->state.vector[i]);
    for (int i = 0; i < run->protocol->reply_spans; i++)
        s->restart_point.residual[i] = s->residual[i] ? fragments_vector(run, NULL) : NULL;
    s->restart_point.stats = vec_create(run->stats, s->stats);
}

void restart_close(struct server *s)
{
    free(s->restart_point.model);
    for (int i = 0; i < MAX_VECTORS; i++)
        free(s->restart_point.vector[i]);
    for (int i = 0; i < MAX_SPANS; i++)
        free(s->restart_point.residual[i]);
    free(s->restart_point.stats);
}

/* NULL: there is no such vector. */
static void move(float *now, float *kept, size_t n, bool back)
{
    if (kept)
        vec_copy(back ? now : kept, back ? kept : now, n);
}

/* Messages have one part where the PS may crash, so vectors have n floats. */
static void move_all(struct server *s, bool back)
{
    const struct run *run = s->run;
    move(s->state.model, s->restart_point.model, run->n, back);
    for (int i = 0; i < run->protocol->n_server_vectors; i++)
        move(s->state.vector[i], s->restart_point.vector[i], run->n, back);
    for (int i = 0; i < run->protocol->reply_spans; i++)
        move(s->residual[i], s->restart_point.residual[i], run->n, back);
    move(s->stats, s->restart_point.stats, run->stats, back);
}

void restart_save(struct server *s, const struct task *t)
{
    assert(t->number == s->version);
    move_all(s, false);
    s->restart_point.rate = s->state.rate;
}

void restart_restore(struct server *s, const struct task *t)
{
    assert(t->number == s->version && s->state.pushes == 0);
    assert(!s->run->lends && !s->run->shows);
    move_all(s, true);
    s->state.rate = s->restart_point.rate;
    for (int i = 0; i < s->run->workers; i++)
        s->presence[i] = CRASHED;
    if (s->run->protocol->replica != NO_REPLICA)
        s->hash[s->version % HASHES] = vec_hash(s->state.model, s->run->n);
    display_undone(s->run, t->k);
}

void restart_persist(struct server *s, struct section *c)
{
    const struct run *run = s->run;
    if (!is_wanted(run))
        return;
    section_floats(c, s->restart_point.model, run->n);
    for (int i = 0; i < run->protocol->n_server_vectors; i++)
        section_floats(c, s->restart_point.vector[i], run->n);
    for (int i = 0; i < run->protocol->reply_spans; i++)
        section_floats(c, s->restart_point.residual[i], run->n);
    section_floats(c, s->restart_point.stats, run->stats);
    section_bytes(c, &s->restart_point.rate, sizeof s->restart_point.rate);
}
