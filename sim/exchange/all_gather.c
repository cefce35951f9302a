/* The all-gather that takes the place of any exchange without a server when codes do not add up (Agarwal et al.,
 * MLSys 2022). Whole vectors go round the ring once, each with its own size:
 *
 *      step 0   i sends its own vector          to i + 1
 *      step s   i sends the vector of i - s     to i + 1, for s = 1 .. N - 2
 *
 * The update comes when the first worker holds all vectors. A worker that joins late may hold all others by then. */
#include "sim/exchange/kind.h"
#include "sim/exchange/ring.h"

struct gather {
    bool complete;
    struct ring_place place[];
};

static size_t state_bytes(int workers)
{
    return sizeof(struct gather) + (size_t)workers * sizeof(struct ring_place);
}

static int steps(const struct collective *e)
{
    return e->workers - 1;
}

static int messages(const struct collective *e, int worker)
{
    (void)worker;
    return 2 * steps(e);
}

static void go_on(struct collective *e, int worker)
{
    struct ring_place *p = &((struct gather *)e->state)->place[worker];
    if (!e->part[worker].begun || !ring_may_send(p, steps(e)))
        return;
    int step = p->sent++, owner = worker - step;
    collective_send(
        e, &(struct exchange_message){.from = worker,
                                      .to = worker + 1 < e->workers ? worker + 1 : 0,
                                      .bytes = e->part[owner < 0 ? owner + e->workers : owner].payload,
                                      .phase = PHASE_GATHER,
                                      .step = step});
}

/* The worker has joined, or has received a vector: does it hold all of them now? */
static void look(struct collective *e, int worker)
{
    struct gather *gather = e->state;
    if (!e->part[worker].begun || gather->place[worker].received < steps(e))
        return;
    if (!gather->complete)
        collective_reduced(e);
    gather->complete = true;
    collective_result(e, worker);
}

static void begin(struct collective *e, int worker)
{
    look(e, worker);
    go_on(e, worker);
}

static void received(struct collective *e, const struct exchange_message *m)
{
    struct gather *gather = e->state;
    gather->place[m->to].received++;
    gather->place[m->from].arrived++;
    look(e, m->to);
    go_on(e, m->from);
    go_on(e, m->to);
}

const struct exchange_kind exchange_all_gather = {
    .name = "all_gather",
    .label = "all-gather",
    .summary = "the vectors of all workers go round once",
    .source = "Agarwal et al., MLSys 2022",
    .all_workers = true,
    .has_order = true,
    .least_workers = 2,
    .state_bytes = state_bytes,
    .messages = messages,
    .begin = begin,
    .received = received,
};
