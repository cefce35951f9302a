/* Budgets in virtual time and in bytes, computed a second time from what the probe sees: which update is the last one, and the
 * place in the schedules of every update, reply and local step. All algorithms, over the star and over every exchange. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/engine/conductor.h"
#include "sim/exchange/kind.h"
#include "sim/predict/theory.h"
#include "tests/rigs/params.h"

enum { WORKERS = 4, MOST_UPDATES = 1 << 15, HEADER = 64 };
#define MS 1000000

struct watch {
    const struct conductor_spec *spec;
    int64_t exchanges; /* in a step of the model */
    int64_t version, iterations, bytes;
    double place[MOST_UPDATES]; /* of each version */
    int64_t last;               /* the first version past a bound; 0: there is none yet */
    int64_t held[WORKERS];      /* version that the worker holds */
    float rate[256];            /* of its local steps */
    int steps;
    struct totals totals;
    vtime update; /* the last one */
    bool undone;  /* the PS has crashed: versions and places no longer rise together */
};

/* ---- the second calculation ---- */

static void use(double *used, double amount, double bound)
{
    if (bound > 0)
        *used = fmax(*used, amount / bound);
}

static void see_update(struct watch *w, vtime now)
{
    const struct conductor_spec *s = w->spec;
    double used = 0;
    assert_true(++w->version < MOST_UPDATES);
    w->update = now;
    use(&used, (double)now, (double)s->budget.ns);
    use(&used, (double)w->bytes, (double)s->budget.bytes);
    use(&used, (double)w->iterations, (double)s->iterations);
    bool whole_step = w->version % w->exchanges == 0;
    w->place[w->version] = whole_step ? fmin(used, 1) : w->place[w->version - 1];
    if (whole_step && used >= 1 && w->last == 0)
        w->last = w->version;
}

static void see_note(void *context, const struct timeline_event *n)
{
    struct watch *w = context;
    bool over_star = !w->spec->exchange.topology;
    bool departs = over_star ? n->kind == TIMELINE_PUSH_DEPARTS || n->kind == TIMELINE_REPLY_DEPARTS
                             : n->kind == TIMELINE_MESSAGE_DEPARTS;
    if (departs)
        w->bytes += n->bytes;
    if (n->kind == TIMELINE_UPDATE)
        see_update(w, n->begin);
}

static float rate_at(const struct watch *w, int64_t version)
{
    return (float)schedule_at(&w->spec->rate, w->place[version], 1);
}

static void see_task(void *context, const struct task *t)
{
    struct watch *w = context;
    if (t->op == TASK_FOLD)
        w->iterations += t->k;
    if (t->op == TASK_RESTORE)
        w->iterations -= t->k;
    w->undone |= t->op == TASK_RESTORE;
    if (t->op == TASK_UPDATE && !w->undone) {
        assert_int_equal(t->number, w->version);
        assert_true(t->progress == w->place[w->version - 1]);
        assert_true(t->rate == rate_at(w, w->version - 1));
    }
    if (t->op == TASK_END)
        w->totals = t->totals;
}

static void see_order(void *context, const struct order *o)
{
    struct watch *w = context;
    if (w->undone)
        return;
    if (o->op == ORDER_STEP) {
        assert_true(o->rates.rate == rate_at(w, w->held[o->worker]));
        if (o->worker == 0 && w->steps < (int)(sizeof w->rate / sizeof *w->rate))
            w->rate[w->steps++] = o->rates.rate;
    } else if (o->op == ORDER_ACCEPT || o->op == ORDER_FETCH) {
        w->held[o->worker] = o->version;
        assert_true(o->progress == w->place[o->version]);
        assert_true(o->rates.rate == rate_at(w, o->version));
    }
}

/* ---- runs ---- */

static double bandwidth[WORKERS] = {2e8, 1e9, 1e8, 1e9}, factor[WORKERS] = {1, 1.3, 2.1, 1};
static double latency[WORKERS] = {1e-4, 0, 1e-4, 2e-3};
static vtime latency_ns[WORKERS] = {100000, 0, 100000, 2000000};
static const double equal[WORKERS] = {1, 1, 1, 1};

static uint64_t reply_bytes(const void *spec, int64_t number)
{
    (void)number;
    return ((const struct conductor_spec *)spec)->reply_bytes;
}

static struct conductor_spec spec_of(const struct algorithm *alg, const void *params)
{
    struct conductor_spec spec = {.alg = alg,
                                  .params = params,
                                  .workers = WORKERS,
                                  .iterations_per_epoch = 100,
                                  .eval_every = 1000000,
                                  .push_bytes = HEADER + 100000,
                                  .reply_bytes = HEADER + 90000,
                                  .model_bytes = HEADER + 90000};
    spec.exchange.up = (struct network_spec){.workers = WORKERS,
                                             .sharing = SHARE_FAIR,
                                             .link_bandwidth = bandwidth,
                                             .latency = latency_ns,
                                             .server_bandwidth = 2e9};
    spec.exchange.down = spec.exchange.up;
    spec.exchange.down.direction = NET_DOWN;
    spec.compute = (struct compute_spec){
        .model = COMPUTE_FIXED, .seconds = 0.002, .jitter = 0.3, .factor = factor, .seed = 1};
    spec.rate = (struct schedule){.form = FORM_COSINE, .base = 0.1, .warmup = 0.3, .warmup_from = 0.2};
    return spec;
}

