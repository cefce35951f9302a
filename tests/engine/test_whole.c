/* Whole exchanges in the conductor: rows and accounts against a recount of every message that the probe saw, the same
 * pushes in the same updates as with the server, and the last exchange of a drain, which workers without iterations
 * join, too. Unequal workers; over a star, and over groups. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

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
    } part[WORKERS][EXCHANGES]; /* of each exchange */
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
    struct seen seen;
};

/* ---- writing down ---- */

static int owner(const struct scene *s, int node) /* -1: a shard of the PS with a card of its own */
{
    if (node < WORKERS)
        return node;
    return s->topology->colocated ? node - WORKERS : -1;
}

static void add(struct stretches *spans, vtime begin, vtime end)
{
    if (spans->n == spans->room) {
        int room = spans->room ? 2 * spans->room : 16;
        spans->at =
            need_more(spans->at, (size_t)spans->n * sizeof *spans->at, (size_t)room * sizeof *spans->at);
        spans->room = room;
    }
    spans->at[spans->n++] = (struct stretch){begin, end};
}

static void see_departure(struct scene *s, const struct timeline_event *n)
{
    struct seen *seen = &s->seen;
    int from = owner(s, n->from), to = owner(s, n->to);
    assert_true(n->exchange < EXCHANGES);
    *(n->from < WORKERS ? &seen->from_workers : &seen->others) += n->bytes;
    assert_int_equal(n->worker, from);
    if (from >= 0)
        seen->part[from][n->exchange].up += n->bytes;
    if (to >= 0)
        seen->part[to][n->exchange].down += n->bytes;
    seen->open++;
}

static void see_flight(struct scene *s, int worker, const struct timeline_event *n)
{
    if (worker < 0)
        return;
    add(&s->seen.part[worker][n->exchange].flight, n->begin, n->end);
    add(&s->seen.flight[worker], n->begin, n->end);
}

static void see_note(void *context, const struct timeline_event *n)
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

static void see_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static void see_task(void *context, const struct task *t)
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

static int64_t draw(int n, int i, int64_t least, int64_t most)
{
    struct draw_key key = {.seed = 5, .purpose = DRAW_JITTER, .iteration = (uint64_t)n};
    return least + (int64_t)(draw_uniform(&key, (uint32_t)i) * (double)(most - least + 1));
}

static uint64_t reply_bytes(const void *spec, int64_t number)
{
    (void)number;
    return ((const struct conductor_spec *)spec)->reply_bytes;
}

static void set_cluster(struct scene *s, int n)
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

static void set_exchange(struct scene *s, int n, const struct exchange_kind *kind, bool grouped)
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

/* kind NULL: the server over a star. */
static struct scene *scene(int n, const struct algorithm *alg, void *params, const struct exchange_kind *kind)
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
    return s;
}

static void scene_free(struct scene *s)
{
    for (int i = 0; i < WORKERS; i++)
        for (int e = 0; e < EXCHANGES; e++)
            free(s->seen.part[i][e].flight.at);
    for (int i = 0; i < WORKERS; i++) {
        free(s->seen.flight[i].at);
        free(s->seen.compute[i].at);
    }
    topology_destroy(s->topology);
    free(s);
}

static void play(struct scene *s)
{
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, s});
    conductor_watch(c, &(struct probe){see_note, s});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
}

/* ---- the recount ---- */

static int by_begin(const void *a, const void *b)
{
    const struct stretch *x = a, *y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

/* Joins spans that meet: afterwards they are apart, in order. */
static void unite(struct stretches *spans)
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

static vtime length(const struct stretches *spans)
{
    vtime sum = 0;
    for (int i = 0; i < spans->n; i++)
        sum += spans->at[i].end - spans->at[i].begin;
    return sum;
}

static vtime common(const struct stretches *x, const struct stretches *y)
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
static void rows_are_recounted(struct scene *s)
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
    bool hub = s->topology->shards > 1 && !s->topology->colocated;
    assert_int_equal(seen->totals.bytes_up, seen->from_workers);
    assert_int_equal(seen->totals.bytes_down, seen->others);
    assert_int_equal(up, hub ? seen->from_workers : seen->from_workers + seen->others);
    assert_int_equal(down, hub ? seen->others : seen->from_workers + seen->others);
}

static void workers_are_recounted(struct scene *s)
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

static void same_folds(const struct scene *s, const struct scene *server)
{
    assert_int_equal(s->seen.folds, server->seen.folds);
    assert_memory_equal(s->seen.fold, server->seen.fold, (size_t)s->seen.folds * sizeof *s->seen.fold);
    assert_int_equal(s->seen.totals.iterations, server->seen.totals.iterations);
    assert_int_equal(s->seen.totals.rounds, server->seen.totals.rounds);
}

