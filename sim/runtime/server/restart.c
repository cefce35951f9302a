/* The restart point of the PS: the state from which it restarts after a crash in virtual time
 * (sim/engine/server_faults.c). It is a copy, in memory, of all vectors that updates change. Vectors for
 * single workers (peer vectors, statistics) are not copied: after the crash every worker rejoins, and
 * these vectors are reset. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/runtime/server/server.h"

static bool is_wanted(const struct run *run)
{
    return run->conductor.faults.server_crashes > 0;
}

static bool has_copy(const struct run *run, int row)
{
    return is_wanted(run) && run->vectors.row[row].restarted;
}

static void save_copies(struct server *s)
{
    const struct run *run = s->run;
    for (int i = 0; i < run->vectors.rows; i++)
        if (has_copy(run, i))
            memcpy(s->restart_point[i], vectors_get(run, i, s), run->vectors.row[i].bytes);
}

static void restore_copies(struct server *s)
{
    const struct run *run = s->run;
    for (int i = 0; i < run->vectors.rows; i++)
        if (has_copy(run, i))
            memcpy(vectors_get(run, i, s), s->restart_point[i], run->vectors.row[i].bytes);
}

void restart_open(struct server *s)
{
    const struct run *run = s->run;
    s->restart_point = need((size_t)run->vectors.rows * sizeof *s->restart_point);
    for (int i = 0; i < run->vectors.rows; i++)
        if (has_copy(run, i))
            s->restart_point[i] = need(run->vectors.row[i].bytes);
    save_copies(s); /* W_0 */
}

void restart_close(struct server *s)
{
    for (int i = 0; i < s->run->vectors.rows; i++)
        free(s->restart_point[i]);
    free(s->restart_point);
}

void restart_save(struct server *s, const struct task *t)
{
    assert(t->number == s->saved.version);
    save_copies(s);
    s->saved.restart_rate = s->state.rate;
    s->saved.restart_progress = s->state.progress;
    s->saved.restart_steps = s->saved.steps;
}

void restart_restore(struct server *s, const struct task *t)
{
    assert(t->number == s->saved.version && s->state.pushes == 0);
    assert(transfer_copies(s->run)); /* no worker reads what the PS is about to overwrite */
    restore_copies(s);
    s->state.rate = s->saved.restart_rate;
    s->state.progress = s->saved.restart_progress;
    s->saved.steps = s->saved.restart_steps;
    for (int i = 0; i < s->run->workers; i++)
        s->of_worker[i].presence = CRASHED;
    if (s->run->protocol->replica != NO_REPLICA)
        s->saved.hash[s->saved.version % HASHES] = vec_hash(s->state.model, s->run->n);
    display_undone(s->run, t->k);
}

void restart_persist(struct server *s, struct section *c)
{
    const struct run *run = s->run;
    if (!is_wanted(run))
        return;
    for (int i = 0; i < run->vectors.rows; i++)
        if (has_copy(run, i))
            section_bytes(c, s->restart_point[i], run->vectors.row[i].bytes);
}