static struct watch *play(const struct conductor_spec *spec)
{
    struct watch *w = calloc(1, sizeof *w);
    w->spec = spec;
    w->exchanges = spec->alg->exchanges ? spec->alg->exchanges(spec->params) : 1;
    struct conductor *c = conductor_create(spec, &(struct order_sink){see_order, see_task, w});
    conductor_watch(c, &(struct probe){see_note, w});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    return w;
}

/* Nothing but the pushes of a drain comes after the update at the first bound. */
static void it_ends_there(const struct watch *w)
{
    const struct algorithm *alg = w->spec->alg;
    bool drains = alg->drain && alg->drain(w->spec->params);
    assert_true(w->last > 0);
    assert_int_equal(w->totals.rounds, w->version);
    assert_true(drains ? w->version >= w->last && w->version <= w->last + WORKERS : w->version == w->last);
    assert_int_equal(w->totals.bytes_up + w->totals.bytes_down, w->bytes);
    if (!w->undone)
        assert_int_equal(w->totals.iterations, w->iterations);
}

static struct budget some_budgets[] = {
    {.ns = 300 * MS}, {.bytes = 20000000}, {.ns = 500 * MS, .bytes = 10000000}, {.ns = 1}, {.bytes = 1}};

static void play_budgets(struct conductor_spec *spec)
{
    for (size_t i = 0; i < sizeof some_budgets / sizeof *some_budgets; i++)
        for (int64_t iterations = 0; iterations <= 150; iterations += 150) {
            spec->budget = some_budgets[i];
            spec->iterations = iterations;
            spec->rate.ahead = conductor_ahead(spec);
            struct watch *w = play(spec);
            it_ends_there(w);
            if (some_budgets[i].ns == 1 || some_budgets[i].bytes == 1) /* less than the first update takes */
                assert_int_equal(w->last, w->exchanges);
            free(w);
        }
}

static void a_run_ends_with_the_first_update_at_a_bound(void **state)
{
    (void)state;
    for (int i = 0; alg_list[i]; i++) {
        void *params = params_preset(alg_list[i]);
        params_set(alg_list[i], params, "local_steps", 6);
        params_set(alg_list[i], params, "fragments", 3);
        params_set(alg_list[i], params, "overlap_steps", 2);
        struct conductor_spec spec = spec_of(alg_list[i], params);
        play_budgets(&spec);
        params_free(alg_list[i], params);
    }
}

static void over(struct conductor_spec *spec, const struct exchange_kind *kind)
{
    static const double none[1] = {0}, free_of_cost[1] = {INFINITY};
    static int part[WORKERS];
    struct topology *t =
        topology_create(&(struct topology_spec){.kind = kind->needs_parts ? TOPOLOGY_GROUPS : TOPOLOGY_STAR,
                                                .workers = WORKERS,
                                                .shards = kind->has_shards ? 3 : 1,
                                                .up = bandwidth,
                                                .down = bandwidth,
                                                .latency = latency,
                                                .server_up = 2e9,
                                                .server_down = 2e9,
                                                .parts = 1,
                                                .part_of = kind->needs_parts ? part : NULL,
                                                .server_part = -1,
                                                .part_up = free_of_cost,
                                                .part_down = free_of_cost,
                                                .part_latency_up = none,
                                                .part_latency_down = none,
                                                .latency_factor = 1,
                                                .window = INFINITY});
    spec->exchange = (struct exchange_spec){.kind = kind,
                                            .topology = t,
                                            .all_workers = alg_protocol(spec->alg, spec->params)->all_workers,
                                            .header = HEADER,
                                            .chunk = 10000,
                                            .reply_bytes = reply_bytes,
                                            .reply_context = spec};
    play_budgets(spec);
    topology_destroy(t);
}

static const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

static void bytes_count_once_whatever_the_exchange(void **state)
{
    static const char *const names[] = {"bsp", "losp", "powersgd", "streaming_diloco", "asp"};
    (void)state;
    for (size_t a = 0; a < sizeof names / sizeof *names; a++) {
        const struct algorithm *alg = named(names[a]);
        void *params = params_preset(alg);
        params_set(alg, params, "local_steps", 6);
        params_set(alg, params, "fragments", 3);
        bool of_all = alg_protocol(alg, params)->all_workers;
        for (int k = 0; exchange_list[k]; k++) {
            struct conductor_spec spec = spec_of(alg, params);
            if (of_all || !exchange_list[k]->all_workers)
                over(&spec, exchange_list[k]);
        }
        params_free(alg, params);
    }
}

