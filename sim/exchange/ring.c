/* ring: Patarasuk and Yuan, J. Parallel Distrib. Comput. 69 (2009). The vector is cut into N pieces; each worker
 * sends one piece at a time to its successor.
 *
 *      0 ---> 1            steps 0 .. N - 2        the receiver adds the piece to its own: reduce
 *      ^      |            steps N - 1 .. 2 N - 3  the receiver keeps the piece, which is a part of the sum: gather
 *      |      v
 *      3 <--- 2            equal workers: 2 (N - 1) (L + (ceil(P / N) + header) / b)
 *
 * The reduction is complete when step N - 2 is at the last worker. */
#include "sim/exchange/ring.h"

#include "sim/exchange/kind.h"

struct ring {
    int complete; /* workers with all steps of the reduction */
    struct ring_place place[];
};

static size_t state_bytes(int workers)
{
    return sizeof(struct ring) + (size_t)workers * sizeof(struct ring_place);
}

static int steps(const struct collective *e)
{
    return 2 * (e->workers - 1);
}

static int messages(const struct collective *e, int worker)
{
    (void)worker;
    return 2 * steps(e);
}

static void go_on(struct collective *e, int worker)
{
    struct ring_place *p = &((struct ring *)e->state)->place[worker];
    if (!e->part[worker].begun || !ring_may_send(p, steps(e)))
        return;
    int step = p->sent++;
    collective_send(e,
                    &(struct exchange_message){.from = worker,
                                               .to = worker + 1 < e->workers ? worker + 1 : 0,
                                               .bytes = share_of(e->payload, (uint64_t)e->workers),
                                               .phase = step < e->workers - 1 ? PHASE_REDUCE : PHASE_GATHER,
                                               .step = step});
}

static void received(struct collective *e, const struct exchange_message *m)
{
    struct ring *ring = e->state;
    int n = ++ring->place[m->to].received;
    ring->place[m->from].arrived++;
    if (n == e->workers - 1 && ++ring->complete == e->workers)
        collective_reduced(e);
    if (n == steps(e))
        collective_result(e, m->to);
    go_on(e, m->from);
    go_on(e, m->to);
}

const struct exchange_kind exchange_ring = {
    .name = "ring",
    .label = "ring all-reduce",
    .summary = "pieces of the vector go round all workers twice: sums, then the result",
    .source = "Patarasuk and Yuan, J. Parallel Distrib. Comput. 2009",
    .all_workers = true,
    .has_order = true,
    .adds_up = true,
    .least_workers = 2,
    .state_bytes = state_bytes,
    .messages = messages,
    .begin = go_on,
    .received = received,
};
