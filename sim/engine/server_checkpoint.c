/* The PS's checkpoints: control's share of what the PS has after a restart. Its process keeps the model and
 * the vectors (TASK_CHECKPOINT), so both are written at the same place in the order of tasks. */
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"

void engine_checkpoint_open(struct conductor *c)
{
    c->checkpoint.consumed = need((size_t)c->spec->workers * sizeof *c->checkpoint.consumed);
}

void engine_checkpoint_close(struct conductor *c)
{
    free(c->checkpoint.consumed);
}

void engine_checkpoint_write(struct conductor *c)
{
    const struct faults_spec *spec = &c->spec->faults;
    if (spec->server_crashes == 0 || c->server.version % spec->server_checkpoint_every != 0)
        return;
    c->checkpoint.iterations = c->totals.iterations;
    c->checkpoint.update_rate = c->update_rate;
    for (int i = 0; i < c->spec->workers; i++)
        c->checkpoint.consumed[i] = c->worker[i].iterations.consumed;
    engine_task(c, &(struct task){.op = TASK_CHECKPOINT, .number = c->server.version});
}

/* Iterations go back to the checkpoint's; the version does not, because it counts the updates ever made. */
void engine_checkpoint_restore(struct conductor *c)
{
    int64_t undone = c->totals.iterations - c->checkpoint.iterations;
    c->totals.faults.undone += undone;
    c->totals.iterations = c->checkpoint.iterations;
    c->update_rate = c->checkpoint.update_rate;
    for (int i = 0; i < c->spec->workers; i++)
        c->worker[i].iterations.consumed = c->checkpoint.consumed[i];
    engine_task(c, &(struct task){.op = TASK_RESTORE, .number = c->server.version, .k = undone});
}
