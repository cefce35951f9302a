/* The time of coding in the control plane: scenes that are worked out by hand, and what is seen of them. Links carry 1 byte/ns
 * and have no latency; a push has 1000 bytes, a reply 2000; an iteration takes 1 ms. Include after cmocka.h. */
#ifndef TESTS_RIGS_CODING_SCENE_H
#define TESTS_RIGS_CODING_SCENE_H

#include <math.h>
#include <string.h>

#include "sim/engine/conductor.h"
#include "sim/exchange/kind.h"
#include "tests/rigs/params.h"

enum { WORKERS = 4, MOST_ROWS = 64, MOST_EVENTS = 256, MS = 1000000 };

/* 1001 uncoded bytes of a push at 1.5 ns and 0.25 ns each: 1501.5 and 250.25 ns; 2001 of a reply: 3001.5 and 500.25 ns */
enum { E = 1502, D = 250, REPLY_E = 3002, REPLY_D = 500 };

struct seen {
    struct push_row row[MOST_ROWS];
    struct worker_total total[WORKERS];
    struct totals totals;
    struct timeline_event coding[MOST_EVENTS];
    int rows, codings, skips;
    vtime update[MOST_ROWS];
    int updates;
};

struct scene {
    struct conductor_spec spec;
    struct topology *topology;
    double bandwidth[WORKERS], factor[WORKERS], seconds[WORKERS];
    vtime latency[WORKERS];
    int64_t exchanges; /* of a step, of which the first is encoded and the last is decoded */
    vtime crash_at[1];
    int crash_worker[1];
    struct seen seen;
};

/* ---- writing down ---- */

static inline void see_order(void *context, const struct order *o)
{
    ((struct scene *)context)->seen.skips += o->op == ORDER_SKIP;
}

static inline void see_task(void *context, const struct task *t)
{
    struct seen *s = &((struct scene *)context)->seen;
    if (t->op == TASK_ROW) {
        assert_true(s->rows < MOST_ROWS);
        s->row[s->rows++] = t->row;
    } else if (t->op == TASK_TOTAL) {
        s->total[t->worker] = t->total;
    } else if (t->op == TASK_END) {
        s->totals = t->totals;
    }
}

static inline void see_event(void *context, const struct timeline_event *e)
{
    struct seen *s = &((struct scene *)context)->seen;
    if (e->kind == TIMELINE_UPDATE && s->updates < MOST_ROWS)
        s->update[s->updates++] = e->begin;
    if ((e->kind == TIMELINE_CODING || e->kind == TIMELINE_REPLY_CODING) && s->codings < MOST_EVENTS)
        s->coding[s->codings++] = *e;
}

/* ---- scenes ---- */

static inline uint64_t of_push(const void *scene, int64_t number)
{
    int64_t exchanges = ((const struct scene *)scene)->exchanges;
    return number % exchanges == 0 ? 1001 : 0;
}

static inline uint64_t of_result(const void *scene, int64_t number)
{
    int64_t exchanges = ((const struct scene *)scene)->exchanges;
    return (number + 1) % exchanges == 0 ? 1001 : 0;
}

static inline uint64_t of_reply(const void *scene, int64_t number)
{
    (void)scene;
    (void)number;
    return 2001;
}

static inline const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

static inline struct scene *scene(const char *algorithm, int workers, int64_t iterations)
{
    struct scene *s = calloc(1, sizeof *s);
    for (int i = 0; i < WORKERS; i++) {
        s->bandwidth[i] = 1e9;
        s->factor[i] = 1;
    }
    s->exchanges = 1;
    s->spec = (struct conductor_spec){.alg = named(algorithm),
                                      .params = params_preset(named(algorithm)),
                                      .workers = workers,
                                      .iterations = iterations,
                                      .iterations_per_epoch = 100,
                                      .eval_every = 1000,
                                      .push_bytes = 1000,
                                      .reply_bytes = 2000,
                                      .model_bytes = 4000,
                                      .rate = {.base = 0.1}};
    s->spec.exchange.up = (struct network_spec){.workers = workers,
                                                .sharing = SHARE_FAIR,
                                                .link_bandwidth = s->bandwidth,
                                                .latency = s->latency,
                                                .server_bandwidth = INFINITY};
    s->spec.exchange.down = s->spec.exchange.up;
    s->spec.compute =
        (struct compute_spec){.model = COMPUTE_FIXED, .seconds = 1e-3, .factor = s->factor, .seed = 1};
    s->spec.worker_encodes =
        (struct coding_time){.cost = 1.5e-9, .factor = 1, .uncoded = of_push, .context = s};
    return s;
}

