/* Overlap with back-propagation in the conductor, to the ns: equal workers over a ring, an all-gather, and halving and
 * doubling with a power of two of them. Bucket b has its result at
 *
 *     e(b) = max(ready(b), e(b - 1)) + overhead + x(b),      x(b): an exchange of its bytes alone */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "algorithms/pieces.h"
#include "sim/base/fail.h"
#include "sim/engine/conductor.h"
#include "sim/exchange/kind.h"
#include "tests/rigs/params.h"

enum { MOST_WORKERS = 8, MOST_ROWS = 400, HEADER = 64, STATISTICS = 44, LATENCY = 7000, DURATION = 1000003 };
static const double bandwidth = 7e7; /* bytes/s */

/* Layers of 40000, 200 and 9000 bytes, with 5, 2 and 1 of 8 operations; and the last two as one bucket. */
static const struct bucket_part layers[] = {
    {.floats = 10000, .tensor = 2, .ends_layer = true, .operations = 5},
    {.floats = 50, .tensor = 1, .ends_layer = true, .operations = 7},
    {.floats = 2250, .tensor = 0, .ends_layer = true, .operations = 8},
};

struct scene {
    int workers;
    const char *kind;
    bool gathers;
    int64_t overhead, limit, batches;
    uint64_t bytes; /* of a push, with its header */
    struct conductor_spec spec;
    struct buckets *buckets;
    struct push_row row[MOST_ROWS]; /* of worker 0 */
    int rows;
    struct totals totals;
};

/* ---- playing ---- */

static void see_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static void see_task(void *context, const struct task *t)
{
    struct scene *s = context;
    if (t->op == TASK_ROW && t->worker == 0) {
        assert_true(s->rows < MOST_ROWS);
        s->row[s->rows++] = t->row;
    }
    if (t->op == TASK_END)
        s->totals = t->totals;
}

static bool gathers(const void *scene, int64_t number)
{
    (void)number;
    return ((const struct scene *)scene)->gathers;
}

static void cut(struct scene *s)
{
    struct bucket_rule rule = {.limit = s->limit,
                               .first_limit = 1,
                               .forward = 1,
                               .forward_of = 3,
                               .batches = s->batches,
                               .operations = 8};
    s->buckets = buckets_create(&rule, 1);
    s->buckets->header = HEADER;
    s->buckets->statistics = STATISTICS;
    buckets_add(s->buckets, &rule, 0, layers, 3);
}

static void play(struct scene *s, const char *name, int64_t steps)
{
    static const double ones[MOST_WORKERS] = {1, 1, 1, 1, 1, 1, 1, 1};
    double links[MOST_WORKERS], latency[MOST_WORKERS];
    int a = 0;
    while (strcmp(alg_list[a]->name, name) != 0)
        a++;
    void *params = params_preset(alg_list[a]);
    params_set(alg_list[a], params, "local_steps", steps);
    for (int i = 0; i < s->workers; i++) {
        links[i] = bandwidth;
        latency[i] = LATENCY * 1e-9;
    }
    struct topology *topology = topology_create(&(struct topology_spec){.kind = TOPOLOGY_STAR,
                                                                        .workers = s->workers,
                                                                        .shards = 1,
                                                                        .up = links,
                                                                        .down = links,
                                                                        .latency = latency,
                                                                        .server_up = INFINITY,
                                                                        .server_down = INFINITY,
                                                                        .parts = 1,
                                                                        .server_part = -1,
                                                                        .latency_factor = 1,
                                                                        .window = INFINITY});
    cut(s);
    s->rows = 0;
    s->spec = (struct conductor_spec){.alg = alg_list[a],
                                      .params = params,
                                      .workers = s->workers,
                                      .iterations = 40 * s->workers,
                                      .iterations_per_epoch = 1000,
                                      .eval_every = 1000,
                                      .push_bytes = s->bytes,
                                      .reply_bytes = s->bytes,
                                      .buckets = s->buckets,
                                      .batch = 1,
                                      .rate = {.base = 0.1}};
    s->spec.compute =
        (struct compute_spec){.model = COMPUTE_FIXED, .seconds = DURATION * 1e-9, .factor = ones};
    s->spec.exchange = (struct exchange_spec){.kind = exchange_find(s->kind),
                                              .topology = topology,
                                              .all_workers = true,
                                              .buckets = true,
                                              .header = HEADER,
                                              .overhead = s->overhead,
                                              .gathers = gathers,
                                              .context = s};
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, s});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    topology_destroy(topology);
    params_free(alg_list[a], params);
}

/* ---- the closed forms ---- */

static vtime step(uint64_t payload)
{
    return 2 * LATENCY + (vtime)ceil((double)(payload + HEADER) / bandwidth * 1e9);
}

struct exchange_time {
    vtime reduced, result; /* from its beginning */
};

