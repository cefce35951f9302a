/* Closed forms against the conductor: equal where workers are equal and nothing jitters, near where they are
 * not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/rng.h"
#include "sim/predict/push_form.h"
#include "sim/predict/theory.h"
#include "tests/rigs/params.h"

#define MOST_WORKERS 16

static const char *const names[] = {"bsp", "local_sgd", "local_sgd_jsac", "fedavg", "easgd",
                                    "osp", "losp",      "dqlosp",         "dga"};
enum { NAMES = sizeof names / sizeof *names, FIRST_OVERLAP = 5, SETTINGS = 40 };

struct scene { /* a cluster of equal workers unless a test changes it */
    struct conductor_spec spec;
    const struct algorithm *owner; /* of the parameters */
    void *params;
    uint32_t samples[MOST_WORKERS];
    double link[MOST_WORKERS], factor[MOST_WORKERS];
    vtime latency[MOST_WORKERS];
};

struct seen {
    vtime departed[2]; /* of worker 0's last two pushes: the start is over */
    int64_t pushes, k;
    struct totals totals;
};

static const struct algorithm *named(const char *name)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, name) != 0)
        i++;
    return alg_list[i];
}

static void see_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static void see_task(void *context, const struct task *task)
{
    struct seen *s = context;
    if (task->op == TASK_END)
        s->totals = task->totals;
    if (task->op != TASK_ROW || task->row.worker != 0)
        return;
    s->departed[s->pushes++ % 2] = task->row.depart_ns;
    s->k = task->row.k;
}

static struct seen play(const struct scene *s)
{
    struct seen seen = {0};
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){see_order, see_task, &seen});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    return seen;
}

static double round_of(const struct seen *s)
{
    return fabs((double)(s->departed[0] - s->departed[1]));
}

/* Draw i of setting n: a whole number, least .. most. */
static int64_t draw(int n, int i, int64_t least, int64_t most)
{
    struct draw_key key = {.seed = 4, .purpose = DRAW_JITTER, .iteration = (uint64_t)n};
    return least + (int64_t)(draw_uniform(&key, (uint32_t)i) * (double)(most - least + 1));
}

/* A parameter, if the algorithm has it. */
static void set(struct scene *s, const char *name, int64_t value)
{
    params_set(s->owner, s->params, name, value);
}

static void scene_free(struct scene *s)
{
    params_free(s->owner, s->params);
}

static void set_scene(struct scene *s, const char *name)
{
    const struct algorithm *alg = named(name);
    *s = (struct scene){
        .owner = alg,
        .params = params_preset(alg),
        .spec = {.alg = alg, .iterations_per_epoch = 100, .eval_every = INT64_MAX, .rate = {.base = 0.1}}};
    for (int i = 0; i < MOST_WORKERS; i++)
        s->factor[i] = 1;
    s->spec.params = s->params;
    s->spec.compute = (struct compute_spec){.model = COMPUTE_FIXED, .factor = s->factor, .seed = 1};
    s->spec.exchange.up = s->spec.exchange.down =
        (struct network_spec){.link_bandwidth = s->link, .latency = s->latency};
}

