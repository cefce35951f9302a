/* halving_doubling: Thakur, Rabenseifner and Gropp, Int. J. High Perform. Comput. Appl. 19 (2005). p is the largest
 * power of two in N, and q its logarithm. The first r = N - p pairs merge: an even rank below 2 r gives its vector to
 * its neighbour and waits. The p others have places 0 .. p - 1, and exchange with the partner at a distance:
 *
 *      merge       halving                     doubling                    return        N = 6: p = 4, r = 2
 *      0 -> 1      place 0 <-> 2   0 <-> 1     place 0 <-> 1   0 <-> 2     1 -> 0        ranks  1 3 4 5
 *      2 -> 3            1 <-> 3   2 <-> 3           2 <-> 3   1 <-> 3     3 -> 2        places 0 1 2 3
 *      P           P / 2           P / 4       P / 4           P / 2       P
 *
 * Steps 0 .. q - 1 halve, steps q .. 2 q - 1 double. A worker sends step s when its own step s - 1 has arrived and
 * that of its partner has come. The reduction is complete when the last halving step has come everywhere. */
#include "sim/exchange/kind.h"

struct place {
    uint64_t received; /* bit s: step s has come; partners need not keep the order of steps */
    int sent, arrived; /* own steps */
    bool merged;
};

struct halving {
    int complete; /* places with all halving steps */
    struct place place[];
};

static size_t state_bytes(int workers)
{
    return sizeof(struct halving) + (size_t)workers * sizeof(struct place);
}

/* ---- who is where ---- */

static int halvings(const struct collective *e) /* q */
{
    return 31 - __builtin_clz((unsigned)e->workers);
}

static int merges(const struct collective *e) /* r */
{
    return e->workers - (1 << halvings(e));
}

static bool is_merged_away(const struct collective *e, int worker)
{
    return worker < 2 * merges(e) && worker % 2 == 0;
}

static bool takes_a_merge(const struct collective *e, int worker)
{
    return worker < 2 * merges(e) && worker % 2 == 1;
}

static int partner(const struct collective *e, int worker, int distance)
{
    int r = merges(e);
    int other = (worker < 2 * r ? worker / 2 : worker - r) ^ distance;
    return other < r ? 2 * other + 1 : other + r;
}

static int messages(const struct collective *e, int worker)
{
    if (is_merged_away(e, worker))
        return 2;
    return 4 * halvings(e) + 2 * takes_a_merge(e, worker);
}

/* ---- what moves ---- */

static void send_whole(struct collective *e, int from, int to, enum exchange_phase phase)
{
    collective_send(e,
                    &(struct exchange_message){.from = from, .to = to, .bytes = e->payload, .phase = phase});
}

static void go_on(struct collective *e, int worker)
{
    struct place *p = &((struct halving *)e->state)->place[worker];
    int q = halvings(e), step = p->sent;
    if (!e->part[worker].begun || (takes_a_merge(e, worker) && !p->merged))
        return;
    if (step == 2 * q || p->arrived < step || (step > 0 && !(p->received >> (step - 1) & 1)))
        return;
    int halved = step < q ? step + 1 : 2 * q - step; /* how often the vector of this step is halved */
    p->sent++;
    collective_send(e, &(struct exchange_message){.from = worker,
                                                  .to = partner(e, worker, 1 << (q - halved)),
                                                  .bytes = share_of(e->payload, UINT64_C(1) << halved),
                                                  .phase = step < q ? PHASE_REDUCE : PHASE_GATHER,
                                                  .step = step});
}

static void begin(struct collective *e, int worker)
{
    if (is_merged_away(e, worker))
        send_whole(e, worker, worker + 1, PHASE_MERGE);
    else
        go_on(e, worker);
}

/* The result does not wait for the worker's own last steps. */
static void complete(struct collective *e, int worker)
{
    collective_result(e, worker);
    if (takes_a_merge(e, worker))
        send_whole(e, worker, worker - 1, PHASE_RETURN);
}

static void received_step(struct collective *e, const struct exchange_message *m)
{
    struct halving *halving = e->state;
    struct place *p = &halving->place[m->to];
    int q = halvings(e);
    uint64_t reduced = (UINT64_C(1) << q) - 1, all = (UINT64_C(1) << 2 * q) - 1;
    p->received |= UINT64_C(1) << m->step;
    halving->place[m->from].arrived++;
    if (m->step < q && (p->received & reduced) == reduced && ++halving->complete == 1 << q)
        collective_reduced(e);
    if (p->received == all)
        complete(e, m->to);
    go_on(e, m->from);
    go_on(e, m->to);
}

static void received(struct collective *e, const struct exchange_message *m)
{
    if (m->phase == PHASE_MERGE) {
        ((struct halving *)e->state)->place[m->to].merged = true;
        go_on(e, m->to);
    } else if (m->phase == PHASE_RETURN) {
        collective_result(e, m->to);
    } else {
        received_step(e, m);
    }
}

const struct exchange_kind exchange_halving_doubling = {
    .name = "halving_doubling",
    .label = "halving-doubling all-reduce",
    .summary = "pairs of workers exchange halves, quarters ... of the vector, and back",
    .source = "Thakur, Rabenseifner and Gropp, Int. J. High Perform. Comput. Appl. 2005",
    .all_workers = true,
    .has_order = true,
    .adds_up = true,
    .least_workers = 2,
    .state_bytes = state_bytes,
    .messages = messages,
    .begin = begin,
    .received = received,
};
