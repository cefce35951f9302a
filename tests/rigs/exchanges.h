/* Plays exchanges by themselves, without algorithms: workers push at given times, every update is answered at once, and
 * the watch keeps accounts of its own. */
#ifndef TESTS_RIGS_EXCHANGES_H
#define TESTS_RIGS_EXCHANGES_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/exchange/kind.h"

enum { RIG_WORKERS = 40, RIG_NODES = 2 * RIG_WORKERS, RIG_EXCHANGES = 8, RIG_HEADER = 64 };

struct rig_worker {
    vtime join[RIG_EXCHANGES]; /* VTIME_NEVER: none */
    vtime sent[RIG_EXCHANGES], pushed[RIG_EXCHANGES], result[RIG_EXCHANGES], closed[RIG_EXCHANGES];
    uint64_t up[RIG_EXCHANGES], down[RIG_EXCHANGES]; /* bytes on its links */
};

struct rig {
    struct topology_spec cluster;
    double up[RIG_WORKERS], down[RIG_WORKERS], latency[RIG_WORKERS];
    double part_up[RIG_WORKERS], part_down[RIG_WORKERS], part_latency[RIG_WORKERS];
    int part_of[RIG_WORKERS];
    struct exchange_spec spec;
    uint64_t push[RIG_WORKERS], reply; /* bytes without header */
    int exchanges;
    struct exchange *exchange;
    struct topology *topology;
    struct rig_worker worker[RIG_WORKERS];
    int64_t messages[RIG_EXCHANGES], in_flight;
    vtime last_arrival[RIG_EXCHANGES];
    uint64_t bytes; /* of all messages */
    vtime now;
    bool stop_after_update; /* exchange_stop() at the first update */
    bool over_hub;          /* server over a star by its own networks */
    vtime latency_ns[RIG_WORKERS];
};

static struct rig rig;

static const double B = 1.25e8;    /* 1 Gbit/s: a byte takes 8 ns */
static const double L = 50e-6;     /* of a link */
static const vtime ROUTE = 100000; /* between two workers */

static inline vtime flow(uint64_t payload, double bandwidth) /* of one message that is alone on its links */
{
    return (vtime)ceil((double)(payload + RIG_HEADER) / bandwidth * 1e9 - 0x1p-10);
}

static inline vtime later(vtime a, vtime b)
{
    return a > b ? a : b;
}

static inline uint64_t part(uint64_t payload, int parts)
{
    return (payload + (uint64_t)parts - 1) / (uint64_t)parts;
}

/* Equal workers on a star; sizes in bytes without header; latency in seconds. */
static void rig_begin(const char *kind, int workers, uint64_t payload, double latency, double bandwidth)
{
    memset(&rig, 0, sizeof rig);
    rig.cluster = (struct topology_spec){.kind = TOPOLOGY_STAR,
                                         .workers = workers,
                                         .shards = 1,
                                         .up = rig.up,
                                         .down = rig.down,
                                         .latency = rig.latency,
                                         .server_up = INFINITY,
                                         .server_down = INFINITY,
                                         .parts = 1,
                                         .server_part = -1,
                                         .latency_factor = 1,
                                         .window = INFINITY};
    for (int w = 0; w < workers; w++) {
        rig.up[w] = rig.down[w] = bandwidth;
        rig.latency[w] = latency;
        rig.push[w] = payload;
    }
    rig.spec = (struct exchange_spec){
        .kind = exchange_find(kind), .all_workers = true, .header = RIG_HEADER, .chunk = 4 << 20};
    rig.reply = payload;
    rig.exchanges = 1;
}

/* Groups of these sizes, with no more limit than the workers' links have. */
static inline void rig_group(const int *size, int groups, double latency)
{
    int worker = 0;
    for (int g = 0; g < groups; g++) {
        for (int i = 0; i < size[g]; i++)
            rig.part_of[worker++] = g;
        rig.part_up[g] = rig.part_down[g] = INFINITY;
        rig.part_latency[g] = latency;
    }
    rig.cluster.kind = TOPOLOGY_GROUPS;
    rig.cluster.parts = groups;
    rig.cluster.part_of = rig.part_of;
    rig.cluster.part_up = rig.part_up;
    rig.cluster.part_down = rig.part_down;
    rig.cluster.part_latency_up = rig.cluster.part_latency_down = rig.part_latency;
}

/* ---- the watch ---- */

static void rig_departs(void *context, const struct exchange_message *m)
{
    struct rig *r = context;
    int from = exchange_worker_of(r->exchange, m->from), to = exchange_worker_of(r->exchange, m->to);
    r->in_flight++;
    r->bytes += m->bytes;
    r->messages[m->exchange]++;
    if (from >= 0)
        r->worker[from].up[m->exchange] += m->bytes;
    if (to >= 0)
        r->worker[to].down[m->exchange] += m->bytes;
    assert_int_equal(m->arrive, VTIME_NEVER);
}

