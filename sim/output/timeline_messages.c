#include "sim/output/timeline_messages.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/fifo.h"
#include "sim/output/fields.h"

enum way { SENDS, RECEIVES, WAYS };

struct lanes { /* of a node, one way */
    int n, *tid;
    bool *taken; /* (n) */
};

struct pair { /* from one node to another */
    int to;
    struct fifo in_flight; /* struct timeline_event, the oldest first */
    int lane[WAYS];        /* while something is in flight: at the sender, at the receiver */
    int64_t end;           /* of its last message */
};

struct node {
    int pairs;
    struct pair *pair; /* (pairs) from this node */
};

struct timeline_messages {
    struct timeline_spec spec;
    struct chrome *chrome;
    struct csv *csv;
    int64_t left; /* messages that may still be shown */
    bool full;
    int64_t arrows;
    int nodes, next_tid;
    struct node *node;   /* (nodes) */
    struct lanes *lanes; /* ((1 + workers) x WAYS) of the PS, of the workers */
};

/* ---- lanes ---- */

/* The place of a node's lanes: 0 is the PS with all its shards, 1 + i is worker i. */
static int place_of(const struct timeline_messages *m, int node)
{
    if (node < m->spec.workers)
        return 1 + node;
    return m->spec.colocated ? 1 + node - m->spec.workers : 0;
}

static int pid_of(int place)
{
    return 10 * (1 + place); /* as timeline.c numbers them */
}

static struct lanes *lanes_of(const struct timeline_messages *m, int node, enum way way)
{
    return &m->lanes[place_of(m, node) * WAYS + (int)way];
}

static void add_lane(struct timeline_messages *m, int node, enum way way)
{
    struct lanes *l = lanes_of(m, node, way);
    char name[40];
    int pid = pid_of(place_of(m, node));
    snprintf(name, sizeof name, l->n ? "%s: messages (%d)" : "%s: messages",
             way == SENDS ? "up-link" : "down-link", l->n + 1);
    l->tid = need_one_more(l->tid, (size_t)l->n, sizeof *l->tid);
    l->taken = need_one_more(l->taken, (size_t)l->n, sizeof *l->taken);
    l->taken[l->n] = false;
    l->tid[l->n] = m->next_tid++;
    chrome_lane_at(m->chrome, (struct lane){pid, l->tid[l->n]}, name, pid + 5 + (int)way);
    l->n++;
}

static int take_lane(struct timeline_messages *m, int node, enum way way)
{
    struct lanes *l = lanes_of(m, node, way);
    int i = 0;
    while (i < l->n && l->taken[i])
        i++;
    if (i == l->n)
        add_lane(m, node, way);
    l->taken[i] = true;
    return i;
}

static struct lane lane_at(const struct timeline_messages *m, int node, enum way way, int i)
{
    return (struct lane){pid_of(place_of(m, node)), lanes_of(m, node, way)->tid[i]};
}

/* ---- pairs ---- */

static struct pair *pair_of(struct timeline_messages *m, int from, int to)
{
    struct node *n = &m->node[from];
    for (int i = 0; i < n->pairs; i++)
        if (n->pair[i].to == to)
            return &n->pair[i];
    n->pair = need_one_more(n->pair, (size_t)n->pairs, sizeof *n->pair);
    struct pair *new = &n->pair[n->pairs++];
    *new = (struct pair){.to = to};
    fifo_init(&new->in_flight, sizeof(struct timeline_event));
    return new;
}

/* ---- one message ---- */

static void name_node(const struct timeline_messages *m, char *out, size_t size, int node)
{
    if (node < m->spec.workers)
        snprintf(out, size, "worker %d", node);
    else if (m->spec.shards == 1)
        snprintf(out, size, "PS");
    else
        snprintf(out, size, "shard %d", node - m->spec.workers);
}

static void write_slice(struct timeline_messages *m, const struct timeline_event *n, const struct lane *lane,
                        enum way way)
{
    char other[24], bucket[24] = "", name[96];
    name_node(m, other, sizeof other, way == SENDS ? n->to : n->from);
    if (n->bucket >= 0)
        snprintf(bucket, sizeof bucket, "bucket %d: ", n->bucket);
    snprintf(name, sizeof name, "%s%s %d %s %s", bucket, n->phase, n->step, way == SENDS ? "to" : "from",
             other);
    chrome_slice(
        m->chrome,
        &(struct slice){
            *lane, "network", name, n->begin, n->end, {{"exchange", n->exchange}, {"bytes", n->bytes}}});
}

