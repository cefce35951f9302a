/* A worker process's section of a checkpoint: of each worker the vectors, BatchNorm's statistics and
 * counters; and the letters of the process. */
#include "sim/runtime/worker/worker.h"

static void persist_scalars(struct worker *w, struct section *s)
{
    struct worker_state *state = &w->state;
    struct worker_saved *saved = &w->saved;
    saved->k = state->k;
    saved->rates = (struct rates){state->rate, state->compensation, state->update_rate};
    saved->rates_sum = state->rates;
    saved->progress = state->progress;
    section_bytes(s, saved, sizeof *saved);
    state->k = saved->k;
    state->rate = saved->rates.rate;
    state->compensation = saved->rates.compensation;
    state->update_rate = saved->rates.update_rate;
    state->rates = saved->rates_sum;
    state->progress = saved->progress;
}

void process_persist(void *process, struct section *s)
{
    struct process *p = process;
    for (int i = 0; i < p->workers; i++) {
        struct worker *w = &p->worker[i];
        vectors_persist(p->run, OWNER_WORKER, w->state.id, w, s);
        statistics_persist(&w->stats, s);
        persist_scalars(w, s);
        if (p->run->sampling)
            worker_meet_client(w, p->run);
    }
    inbox_persist(&p->replies, s);
}
