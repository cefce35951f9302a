/* The networks alone, without an exchange or a run: messages a second in the patterns of exchanges.
 *
 * graph.ring.messages_per_s            a ring over a star: each message is alone on its links
 * graph.PATTERN.messages_per_s         pushes that depart, and arrive, one by one:
 *     star                             to a PS over a star
 *     groups.G, narrow.G, mixed.G      to a PS over G groups: their links seldom limit, or mostly, or some of them
 *     unequal.G                        mixed, and each worker's link differs
 *     sharded, colocated               to 16 shards over a star; to a shard at each of 64 workers
 * graph.PATTERN.times_star             the time of such a push by that of the solver of stars (sim/time/star.c)
 *
 * usage: graph [WORKERS]   1024 by default */
#include <math.h>

#include "sim/base/rng.h"
#include "sim/time/network.h"
#include "sim/time/queue.h"
#include "sim/time/topology.h"
#include "tests/bench/bench.h"

#define GBIT 1.25e8

enum { PUSH = 10000000, THINK = 100000000, ROUNDS = 40 };

static int workers = 1024;

/* Other processes do not count. */
static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- clusters ---- */

static double *values(int n, double middle, double sigma)
{
    double *v = need((size_t)n * sizeof *v);
    for (int i = 0; i < n; i++) {
        const struct draw_key key = {.purpose = DRAW_SPREAD, .rank = i};
        v[i] = middle * draw_lognormal(&key, 0, sigma);
    }
    return v;
}

struct cluster {
    int shards, groups; /* groups 0: a star */
    bool colocated;
    double group_bandwidth, group_spread, spread;
};

static struct topology *topology_of(const struct cluster *c)
{
    int parts = c->groups > 0 ? c->groups : 1, *part_of = need((size_t)workers * sizeof *part_of);
    for (int w = 0; w < workers; w++)
        part_of[w] = (int)((long)w * parts / workers);
    double *part = values(parts, c->group_bandwidth, c->group_spread),
           *link = values(workers, GBIT, c->spread);
    return topology_create(&(struct topology_spec){.kind = c->groups > 0 ? TOPOLOGY_GROUPS : TOPOLOGY_STAR,
                                                   .workers = workers,
                                                   .shards = c->shards,
                                                   .colocated = c->colocated,
                                                   .up = link,
                                                   .down = link,
                                                   .latency = values(workers, 1e-4, 0),
                                                   .server_up = 100 * GBIT,
                                                   .server_down = 100 * GBIT,
                                                   .parts = parts,
                                                   .part_of = part_of,
                                                   .server_part = -1,
                                                   .part_up = part,
                                                   .part_down = part,
                                                   .part_latency_up = values(parts, 0, 0),
                                                   .part_latency_down = values(parts, 0, 0),
                                                   .latency_factor = 1,
                                                   .window = INFINITY});
}

/* ---- pushes ---- */

static vtime think(int worker, int push)
{
    const struct draw_key key = {.purpose = DRAW_JITTER, .rank = worker, .iteration = (uint64_t)push};
    return (vtime)(THINK * draw_lognormal(&key, 0, 0.2));
}

static void plan(struct queue *q, vtime t, int worker, int push)
{
    queue_push(q, &(struct event){.at = t + think(worker, push), .rank = worker});
}

static struct queue *plan_all(void)
{
    struct queue *q = queue_create();
    for (int w = 0; w < workers; w++)
        plan(q, 0, w, 0);
    return q;
}

/* The next departure, if it comes before `due`. */
static bool departs(struct queue *q, vtime due, struct event *e)
{
    return queue_peek(q, e) && e->at < due && queue_pop(q, e);
}

static double star_pushes(int pushes)
{
    vtime *latency = need((size_t)workers * sizeof *latency);
    for (int w = 0; w < workers; w++)
        latency[w] = 100000;
    struct network *net = net_create(&(struct network_spec){.workers = workers,
                                                            .link_bandwidth = values(workers, GBIT, 0),
                                                            .latency = latency,
                                                            .server_bandwidth = 100 * GBIT});
    struct queue *q = plan_all();
    double begun = cpu_seconds();
    for (int i = 0; i < pushes;) {
        vtime due = net_due(net);
        struct event e;
        int worker;
        int64_t id;
        if (departs(q, due, &e)) {
            net_depart(net, e.rank, e.at, PUSH, 0);
        } else if (net_play(net, due)) {
            net_take(net, &worker, &id);
            plan(q, due, worker, ++i);
        }
    }
    double taken = cpu_seconds() - begun;
    net_destroy(net);
    queue_destroy(q);
    return taken / pushes;
}

