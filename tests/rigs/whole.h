/* Six unequal workers with whole exchanges, over a star or over groups, in pieces or in buckets: what the probe and the
 * tasks say, and a recount of rows and accounts by the messages alone. Include after cmocka.h. */
#ifndef TESTS_RIGS_WHOLE_H
#define TESTS_RIGS_WHOLE_H

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "algorithms/pieces.h"
#include "sim/base/rng.h"
#include "sim/engine/conductor.h"
#include "sim/exchange/kind.h"
#include "tests/rigs/params.h"

enum { WORKERS = 6, EXCHANGES = 400, MOST_FOLDS = 4000, MOST_ROWS = 4000, HEADER = 64 };

struct stretch {
    vtime begin, end;
};

struct stretches { /* of one worker, in the order of their ends */
    int n, room;
    struct stretch *at;
};

struct fold {
    int worker;
    int64_t number, k, version;
};

/* What the probe and the tasks say. */
struct seen {
    struct stretches flight[WORKERS],
        compute[WORKERS]; /* messages of the worker; those in flight at the end are cut */
    struct {
        int64_t up, down;
        struct stretches flight;
    } part[WORKERS][EXCHANGES]; /* of each push */
    struct fold fold[MOST_FOLDS];
    struct push_row row[MOST_ROWS];
    struct worker_total total[WORKERS];
    struct totals totals;
    int folds, rows;
    int64_t version, open;        /* messages in flight */
    int64_t from_workers, others; /* bytes */
    vtime last_reply, last_message;
};

struct scene {
    struct conductor_spec spec;
    struct topology *topology;
    double bandwidth[WORKERS], latency[WORKERS], factor[WORKERS], part[2];
    vtime latency_ns[WORKERS];
    int part_of[WORKERS];
    void *params;
    struct buckets *buckets;
    struct seen seen;
};

/* ---- writing down ---- */

static inline int owner(const struct scene *s, int node) /* -1: a shard of the PS with a card of its own */
{
    if (node < WORKERS)
        return node;
    return s->topology->colocated ? node - WORKERS : -1;
}

static inline void add(struct stretches *spans, vtime begin, vtime end)
{
    if (spans->n == spans->room) {
        int room = spans->room ? 2 * spans->room : 16;
        spans->at =
            need_more(spans->at, (size_t)spans->n * sizeof *spans->at, (size_t)room * sizeof *spans->at);
        spans->room = room;
    }
    spans->at[spans->n++] = (struct stretch){begin, end};
}

static inline int64_t push_of(const struct scene *s, const struct timeline_event *n)
{
    int64_t push = buckets_push(s->buckets, n->exchange, NULL);
    assert_true(push < EXCHANGES);
    return push;
}

static inline void see_departure(struct scene *s, const struct timeline_event *n)
{
    struct seen *seen = &s->seen;
    int from = owner(s, n->from), to = owner(s, n->to);
    *(n->from < WORKERS ? &seen->from_workers : &seen->others) += n->bytes;
    assert_int_equal(n->worker, from);
    if (from >= 0)
        seen->part[from][push_of(s, n)].up += n->bytes;
    if (to >= 0)
        seen->part[to][push_of(s, n)].down += n->bytes;
    seen->open++;
}

static inline void see_flight(struct scene *s, int worker, const struct timeline_event *n)
{
    if (worker < 0)
        return;
    add(&s->seen.part[worker][push_of(s, n)].flight, n->begin, n->end);
    add(&s->seen.flight[worker], n->begin, n->end);
}

static inline void see_note(void *context, const struct timeline_event *n)
{
    struct scene *s = context;
    if (n->kind == TIMELINE_MESSAGE_DEPARTS)
        see_departure(s, n);
    if (n->kind == TIMELINE_MESSAGE_ARRIVES) {
        see_flight(s, owner(s, n->from), n);
        see_flight(s, owner(s, n->to), n);
        s->seen.open--;
        s->seen.last_message = n->end;
    }
    if (n->kind == TIMELINE_COMPUTE)
        add(&s->seen.compute[n->worker], n->begin, n->end);
    if (n->kind == TIMELINE_REPLY_ARRIVES)
        s->seen.last_reply = n->begin;
}

static inline void see_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static inline void see_task(void *context, const struct task *t)
{
    struct seen *seen = &((struct scene *)context)->seen;
    seen->version += t->op == TASK_UPDATE;
    if (t->op == TASK_FOLD) {
        assert_true(seen->folds < MOST_FOLDS);
        seen->fold[seen->folds++] = (struct fold){t->worker, t->number, t->k, seen->version};
    } else if (t->op == TASK_ROW) {
        assert_true(seen->rows < MOST_ROWS);
        seen->row[seen->rows++] = t->row;
    } else if (t->op == TASK_TOTAL) {
        seen->total[t->worker] = t->total;
    } else if (t->op == TASK_END) {
        seen->totals = t->totals;
    }
}

