/* Closed forms of every algorithm over every exchange against the conductor: equal to the nanosecond wherever theory
 * says so. Equal workers, no jitter; over a star, and over groups of one size. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/rng.h"
#include "sim/exchange/kind.h"
#include "sim/predict/theory.h"
#include "tests/rigs/params.h"

enum { MOST = 16, HEADER = 64, SETTINGS = 12, WITH_BUDGET = 6 };

struct scene {
    struct conductor_spec spec;
    struct topology *topology;
    void *params;
    double up[MOST], down[MOST], latency[MOST], factor[MOST];
    double part_up[MOST], part_down[MOST], part_latency[MOST];
    int part_of[MOST];
    uint32_t samples[MOST];
    uint64_t uncoded;
    int64_t exchanges;
};

/* Draw i of setting n: a whole number, least .. most. */
static int64_t draw(int n, int i, int64_t least, int64_t most)
{
    struct draw_key key = {.seed = 21, .purpose = DRAW_JITTER, .iteration = (uint64_t)n};
    return least + (int64_t)(draw_uniform(&key, (uint32_t)i) * (double)(most - least + 1));
}

static bool always(const void *context, int64_t number)
{
    (void)context;
    (void)number;
    return true;
}

static uint64_t reply_bytes(const void *context, int64_t number)
{
    int bucket;
    const struct conductor_spec *spec = context;
    int64_t push = buckets_push(spec->buckets, number, &bucket);
    return buckets_bytes(spec->buckets, push, bucket, spec->reply_bytes);
}

static void link_all(struct scene *s, int n)
{
    for (int i = 0; i < MOST; i++) {
        s->up[i] = (double)draw(n, 5, 1000000, 2000000000);
        s->down[i] = n % 3 ? s->up[i] : (double)draw(n, 6, 1000000, 2000000000);
        s->latency[i] = 1e-9 * (double)(draw(n, 7, 0, 2) * draw(n, 8, 0, 1000000));
        s->part_up[i] = s->part_down[i] = (double)draw(n, 9, 1000000, 2000000000);
        s->part_latency[i] = 1e-9 * (double)draw(n, 10, 0, 1000000);
        s->factor[i] = 1;
        s->samples[i] = (uint32_t)draw(n, 11, 1, 60);
    }
}

static void set_topology(struct scene *s, int n, const struct exchange_kind *kind, bool grouped)
{
    int workers = s->spec.workers, groups = (int)draw(n, 12, 1, 3);
    for (int i = 0; i < workers; i++)
        s->part_of[i] = i * groups / workers;
    bool colocated = kind->has_shards && n % 2;
    s->topology = topology_create(
        &(struct topology_spec){.kind = grouped ? TOPOLOGY_GROUPS : TOPOLOGY_STAR,
                                .workers = workers,
                                .shards = colocated          ? workers
                                          : kind->has_shards ? (int)draw(n, 13, 1, 5)
                                                             : 1,
                                .colocated = colocated,
                                .up = s->up,
                                .down = s->down,
                                .latency = s->latency,
                                .server_up = (double)draw(n, 14, 1000000, 2000000000),
                                .server_down = n % 4 ? (double)draw(n, 15, 1000000, 2000000000) : INFINITY,
                                .parts = grouped ? groups : 1,
                                .part_of = grouped ? s->part_of : NULL,
                                .server_part = -1,
                                .part_up = s->part_up,
                                .part_down = s->part_down,
                                .part_latency_up = s->part_latency,
                                .part_latency_down = s->part_latency,
                                .latency_factor = n % 3 ? 1 : 1.5,
                                .window = n % 5 ? INFINITY : 1e6});
}

