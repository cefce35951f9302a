/* The time of coding in the control plane, against cases worked out by hand: workers, the PS, shards, exchanges without a
 * server, and what cancels, crashes and the end of a run do to it. Links carry 1 byte/ns and have no latency; a push has
 * 1000 bytes, a reply 2000; an iteration takes 1 ms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

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

static void see_order(void *context, const struct order *o)
{
    ((struct scene *)context)->seen.skips += o->op == ORDER_SKIP;
}

static void see_task(void *context, const struct task *t)
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

static void see_event(void *context, const struct timeline_event *e)
{
    struct seen *s = &((struct scene *)context)->seen;
    if (e->kind == TIMELINE_UPDATE && s->updates < MOST_ROWS)
        s->update[s->updates++] = e->begin;
    if ((e->kind == TIMELINE_CODING || e->kind == TIMELINE_REPLY_CODING) && s->codings < MOST_EVENTS)
        s->coding[s->codings++] = *e;
}

/* ---- scenes ---- */

static uint64_t of_push(const void *scene, int64_t number)
{
    int64_t exchanges = ((const struct scene *)scene)->exchanges;
    return number % exchanges == 0 ? 1001 : 0;
}

static uint64_t of_result(const void *scene, int64_t number)
{
    int64_t exchanges = ((const struct scene *)scene)->exchanges;
    return (number + 1) % exchanges == 0 ? 1001 : 0;
}

static uint64_t of_reply(const void *scene, int64_t number)
{
    (void)scene;
    (void)number;
    return 2001;
}

static const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

static struct scene *scene(const char *algorithm, int workers, int64_t iterations)
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
    s->spec.worker_encodes = (struct coding_time){.cost = 1.5e-9, .uncoded = of_push, .context = s};
    return s;
}

static void set(struct scene *s, const char *name, int64_t value)
{
    params_set(s->spec.alg, (void *)s->spec.params, name, value);
}

/* The PS decodes pushes. */
static void server_decodes(struct scene *s)
{
    s->spec.exchange.server_decodes = (struct coding_time){.cost = 0.25e-9, .uncoded = of_push, .context = s};
}

/* It also encodes replies, which workers decode. */
static void replies_are_coded(struct scene *s)
{
    server_decodes(s);
    s->spec.exchange.server_encodes = (struct coding_time){.cost = 1.5e-9, .uncoded = of_reply, .context = s};
    s->spec.worker_decodes = (struct coding_time){.cost = 0.25e-9, .uncoded = of_reply, .context = s};
}

static uint64_t reply_bytes(const void *spec, int64_t number)
{
    (void)number;
    return ((const struct conductor_spec *)spec)->reply_bytes;
}

/* Over a graph: another exchange, without a header. */
static void exchange_by(struct scene *s, const char *kind, int shards, bool colocated)
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

static struct seen *play(struct scene *s)
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

static void scene_free(struct scene *s)
{
    params_free(s->spec.alg, s->spec.params);
    topology_destroy(s->topology);
    free(s);
}

static const struct push_row *row_of(const struct seen *s, int worker, int number)
{
    for (int i = 0; i < s->rows; i++)
        if (s->row[i].worker == worker && number-- == 0)
            return &s->row[i];
    fail();
    return NULL;
}

static void is_coding(const struct seen *s, int i, int worker, vtime begin, vtime end)
{
    assert_true(i < s->codings);
    assert_int_equal(s->coding[i].worker, worker);
    assert_int_equal(s->coding[i].begin, begin);
    assert_int_equal(s->coding[i].end, end);
}

/* ---- a server ---- */

/* Encoding delays the push, and the PS decodes one push after the other in its service. */
static void the_server_decodes_each_push(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 4);
    server_decodes(s);
    struct seen *seen = play(s);
    const vtime departs = MS + E, update = departs + 1000 + 2 * D, reply = update + 2000;
    const struct push_row *r = row_of(seen, 1, 0), *next = row_of(seen, 1, 1);
    assert_int_equal(r->depart_ns, departs);
    assert_int_equal(r->arrive_ns, departs + 1000);
    assert_int_equal(r->reply_ns, reply);
    assert_int_equal(r->accept_ns, reply);
    assert_int_equal(r->compute_ns, MS + E);
    assert_int_equal(r->coding_ns, E);
    assert_int_equal(next->depart_ns, reply + MS + E);
    assert_int_equal(next->waiting_ns, reply - departs);
    assert_int_equal(seen->update[0], update);
    assert_int_equal(seen->total[0].coding_ns, 2 * E);
    assert_int_equal(seen->totals.coding, 4 * E);
    is_coding(seen, 0, 0, MS, MS + E);
    scene_free(s);
}