static void rig_arrives(void *context, const struct exchange_message *m)
{
    struct rig *r = context;
    r->in_flight--;
    r->last_arrival[m->exchange] = m->arrive;
    assert_true(m->arrive >= m->depart && exchange_phase_words[m->phase]);
}

static void rig_closed(void *context, int worker, int64_t number, vtime t)
{
    struct rig *r = context;
    assert_int_equal(r->worker[worker].closed[number], VTIME_NEVER);
    r->worker[worker].closed[number] = t;
}

static uint64_t rig_reply_bytes(const void *context, int64_t number)
{
    (void)number;
    return ((const struct rig *)context)->reply + RIG_HEADER;
}

/* ---- a conductor ---- */

static vtime rig_next_join(int n, int *worker, int *number, const int *next)
{
    vtime t = VTIME_NEVER;
    *worker = *number = 0;
    for (int w = 0; w < n; w++)
        if (next[w] < rig.exchanges && rig.worker[w].join[next[w]] < t) {
            t = rig.worker[w].join[next[w]];
            *worker = w;
            *number = next[w];
        }
    return t;
}

static bool rig_take(enum exchange_event kind, int *worker, int64_t *id)
{
    return exchange_take(rig.exchange, kind, rig.now, worker, id);
}

static void rig_update(int n, int updates)
{
    if (rig.stop_after_update && updates == 1)
        exchange_stop(rig.exchange);
    for (int w = 0; w < n; w++)
        exchange_reply(rig.exchange, w, rig.now, rig.reply + RIG_HEADER, 1000 * w + updates - 1);
}

/* Everything at rig.now. */
static void rig_instant(int n, int *next, int *arrived)
{
    int worker, number;
    int64_t id;
    while (rig_take(EXCHANGE_SENT, &worker, &id))
        rig.worker[worker].sent[id % 1000] = rig.now;
    int before = -1;
    while (rig_take(EXCHANGE_PUSH, &worker, &id)) {
        assert_int_equal(id / 1000, worker);
        if (exchange_is_whole(rig.exchange))
            assert_int_equal(worker, (before + 1) % n);
        before = worker;
        rig.worker[worker].pushed[id % 1000] = rig.now;
        if (++*arrived % n == 0)
            rig_update(n, *arrived / n);
    }
    while (rig_take(EXCHANGE_REPLY, &worker, &id)) {
        assert_int_equal(id / 1000, worker);
        rig.worker[worker].result[id % 1000] = rig.now;
    }
    while (rig_next_join(n, &worker, &number, next) == rig.now) {
        exchange_push(rig.exchange, worker, rig.now, rig.push[worker] + RIG_HEADER, 1000 * worker + number);
        next[worker]++;
    }
}

static void rig_hub(void)
{
    struct network_spec net = {.workers = rig.cluster.workers,
                               .link_bandwidth = rig.up,
                               .latency = rig.latency_ns,
                               .server_bandwidth = rig.cluster.server_up};
    for (int w = 0; w < net.workers; w++)
        rig.latency_ns[w] = vtime_from_seconds(rig.latency[w], 0);
    rig.spec.up = rig.spec.down = net;
    rig.spec.down.link_bandwidth = rig.down;
    rig.spec.down.server_bandwidth = rig.cluster.server_down;
    rig.spec.topology = NULL;
}

/* Until nothing is in progress. */
static void rig_play(void)
{
    int n = rig.cluster.workers, next[RIG_WORKERS] = {0}, arrived = 0, worker, number;
    static const struct exchange_watch watch = {rig_departs, rig_arrives, rig_closed, &rig};
    for (int w = 0; w < n; w++)
        for (int e = 0; e < RIG_EXCHANGES; e++)
            rig.worker[w].sent[e] = rig.worker[w].pushed[e] = rig.worker[w].result[e] =
                rig.worker[w].closed[e] = VTIME_NEVER;
    rig.spec.topology = rig.topology = topology_create(&rig.cluster);
    if (rig.over_hub)
        rig_hub();
    rig.spec.reply_bytes = rig_reply_bytes;
    rig.spec.reply_context = &rig;
    rig.exchange = exchange_create(&rig.spec, &watch);
    for (;;) {
        vtime due = exchange_due(rig.exchange), join = rig_next_join(n, &worker, &number, next);
        if (due == VTIME_NEVER && join == VTIME_NEVER)
            break;
        if (due < join && !exchange_play(rig.exchange, due))
            continue;
        rig.now = due < join ? due : join;
        do
            rig_instant(n, next, &arrived);
        while (exchange_due(rig.exchange) == rig.now);
    }
    assert_false(exchange_is_open(rig.exchange));
    assert_int_equal(rig.in_flight, 0);
    exchange_destroy(rig.exchange);
    topology_destroy(rig.topology);
}

/* ---- what came out ---- */

static inline void expect_all(vtime update, vtime result, int number)
{
    for (int w = 0; w < rig.cluster.workers; w++) {
        assert_int_equal(rig.worker[w].pushed[number], update);
        assert_int_equal(rig.worker[w].result[number], result);
    }
}

#endif
