/* hierarchical: a chain in each group or site, a ring between them, and the chain back. Chunks of the vector run down
 * from the highest rank to the lowest, the group's leader; the leaders go round a ring as in ring.c.
 *
 *      group 0                group 1               up:    a worker sends chunk k to the next lower one when it
 *      2 --> 1 --> 0 (leader)                              has chunk k of the next higher one
 *                  |  ring  |                       ring:  a leader begins when it holds all chunks of its group
 *                           3 (leader) <-- 4        down:  a leader with the result sends all chunks at once, and
 *                                                          each worker passes them on at once
 *
 * The reduction is complete when ring step G - 2 of G groups is at the last leader; with one group, which has no
 * ring, when the leader holds all chunks: what others call reduce and broadcast. */
#include "sim/exchange/chunks.h"

#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/exchange/ring.h"

struct groups {
    int leaders;
    struct link {
        int lower, higher;      /* the neighbours in the chain; -1: none */
        int place, next_leader; /* leaders: place in the ring and the leader of the next place; others: -1 */
    } link[];
};

struct chain {
    int complete; /* leaders with all steps of the reduction */
    struct state {
        int sent, received; /* chunks towards the leader */
        int here;           /* chunks of the result */
        struct ring_place ring;
    } worker[];
};

static size_t state_bytes(int workers)
{
    return sizeof(struct chain) + (size_t)workers * sizeof(struct state);
}

/* ---- groups ---- */

/* newest[part]: the highest rank of the part so far. */
static void add_worker(struct groups *groups, int worker, int *newest, int *leader)
{
    struct link *link = &groups->link[worker];
    *link = (struct link){.lower = *newest, .higher = -1, .place = -1, .next_leader = -1};
    if (*newest >= 0) {
        groups->link[*newest].higher = worker;
    } else {
        link->place = groups->leaders;
        leader[groups->leaders++] = worker;
    }
    *newest = worker;
}

static void *open_groups(const struct exchange *x)
{
    const struct topology *t = exchange_spec_of(x)->topology;
    struct groups *groups = need(sizeof *groups + (size_t)t->workers * sizeof(struct link));
    int *newest = need((size_t)t->parts * sizeof *newest),
        *leader = need((size_t)t->workers * sizeof *leader);
    for (int part = 0; part < t->parts; part++)
        newest[part] = -1;
    for (int w = 0; w < t->workers; w++)
        add_worker(groups, w, &newest[t->part_of[w]], leader);
    for (int i = 0; i < groups->leaders; i++)
        groups->link[leader[i]].next_leader = leader[(i + 1) % groups->leaders];
    free(newest);
    free(leader);
    return groups;
}

static const struct groups *groups_of(const struct collective *e)
{
    return exchange_own(e->exchange);
}

static int steps(const struct collective *e)
{
    return 2 * (groups_of(e)->leaders - 1);
}

static int messages(const struct collective *e, int worker)
{
    const struct link *link = &groups_of(e)->link[worker];
    int chains = (link->lower >= 0) + (link->higher >= 0);
    return 2 * chunk_count(e, e->payload) * chains + (link->place >= 0 ? 2 * steps(e) : 0);
}

/* ---- the chain ---- */

static void send_chunk(struct collective *e, enum exchange_phase phase, int from, int to, int chunk)
{
    collective_send(e, &(struct exchange_message){.from = from,
                                                  .to = to,
                                                  .bytes = chunk_bytes(e, e->payload, chunk),
                                                  .phase = phase,
                                                  .step = chunk});
}

/* The leader holds the sum of all. */
static void begin_down(struct collective *e, int leader)
{
    int higher = groups_of(e)->link[leader].higher, chunks = chunk_count(e, e->payload);
    for (int chunk = 0; chunk < chunks && higher >= 0; chunk++)
        send_chunk(e, PHASE_DOWN, leader, higher, chunk);
    collective_result(e, leader);
}

static void received_down(struct collective *e, int worker, int chunk)
{
    struct state *s = &((struct chain *)e->state)->worker[worker];
    int higher = groups_of(e)->link[worker].higher;
    if (higher >= 0)
        send_chunk(e, PHASE_DOWN, worker, higher, chunk);
    if (++s->here == chunk_count(e, e->payload))
        collective_result(e, worker);
}

static void go_up(struct collective *e, int worker)
{
    struct state *s = &((struct chain *)e->state)->worker[worker];
    const struct link *link = &groups_of(e)->link[worker];
    int ready = link->higher >= 0 ? s->received : chunk_count(e, e->payload);
    while (s->sent < ready)
        send_chunk(e, PHASE_UP, worker, link->lower, s->sent++);
}

/* ---- the ring of leaders ---- */

static bool holds_group(const struct collective *e, int leader)
{
    const struct state *s = &((struct chain *)e->state)->worker[leader];
    return groups_of(e)->link[leader].higher < 0 || s->received == chunk_count(e, e->payload);
}

static void go_round(struct collective *e, int leader)
{
    struct ring_place *p = &((struct chain *)e->state)->worker[leader].ring;
    int leaders = groups_of(e)->leaders;
    if (!e->part[leader].begun || !holds_group(e, leader) || !ring_may_send(p, steps(e)))
        return;
    int step = p->sent++;
    collective_send(e, &(struct exchange_message){.from = leader,
                                                  .to = groups_of(e)->link[leader].next_leader,
                                                  .bytes = share_of(e->payload, (uint64_t)leaders),
                                                  .phase = step < leaders - 1 ? PHASE_REDUCE : PHASE_GATHER,
                                                  .step = step});
}

static void received_round(struct collective *e, const struct exchange_message *m)
{
    struct chain *chain = e->state;
    int leaders = groups_of(e)->leaders, n = ++chain->worker[m->to].ring.received;
    chain->worker[m->from].ring.arrived++;
    if (n == leaders - 1 && ++chain->complete == leaders)
        collective_reduced(e);
    if (n == steps(e))
        begin_down(e, m->to);
    go_round(e, m->from);
    go_round(e, m->to);
}

/* ---- a worker ---- */

static void go_on(struct collective *e, int worker)
{
    if (!e->part[worker].begun)
        return;
    if (groups_of(e)->link[worker].lower >= 0) {
        go_up(e, worker);
    } else if (groups_of(e)->leaders > 1) {
        go_round(e, worker);
    } else if (holds_group(e, worker)) {
        collective_reduced(e);
        begin_down(e, worker);
    }
}

static void received(struct collective *e, const struct exchange_message *m)
{
    if (m->phase == PHASE_DOWN) {
        received_down(e, m->to, m->step);
    } else if (m->phase == PHASE_UP) {
        ((struct chain *)e->state)->worker[m->to].received++;
        go_on(e, m->to);
    } else {
        received_round(e, m);
    }
}

const struct exchange_kind exchange_hierarchical = {
    .name = "hierarchical",
    .label = "hierarchical all-reduce",
    .summary = "a chain in each group or site, a ring of their leaders, and the chains back",
    .source = "Jia et al., arXiv:1807.11205 (2018)",
    .all_workers = true,
    .has_order = true,
    .needs_parts = true,
    .has_chunks = true,
    .adds_up = true,
    .least_workers = 2,
    .open = open_groups,
    .close = free,
    .state_bytes = state_bytes,
    .messages = messages,
    .begin = go_on,
    .received = received,
};