static inline void set(struct scene *s, const char *name, int64_t value)
{
    params_set(s->spec.alg, (void *)s->spec.params, name, value);
}

/* The PS decodes pushes. */
static inline void server_decodes(struct scene *s)
{
    s->spec.exchange.server_decodes =
        (struct coding_time){.cost = 0.25e-9, .factor = 1, .uncoded = of_push, .context = s};
}

/* It also encodes replies, which workers decode. */
static inline void replies_are_coded(struct scene *s)
{
    server_decodes(s);
    s->spec.exchange.server_encodes =
        (struct coding_time){.cost = 1.5e-9, .factor = 1, .uncoded = of_reply, .context = s};
    s->spec.worker_decodes =
        (struct coding_time){.cost = 0.25e-9, .factor = 1, .uncoded = of_reply, .context = s};
}

static inline uint64_t reply_bytes(const void *spec, int64_t number)
{
    (void)number;
    return ((const struct conductor_spec *)spec)->reply_bytes;
}

/* Over a graph: another exchange, without a header. */
static inline void exchange_by(struct scene *s, const char *kind, int shards, bool colocated)
{
    s->topology = topology_create(&(struct topology_spec){.kind = TOPOLOGY_STAR,
                                                          .workers = s->spec.workers,
                                                          .shards = shards,
                                                          .colocated = colocated,
                                                          .up = s->bandwidth,
                                                          .down = s->bandwidth,
                                                          .latency = s->seconds,
                                                          .server_up = INFINITY,
                                                          .server_down = INFINITY,
                                                          .parts = 1,
                                                          .latency_factor = 1,
                                                          .window = INFINITY});
    struct exchange_spec *x = &s->spec.exchange;
    x->kind = exchange_find(kind);
    x->topology = s->topology;
    x->all_workers = alg_protocol(s->spec.alg, s->spec.params)->all_workers;
    x->chunk = 1 << 20;
    x->reply_bytes = reply_bytes;
    x->reply_context = &s->spec;
}

static inline struct seen *play(struct scene *s)
{
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, s});
    conductor_watch(c, &(struct probe){see_event, s});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    for (int i = 0; i < s->spec.workers; i++) {
        const struct worker_total *t = &s->seen.total[i];
        assert_int_equal(t->compute_ns + t->waiting_ns + t->down_ns, s->seen.totals.virtual_ns);
        assert_true(t->coding_ns <= t->compute_ns && t->overlapped_ns <= t->compute_ns);
    }
    return &s->seen;
}

static inline void scene_free(struct scene *s)
{
    params_free(s->spec.alg, s->spec.params);
    topology_destroy(s->topology);
    free(s);
}

static inline const struct push_row *row_of(const struct seen *s, int worker, int number)
{
    for (int i = 0; i < s->rows; i++)
        if (s->row[i].worker == worker && number-- == 0)
            return &s->row[i];
    fail();
    return NULL;
}

static inline void is_coding(const struct seen *s, int i, int worker, vtime begin, vtime end)
{
    assert_true(i < s->codings);
    assert_int_equal(s->coding[i].worker, worker);
    assert_int_equal(s->coding[i].begin, begin);
    assert_int_equal(s->coding[i].end, end);
}

static inline struct scene *crash_scene(vtime at, vtime detection)
{
    struct scene *s = scene("asp", 2, 4);
    replies_are_coded(s);
    s->factor[0] = 1.1; /* worker 1 is first */
    s->crash_at[0] = at;
    s->crash_worker[0] = 1;
    s->spec.faults = (struct faults_spec){.crashes = 1,
                                          .crash_at = s->crash_at,
                                          .crash_worker = s->crash_worker,
                                          .down_time = VTIME_NEVER,
                                          .detection_time = detection,
                                          .retransmit_timeout = 1,
                                          .server_down_time = 1,
                                          .server_checkpoint_every = 1};
    return s;
}

#endif
