/* What a checkpoint holds of a worker process. */
#include "sim/runtime/worker/worker.h"

enum {
    HELD_HERE,
    SHOWN_0,
    SHOWN_1
}; /* where a vector lies that the PS shows: with the worker until the first reply */

static bool is_shown(const struct run *run, int vector)
{
    const struct span *reply = &run->protocol->reply[0];
    return run->shows && reply->fixed && reply->into == vector;
}

/* Nobody has written to what the worker holds itself. */
static void persist_shown(const struct run *run, struct worker_state *w, int vector, struct section *s)
{
    float **shown = run->shared->vectors.reply[run->each ? w->id : 0], **place = worker_place(w, vector);
    int32_t where = *place == shown[0] ? SHOWN_0 : *place == shown[1] ? SHOWN_1 : HELD_HERE;
    section_choice(s, &where, HELD_HERE, SHOWN_1);
    if (where == HELD_HERE)
        return;
    worker_free_vector(run, *place);
    *place = shown[where - SHOWN_0];
}

static void persist_vector(const struct run *run, struct worker_state *w, int vector, struct section *s)
{
    if (is_shown(run, vector))
        persist_shown(run, w, vector, s);
    else if (!run_is_of_client(run, vector) && /* the shared segment's, as is what is lent */
             (!run->lends || run->protocol->push[0].vector != vector))
        section_floats(s, worker_vector(w, vector), run->fragments.room);
}

static void persist_vectors(const struct run *run, struct worker *w, struct section *s)
{
    persist_vector(run, &w->state, THE_MODEL, s);
    if (w->state.gradient)
        persist_vector(run, &w->state, THE_GRADIENT, s);
    for (int i = 0; i < run->protocol->n_worker_vectors; i++)
        persist_vector(run, &w->state, i, s);
    statistics_persist(&w->stats, s);
    for (int i = 0; i < run->states; i++)
        section_floats(s, w->state_of[i], run->n);
    for (int i = 0; i < run->protocol->push_spans; i++)
        section_floats(s, w->residual[i], run->fragments.room);
}

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
        persist_vectors(p->run, &p->worker[i], s);
        persist_scalars(&p->worker[i], s);
        if (p->run->sampling)
            worker_meet_client(&p->worker[i], p->run);
    }
    inbox_persist(&p->replies, s);
}
