#include "tests/rigs/exchange_cases.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sim/exchange/exchange.h"

enum { MOST_WORKERS = 16, MOST_EXCHANGES = 4, MOST_PARTS = 16 };

struct trial {
    char kind[32];
    int exchanges;
    struct topology_spec network;
    struct exchange_spec spec;
    double up[MOST_WORKERS], down[MOST_WORKERS], latency[MOST_WORKERS];
    vtime whole_latency[MOST_WORKERS]; /* `latency` in ns */
    int part_of[MOST_WORKERS];
    double part_up[MOST_PARTS], part_down[MOST_PARTS], part_latency[2][MOST_PARTS];
    double pair_bandwidth[MOST_PARTS * MOST_PARTS], pair_latency[MOST_PARTS * MOST_PARTS];
    vtime join[MOST_EXCHANGES][MOST_WORKERS];
    uint64_t bytes[MOST_EXCHANGES][MOST_WORKERS], reply[MOST_EXCHANGES]; /* with the header */
    /* Seconds, says the file; NAN: not to be compared. */
    double reduced[MOST_EXCHANGES], result[MOST_EXCHANGES][MOST_WORKERS];
};

/* --- reading --- */

static double seconds(vtime ns)
{
    return (double)ns / NS_PER_S;
}

static void read_network(FILE *in, struct trial *t)
{
    struct topology_spec *n = &t->network;
    char kind[16];
    int64_t ns, other;
    assert_int_equal(fscanf(in, " network %15s %d %d %lf %lf", kind, &n->parts, &n->server_part,
                            &n->server_up, &n->server_down),
                     5);
    while (strcmp(topology_words[n->kind], kind) != 0)
        n->kind++;
    assert_in_range(n->parts, 1, MOST_PARTS);
    for (int w = 0; w < n->workers; w++) {
        assert_int_equal(fscanf(in, "%lf %lf %" SCNd64 " %d", &t->up[w], &t->down[w], &ns, &t->part_of[w]),
                         4);
        t->whole_latency[w] = ns;
        t->latency[w] = seconds(ns);
    }
    for (int p = 0; n->kind == TOPOLOGY_GROUPS && p < n->parts; p++) {
        assert_int_equal(
            fscanf(in, "%lf %lf %" SCNd64 " %" SCNd64, &t->part_up[p], &t->part_down[p], &ns, &other), 4);
        t->part_latency[0][p] = seconds(ns);
        t->part_latency[1][p] = seconds(other);
    }
    for (int p = 0; n->kind == TOPOLOGY_SITES && p < n->parts * n->parts; p++) {
        assert_int_equal(fscanf(in, "%lf %" SCNd64, &t->pair_bandwidth[p], &ns), 2);
        t->pair_latency[p] = seconds(ns);
    }
}

static void read_exchanges(FILE *in, struct trial *t)
{
    const uint64_t header = (uint64_t)t->spec.header;
    for (int e = 0; e < t->exchanges; e++)
        for (int w = 0; w < t->network.workers; w++) {
            assert_int_equal(
                fscanf(in, "%" SCNd64 " %" SCNu64 " %" SCNu64, &t->join[e][w], &t->bytes[e][w], &t->reply[e]),
                3);
            t->bytes[e][w] += header;
            t->reply[e] += w == t->network.workers - 1 ? header : 0;
        }
    for (int e = 0; e < t->exchanges; e++) {
        assert_int_equal(fscanf(in, " reduced %lf", &t->reduced[e]), 1);
        for (int w = 0; w < t->network.workers; w++)
            assert_int_equal(fscanf(in, "%lf", &t->result[e][w]), 1);
    }
}

static bool always(const void *context, int64_t number)
{
    (void)context;
    (void)number;
    return true;
}

static uint64_t reply_bytes(const void *context, int64_t number)
{
    return ((const struct trial *)context)->reply[number];
}

static void point(struct trial *t)
{
    const bool gathers = strcmp(t->kind, "all_gather") == 0, colocated = strcmp(t->kind, "colocated") == 0;
    struct topology_spec *n = &t->network;
    n->colocated = colocated;
    n->shards = n->shards ? n->shards : 1;
    n->up = t->up;
    n->down = t->down;
    n->latency = t->latency;
    n->part_of = n->kind == TOPOLOGY_STAR ? NULL : t->part_of;
    n->part_up = t->part_up;
    n->part_down = t->part_down;
    n->part_latency_up = t->part_latency[0];
    n->part_latency_down = t->part_latency[1];
    n->pair_bandwidth = t->pair_bandwidth;
    n->pair_latency = t->pair_latency;
    n->latency_factor = 1;
    n->window = INFINITY;
    t->spec.kind = exchange_find(gathers ? "ring" : colocated ? "sharded" : t->kind);
    assert_non_null(t->spec.kind);
    t->spec.all_workers = true;
    t->spec.gathers = gathers ? always : NULL;
    t->spec.reply_bytes = reply_bytes;
    t->spec.reply_context = t;
    for (enum direction d = NET_UP; d <= NET_DOWN; d++) {
        struct network_spec *net = d == NET_UP ? &t->spec.up : &t->spec.down;
        *net = (struct network_spec){.workers = n->workers,
                                     .link_bandwidth = d == NET_UP ? t->up : t->down,
                                     .latency = t->whole_latency,
                                     .server_bandwidth = d == NET_UP ? n->server_up : n->server_down,
                                     .direction = d};
    }
}

