/* The questions that many files ask about a run. prepare.c builds the run and needs these files; the
 * questions stand here, so that the files do not need prepare.c. */
#include "sim/runtime/run.h"

#include "models/model.h"
#include "sim/config/config.h"

int64_t run_clients(const struct config *cfg)
{
    return cfg->cluster.clients > 0 ? cfg->cluster.clients : cfg->cluster.workers;
}

int64_t run_iteration_samples(const struct config *cfg)
{
    return cfg->train.batch * cfg->train.accumulate;
}

bool run_is_of_client(const struct run *run, int vector)
{
    return run->sampling && vector >= 0 && run->protocol->client_vector[vector];
}

bool run_has_results(const struct run *run)
{
    return run->trains || run->numbers;
}

void run_take_numbers(struct run *run, struct numbers *numbers)
{
    run->trains = false;
    run->processes = 0;
    run->numbers = numbers;
}

bool run_can_checkpoint(const struct run *run)
{
    return run->trains && run->conductor.pace == PACE_MODEL;
}

bool run_rests(const struct run *run)
{
    return run->rests_after > 0;
}

bool run_runs_ahead(const struct run *run)
{
    return run->conductor.pace == PACE_MODEL && !run->conductor.stops_at_target;
}

bool run_is_foreseen(const struct run *run)
{
    enum pace pace = run->conductor.pace;
    if (faults_any(&run->conductor.faults))
        return false;
    return pace == PACE_MODEL || (pace == PACE_REAL && model_is_idle(run->model));
}