/* ---- scenes ---- */

static inline int64_t draw(int n, int i, int64_t least, int64_t most)
{
    struct draw_key key = {.seed = 5, .purpose = DRAW_JITTER, .iteration = (uint64_t)n};
    return least + (int64_t)(draw_uniform(&key, (uint32_t)i) * (double)(most - least + 1));
}

static inline uint64_t reply_bytes(const void *context, int64_t number)
{
    const struct conductor_spec *spec = context;
    int bucket;
    int64_t push = buckets_push(spec->buckets, number, &bucket);
    return buckets_bytes(spec->buckets, push, bucket, spec->reply_bytes);
}

/* Three layers; of three fragments each has another part of them. */
static inline struct buckets *cut(const struct algorithm *alg, const void *params)
{
    static const struct bucket_part layers[] = {{2000, 2, true, 5}, {300, 1, true, 7}, {700, 0, true, 8}};
    int64_t fragments = alg->fragments ? alg->fragments(params) : 1;
    struct bucket_rule rule = {.forward = 1, .forward_of = 4, .batches = 2, .operations = 8};
    struct buckets *b = buckets_create(&rule, fragments);
    b->header = HEADER;
    b->statistics = 100;
    for (int i = 0; i < fragments; i++)
        buckets_add(b, &rule, i, layers + i, fragments == 1 ? 3 : 2 - i);
    return b;
}

static inline void set_cluster(struct scene *s, int n)
{
    for (int i = 0; i < WORKERS; i++) {
        s->bandwidth[i] = (double)draw(n, i, 10, 200) * 1e6;
        s->latency_ns[i] = draw(n, 10 + i, 0, 3) * 50000;
        s->latency[i] = (double)s->latency_ns[i] * 1e-9;
        s->factor[i] = (double)draw(n, 20 + i, 1, 3);
        s->part_of[i] = i / 4;
    }
    s->part[0] = s->part[1] = 20e6;
}

static inline void set_exchange(struct scene *s, int n, const struct exchange_kind *kind, bool grouped)
{
    static const double none[2] = {0, 0};
    bool colocated = kind->has_shards && n % 2;
    s->topology = topology_create(&(struct topology_spec){.kind = grouped ? TOPOLOGY_GROUPS : TOPOLOGY_STAR,
                                                          .workers = WORKERS,
                                                          .shards = colocated          ? WORKERS
                                                                    : kind->has_shards ? 3
                                                                                       : 1,
                                                          .colocated = colocated,
                                                          .up = s->bandwidth,
                                                          .down = s->bandwidth,
                                                          .latency = s->latency,
                                                          .server_up = 1e8,
                                                          .server_down = INFINITY,
                                                          .parts = grouped ? 2 : 1,
                                                          .part_of = grouped ? s->part_of : NULL,
                                                          .server_part = -1,
                                                          .part_up = s->part,
                                                          .part_down = s->part,
                                                          .part_latency_up = none,
                                                          .part_latency_down = none,
                                                          .latency_factor = 1,
                                                          .window = INFINITY});
    s->spec.exchange = (struct exchange_spec){.kind = kind,
                                              .topology = s->topology,
                                              .all_workers = true,
                                              .header = HEADER,
                                              .chunk = 10000,
                                              .overhead = n % 3 ? 0 : 12345,
                                              .server_cost = n % 3 ? 0 : 1e-10,
                                              .reply_bytes = reply_bytes,
                                              .reply_context = &s->spec};
}

/* kind NULL: the server over a star, without buckets. */
static inline struct scene *scene(int n, const struct algorithm *alg, void *params,
                                  const struct exchange_kind *kind, bool overlaps)
{
    struct scene *s = need(sizeof *s);
    set_cluster(s, n);
    s->params = params;
    s->spec = (struct conductor_spec){.alg = alg,
                                      .params = params,
                                      .workers = WORKERS,
                                      .iterations = 240,
                                      .iterations_per_epoch = 100,
                                      .eval_every = 100,
                                      .push_bytes = HEADER + (uint64_t)draw(n, 30, 1000, 100000),
                                      .reply_bytes = HEADER + (uint64_t)draw(n, 31, 1000, 100000),
                                      .batch = 1,
                                      .rate = {.base = 0.1}};
    s->spec.compute = (struct compute_spec){
        .model = COMPUTE_FIXED, .seconds = 1e-3, .factor = s->factor, .jitter = n % 4 ? 0.5 : 0, .seed = 7};
    struct network_spec link = {.workers = WORKERS,
                                .link_bandwidth = s->bandwidth,
                                .latency = s->latency_ns,
                                .server_bandwidth = 1e8};
    s->spec.exchange =
        (struct exchange_spec){.up = link, .down = link, .all_workers = true, .header = HEADER};
    s->spec.exchange.down.direction = NET_DOWN;
    if (kind)
        set_exchange(s, n, kind, kind->needs_parts || n % 2);
    s->spec.exchange.buckets = overlaps;
    s->spec.buckets = s->buckets = overlaps ? cut(alg, params) : NULL;
    return s;
}