/* False: the file is at its end. */
static bool read_trial(FILE *in, struct trial *t)
{
    *t = (struct trial){.exchanges = 0};
    int read = fscanf(in, " exchange %31s %d %d %d %" SCNu64 " %d %" SCNd64, t->kind, &t->network.workers,
                      &t->exchanges, &t->network.shards, &t->spec.chunk, &t->spec.header, &t->spec.overhead);
    if (read == EOF)
        return false;
    assert_int_equal(read, 7);
    assert_in_range(t->network.workers, 1, MOST_WORKERS);
    assert_in_range(t->exchanges, 1, MOST_EXCHANGES);
    read_network(in, t);
    read_exchanges(in, t);
    point(t);
    return true;
}

/* --- playing --- */

struct play {
    const struct trial *trial;
    struct exchange *x;
    int joined[MOST_WORKERS];    /* exchanges */
    vtime free_at[MOST_WORKERS]; /* no join before; VTIME_NEVER: its last push is in progress */
    int pushed[MOST_EXCHANGES];  /* pushes that have come */
    int moments;
    double worst; /* relative */
};

static vtime join_of(const struct play *p, int worker)
{
    if (p->joined[worker] == p->trial->exchanges)
        return VTIME_NEVER;
    vtime wanted = p->trial->join[p->joined[worker]][worker], free_at = p->free_at[worker];
    return wanted > free_at ? wanted : free_at;
}

static int first_to_join(const struct play *p)
{
    int first = 0;
    for (int w = 1; w < p->trial->network.workers; w++)
        if (join_of(p, w) < join_of(p, first))
            first = w;
    return first;
}

static void join(struct play *p, int worker)
{
    vtime t = join_of(p, worker);
    int e = p->joined[worker]++;
    p->free_at[worker] = exchange_has_order(p->x) ? 0 : VTIME_NEVER;
    exchange_push(p->x, worker, t, p->trial->bytes[e][worker], e);
}

static void compare(struct play *p, vtime t, double expected)
{
    p->moments++;
    if (!isnan(expected))
        p->worst = fmax(p->worst, fabs(seconds(t) - expected) / expected);
}

static void take_pushes(struct play *p, vtime t)
{
    const struct trial *trial = p->trial;
    int worker;
    int64_t e;
    while (exchange_take(p->x, EXCHANGE_PUSH, t, &worker, &e)) {
        if (!exchange_is_whole(p->x) && !exchange_has_order(p->x))
            p->free_at[worker] = t;
        if (++p->pushed[e] < trial->network.workers)
            continue;
        compare(p, t, trial->reduced[e]);
        for (int w = 0; w < trial->network.workers; w++)
            exchange_reply(p->x, w, t, trial->reply[e], e);
    }
}

static void take_events(struct play *p, vtime t)
{
    int worker;
    int64_t e;
    while (exchange_take(p->x, EXCHANGE_SENT, t, &worker, &e))
        p->free_at[worker] = t;
    take_pushes(p, t);
    while (exchange_take(p->x, EXCHANGE_REPLY, t, &worker, &e))
        compare(p, t, p->trial->result[e][worker]);
}

/* How far the worst of the trial's moments is off. */
static double worst_of(const struct trial *trial)
{
    struct play p = {.trial = trial, .x = exchange_create(&trial->spec, NULL)};
    for (;;) {
        int w = first_to_join(&p);
        vtime due = exchange_due(p.x), next = join_of(&p, w);
        if (next == VTIME_NEVER && due == VTIME_NEVER)
            break;
        if (next < due)
            join(&p, w);
        else if (exchange_play(p.x, due))
            take_events(&p, due);
    }
    exchange_destroy(p.x);
    return p.moments == trial->exchanges * (1 + trial->network.workers) ? p.worst : INFINITY;
}

/* On the network of links, and `server` over a star also with the star's own solver. */
static double worst_of_both(struct trial *trial)
{
    struct topology *topology = topology_create(&trial->network);
    double worst = 0;
    if (strcmp(trial->kind, "server") == 0 && trial->network.kind == TOPOLOGY_STAR)
        worst = worst_of(trial);
    trial->spec.topology = topology;
    worst = fmax(worst, worst_of(trial));
    topology_destroy(topology);
    return worst;
}

void exchange_cases_compare(const char *folder, const char *name, double tolerance)
{
    static struct trial trial;
    char path[512];
    double worst = 0;
    int trials = 0, exchanges = 0;
    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("%s: cannot be read", path);
    for (; read_trial(in, &trial); trials++) {
        double off = worst_of_both(&trial);
        if (!(off <= tolerance))
            print_message("%s: case %d (from 0), %s of %d workers over %s, is off by %.2g\n", name, trials,
                          trial.kind, trial.network.workers, topology_words[trial.network.kind], off);
        worst = fmax(worst, off);
        exchanges += trial.exchanges;
    }
    fclose(in);
    print_message("%s: %d exchanges of %d cases, off by at most %.2g\n", name, exchanges, trials, worst);
    assert_true(trials > 0);
    assert_true(worst <= tolerance);
}