static void set_keys(struct scene *s, int n)
{
    const struct algorithm *alg = s->spec.alg;
    int64_t least = draw(n, 20, 1, 2), parts = draw(n, 21, 1, 4), steps = parts * draw(n, 22, 1, 5);
    params_set(alg, s->params, "min_local_steps", least);
    params_set(alg, s->params, "max_local_steps", least + draw(n, 23, 0, 20));
    params_set(alg, s->params, "local_steps", steps);
    params_set(alg, s->params, "overlap_steps", draw(n, 24, 0, steps));
    params_set(alg, s->params, "fragments", parts);
    params_set(alg, s->params, "delay", draw(n, 25, 0, steps));
    params_set(alg, s->params, "local_epochs", draw(n, 26, 1, 3));
    params_write(alg, s->params, "drain", n % 2 ? "yes" : "no");
}

/* A step of the model is encoded before its first exchange, and decoded after its last one. */
static uint64_t encoded(const void *scene, int64_t number)
{
    const struct scene *s = scene;
    return number % s->exchanges == 0 ? s->uncoded : 0;
}

static uint64_t decoded(const void *scene, int64_t number)
{
    const struct scene *s = scene;
    return number % s->exchanges == s->exchanges - 1 ? s->uncoded : 0;
}

/* The PS, or a shard, codes what an exchange carries: here each bucket has as many bytes. */
static uint64_t coded_in_exchange(const void *scene, int64_t exchange)
{
    const struct scene *s = scene;
    if (!s->spec.buckets)
        return encoded(scene, exchange);
    return s->uncoded / (uint64_t)s->spec.buckets->list[0].n;
}

/* Of a push, in proportion to its floats. */
static uint64_t encoded_until(const void *scene, int64_t number, int bucket)
{
    const struct scene *s = scene;
    const struct bucket_list *list = &s->spec.buckets->list[number % s->spec.buckets->fragments];
    return s->uncoded * (uint64_t)list->at[bucket].floats / (uint64_t)list->at[list->n - 1].floats;
}

/* Coding takes from a thousandth of the exchange to as long as it. Replies may be coded too. */
static void set_coding(struct scene *s, int n)
{
    struct conductor_spec *spec = &s->spec;
    struct closed_form x = theory_exchange(spec);
    s->uncoded = 4 * (uint64_t)draw(n, 80, 1, 1000000);
    double cost =
        round((x.up + x.down) * pow(10, (double)draw(n, 81, -3000, 0) / 1000)) * 1e-9 / (double)s->uncoded;
    s->exchanges = spec->alg->exchanges ? spec->alg->exchanges(s->params) : 1;
    spec->worker_encodes = (struct coding_time){
        .cost = cost, .factor = 1, .uncoded = encoded, .uncoded_until = encoded_until, .context = s};
    spec->worker_decodes = (struct coding_time){.cost = cost, .factor = 1, .uncoded = decoded, .context = s};
    spec->exchange.server_decodes = spec->exchange.server_encodes =
        (struct coding_time){.cost = cost, .factor = 1, .uncoded = coded_in_exchange, .context = s};
    if (n % 2 == 0)
        spec->exchange.server_encodes.cost = 0;
    if (spec->exchange.gathers)
        spec->worker_decodes.messages = spec->workers - 1;
}

static const struct protocol *protocol_of(const struct algorithm *alg, const void *params)
{
    return alg->choose ? alg->choose(params) : alg->protocol;
}