/* The update's moment stays; a worker that waits decodes at once. */
static void a_reply_to_all_is_encoded_once(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 4);
    replies_are_coded(s);
    struct seen *seen = play(s);
    const vtime update = MS + E + 1000 + 2 * D, reply = update + REPLY_E + 2000;
    for (int i = 0; i < 2; i++) {
        const struct push_row *r = row_of(seen, i, 0), *next = row_of(seen, i, 1);
        assert_int_equal(r->reply_ns, reply);
        assert_int_equal(r->accept_ns, reply + REPLY_D);
        assert_int_equal(r->communication_ns, 3000);
        assert_int_equal(next->coding_ns, REPLY_D + E);
        assert_int_equal(next->compute_ns, REPLY_D + MS + E);
    }
    assert_int_equal(seen->update[0], update);
    is_coding(seen, 2, -1, update, update + REPLY_E);
    /* the last replies are not decoded any more: the run ends with their arrival */
    assert_int_equal(seen->totals.virtual_ns, row_of(seen, 0, 1)->reply_ns);
    assert_int_equal(row_of(seen, 0, 1)->accept_ns, seen->totals.virtual_ns);
    scene_free(s);
}

/* ASP: a reply is encoded before the push that waits is served. */
static void replies_to_each_are_encoded_one_by_one(void **state)
{
    (void)state;
    struct scene *s = scene("asp", 2, 2);
    replies_are_coded(s);
    struct seen *seen = play(s);
    const vtime arrive = MS + E + 1000, first = arrive + D, second = first + REPLY_E + D;
    assert_int_equal(seen->update[0], first);
    assert_int_equal(seen->update[1], second);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, first + REPLY_E + 2000);
    assert_int_equal(row_of(seen, 1, 0)->reply_ns, second + REPLY_E + 2000);
    assert_int_equal(seen->totals.virtual_ns, second + REPLY_E + 2000);
    scene_free(s);
}

/* The reply to a push is there in the ns in which that departs, and yet it is accepted, after it is decoded, at the next
 * boundary. */
static void boundaries_take_what_has_come(void **state)
{
    (void)state;
    struct scene *s = scene("losp", 1, 8);
    set(s, "min_local_steps", 1);
    set(s, "max_local_steps", 1);
    s->bandwidth[0] = INFINITY;
    s->spec.worker_decodes = (struct coding_time){.cost = 0.25e-9, .uncoded = of_reply, .context = s};
    struct seen *seen = play(s);
    const struct push_row *r = row_of(seen, 0, 0), *next = row_of(seen, 0, 1);
    assert_int_equal(r->depart_ns, MS + E);
    assert_int_equal(r->reply_ns, MS + E);
    assert_int_equal(r->accept_ns, 2 * MS + E + REPLY_D); /* at the boundary after the next iteration */
    assert_int_equal(next->depart_ns, 2 * MS + E + REPLY_D + E);
    assert_int_equal(next->coding_ns, REPLY_D + E);
    scene_free(s);
}

/* The last push of a worker that has taken STOP is encoded, too. */
static void a_final_push_is_encoded(void **state)
{
    (void)state;
    struct scene *s = scene("losp", 1, 2);
    set(s, "min_local_steps", 1);
    set(s, "max_local_steps", 4);
    set(s, "drain", 1);
    s->bandwidth[0] = INFINITY;
    struct seen *seen = play(s);
    const struct push_row *last = &seen->row[seen->rows - 1];
    assert_int_equal(last->reply_ns, -1);
    assert_int_equal(last->coding_ns, E);
    assert_int_equal(seen->totals.virtual_ns, last->depart_ns);
    assert_int_equal(seen->totals.wasted, 0);
    assert_int_equal(seen->total[0].coding_ns, seen->rows * E);
    scene_free(s);
}

/* ---- cancelled, cut, crashed ---- */

/* K-sync with K = 1: the newer model comes while the slower worker encodes, which then sends nothing. */
static void a_cancel_takes_what_is_being_encoded(void **state)
{
    (void)state;
    struct scene *s = scene("k_sync", 2, 2);
    set(s, "k", 1);
    s->factor[0] = 1.0037;
    server_decodes(s);
    struct seen *seen = play(s);
    const vtime newer = MS + E + 1000 + D + 2000;
    assert_int_equal(row_of(seen, 1, 0)->reply_ns, newer);
    assert_int_equal(seen->totals.pushes, 2);
    assert_int_equal(seen->rows, 2);
    assert_int_equal(seen->row[1].worker, 1);
    is_coding(seen, 1, 0, MS + 3700, newer); /* cut: it would have lasted until 1,005,202 */
    assert_int_equal(seen->total[0].wasted, seen->total[0].iterations);
    scene_free(s);
}

