/* When Streaming DiLoCo pushes which fragment, against a walk from step to step. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>

#include "sim/base/rng.h"
#include "sim/engine/conductor.h"
#include "tests/rigs/params.h"

enum { WORKERS = 3, MOST_PUSHES = 4096, STEP_NS = 1000 };

struct settings {
    int64_t steps, fragments, delay;
    vtime
        latency; /* one way, no longer than the fewest steps of a push: else the next push waits for the link */
};

struct pushes { /* of worker 0 */
    int n;
    int64_t k[MOST_PUSHES];
    vtime departs[MOST_PUSHES], accepted[MOST_PUSHES]; /* accepted -1: not any more */
};

/* ---- the conductor ---- */

static void see_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static void see_task(void *context, const struct task *t)
{
    struct pushes *p = context;
    if (t->op != TASK_ROW || t->row.worker != 0)
        return;
    assert_true(p->n < MOST_PUSHES);
    p->k[p->n] = t->row.k;
    p->departs[p->n] = t->row.depart_ns;
    p->accepted[p->n++] = t->row.accept_ns;
}

static const struct algorithm *streaming(void)
{
    int i = 0;
    while (strcmp(alg_list[i]->name, "streaming_diloco") != 0)
        i++;
    return alg_list[i];
}

static struct network_spec link_of(enum direction which, const vtime *latency)
{
    static const double link[WORKERS] = {INFINITY, INFINITY, INFINITY};
    return (struct network_spec){.workers = WORKERS,
                                 .link_bandwidth = link,
                                 .latency = latency,
                                 .server_bandwidth = INFINITY,
                                 .direction = which};
}

static struct pushes run(const struct settings *s, int64_t iterations)
{
    static const double factor[WORKERS] = {1, 1, 1};
    const vtime latency[WORKERS] = {s->latency, s->latency, s->latency};
    const struct algorithm *alg = streaming();
    void *params = params_preset(alg);
    char error[128];
    struct pushes seen = {0};
    params_set(alg, params, "local_steps", s->steps);
    params_set(alg, params, "fragments", s->fragments);
    params_set(alg, params, "delay", s->delay);
    assert_true(alg->check(params, WORKERS, error, sizeof error));
    struct conductor_spec spec = {
        .alg = alg,
        .params = params,
        .workers = WORKERS,
        .iterations = iterations * WORKERS,
        .iterations_per_epoch = 100,
        .eval_every = 1000000,
        .push_bytes = 100,
        .reply_bytes = 100,
        .compute = {.model = COMPUTE_FIXED, .seconds = STEP_NS * 1e-9, .factor = factor},
        .exchange = {.up = link_of(NET_UP, latency), .down = link_of(NET_DOWN, latency)}};
    struct conductor *c = conductor_create(&spec, &(struct order_sink){see_order, see_task, &seen});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    params_free(alg, params);
    return seen;
}

/* ---- the walk ---- */

/* The first (steps mod fragments) fragments take a step more than the others. */
static int64_t steps_of(const struct settings *s, int number)
{
    return s->steps / s->fragments + (number % s->fragments < s->steps % s->fragments);
}

static struct pushes walk(const struct settings *s, int64_t iterations)
{
    struct pushes p = {0};
    vtime now = 0;
    int64_t k = 0, age[MOST_PUSHES] = {0}; /* steps since each push */
    int oldest = 0;                        /* that has not been accepted */
    for (int64_t done = 0; done < iterations;) {
        if (oldest < p.n && age[oldest] >= s->delay) {
            vtime there = p.departs[oldest] + 2 * s->latency;
            now = there > now ? there : now;
            p.accepted[oldest++] = now;
        } else if (k < steps_of(s, p.n)) {
            now += STEP_NS;
            k++;
            done++;
            for (int i = oldest; i < p.n; i++)
                age[i]++;
        } else {
            assert_true(p.n < MOST_PUSHES - 1);
            p.k[p.n] = k;
            p.departs[p.n] = now;
            age[p.n++] = 0;
            k = 0;
        }
    }
    return p;
}

/* ---- both ---- */

/* All but the pushes that the end of the run may have cut. */
static void compare(const struct settings *s)
{
    int64_t iterations = 7 * s->steps + 3;
    static struct pushes got, want;
    got = run(s, iterations);
    want = walk(s, iterations - s->steps);
    assert_true(want.n > 0 && got.n >= want.n);
    for (int i = 0; i < want.n; i++) {
        assert_int_equal(got.k[i], want.k[i]);
        assert_int_equal(got.departs[i], want.departs[i]);
        assert_true(want.accepted[i] == 0 || got.accepted[i] == want.accepted[i]);
    }
}

static int64_t draw(int n, uint64_t index, int64_t least, int64_t most)
{
    struct draw_key key = {.seed = 21, .purpose = DRAW_SPREAD, .iteration = (uint64_t)n};
    return least + draw_below(&key, index, (uint32_t)(most - least + 1));
}

static void pushes_are_those_of_the_walk(void **state)
{
    (void)state;
    for (int n = 0; n < 400; n++) {
        struct settings s = {.fragments = draw(n, 0, 1, 9)};
        s.steps = s.fragments + draw(n, 1, 0, 20);
        s.delay = draw(n, 2, 0, s.steps);
        s.latency = draw(n, 3, 0, s.steps / s.fragments * STEP_NS);
        compare(&s);
    }
}

/* Published: the next fragment goes after each step s with (s + 1) mod H = p H / P, p = 0 .. P - 1. */
static void fragments_go_when_the_paper_sends_them(void **state)
{
    static const int64_t paper[][2] = {{96, 8}, {96, 16}, {108, 36}};
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct settings s = {.steps = paper[i][0], .fragments = paper[i][1], .delay = 2, .latency = 500};
        static struct pushes got;
        got = run(&s, 3 * s.steps);
        int at = 0;
        for (int64_t step = 0; step < 2 * s.steps; step++)
            if ((step + 1) % s.steps * s.fragments % s.steps == 0)
                assert_int_equal(got.departs[at++], (step + 1) * STEP_NS);
        assert_int_equal(at, 2 * s.fragments);
    }
}

/* Each fragment goes once in local_steps, the last ones after fewer steps. */
static void the_last_fragments_get_fewer_steps(void **state)
{
    static const int64_t want[] = {3, 3, 2, 3, 3, 2};
    struct settings s = {.steps = 8, .fragments = 3, .delay = 0};
    static struct pushes got;
    (void)state;
    got = run(&s, 24);
    for (int i = 0; i < 6; i++)
        assert_int_equal(got.k[i], want[i]);
    compare(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pushes_are_those_of_the_walk),
        cmocka_unit_test(fragments_go_when_the_paper_sends_them),
        cmocka_unit_test(the_last_fragments_get_fewer_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