static void set_scene(struct scene *s, const struct algorithm *alg, const struct exchange_kind *kind, int n)
{
    bool grouped = kind->needs_parts || n % 4 == 3;
    *s = (struct scene){.params = params_preset(alg)};
    link_all(s, n);
    struct conductor_spec *spec = &s->spec;
    *spec = (struct conductor_spec){.alg = alg,
                                    .params = s->params,
                                    .workers = grouped ? 6 : 1 << draw(n, 0, 1, 4),
                                    .iterations_per_epoch = 100,
                                    .eval_every = INT64_MAX,
                                    .rate = {.base = 0.1},
                                    .push_bytes = HEADER + (uint64_t)draw(n, 3, 1000, 5000000),
                                    .reply_bytes = HEADER + (uint64_t)draw(n, 4, 1000, 5000000),
                                    .batch = (uint32_t)draw(n, 17, 1, 30),
                                    .samples = s->samples,
                                    .server_cost = n % 3 ? 0 : 1e-12 * (double)draw(n, 18, 1, 1000)};
    spec->iterations = spec->workers * draw(n, 1, 30, 80) - draw(n, 2, 0, spec->workers - 1);
    set_keys(s, n);
    set_topology(s, n, kind, grouped);
    spec->exchange = (struct exchange_spec){.kind = kind,
                                            .topology = s->topology,
                                            .all_workers = protocol_of(alg, s->params)->all_workers,
                                            .header = HEADER,
                                            .chunk = (uint64_t)draw(n, 16, 1000, 1000000),
                                            .overhead = n % 2 ? 12345 : 0,
                                            .server_cost = spec->server_cost,
                                            .gathers = n % 6 == 5 ? always : NULL,
                                            .reply_bytes = reply_bytes,
                                            .reply_context = spec};
    spec->compute = (struct compute_spec){.model = COMPUTE_FIXED, .factor = s->factor, .seed = 1};
    struct closed_form x = theory_exchange(spec);
    spec->compute.seconds = (x.up + x.down) * 1e-9 * pow(10, (double)draw(n, 19, -1300, 1000) / 1000);
}

enum { MOST_PARTS = 12 };

/* Layers of one or two tensors each. With fragments all have the same ones, which is exact. */
static void set_buckets(struct scene *s, int n)
{
    bool one = n % 6 == 4;
    struct bucket_rule rule = {.limit = one ? 1 : draw(n, 30, 0, 3) * draw(n, 31, 1, 200000),
                               .first_limit = one ? INT32_MAX : draw(n, 32, 1, 100000),
                               .forward = draw(n, 33, 0, 3),
                               .forward_of = draw(n, 34, 4, 9),
                               .batches = draw(n, 35, 1, 3)};
    const struct algorithm *alg = s->spec.alg;
    int64_t fragments = alg->fragments ? alg->fragments(s->params) : 1;
    int parts = (int)draw(n, 36, 1, MOST_PARTS);
    struct bucket_part part[MOST_PARTS];
    for (int i = 0; i < parts; i++) {
        bool ends_layer = i + 1 == parts || (i + n) % 3 != 0;
        part[i] = (struct bucket_part){.floats = draw(n, 40 + i, 1, 100000),
                                       .tensor = parts - i - 1,
                                       .ends_layer = ends_layer,
                                       .operations = rule.operations += draw(n, 60 + i, 0, 1000000)};
    }
    rule.operations++;
    struct buckets *b = buckets_create(&rule, fragments);
    for (int64_t f = 0; f < fragments; f++)
        buckets_add(b, &rule, f, part, parts);
    b->header = HEADER;
    b->statistics = (uint64_t)draw(n, 37, 0, 900);
    s->spec.buckets = b;
    s->spec.exchange.buckets = true;
}

static void scene_free(struct scene *s)
{
    buckets_destroy((struct buckets *)s->spec.buckets);
    topology_destroy(s->topology);
    params_free(s->spec.alg, s->params);
}

/* ---- the run ---- */

static void see_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static void see_task(void *context, const struct task *task)
{
    if (task->op == TASK_END)
        *(struct totals *)context = task->totals;
}

static struct totals play(const struct scene *s)
{
    struct totals totals = {0};
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, &totals});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    return totals;
}

static bool is_there(const struct algorithm *alg, const struct exchange_kind *kind)
{
    void *params = params_preset(alg);
    const struct protocol *protocol = protocol_of(alg, params);
    params_free(alg, params);
    return alg->predict && (protocol->all_workers || !kind->all_workers);
}

struct judged {
    int exact, near;
    double off; /* the largest, of what is not exact */
};