/* ASP: worker 1 encodes when the last update is made, and what it has encoded does not depart; or it still encodes when
 * the last reply is at worker 0. After that update it does not begin to encode. */
static void the_end_cuts_it(void **state)
{
    (void)state;
    static const struct {
        double factor;
        uint64_t reply;
        vtime coding;
    } cases[] = {{1.002, 2000, E}, {1.002, 500, E + 1500 - 2000}, {1.0026, 2000, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene *s = scene("asp", 2, 1);
        s->factor[1] = cases[i].factor;
        s->spec.reply_bytes = cases[i].reply;
        struct seen *seen = play(s);
        assert_int_equal(seen->totals.virtual_ns, MS + E + 1000 + (vtime)cases[i].reply);
        assert_int_equal(seen->total[1].coding_ns, cases[i].coding);
        assert_int_equal(seen->totals.pushes, 1);
        assert_int_equal(seen->total[1].wasted, 1);
        scene_free(s);
    }
}

static struct scene *crash_scene(vtime at, vtime detection)
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

/* It is lost with what has been encoded. */
static void a_crash_takes_what_is_being_encoded(void **state)
{
    (void)state;
    struct scene *s = crash_scene(MS + 700, 0);
    struct seen *seen = play(s);
    assert_int_equal(seen->total[1].coding_ns, 700);
    assert_int_equal(seen->total[1].wasted, 1);
    for (int i = 0; i < seen->rows; i++)
        assert_int_equal(seen->row[i].worker, 0);
    scene_free(s);
}

/* Its reply is being encoded: the PS sends it, unless it has learned of the crash. The process reads it in both cases. */
static void a_crash_while_the_reply_waits(void **state)
{
    (void)state;
    const vtime update = MS + E + 1000 + D;
    for (int known = 0; known < 2; known++) {
        struct scene *s = crash_scene(update + 1, known ? 10 : MS);
        struct seen *seen = play(s);
        assert_int_equal(seen->update[0], update);
        assert_int_equal(seen->skips, 1);
        assert_int_equal(seen->totals.replies, known ? 3 : 4);
        assert_int_equal(seen->totals.bytes_down, 2000 * seen->totals.replies);
        int64_t bytes = 0;
        for (int i = 0; i < seen->rows; i++)
            bytes += seen->row[i].bytes_down;
        assert_int_equal(bytes, seen->totals.bytes_down);
        assert_int_equal(seen->total[1].communication_ns, known ? 1000 : 3000);
        scene_free(s);
    }
}

/* The PS crashes while it encodes: nothing departs, and it goes on with nothing that had waited. */
static void an_outage_takes_replies_that_are_being_encoded(void **state)
{
    (void)state;
    static vtime at[1];
    struct scene *s = scene("bsp", 2, 4);
    replies_are_coded(s);
    at[0] = MS + E + 1000 + 2 * D + 1;
    s->spec.faults = (struct faults_spec){.server_crashes = 1,
                                          .server_crash_at = at,
                                          .server_down_time = MS,
                                          .server_checkpoint_every = 1,
                                          .down_time = 1,
                                          .retransmit_timeout = 1};
    struct seen *seen = play(s);
    assert_int_equal(seen->totals.faults.server_crashes, 1);
    assert_int_equal(seen->totals.replies, 2); /* to the second push of each */
    assert_int_equal(seen->skips, 2);
    /* back, the model fetched, an iteration, and a round as usual */
    assert_int_equal(seen->totals.virtual_ns, at[0] + MS + 4000 + MS + E + 1000 + 2 * D + REPLY_E + 2000);
    scene_free(s);
}

/* ---- shards ---- */

/* Each shard has half: 501 bytes of a push, 125 ns; 1001 of a reply, 1502 ns. */
static void shards_have_their_parts(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 2);
    replies_are_coded(s);
    exchange_by(s, "sharded", 2, false);
    struct seen *seen = play(s);
    const vtime update = MS + E + 1000 + 2 * 125;
    assert_int_equal(seen->update[0], update);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, update + 1502 + 2000);
    scene_free(s);
}