/* Setting n: equal workers; computing takes from a hundredth of the exchange to ten times as long. */
static void draw_equal(struct scene *s, const char *name, int n, enum sharing sharing)
{
    set_scene(s, name);
    s->spec.workers = (int)draw(n, 0, 1, MOST_WORKERS);
    s->spec.iterations = s->spec.workers * draw(n, 1, 400, 1200) - draw(n, 2, 0, s->spec.workers - 1);
    s->spec.push_bytes = (uint64_t)draw(n, 3, 1000, 5000000);
    s->spec.reply_bytes = (uint64_t)draw(n, 4, 1000, 5000000);
    for (int i = 0; i < MOST_WORKERS; i++) {
        s->link[i] = (double)draw(n, 5, 1000000, 2000000000);
        s->latency[i] = draw(n, 6, 0, 2) * draw(n, 7, 0, 1000000);
    }
    s->spec.exchange.up.server_bandwidth = n % 4 == 0 ? INFINITY : (double)draw(n, 8, 1000000, 2000000000);
    s->spec.exchange.down.server_bandwidth = n % 5 == 0 ? INFINITY : (double)draw(n, 9, 1000000, 2000000000);
    s->spec.exchange.up.workers = s->spec.exchange.down.workers = s->spec.workers;
    s->spec.exchange.up.sharing = s->spec.exchange.down.sharing = sharing;
    s->spec.server_cost = n % 3 == 0 ? (double)draw(n, 10, 1, 1000) * 1e-12 : 0;
    struct closed_form x = theory_exchange(&s->spec);
    s->spec.compute.seconds = (x.up + x.down) * 1e-9 * pow(10, (double)draw(n, 11, -2000, 1000) / 1000);
    int64_t least = draw(n, 12, 1, 2), steps = draw(n, 14, 1, 20);
    set(s, "min_local_steps", least);
    set(s, "max_local_steps", least + draw(n, 13, 0, 20));
    set(s, "local_steps", steps);
    set(s, "delay", draw(n, 15, 0, steps));
    set(s, "local_epochs", draw(n, 16, 1, 3));
    s->spec.samples = s->samples;
    s->spec.batch = (uint32_t)draw(n, 17, 1, 30);
    for (int i = 0; i < MOST_WORKERS; i++)
        s->samples[i] = (uint32_t)draw(n, 18, 1, 100);
}

static void assert_equal(double predicted, double simulated, const char *what, int setting)
{
    if (predicted != simulated)
        fail_msg("%s of setting %d: predicted %.3f, simulated %.3f", what, setting, predicted, simulated);
}

static void assert_near(double predicted, double simulated, double off)
{
    if (!(fabs(predicted - simulated) <= off))
        fail_msg("predicted %.9f, simulated %.9f", predicted, simulated);
}

static void assert_exact(const struct scene *s, int setting)
{
    struct prediction p;
    struct seen seen = play(s);
    assert_true(theory_predict(&s->spec, &p));
    assert_equal(p.round_ns, round_of(&seen), "a round", setting);
    assert_equal(p.virtual_ns, (double)seen.totals.virtual_ns, "the time", setting);
    assert_equal(p.rounds, (double)seen.totals.rounds, "rounds", setting);
    assert_equal(p.local_steps, (double)seen.k, "K", setting);
    assert_equal(p.pushes * p.rounds, (double)seen.totals.pushes, "pushes", setting);
}

static void equal_workers_take_the_predicted_time(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < NAMES * SETTINGS; i++) {
        draw_equal(&s, names[i % NAMES], i / NAMES, SHARE_FAIR);
        assert_exact(&s, i / NAMES);
        scene_free(&s);
    }
}

static void also_when_messages_go_one_after_the_other(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < FIRST_OVERLAP * SETTINGS; i++) {
        draw_equal(&s, names[i % FIRST_OVERLAP], i / FIRST_OVERLAP, SHARE_FIFO);
        assert_exact(&s, i / FIRST_OVERLAP);
        scene_free(&s);
    }
}

static uint64_t alternating(const void *sizes, int64_t number)
{
    return ((const uint64_t *)sizes)[number % 2];
}

static void an_update_may_take_two_exchanges(void **state)
{
    const struct algorithm *alg = named("powersgd");
    void *params = params_preset(alg);
    (void)state;
    for (int n = 0; n < SETTINGS; n++) {
        struct scene s;
        struct prediction p;
        draw_equal(&s, "bsp", n, SHARE_FAIR);
        const uint64_t sizes[] = {s.spec.push_bytes, s.spec.reply_bytes};
        s.spec.alg = alg;
        s.spec.params = params;
        s.spec.push_size = s.spec.reply_size = alternating;
        s.spec.size_context = sizes;
        struct seen seen = play(&s);
        assert_true(theory_predict(&s.spec, &p));
        assert_equal(p.virtual_ns, (double)seen.totals.virtual_ns, "the time", n);
        assert_equal(p.rounds, (double)seen.totals.rounds, "rounds", n);
        assert_near(p.rounds * theory_round_bytes(&s.spec).up, (double)seen.totals.bytes_up, 1);
        scene_free(&s);
    }
    params_free(alg, params);
}