/* A push is a message to each shard, but to one's own. */
static void push(struct graph *g, const struct topology *t, const struct event *e)
{
    for (int j = 0; j < t->shards; j++)
        if (!t->colocated || j != e->rank)
            graph_depart(g, e->at,
                         &(struct graph_message){.from = e->rank,
                                                 .to = topology_server(t, j),
                                                 .bytes = (uint64_t)(PUSH / t->shards)});
}

static double graph_pushes(const struct topology *t, int messages)
{
    struct graph *g = graph_create(&t->graph);
    int *missing = need((size_t)workers * sizeof *missing);
    struct queue *q = plan_all();
    double begun = cpu_seconds();
    for (int i = 0; i < messages;) {
        vtime due = graph_due(g);
        struct event e;
        struct graph_message m;
        if (departs(q, due, &e)) {
            missing[e.rank] = t->shards - t->colocated;
            push(g, t, &e);
        } else if (graph_play(g, due)) {
            graph_take(g, &m);
            i++;
            if (--missing[m.from] == 0)
                plan(q, due, m.from, i);
        }
    }
    double taken = cpu_seconds() - begun;
    graph_destroy(g);
    queue_destroy(q);
    free(missing);
    return taken / messages;
}

/* The best of three of each, in turn: other processes disturb. */
static void compare(const char *name, const struct cluster *c, int messages)
{
    struct topology *t = topology_of(c);
    double each = INFINITY, star = INFINITY;
    for (int try = 0; try < 3; try++) {
        each = fmin(each, graph_pushes(t, messages));
        star = fmin(star, star_pushes(messages));
    }
    report(1 / each, "1/s", "graph.%s.messages_per_s", name);
    if (c->shards == 1)
        report(each / star, "x", "graph.%s.times_star", name);
    topology_destroy(t);
}

/* ---- a ring ---- */

struct place {
    int received, arrived, sent; /* steps */
};

static void advance(struct graph *g, struct place *p, vtime t, int worker)
{
    if (p->sent == p->arrived && p->sent <= p->received) {
        p->sent++;
        graph_depart(g, t,
                     &(struct graph_message){
                         .from = worker, .to = (worker + 1) % workers, .bytes = (uint64_t)(PUSH / workers)});
    }
}

static double ring(const struct topology *t, int messages)
{
    struct graph *g = graph_create(&t->graph);
    struct place *place = need((size_t)workers * sizeof *place);
    struct queue *q = plan_all();
    double begun = cpu_seconds();
    for (int i = 0; i < messages;) {
        vtime due = graph_due(g);
        struct event e;
        struct graph_message m;
        if (departs(q, due, &e)) {
            advance(g, &place[e.rank], e.at, e.rank);
        } else if (graph_play(g, due)) {
            graph_take(g, &m);
            i++;
            place[m.from].arrived++;
            place[m.to].received++;
            advance(g, &place[m.from], due, m.from);
            if (place[m.to].sent > 0) /* it has joined */
                advance(g, &place[m.to], due, m.to);
        }
    }
    double taken = cpu_seconds() - begun;
    graph_destroy(g);
    queue_destroy(q);
    free(place);
    return taken / messages;
}

int main(int argc, char **argv)
{
    workers = argc > 1 ? atoi(argv[1]) : workers;
    int messages = ROUNDS * workers;
    struct topology *plain = topology_of(&(struct cluster){.shards = 1});
    report(1 / ring(plain, 10 * messages), "1/s", "graph.ring.messages_per_s");
    compare("star", &(struct cluster){.shards = 1}, messages);
    for (int groups = 4; groups <= 64; groups *= 4) {
        char name[40];
        double share = 100 * GBIT / groups;
        const struct cluster wide = {.shards = 1, .groups = groups, .group_bandwidth = 3 * share};
        snprintf(name, sizeof name, "groups.%d", groups);
        compare(name, &wide, messages);
        const struct cluster narrow = {.shards = 1, .groups = groups, .group_bandwidth = 0.7 * share};
        snprintf(name, sizeof name, "narrow.%d", groups);
        compare(name, &narrow, messages);
        const struct cluster mixed = {
            .shards = 1, .groups = groups, .group_bandwidth = 1.1 * share, .group_spread = 0.5};
        snprintf(name, sizeof name, "mixed.%d", groups);
        compare(name, &mixed, messages);
        struct cluster unequal = mixed;
        unequal.spread = 0.7;
        snprintf(name, sizeof name, "unequal.%d", groups);
        compare(name, &unequal, messages);
    }
    compare("sharded", &(struct cluster){.shards = 16}, messages);
    workers = 64;
    compare("colocated", &(struct cluster){.shards = 64, .colocated = true}, messages);
    topology_destroy(plain);
    return 0;
}