/* A worker's own part needs no message and no decoding; each shard encodes its part once. */
static void a_worker_does_not_decode_its_own_part(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 2);
    replies_are_coded(s);
    exchange_by(s, "sharded", 2, true);
    struct seen *seen = play(s);
    const vtime update = MS + E + 500 + 125;
    assert_int_equal(seen->update[0], update);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, update + 1502 + 1000);
    scene_free(s);
}

/* ASP: a shard encodes before it serves the other push; a reply departs with its first part. */
static void shards_encode_each_reply(void **state)
{
    (void)state;
    struct scene *s = scene("asp", 2, 2);
    replies_are_coded(s);
    exchange_by(s, "sharded", 2, false);
    struct seen *seen = play(s);
    const vtime first = MS + E + 1000 + 125, second = first + 1502 + 125;
    assert_int_equal(seen->update[0], first);
    assert_int_equal(seen->update[1], second);
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, first + 1502 + 2000);
    assert_int_equal(row_of(seen, 1, 0)->reply_ns, second + 1502 + 2000);
    assert_int_equal(seen->total[1].communication_ns, 1000 + 2000);
    scene_free(s);
}

/* ---- without a server ---- */

static void a_result_that_adds_up_is_decoded_once(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 2, 4);
    s->spec.worker_decodes = (struct coding_time){.cost = 0.25e-9, .uncoded = of_push, .context = s};
    exchange_by(s, "ring", 1, false);
    struct seen *seen = play(s);
    const vtime result = MS + E + 2 * 500;
    assert_int_equal(row_of(seen, 0, 0)->reply_ns, result);
    assert_int_equal(row_of(seen, 0, 0)->accept_ns, result + D);
    assert_int_equal(row_of(seen, 0, 1)->depart_ns, result + D + MS + E);
    assert_int_equal(row_of(seen, 0, 1)->coding_ns, D + E);
    scene_free(s);
}

static bool always(const void *context, int64_t number)
{
    (void)context;
    return number >= 0;
}

static void all_others_are_decoded_in_an_all_gather(void **state)
{
    (void)state;
    struct scene *s = scene("bsp", 4, 8);
    s->spec.worker_decodes =
        (struct coding_time){.cost = 0.25e-9, .messages = 3, .uncoded = of_push, .context = s};
    exchange_by(s, "tree", 1, false);
    s->spec.exchange.gathers = always;
    struct seen *seen = play(s);
    const vtime result = MS + E + 3 * 1000;
    assert_int_equal(row_of(seen, 2, 0)->reply_ns, result);
    assert_int_equal(row_of(seen, 2, 0)->accept_ns, result + 3 * D);
    scene_free(s);
}

/* PowerSGD: encoded before the first exchange of a step, decoded after the last one. */
static void a_step_of_several_exchanges(void **state)
{
    (void)state;
    struct scene *s = scene("powersgd", 2, 4);
    s->exchanges = 2;
    s->spec.worker_decodes = (struct coding_time){.cost = 0.25e-9, .uncoded = of_result, .context = s};
    struct seen *seen = play(s);
    const struct push_row *p = row_of(seen, 0, 0), *q = row_of(seen, 0, 1), *next = row_of(seen, 0, 2);
    assert_int_equal(p->depart_ns, MS + E);
    assert_int_equal(p->accept_ns, MS + E + 3000);
    assert_int_equal(q->depart_ns, p->accept_ns);
    assert_int_equal(q->coding_ns, 0);
    assert_int_equal(q->accept_ns, q->depart_ns + 3000 + D);
    assert_int_equal(next->depart_ns, q->accept_ns + MS + E);
    assert_int_equal(next->coding_ns, D + E);
    scene_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_server_decodes_each_push),
        cmocka_unit_test(a_reply_to_all_is_encoded_once),
        cmocka_unit_test(replies_to_each_are_encoded_one_by_one),
        cmocka_unit_test(boundaries_take_what_has_come),
        cmocka_unit_test(a_final_push_is_encoded),
        cmocka_unit_test(a_cancel_takes_what_is_being_encoded),
        cmocka_unit_test(the_end_cuts_it),
        cmocka_unit_test(a_crash_takes_what_is_being_encoded),
        cmocka_unit_test(a_crash_while_the_reply_waits),
        cmocka_unit_test(an_outage_takes_replies_that_are_being_encoded),
        cmocka_unit_test(shards_have_their_parts),
        cmocka_unit_test(a_worker_does_not_decode_its_own_part),
        cmocka_unit_test(shards_encode_each_reply),
        cmocka_unit_test(a_result_that_adds_up_is_decoded_once),
        cmocka_unit_test(all_others_are_decoded_in_an_all_gather),
        cmocka_unit_test(a_step_of_several_exchanges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
