/* What a checkpoint holds of a worker process. */
#include "sim/runtime/worker/worker.h"

static void persist_scalars(struct worker *w, struct section *s)
{
    struct worker_state *state = &w->state;
    section_bytes(s, &state->k, sizeof state->k);
    section_bytes(s, &state->rate, sizeof state->rate);
    section_bytes(s, &state->compensation, sizeof state->compensation);
    section_bytes(s, &state->update_rate, sizeof state->update_rate);
    section_bytes(s, &w->loss, sizeof w->loss);
    section_bytes(s, &w->pushes, sizeof w->pushes);
    section_bytes(s, &w->holds, sizeof w->holds);
    section_bytes(s, &w->steps, sizeof w->steps);
    section_bytes(s, &w->round, sizeof w->round);
    section_bytes(s, &w->first, sizeof w->first);
    section_bytes(s, &w->version, sizeof w->version);
    section_bytes(s, &w->hash, sizeof w->hash);
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