static inline void scene_free(struct scene *s)
{
    for (int i = 0; i < WORKERS; i++)
        for (int e = 0; e < EXCHANGES; e++)
            free(s->seen.part[i][e].flight.at);
    for (int i = 0; i < WORKERS; i++) {
        free(s->seen.flight[i].at);
        free(s->seen.compute[i].at);
    }
    topology_destroy(s->topology);
    buckets_destroy(s->buckets);
    free(s);
}

static inline void play(struct scene *s)
{
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, s});
    conductor_watch(c, &(struct probe){see_note, s});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
}

/* ---- the recount ---- */

static inline int by_begin(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Joins spans that meet: afterwards they are apart, in order. */
static inline void unite(struct stretches *spans)
{
    int n = 0;
    qsort(spans->at, (size_t)spans->n, sizeof *spans->at, by_begin);
    for (int i = 0; i < spans->n; i++) {
        struct stretch *last = &spans->at[n - 1], next = spans->at[i];
        if (n > 0 && next.begin <= last->end)
            last->end = next.end > last->end ? next.end : last->end;
        else
            spans->at[n++] = next;
    }
    spans->n = n;
}

static inline vtime length(const struct stretches *spans)
{
    vtime sum = 0;
    for (int i = 0; i < spans->n; i++)
        sum += spans->at[i].end - spans->at[i].begin;
    return sum;
}

static inline vtime common(const struct stretches *x, const struct stretches *y)
{
    vtime sum = 0;
    for (int i = 0, j = 0; i < x->n && j < y->n;) {
        const struct stretch *a = &x->at[i], *b = &y->at[j];
        vtime begin = a->begin > b->begin ? a->begin : b->begin, end = a->end < b->end ? a->end : b->end;
        sum += end > begin ? end - begin : 0;
        *(a->end < b->end ? &i : &j) += 1;
    }
    return sum;
}

/* A row has what its exchange cost the worker. Messages that the end of the run cuts are in no span, and the last row
 * of the run takes what has no row: these are left to the sums. */
static inline void rows_are_recounted(struct scene *s)
{
    struct seen *seen = &s->seen;
    vtime accepted = 0;
    int64_t up = 0, down = 0;
    for (int i = 0; i < seen->rows; i++) {
        const struct push_row *r = &seen->row[i];
        struct stretches *flight = &seen->part[r->worker][r->number].flight;
        up += r->bytes_up;
        down += r->bytes_down;
        if (r->accept_ns >= 0) {
            assert_true(r->accept_ns >= accepted);
            accepted = r->accept_ns;
        }
        if (r->reply_ns < 0 || i == seen->rows - 1)
            continue;
        assert_true(r->depart_ns <= r->arrive_ns && r->arrive_ns <= r->reply_ns &&
                    r->reply_ns <= r->accept_ns);
        assert_int_equal(r->bytes_up, seen->part[r->worker][r->number].up);
        assert_int_equal(r->bytes_down, seen->part[r->worker][r->number].down);
        unite(flight);
        assert_int_equal(r->communication_ns, length(flight));
    }
    bool hub = !s->spec.exchange.kind->all_workers && !s->topology->colocated;
    assert_int_equal(seen->totals.bytes_up, seen->from_workers);
    assert_int_equal(seen->totals.bytes_down, seen->others);
    assert_int_equal(up, hub ? seen->from_workers : seen->from_workers + seen->others);
    assert_int_equal(down, hub ? seen->others : seen->from_workers + seen->others);
}

static inline void workers_are_recounted(struct scene *s)
{
    struct seen *seen = &s->seen;
    for (int i = 0; i < WORKERS && seen->open == 0; i++) { /* the probe tells of no message that is cut */
        unite(&seen->flight[i]);
        assert_int_equal(seen->total[i].communication_ns, length(&seen->flight[i]));
        assert_int_equal(seen->total[i].overlapped_ns, common(&seen->flight[i], &seen->compute[i]));
        assert_int_equal(seen->total[i].compute_ns, length(&seen->compute[i]));
        assert_int_equal(seen->total[i].compute_ns + seen->total[i].waiting_ns, seen->totals.virtual_ns);
    }
}

static inline void same_folds(const struct scene *s, const struct scene *server)
{
    assert_int_equal(s->seen.folds, server->seen.folds);
    assert_memory_equal(s->seen.fold, server->seen.fold, (size_t)s->seen.folds * sizeof *s->seen.fold);
    assert_int_equal(s->seen.totals.iterations, server->seen.totals.iterations);
    assert_int_equal(s->seen.totals.rounds, server->seen.totals.rounds);
}

#endif