/* Streaming DiLoCo with fragments more frequent than exchanges; no message is so long that the next one of
 * its link waits. */
static void several_pushes_may_be_out(void **state)
{
    const struct algorithm *alg = named("streaming_diloco");
    int stalled = 0;
    (void)state;
    for (int n = 0; n < SETTINGS; n++) {
        struct scene s;
        struct prediction p;
        int64_t parts = draw(n, 20, 2, 6), each = draw(n, 21, 1, 5);
        draw_equal(&s, "bsp", n, SHARE_FAIR);
        void *params = params_preset(alg);
        params_set(alg, params, "fragments", parts);
        params_set(alg, params, "local_steps", parts * each);
        params_set(alg, params, "delay",
                   n % 2 ? draw(n, 22, each, parts * each) : draw(n, 22, each, 2 * each - 1));
        s.spec.alg = alg;
        s.spec.params = params;
        struct closed_form x = theory_exchange(&s.spec);
        s.spec.compute.seconds =
            ceil(fmax(x.up, x.down) / (double)each * (1 + (double)draw(n, 23, 0, 100) / 200)) * 1e-9;
        struct seen seen = play(&s);
        assert_true(theory_predict(&s.spec, &p));
        assert_equal(p.virtual_ns, (double)seen.totals.virtual_ns, "the time", n);
        assert_equal(p.rounds, (double)seen.totals.rounds, "rounds", n);
        stalled += p.round_ns > (double)each * push_form_compute(&s.spec, 0);
        params_free(alg, params);
        scene_free(&s);
    }
    assert_in_range(stalled, 5, SETTINGS - 5);
}

/* Also when every worker computes as much as it may and waits for the rest of the exchange. */
static void fifo_with_too_few_steps_to_hide_the_exchange(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < SETTINGS; i++) {
        draw_equal(&s, "losp", i, SHARE_FIFO);
        s.spec.compute.seconds = theory_exchange(&s.spec).cycle * 1e-9 / 30; /* at most 22 steps */
        assert_exact(&s, i);
        scene_free(&s);
    }
}

/* With steps enough to hide the exchange, a worker that is answered first may push a boundary before the
 * others. */
static void fifo_and_overlap_is_near(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < SETTINGS; i++) {
        struct prediction p;
        draw_equal(&s, "osp", i, SHARE_FIFO);
        struct seen seen = play(&s);
        theory_predict(&s.spec, &p);
        assert_near(p.virtual_ns / (double)seen.totals.virtual_ns, 1, 0.03);
        scene_free(&s);
    }
}

static void draining_is_one_more_round(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < SETTINGS; i++) {
        struct prediction p;
        draw_equal(&s, "osp", i, SHARE_FAIR);
        set(&s, "drain", true);
        struct seen seen = play(&s);
        theory_predict(&s.spec, &p);
        assert_equal(p.virtual_ns, (double)seen.totals.virtual_ns, "the time", i);
        assert_equal(p.rounds, (double)seen.totals.rounds, "rounds", i);
        scene_free(&s);
    }
}

static void utilisation_is_what_the_accounts_say(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < NAMES * SETTINGS; i++) {
        struct prediction p;
        draw_equal(&s, names[i % NAMES], i / NAMES, SHARE_FAIR);
        s.spec.iterations *= 5; /* the overlap's first exchange is not a round like the others */
        struct seen seen = play(&s);
        theory_predict(&s.spec, &p);
        double busy = (double)seen.totals.compute / ((double)seen.totals.virtual_ns * s.spec.workers);
        assert_near(p.utilisation, busy, 0.01);
        scene_free(&s);
    }
}

/* Latencies equal, links not: replies reach the workers one after the other, and no closed form knows what
 * their pushes then share; but what all push at once takes is a bound. */
