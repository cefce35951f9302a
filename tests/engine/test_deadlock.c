/* Algorithms that are wrong: all workers wait, so that the run ends with a table of which worker waits for
 * what; or no worker pushes anything. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/pieces.h"
#include "tests/rigs/child.h"
#include "sim/base/fail.h"
#include "sim/engine/conductor.h"

static const struct protocol protocol = {ALG_GRADIENT_FOR_MODEL, .drops_pushes = true};

static enum next never_begins(const struct worker_view *w)
{
    (void)w;
    return WAIT;
}
static enum next worker_1_never_pushes(const struct worker_view *w)
{
    return w->id == 1 && w->k == 2 ? WAIT : w->id == 1 ? STEP : alg_decide_one_gradient(w);
}
static enum next sends_at_once(const struct worker_view *w)
{
    (void)w;
    return SEND;
}
static enum next never_sends(const struct worker_view *w)
{
    (void)w;
    return STEP;
}
static enum next never_waits(const struct worker_view *w)
{
    return w->k == 0 ? STEP : SEND;
}
static void admits_in_silence(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)s;
    v->drop = push->worker == 2;
}
static void holds_all(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)s, (void)push, (void)v;
}
static void drops_all(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)s, (void)push;
    v->drop = true;
}
static void answers_alone(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)s;
    v->drop = true;
    alg_answer(v, push->worker);
}

static void no_order(void *context, const struct order *o)
{
    (void)context, (void)o;
}
static void no_task(void *context, const struct task *t)
{
    (void)context, (void)t;
}

/* Worker 2 crashes for good in its second iteration, and the PS knows of it 5 ms later. */
static struct faults_spec a_late_notice(void)
{
    static const vtime at[] = {1500000};
    static const int worker[] = {2};
    return (struct faults_spec){.crashes = 1,
                                .crash_at = at,
                                .crash_worker = worker,
                                .down_time = VTIME_NEVER,
                                .detection_time = 5000000};
}

/* To the end; false: it has none. */
static bool play(const struct algorithm *control, bool survives)
{
    static const struct protocol each = {ALG_GRADIENT_FOR_MODEL, .answers = ANSWER_EACH,
                                         .drops_pushes = true};
    static const double bandwidth[] = {1e9, 1e9, 1e9}, factor[] = {1, 1, 1};
    static const vtime latency[3];
    struct algorithm alg = {.name = "sulk",
                            .protocol = control->admit == answers_alone ? &each : &protocol,
                            .decide = control->decide,
                            .admit = control->admit,
                            .on_worker_down = control->on_worker_down};
    bool stuck = false;
    struct conductor_spec spec = {.alg = &alg,
                                  .workers = 3,
                                  .iterations = 9,
                                  .iterations_per_epoch = 9,
                                  .eval_every = 9,
                                  .push_bytes = 100,
                                  .reply_bytes = 100};
    spec.exchange.up = (struct network_spec){.workers = 3,
                                             .sharing = SHARE_FAIR,
                                             .link_bandwidth = bandwidth,
                                             .latency = latency,
                                             .server_bandwidth = INFINITY};
    spec.exchange.down = spec.exchange.up;
    spec.compute = (struct compute_spec){.model = COMPUTE_FIXED, .seconds = 0.001, .factor = factor};
    if (control->on_worker_down)
        spec.faults = a_late_notice();
    struct conductor *c = conductor_create(&spec, &(struct order_sink){no_order, no_task, NULL});
    if (survives)
        conductor_survive(c, &stuck);
    while (conductor_advance(c))
        ;
    CHECK(!conductor_advance(c));
    conductor_destroy(c);
    return !stuck;
}

struct stuck { /* a child with its standard error in a pipe */
    struct algorithm control;
    bool survives;
    int pipe[2];
};
static void play_into_pipe(void *context)
{
    struct stuck *s = context;
    dup2(s->pipe[1], STDERR_FILENO);
    bool ended = play(&s->control, s->survives);
    _exit(ended ? EXIT_DONE : EXIT_FAILED);
}

/* In a child. */
static int listen_to(struct stuck s, char *said, size_t size)
{
    size_t n = 0;
    ssize_t got;
    assert_int_equal(pipe(s.pipe), 0);
    pid_t child = start_child(play_into_pipe, &s);
    close(s.pipe[1]);
    while ((got = read(s.pipe[0], said + n, size - 1 - n)) > 0)
        n += (size_t)got;
    close(s.pipe[0]);
    said[n] = '\0';
    return end_of(child);
}

static void ends_with(enum next (*decide)(const struct worker_view *), int status, const char *wanted)
{
    char said[2000];
    struct stuck s = {.control = {.decide = decide, .admit = admits_in_silence}};
    assert_int_equal(listen_to(s, said, sizeof said), status);
    assert_string_equal(said, wanted);
}

