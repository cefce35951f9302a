/* The PS's restart points: the control plane's share of what the PS has after a restart. The PS's process
 * keeps the model and the vectors (TASK_RESTART_POINT), so both are written at the same place in the order of
 * tasks. */
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"

void engine_restart_point_open(struct conductor *c)
{
    c->restart_point.consumed = need((size_t)c->spec->workers * sizeof *c->restart_point.consumed);
}

void engine_restart_point_close(struct conductor *c)
{
    free(c->restart_point.consumed);
}

void engine_restart_point_write(struct conductor *c)
{
    const struct faults_spec *spec = &c->spec->faults;
    if (spec->server_crashes == 0 || c->server.version % spec->server_checkpoint_every != 0)
        return;
    c->restart_point.iterations = c->totals.iterations;
    c->restart_point.update_rate = c->update_rate;
    c->restart_point.place = c->place;
    for (int i = 0; i < c->spec->workers; i++)
        c->restart_point.consumed[i] = c->worker[i].iterations.consumed;
    engine_task(c, &(struct task){.op = TASK_RESTART_POINT, .number = c->server.version});
}

/* Iterations go back to those of the restart point; the version does not, because it counts the updates ever made. */
void engine_restart_point_restore(struct conductor *c)
{
    int64_t undone = c->totals.iterations - c->restart_point.iterations;
    c->totals.faults.undone += undone;
    c->totals.iterations = c->restart_point.iterations;
    c->update_rate = c->restart_point.update_rate;
    c->place = c->restart_point.place;
    for (int i = 0; i < c->spec->workers; i++)
        c->worker[i].iterations.consumed = c->restart_point.consumed[i];
    engine_task(c, &(struct task){.op = TASK_RESTORE, .number = c->server.version, .k = undone});
}