static void write_row(struct timeline_messages *m, const struct timeline_event *n)
{
    struct columns columns = timeline_columns(true);
    fields_write(m->csv, &columns,
                 &(struct interval_row){.worker = place_of(m, n->from) - 1,
                                        .what = "message",
                                        .begin_ns = n->begin,
                                        .end_ns = n->end,
                                        .version = n->exchange,
                                        .bytes = n->bytes,
                                        .receiver = place_of(m, n->to) - 1,
                                        .from = n->from,
                                        .to = n->to,
                                        .phase = n->phase,
                                        .step = n->step,
                                        .bucket = n->bucket});
}

/* Takes the oldest message of the pair, which ends now. */
static void show(struct timeline_messages *m, int from, struct pair *pair, int64_t end)
{
    struct timeline_event n;
    if (!fifo_take(&pair->in_flight, &n))
        return; /* it departed after the last one to show */
    n.begin = pair->end > n.begin ? pair->end : n.begin;
    n.end = pair->end = end;
    struct lane sends = lane_at(m, from, SENDS, pair->lane[SENDS]),
                receives = lane_at(m, pair->to, RECEIVES, pair->lane[RECEIVES]);
    write_slice(m, &n, &sends, SENDS);
    write_slice(m, &n, &receives, RECEIVES);
    chrome_arrow(m->chrome, &(struct arrow){sends, receives, n.begin, n.begin, m->arrows++});
    write_row(m, &n);
    if (pair->in_flight.count > 0)
        return;
    lanes_of(m, from, SENDS)->taken[pair->lane[SENDS]] = false;
    lanes_of(m, pair->to, RECEIVES)->taken[pair->lane[RECEIVES]] = false;
}

bool timeline_messages_depart(struct timeline_messages *m, const struct timeline_event *n)
{
    bool was_full = m->full;
    m->full = m->left == 0;
    if (m->full)
        return was_full;
    m->left--;
    struct pair *pair = pair_of(m, n->from, n->to);
    if (pair->in_flight.count == 0) {
        pair->lane[SENDS] = take_lane(m, n->from, SENDS);
        pair->lane[RECEIVES] = take_lane(m, n->to, RECEIVES);
    }
    fifo_put(&pair->in_flight, n);
    return true;
}

void timeline_messages_arrive(struct timeline_messages *m, const struct timeline_event *n)
{
    show(m, n->from, pair_of(m, n->from, n->to), n->end);
}

/* ---- life ---- */

struct timeline_messages *timeline_messages_open(const struct timeline_spec *spec, struct chrome *chrome,
                                                 struct csv *csv, int64_t most)
{
    struct timeline_messages *m = need(sizeof *m);
    *m = (struct timeline_messages){.spec = *spec,
                                    .chrome = chrome,
                                    .csv = csv,
                                    .left = most,
                                    .arrows = (int64_t)1 << 32, /* others count from 0 */
                                    .nodes = spec->workers + spec->shards,
                                    .next_tid = pid_of(spec->workers + 1)};
    m->node = need((size_t)m->nodes * sizeof *m->node);
    m->lanes = need((size_t)(1 + spec->workers) * WAYS * sizeof *m->lanes);
    return m;
}

static void close_node(struct timeline_messages *m, int node, int64_t end)
{
    struct node *n = &m->node[node];
    for (int i = 0; i < n->pairs; i++) {
        while (n->pair[i].in_flight.count > 0)
            show(m, node, &n->pair[i], end);
        fifo_free(&n->pair[i].in_flight);
    }
    free(n->pair);
}

void timeline_messages_close(struct timeline_messages *m, int64_t end)
{
    if (!m)
        return;
    for (int i = 0; i < m->nodes; i++)
        close_node(m, i, end);
    for (int i = 0; i < (1 + m->spec.workers) * WAYS; i++) {
        free(m->lanes[i].tid);
        free(m->lanes[i].taken);
    }
    free(m->lanes);
    free(m->node);
    free(m);
}