static void all_workers_wait_from_the_start(void **state)
{
    (void)state;
    ends_with(never_begins, EXIT_STUCK,
              "sulk: which worker waits for what after 0 updates:\n"
              "  worker 0   waits for a reply, with no push unanswered           since "
              "0.000000000 s, 0 iterations not pushed, model 0\n"
              "  worker 1   waits for a reply, with no push unanswered           since "
              "0.000000000 s, 0 iterations not pushed, model 0\n"
              "  worker 2   waits for a reply, with no push unanswered           since "
              "0.000000000 s, 0 iterations not pushed, model 0\n"
              "  the PS     holds pushes of no worker; waits for pushes of worker 0, worker 1, worker 2; "
              "away: no worker\n"
              "simulate: sulk: deadlock at 0.000000000 virtual seconds: all workers wait\n");
}

static void the_table_says_who_holds_what(void **state)
{
    (void)state;
    ends_with(
        worker_1_never_pushes, EXIT_STUCK,
        "sulk: which worker waits for what after 0 updates:\n"
        "  worker 0   waits for the PS, which holds its push 0             since 0.001000000 s, 0 "
        "iterations not pushed, model 0\n"
        "  worker 1   waits for a reply, with no push unanswered           since 0.002000000 s, 2 "
        "iterations not pushed, model 0\n"
        "  worker 2   waits for the PS, which has not answered its push 0  since 0.001000000 s, 0 "
        "iterations not pushed, model 0\n"
        "  the PS     holds pushes of worker 0; waits for pushes of worker 1, worker 2; away: no worker\n"
        "simulate: sulk: deadlock at 0.002000000 virtual seconds: all workers wait\n");
}

/* Whatever it is: the program ends, and where it is to go on, the run alone; the same is said of it. */
static void comes_to_no_end(struct algorithm control, const char *server, const char *why)
{
    char said[2000], again[2000];
    assert_int_equal(listen_to((struct stuck){.control = control}, said, sizeof said), EXIT_STUCK);
    assert_int_equal(listen_to((struct stuck){.control = control, .survives = true}, again, sizeof again),
                     EXIT_FAILED);
    assert_string_equal(said, again);
    for (int i = 0; i < 3; i++) {
        char worker[32];
        snprintf(worker, sizeof worker, "\n  worker %d   waits for ", i);
        assert_non_null(strstr(said, worker));
    }
    assert_non_null(strstr(said, server));
    assert_non_null(strstr(said, why));
}

static void every_worker_is_named_where_all_pushes_are_held(void **state)
{
    (void)state;
    comes_to_no_end((struct algorithm){.decide = alg_decide_one_gradient, .admit = holds_all},
                    "  the PS     holds pushes of worker 0, worker 1, worker 2; waits for pushes of no "
                    "worker; away: no worker; "
                    "yet the algorithm does not combine what it holds\n",
                    "simulate: sulk: deadlock at 0.001000100 virtual seconds: all workers wait\n");
}

/* The PS waits until it knows of the crash; then the algorithm has to do something. */
static void a_barrier_that_ignores_a_late_notice(void **state)
{
    (void)state;
    comes_to_no_end(
        (struct algorithm){.decide = alg_decide_one_gradient,
                           .admit = alg_admit_round,
                           .on_worker_down = alg_worker_down_ignored},
        "  the PS     holds pushes of worker 0, worker 1; waits for pushes of no worker; away: worker "
        "2; yet the algorithm does not combine what it holds: its on_worker_down can, which is "
        "called when a worker is away\n",
        "simulate: sulk: deadlock at 0.006500000 virtual seconds: all workers wait\n");
    struct algorithm mended = {
        .decide = alg_decide_one_gradient, .admit = alg_admit_round, .on_worker_down = alg_worker_down_round};
    assert_true(play(&mended, false));
}

static void too_much_without_an_update(void **state)
{
    (void)state;
    static const char idle[] = "  the PS     holds pushes of no worker; waits for pushes of worker 0, worker "
                               "1, worker 2; away: no worker\n";
    comes_to_no_end((struct algorithm){.decide = never_waits, .admit = drops_all}, idle,
                    " 40002 pushes served\n");
    comes_to_no_end((struct algorithm){.decide = alg_decide_one_gradient, .admit = answers_alone}, idle,
                    " 40002 pushes served\n");
    /* Ten million iterations: once is enough. */
    char said[2000];
    struct stuck s = {.control = {.decide = never_sends, .admit = drops_all}, .survives = true};
    assert_int_equal(listen_to(s, said, sizeof said), EXIT_FAILED);
    assert_non_null(strstr(said, idle));
    assert_non_null(strstr(said, " 0 pushes served\n"));
}

static void a_push_of_nothing_is_told(void **state)
{
    (void)state;
    ends_with(
        sends_at_once, EXIT_FAILED,
        "simulate: algorithm sulk: decide of worker 0 says SEND when there is nothing to send (k = 0)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_workers_wait_from_the_start),
        cmocka_unit_test(the_table_says_who_holds_what),
        cmocka_unit_test(every_worker_is_named_where_all_pushes_are_held),
        cmocka_unit_test(a_barrier_that_ignores_a_late_notice),
        cmocka_unit_test(too_much_without_an_update),
        cmocka_unit_test(a_push_of_nothing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