static void unequal_links_are_an_upper_bound_for_a_barrier(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < SETTINGS; i++) {
        struct prediction p;
        draw_equal(&s, "bsp", i, SHARE_FAIR);
        for (int w = 0; w < MOST_WORKERS; w++)
            s.link[w] *= (double)draw(i, 20 + w, 1, 10);
        struct seen seen = play(&s);
        theory_predict(&s.spec, &p);
        assert_true(p.virtual_ns >= (double)seen.totals.virtual_ns);
        assert_true(p.rounds == (double)seen.totals.rounds);
        scene_free(&s);
    }
}

/* The first exchange starts together, whatever the links: the water filling is exact. */
static void water_filling_is_what_the_network_does(void **state)
{
    (void)state;
    struct scene s;
    for (int i = 0; i < SETTINGS; i++) {
        struct prediction p;
        draw_equal(&s, "bsp", i, i % 2 ? SHARE_FAIR : SHARE_FIFO);
        for (int w = 0; w < MOST_WORKERS; w++)
            s.link[w] *= (double)draw(i, 20 + w, 1, 10);
        s.spec.iterations = 1; /* one round of all workers */
        struct seen seen = play(&s);
        theory_predict(&s.spec, &p);
        assert_equal(p.virtual_ns, (double)seen.totals.virtual_ns, "one round", i);
        scene_free(&s);
    }
}

/* Links of 1, 2 and inf bytes/ns on a server link of 4, 600 bytes each: the first takes 1 and leaves 1.5 to
 * each of the others, which are through after 400 ns; the first has 200 bytes left then and goes on at 1. */
static void water_filling_by_hand(void **state)
{
    (void)state;
    static const double link[] = {1e9, INFINITY, 2e9}, wide[] = {INFINITY, INFINITY, INFINITY};
    static const vtime latency[] = {7, 7, 7};
    struct network_spec net = {.workers = 3,
                               .sharing = SHARE_FAIR,
                               .link_bandwidth = link,
                               .latency = latency,
                               .server_bandwidth = 4e9};
    struct closed_form_direction up = {&net, 600}, down = {&net, 600};
    struct closed_form x = closed_form_of(&up, &down, 0);
    assert_true(x.up == 607 && x.down == 607 && x.cycle == 1214);
    x = closed_form_of(&up, &down,
                       150); /* two at 400, served by 700, when the third has been there for 100 */
    assert_true(x.up == 7 + 850);
    net.sharing = SHARE_FIFO; /* 600, 150, 300 */
    x = closed_form_of(&up, &down, 0);
    assert_true(x.up == 7 + 1050 && x.down == x.up);
    assert_true(x.cycle == 14 + 600 + 600 + 150 + 300); /* 1st reply; then its push is the narrow pass */
    net.link_bandwidth = wide;
    net.server_bandwidth = INFINITY;
    net.sharing = SHARE_FAIR;
    assert_true(closed_form_of(&up, &down, 0).up == 7);
}

static void jitter_is_left_out(void **state)
{
    (void)state;
    struct scene s;
    struct prediction calm, shaken;
    draw_equal(&s, "bsp", 1, SHARE_FAIR);
    theory_predict(&s.spec, &calm);
    s.spec.compute.jitter = 0.5;
    theory_predict(&s.spec, &shaken);
    assert_memory_equal(&calm, &shaken, sizeof calm);
    assert_true((double)play(&s).totals.virtual_ns > calm.virtual_ns);
    scene_free(&s);
}

static void fast_workers_fill_the_round_of_the_slowest(void **state)
{
    (void)state;
    static const double factor[] = {1, 4, 2, 1};
    struct scene s;
    struct prediction p;
    draw_equal(&s, "osp", 1, SHARE_FAIR);
    s.spec.workers = s.spec.exchange.up.workers = s.spec.exchange.down.workers = 4;
    struct closed_form x = theory_exchange(&s.spec);
    memcpy(s.factor, factor, sizeof factor);
    s.spec.compute.seconds = ceil(x.up + x.down) * 1e-9 / 3; /* the slowest takes 4/3 of the exchange */
    set(&s, "min_local_steps", 1);
    set(&s, "max_local_steps", 3);
    theory_predict(&s.spec, &p);
    assert_near(p.local_steps, (3 + 1 + 2 + 3) / 4.0, 1e-6);
    assert_near(p.utilisation, (3 / 4.0 + 1 + 1 + 3 / 4.0) / 4, 1e-6);
    scene_free(&s);
}