static struct exchange_time time_of(const struct scene *s, int bucket)
{
    uint64_t payload = buckets_bytes(s->buckets, 0, bucket, s->bytes) - HEADER, n = (uint64_t)s->workers;
    vtime sum = 0;
    if (s->gathers) {
        sum = (vtime)(n - 1) * step(payload);
        return (struct exchange_time){sum, sum};
    }
    if (strcmp(s->kind, "ring") == 0)
        sum = (vtime)(n - 1) * step(share_of(payload, n));
    for (uint64_t parts = 2; strcmp(s->kind, "ring") != 0 && parts <= n; parts *= 2)
        sum += step(share_of(payload, parts));
    return (struct exchange_time){sum, 2 * sum};
}

/* A push: bucket b joins at ready[b]. The time of its update and of its result. */
static struct exchange_time push_of(const struct scene *s, const vtime *ready)
{
    struct exchange_time t = {0, 0};
    for (int b = 0; b < buckets_count(s->buckets, 0); b++) {
        struct exchange_time x = time_of(s, b);
        vtime begin = (ready[b] > t.result ? ready[b] : t.result) + s->overhead;
        t = (struct exchange_time){begin + x.reduced, begin + x.result};
    }
    return t;
}

/* Every push belongs to `steps` iterations, of which the last one is overlapped. */
static void expect_overlapped(struct scene *s, const char *name, int64_t steps)
{
    play(s, name, steps);
    vtime begin = 0, ready[3];
    assert_int_equal(s->rows, 40 / steps);
    for (int i = 0; i < s->rows; i++) {
        begin += (steps - 1) * DURATION;
        for (int b = 0; b < buckets_count(s->buckets, i); b++)
            ready[b] = begin + buckets_ready(s->buckets, i, b, DURATION);
        struct exchange_time t = push_of(s, ready);
        assert_int_equal(s->row[i].k, steps);
        assert_int_equal(s->row[i].depart_ns, ready[0]);
        assert_int_equal(s->row[i].arrive_ns, t.reduced);
        assert_int_equal(s->row[i].reply_ns, t.result);
        assert_int_equal(s->row[i].accept_ns, t.result);
        begin = t.result;
    }
    assert_int_equal(s->totals.virtual_ns, begin);
    buckets_destroy(s->buckets);
}

static void over_sizes(struct scene s)
{
    static const uint64_t bytes[] = {49200, 4920000, 21};
    static const int64_t overheads[] = {0, 5000}, limits[] = {0, 10000, 1 << 20};
    for (int i = 0; i < 3; i++)
        for (int j = 0; j < 2; j++)
            for (int k = 0; k < 3; k++) {
                s.bytes = bytes[i] + HEADER + STATISTICS;
                s.overhead = overheads[j];
                s.limit = limits[k];
                s.batches = 1 + k;
                expect_overlapped(&s, "bsp", 1);
                expect_overlapped(&s, "local_sgd", 4);
            }
}

static void over_a_ring(void **state)
{
    (void)state;
    for (int n = 2; n <= 5; n++)
        over_sizes((struct scene){.workers = n, .kind = "ring"});
}

static void in_an_all_gather(void **state)
{
    (void)state;
    for (int n = 2; n <= 5; n++)
        over_sizes((struct scene){.workers = n, .kind = "ring", .gathers = true});
}

static void by_halving_and_doubling(void **state)
{
    (void)state;
    for (int n = 2; n <= MOST_WORKERS; n *= 2)
        over_sizes((struct scene){.workers = n, .kind = "halving_doubling"});
}

/* ---- pushes that are not overlapped ---- */

/* Pipe-SGD computes while its last push is unanswered, so only its first iteration is known to end with a push. The
 * buckets of all others depart together. */
static void a_push_under_an_unanswered_one_departs_at_once(void **state)
{
    (void)state;
    struct scene s = {.workers = 3, .kind = "ring", .bytes = 4920 + HEADER + STATISTICS, .batches = 1};
    play(&s, "pipe_sgd", 1);
    vtime ready[3], end = 0;
    for (int b = 0; b < 3; b++)
        ready[b] = buckets_ready(s.buckets, 0, b, DURATION);
    assert_int_equal(s.row[0].depart_ns, ready[0]);
    assert_int_equal(s.row[0].reply_ns, push_of(&s, ready).result);
    for (int i = 1; i < 39; i++) {
        vtime last = s.row[i - 1].reply_ns;
        end = (i + 1) * (vtime)DURATION > last ? (i + 1) * (vtime)DURATION : last;
        assert_true(end > last); /* the exchange is shorter than an iteration */
        for (int b = 0; b < 3; b++)
            ready[b] = end;
        assert_int_equal(s.row[i].depart_ns, end);
        assert_int_equal(s.row[i].arrive_ns, push_of(&s, ready).reduced);
        assert_int_equal(s.row[i].reply_ns, push_of(&s, ready).result);
    }
    buckets_destroy(s.buckets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_a_ring),
        cmocka_unit_test(in_an_all_gather),
        cmocka_unit_test(by_halving_and_doubling),
        cmocka_unit_test(a_push_under_an_unanswered_one_departs_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