/* A part of the time, or of the bytes, as a budget: the same update ends the run. */
static void judge_budget(struct scene *s, int n, const struct totals *all)
{
    struct prediction p;
    double part = (double)draw(n, 27, 1, 110) / 100;
    struct budget *budget = &s->spec.budget;
    if (n % 2)
        budget->ns = 1 + (vtime)((double)all->virtual_ns * part);
    else
        budget->bytes = 1 + (int64_t)((double)(all->bytes_up + all->bytes_down) * part);
    if (n % 3 == 0)
        s->spec.iterations = 0;
    assert_true(theory_predict(&s->spec, &p));
    struct totals seen = play(s);
    if (p.virtual_ns != (double)seen.virtual_ns || p.rounds != (double)seen.rounds)
        fail_msg("%s over %s, setting %d, with a budget of %.2f: predicted %.0f ns, %.0f rounds; simulated "
                 "%.0f, %.0f",
                 s->spec.alg->name, s->spec.exchange.kind->name, n, part, p.virtual_ns, p.rounds,
                 (double)seen.virtual_ns, (double)seen.rounds);
}

static void judge(struct scene *s, int n, struct judged *j)
{
    struct prediction p;
    if (!theory_predict(&s->spec, &p))
        return;
    struct totals seen = play(s);
    double off = p.virtual_ns / (double)seen.virtual_ns - 1;
    if (theory_doubt(&s->spec)) {
        j->near++;
        j->off = fmax(j->off, fabs(off));
        return;
    }
    j->exact++;
    struct closed_form x = theory_exchange(&s->spec);
    double each = p.rounds / (s->spec.alg->exchanges ? (double)s->spec.alg->exchanges(s->params) : 1);
    if (p.virtual_ns != (double)seen.virtual_ns || p.rounds != (double)seen.rounds)
        fail_msg("%s over %s, setting %d: predicted %.0f ns, %.0f rounds; simulated %.0f, %.0f",
                 s->spec.alg->name, s->spec.exchange.kind->name, n, p.virtual_ns, p.rounds,
                 (double)seen.virtual_ns, (double)seen.rounds);
    if (each * x.bytes_up != (double)seen.bytes_up)
        fail_msg("%s over %s, setting %d: predicted %.0f bytes up, simulated %.0f", s->spec.alg->name,
                 s->spec.exchange.kind->name, n, each * x.bytes_up, (double)seen.bytes_up);
    if (n < WITH_BUDGET)
        judge_budget(s, n, &seen);
}

static void equal_workers_take_the_predicted_time(void **state)
{
    (void)state;
    for (int k = 0; exchange_list[k]; k++) {
        struct judged j = {0};
        for (int a = 0; alg_list[a]; a++)
            for (int n = 0; n < SETTINGS && is_there(alg_list[a], exchange_list[k]); n++) {
                struct scene s;
                set_scene(&s, alg_list[a], exchange_list[k], n);
                if (n % 3 == 1)
                    set_coding(&s, n);
                judge(&s, n, &j);
                scene_free(&s);
            }
        bool is_tree = strcmp(exchange_list[k]->name, "tree") == 0; /* gathers alone are exact */
        assert_in_range(j.exact, is_tree ? 20 : 100, 1000);
        assert_true(j.off < 0.3);
    }
}

static bool can_overlap(const struct algorithm *alg)
{
    void *params = params_preset(alg);
    const struct protocol *protocol = protocol_of(alg, params);
    params_free(alg, params);
    return alg->predict && protocol->all_workers && !protocol->hides_exchanges && !alg->exchanges;
}

/* Buckets that leave during back-propagation. */
static void also_when_pushes_leave_in_buckets(void **state)
{
    (void)state;
    for (int k = 0; exchange_list[k]; k++) {
        struct judged j = {0};
        for (int a = 0; alg_list[a]; a++)
            for (int n = 0; n < SETTINGS && can_overlap(alg_list[a]); n++) {
                struct scene s;
                set_scene(&s, alg_list[a], exchange_list[k], n);
                set_buckets(&s, n);
                if (n % 3 == 1)
                    set_coding(&s, n);
                judge(&s, n, &j);
                scene_free(&s);
            }
        bool is_even = !exchange_list[k]->has_chunks; /* else one bucket alone, or a gather, is exact */
        assert_in_range(j.exact, is_even ? 100 : 10, 1000);
        assert_true(j.off < 0.4);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(equal_workers_take_the_predicted_time),
                                       cmocka_unit_test(also_when_pushes_leave_in_buckets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