/* Shares of 1, 20 and 25 in batches of 10, two epochs each, 1 ms an iteration: 2, 4 and 6 steps. */
static void a_worker_with_more_samples_takes_longer(void **state)
{
    (void)state;
    struct scene s;
    struct prediction p;
    draw_equal(&s, "fedavg", 1, SHARE_FAIR);
    s.spec.workers = s.spec.exchange.up.workers = s.spec.exchange.down.workers = 3;
    s.spec.batch = 10;
    memcpy(s.samples, (const uint32_t[]){1, 20, 25}, 3 * sizeof *s.samples);
    s.spec.compute.seconds = 1e-3;
    s.spec.iterations = 49; /* 12 a round */
    set(&s, "local_epochs", 2);
    assert_true(theory_predict(&s.spec, &p));
    struct closed_form x = theory_exchange(&s.spec);
    assert_true(p.local_steps == 4 && p.rounds == 5 && p.round_ns == 6e6 + x.cycle);
    assert_near(p.utilisation, 4e6 / p.round_ns, 1e-12);
    assert_true(play(&s).totals.rounds == 5);
    assert_true((double)play(&s).totals.virtual_ns <= p.virtual_ns);
    scene_free(&s);
}

static void no_form_where_parameters_have_none(void **state)
{
    (void)state;
    struct scene s;
    struct prediction p;
    draw_equal(&s, "easgd", 1, SHARE_FAIR);
    params_write(s.owner, s.params, "mode", "asynchronous");
    assert_false(theory_predict(&s.spec, &p));
    scene_free(&s);
    draw_equal(&s, "post_local_sgd", 1, SHARE_FAIR);
    assert_false(theory_predict(&s.spec, &p)); /* its rounds change */
    scene_free(&s);
    draw_equal(&s, "fedavg", 1, SHARE_FAIR);
    struct sampling *sampling = sampling_create(1, s.spec.workers, s.spec.workers + 1);
    s.spec.sampling = sampling;
    assert_false(theory_predict(&s.spec, &p));
    sampling_free(sampling);
    scene_free(&s);
}

static void an_algorithm_may_have_no_closed_form(void **state)
{
    (void)state;
    struct scene s;
    struct prediction p;
    draw_equal(&s, "bsp", 1, SHARE_FAIR);
    struct algorithm without = *s.spec.alg;
    without.predict = NULL;
    s.spec.alg = &without;
    assert_false(theory_predict(&s.spec, &p));
    scene_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_workers_take_the_predicted_time),
        cmocka_unit_test(also_when_messages_go_one_after_the_other),
        cmocka_unit_test(an_update_may_take_two_exchanges),
        cmocka_unit_test(several_pushes_may_be_out),
        cmocka_unit_test(fifo_with_too_few_steps_to_hide_the_exchange),
        cmocka_unit_test(fifo_and_overlap_is_near),
        cmocka_unit_test(draining_is_one_more_round),
        cmocka_unit_test(utilisation_is_what_the_accounts_say),
        cmocka_unit_test(unequal_links_are_an_upper_bound_for_a_barrier),
        cmocka_unit_test(water_filling_is_what_the_network_does),
        cmocka_unit_test(water_filling_by_hand),
        cmocka_unit_test(jitter_is_left_out),
        cmocka_unit_test(fast_workers_fill_the_round_of_the_slowest),
        cmocka_unit_test(a_worker_with_more_samples_takes_longer),
        cmocka_unit_test(no_form_where_parameters_have_none),
        cmocka_unit_test(an_algorithm_may_have_no_closed_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