/* Equal workers and a network that costs nothing: a budget of 64 iterations' time, or bytes, has the rates of 64 iterations. */
static void an_even_budget_is_like_iterations(void **state)
{
    const struct algorithm *alg = named("bsp");
    void *params = params_preset(alg);
    struct conductor_spec spec = spec_of(alg, params), timed;
    (void)state;
    static double endless[WORKERS] = {INFINITY, INFINITY, INFINITY, INFINITY};
    static vtime none[WORKERS];
    spec.exchange.up.link_bandwidth = spec.exchange.down.link_bandwidth = endless;
    spec.exchange.up.latency = spec.exchange.down.latency = none;
    spec.exchange.up.server_bandwidth = spec.exchange.down.server_bandwidth = INFINITY;
    spec.compute.factor = equal;
    spec.compute.jitter = 0;
    spec.rate.warmup_from = 0;
    timed = spec;
    spec.iterations = 64 * WORKERS;
    spec.rate.ahead = conductor_ahead(&spec);
    timed.budget.ns = 64 * 2 * MS;
    timed.rate.ahead = conductor_ahead(&timed);
    struct watch *w = play(&timed);
    assert_int_equal(w->steps, 64);
    for (int i = 0; i < 64; i++)
        assert_true(w->rate[i] == (float)schedule_at(&spec.rate, i * WORKERS, 64 * WORKERS) &&
                    w->rate[i] > 0);
    free(w);
    params_free(alg, params);
}

/* Equal workers on equal links: by the closed form the run ends in the same round, in the same ns. */
static void equal_workers_end_as_predicted(void **state)
{
    static const char *const names[] = {"bsp", "local_sgd", "fedavg", "losp", "dqlosp", "dga", "powersgd"};
    static double link[WORKERS] = {3e8, 3e8, 3e8, 3e8};
    static vtime near[WORKERS] = {70000, 70000, 70000, 70000};
    (void)state;
    for (size_t a = 0; a < sizeof names / sizeof *names; a++) {
        const struct algorithm *alg = named(names[a]);
        void *params = params_preset(alg);
        for (int64_t n = 0; n < 24; n++) {
            struct prediction p;
            struct conductor_spec spec = spec_of(alg, params);
            spec.exchange.up.link_bandwidth = spec.exchange.down.link_bandwidth = link;
            spec.exchange.up.latency = spec.exchange.down.latency = near;
            spec.compute.factor = equal;
            spec.compute.jitter = 0;
            spec.iterations = n % 2 ? 0 : 500;
            spec.budget.ns = n % 3 != 1 ? (1 + n * n) * 1234567 : 0;
            spec.budget.bytes = n % 3 > 0 ? (1 + n * n) * 234567 : 0;
            struct watch *w = play(&spec);
            assert_true(theory_predict(&spec, &p));
            assert_true(p.rounds == (double)w->totals.rounds && p.virtual_ns == (double)w->totals.virtual_ns);
            free(w);
        }
        params_free(alg, params);
    }
}

/* What the first rate of a warm-up counts ahead: one iteration of the slowest worker, one push of each. */
static void a_warmup_counts_ahead(void **state)
{
    const struct algorithm *alg = named("bsp");
    void *params = params_preset(alg);
    struct conductor_spec spec = spec_of(alg, params);
    (void)state;
    spec.iterations = 400;
    assert_true(conductor_ahead(&spec) == WORKERS);
    spec.budget.ns = 1000 * MS; /* 2 ms x 2.1, without jitter */
    assert_true(conductor_ahead(&spec) == 4.0 / 400);
    spec.iterations = 0;
    assert_true(conductor_ahead(&spec) == 4200000.0 / (1000 * MS));
    spec.budget.bytes = 40025600;
    assert_true(conductor_ahead(&spec) == 0.01);
    params_free(alg, params);
}

/* The time of an outage is used up; the place is that of the restart point until the next update. */
static void an_outage_gives_no_budget_back(void **state)
{
    const struct algorithm *alg = named("bsp");
    void *params = params_preset(alg);
    struct conductor_spec spec = spec_of(alg, params);
    vtime at[] = {100 * MS};
    (void)state;
    spec.budget.ns = 300 * MS;
    spec.rate.ahead = conductor_ahead(&spec);
    spec.faults = (struct faults_spec){.server_crashes = 1,
                                       .server_crash_at = at,
                                       .server_down_time = 50 * MS,
                                       .server_checkpoint_every = 4};
    struct watch *w = play(&spec);
    it_ends_there(w);
    assert_true(w->undone && w->update >= spec.budget.ns && w->totals.faults.undone > 0);
    free(w);
    params_free(alg, params);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_ends_with_the_first_update_at_a_bound),
        cmocka_unit_test(bytes_count_once_whatever_the_exchange),
        cmocka_unit_test(an_even_budget_is_like_iterations),
        cmocka_unit_test(equal_workers_end_as_predicted),
        cmocka_unit_test(a_warmup_counts_ahead),
        cmocka_unit_test(an_outage_gives_no_budget_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