/* ---- tests ---- */

static bool is_whole(const struct exchange_kind *kind)
{
    return kind->all_workers || kind->may_be_whole;
}

static void play_beside_the_server(const struct algorithm *alg, void *params, int n,
                                   const struct exchange_kind *kind, int *cut)
{
    struct scene *s = scene(n, alg, params, kind), *server = scene(n, alg, params, NULL);
    play(s);
    play(server);
    rows_are_recounted(s);
    workers_are_recounted(s);
    same_folds(s, server);
    assert_int_equal(s->seen.totals.virtual_ns, s->seen.last_reply);
    for (int i = 0; i < s->seen.rows; i++)
        *cut += s->seen.row[i].arrive_ns < 0;
    scene_free(s);
    scene_free(server);
}

/* Algorithms whose pushes overlap, and one with several exchanges a step. */
static void accounts_are_those_of_the_messages(void **state)
{
    static const char *const names[] = {"bsp",      "local_sgd", "losp",     "cocod",
                                        "pipe_sgd", "powersgd",  "scaffold", "streaming_diloco"};
    int cut = 0;
    (void)state;
    for (size_t a = 0; a < sizeof names / sizeof *names; a++) {
        int i = 0;
        while (strcmp(alg_list[i]->name, names[a]) != 0)
            i++;
        void *params = params_preset(alg_list[i]);
        params_set(alg_list[i], params, "min_local_steps", 4);
        params_set(alg_list[i], params, "max_local_steps", 4);
        params_set(alg_list[i], params, "local_steps", 6);
        params_set(alg_list[i], params, "fragments", 3);
        params_set(alg_list[i], params, "delay", 5);
        params_set(alg_list[i], params, "overlap_steps", 2);
        for (int k = 0; exchange_list[k]; k++)
            for (int n = 0; n < 6 && is_whole(exchange_list[k]); n++)
                play_beside_the_server(alg_list[i], params, n, exchange_list[k], &cut);
        params_free(alg_list[i], params);
    }
    assert_true(cut > 0); /* the end cuts the exchanges that workers have joined since */
}

/* ---- a drain ---- */

static bool drains(const void *params)
{
    (void)params;
    return true;
}

/* Workers with an odd number compute one iteration while they wait: only these have something to push at the end. */
static enum next odd_ones_go_on(const struct worker_view *w)
{
    if (!w->inflight)
        return w->k > 0 ? SEND : STEP;
    return w->id % 2 && w->k == 0 ? STEP : WAIT;
}

static enum next none_goes_on(const struct worker_view *w)
{
    if (!w->inflight)
        return w->k > 0 ? SEND : STEP;
    return WAIT;
}

static void play_drain(const struct algorithm *alg, void *params, int n, const struct exchange_kind *kind,
                       int pushes)
{
    struct scene *s = scene(n, alg, params, kind), *server = scene(n, alg, params, NULL);
    play(s);
    play(server);
    rows_are_recounted(s);
    workers_are_recounted(s);
    same_folds(s, server);
    const struct seen *seen = &s->seen;
    assert_int_equal(seen->totals.pushes, server->seen.totals.pushes);
    /* the last exchange: a whole one, one more than the replies, whatever the number of pushes in it */
    int64_t last = seen->totals.replies / WORKERS;
    for (int i = 0; i < WORKERS; i++) {
        assert_true(seen->part[i][last].up > 0 && seen->part[i][last].down > 0);
        assert_int_equal(seen->part[i][last].up, seen->part[i][last - 1].up);
        assert_int_equal(seen->part[i][last].down, seen->part[i][last - 1].down);
    }
    assert_int_equal(seen->totals.pushes, seen->totals.replies + pushes);
    assert_true(seen->totals.virtual_ns > seen->last_reply);
    assert_true(seen->totals.virtual_ns == seen->last_message || seen->open > 0);
    scene_free(s);
    scene_free(server);
}

static void all_workers_join_the_last_exchange_of_a_drain(void **state)
{
    (void)state;
    int i = 0;
    while (strcmp(alg_list[i]->name, "bsp") != 0)
        i++;
    struct algorithm odd = *alg_list[i];
    odd.drain = drains;
    odd.decide = odd_ones_go_on;
    struct algorithm none = odd;
    none.decide = none_goes_on;
    void *params = params_preset(alg_list[i]);
    for (int k = 0; exchange_list[k]; k++)
        for (int n = 0; n < 6 && is_whole(exchange_list[k]); n++) {
            play_drain(&odd, params, n, exchange_list[k], WORKERS / 2);
            play_drain(&none, params, n, exchange_list[k], 0);
        }
    params_free(alg_list[i], params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_are_those_of_the_messages),
        cmocka_unit_test(all_workers_join_the_last_exchange_of_a_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
