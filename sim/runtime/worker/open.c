/* What a worker process needs: its workers' vectors, its mail, its scratch. */
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/runtime/fragments.h"
#include "sim/runtime/worker/worker.h"

float **worker_place(struct worker_state *s, int vector)
{
    return vector == THE_MODEL ? &s->model : vector == THE_GRADIENT ? &s->gradient : &s->vector[vector];
}

float *worker_vector(struct worker_state *s, int vector)
{
    return *worker_place(s, vector);
}

/* In private memory, but for what is lent to the PS or shown by it. */
static float *open_vector(const struct run *run, int id, int vector, enum start start)
{
    const struct span *push = run->protocol->push, *reply = run->protocol->reply;
    const float *from = start == FROM_MODEL ? run->first_params : NULL;
    if (run->shows && reply[0].fixed && reply[0].into == vector && from)
        return (float *)from; /* read only, until the first reply */
    if (!run->lends || push[0].vector != vector)
        return fragments_vector(run, from);
    if (from && !run->resumed)
        vec_copy(run->shared->vectors.lent[id], from, run->n);
    return run->shared->vectors.lent[id];
}

void worker_meet_client(struct worker *w, const struct run *run)
{
    int64_t round = w->round < 0 ? 0 : w->round; /* before its first iteration it is in the first */
    int client = sampling_client(run->sampling, round, w->state.id);
    for (int i = 0; i < run->protocol->n_worker_vectors; i++)
        if (run_is_of_client(run, i))
            w->state.vector[i] = shared_client(run, client, i);
}

bool process_stores_gradient(const struct run *run)
{
    bool keeps = run->clip > 0;
    for (int i = 0; i < run->protocol->push_spans; i++)
        keeps |= run->protocol->push[i].vector == THE_GRADIENT;
    return keeps;
}

static void worker_init(struct worker *w, const struct run *run, int id)
{
    const struct protocol *protocol = run->protocol;
    const struct config *cfg = run->cfg;
    struct rates rates = conductor_first_rates(&run->conductor);
    w->state = (struct worker_state){.id = id,
                                     .workers = run->workers,
                                     .params = run->params,
                                     .n = run->n,
                                     .setup = &run->setup,
                                     .rate = rates.rate,
                                     .compensation = rates.compensation};
    w->state.model = open_vector(run, id, THE_MODEL, FROM_MODEL);
    if (process_stores_gradient(run))
        w->state.gradient = open_vector(run, id, THE_GRADIENT, FROM_ZERO);
    for (int i = 0; i < protocol->n_worker_vectors; i++)
        if (!run_is_of_client(run, i))
            w->state.vector[i] = open_vector(run, id, i, protocol->worker[i]);
    statistics_open(&w->stats, run->stats, run->stats_memory, run->first_stats);
    for (int i = 0; i < run->states; i++)
        w->state_of[i] = vec_create(run->n, NULL);
    for (int i = 0; i < protocol->push_spans; i++)
        if (protocol->push[i].coded && run->push_coding.error_feedback)
            w->residual[i] = fragments_vector(run, NULL);
    struct share share = shares_of(run->shares, id);
    w->batches = batches_create(&share, (uint64_t)cfg->experiment.seed, id, (uint32_t)cfg->train.batch);
    w->version = w->round = w->aimed = -1;
    if (run->sampling)
        worker_meet_client(w, run);
}

void process_open(struct process *p, const struct run *run, int process)
{
    int workers = (run->workers - process + run->processes - 1) / run->processes;
    *p = (struct process){.run = run,
                          .me = shared_waiter(run->shared, run->shared->process[process]),
                          .orders = run->shared->orders[process],
                          .up = run->shared->up[process],
                          .process = process,
                          .workers = workers,
                          .worker = need((size_t)workers * sizeof(struct worker))};
    p->replies = run->each
                     ? (struct inbox){.ring = run->shared->to[process], .layout = &run->reply_mail, .uses = 1}
                     : (struct inbox){.ring = run->shared->down,
                                      .reader = (uint32_t)process,
                                      .layout = &run->reply_mail,
                                      .uses = workers};
    for (int i = 0; i < workers; i++)
        worker_init(&p->worker[i], run, process + i * run->processes);
    p->workspace = workspace_create(run->model, (int)run->cfg->train.batch, 1);
    p->sample = need((size_t)run->cfg->train.batch * sizeof *p->sample);
    size_t push = coding_bytes(&run->push_coding, 0), reply = coding_bytes(&run->reply_coding, 0);
    if (push || reply)
        p->coded = need(push > reply ? push : reply);
    if (push) {
        p->scratch = run->push_coding.error_feedback ? fragments_vector(run, NULL) : NULL;
        for (int i = 0; i < run->protocol->push_spans && run->alg->sent; i++)
            p->decoded[i] = run->protocol->push[i].coded ? fragments_vector(run, NULL) : NULL;
    }
}

void worker_free_vector(const struct run *run, float *v)
{
    if (v != run->first_params && !shared_holds(run->shared, v))
        free(v);
}

static void worker_free(struct worker *w, const struct run *run)
{
    worker_free_vector(run, w->state.model);
    worker_free_vector(run, w->state.gradient);
    for (int i = 0; i < MAX_VECTORS; i++)
        worker_free_vector(run, w->state.vector[i]);
    statistics_close(&w->stats);
    for (int i = 0; i < MAX_STATES; i++)
        free(w->state_of[i]);
    for (int i = 0; i < MAX_SPANS; i++)
        free(w->residual[i]);
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
    free(p->coded);
    free(p->scratch);
    for (int i = 0; i < MAX_SPANS; i++)
        free(p->decoded[i]);
}
