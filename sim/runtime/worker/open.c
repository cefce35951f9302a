/* Opens and closes the state of a worker process: the vectors and batches of its workers, its rings, its
 * scratch. */
#include <stdlib.h>

#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/worker/worker.h"

float *worker_vector(struct worker_state *s, int vector)
{
    return *vectors_of_worker(s, vector);
}

void worker_meet_client(struct worker *w, const struct run *run)
{
    int64_t round = w->saved.round < 0 ? 0 : w->saved.round; /* before the first iteration: round 0 */
    vectors_meet_client(run, sampling_client(run->sampling, round, w->state.id), w);
}

static void worker_init(struct worker *w, const struct run *run, int id)
{
    const struct config *cfg = run->cfg;
    struct rates rates = conductor_first_rates(&run->conductor);
    w->state = (struct worker_state){.id = id,
                                     .workers = run->workers,
                                     .params = run->params,
                                     .n = run->n,
                                     .setup = &run->setup,
                                     .rate = rates.rate,
                                     .compensation = rates.compensation};
    vectors_open(run, OWNER_WORKER, id, w);
    if (w->state.state)
        w->state_of[0] = w->state.state;
    statistics_open(&w->stats, run->stats, run->stats_memory, run->first_stats);
    struct share share = shares_of(run->shares, id);
    w->batches = batches_create(&share, (uint64_t)cfg->experiment.seed, id, (uint32_t)cfg->train.batch);
    w->saved.version = w->saved.round = w->aimed = -1;
    if (run->sampling)
        worker_meet_client(w, run);
}

void process_open(struct process *p, const struct run *run, int process)
{
    int workers = (run->workers - process + run->processes - 1) / run->processes;
    *p = (struct process){.run = run,
                          .me = shared_waiter_of_process(run, process),
                          .orders = run->shared->orders[process],
                          .up = run->shared->up[process],
                          .process = process,
                          .workers = workers,
                          .worker = need((size_t)workers * sizeof(struct worker))};
    p->replies = run->transfer.reply->inbox(run, process, workers);
    for (int i = 0; i < workers; i++)
        worker_init(&p->worker[i], run, process + i * run->processes);
    p->workspace = workspace_create(run->model, (int)run->cfg->train.batch, 1);
    p->sample = need((size_t)run->cfg->train.batch * sizeof *p->sample);
    p->raw = need((size_t)run->setup.tensors * sizeof *p->raw);
    vectors_open(run, OWNER_PROCESS, process, p);
}

static void worker_free(struct worker *w, const struct run *run)
{
    vectors_close(run, OWNER_WORKER, w);
    statistics_close(&w->stats);
    batches_destroy(w->batches);
}

void process_close(struct process *p)
{
    for (int i = 0; i < p->workers; i++)
        worker_free(&p->worker[i], p->run);
    free(p->worker);
    inbox_free(&p->replies);
    workspace_destroy(p->workspace);
    free(p->sample);
    free(p->raw);
    vectors_close(p->run, OWNER_PROCESS, p);
}
