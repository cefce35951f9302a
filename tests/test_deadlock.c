/* Algorithms that are wrong: in which everybody waits, so that the run ends with who waits for whom; that push nothing. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "sim/base/fail.h"
#include "sim/run/conductor.h"

static const struct protocol protocol = {ALG_GRADIENT_FOR_MODEL};

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
static void admits_in_silence(struct server_view *s, const struct push_header *push, struct verdict *v)
{
    (void)s;
    v->drop = push->worker == 2;
}

static void no_order(void *context, const struct order *o)
{
    (void)context, (void)o;
}
static void no_task(void *context, const struct task *t)
{
    (void)context, (void)t;
}

/* In a child: to the end, with what it says in the pipe. */
static void play(void *decide)
{
    static const double bandwidth[] = {1e9, 1e9, 1e9}, factor[] = {1, 1, 1};
    static const vtime latency[3];
    struct algorithm alg = {.name = "sulk", .protocol = &protocol, .admit = admits_in_silence};
    memcpy(&alg.decide, decide, sizeof alg.decide);
    struct conductor_spec spec = {.alg = &alg,
                                  .workers = 3,
                                  .iterations = 9,
                                  .iterations_per_epoch = 9,
                                  .eval_every = 9,
                                  .push_bytes = 100,
                                  .reply_bytes = 100};
    spec.up = (struct network_spec){.workers = 3,
                                    .sharing = SHARE_FAIR,
                                    .link_bandwidth = bandwidth,
                                    .latency = latency,
                                    .card_bandwidth = INFINITY};
    spec.down = spec.up;
    spec.compute = (struct compute_spec){.model = COMPUTE_FIXED, .seconds = 0.001, .factor = factor};
    struct conductor *c = conductor_create(&spec, &(struct score){no_order, no_task, NULL});
    while (conductor_advance(c))
        ;
}

struct stuck { /* a child with its standard error in a pipe */
    void *decide;
    int pipe[2];
};
static void play_into_pipe(void *context)
{
    struct stuck *s = context;
    dup2(s->pipe[1], STDERR_FILENO);
    play(s->decide);
}

static void ends_with(enum next (*decide)(const struct worker_view *), int status, const char *wanted)
{
    char said[2000] = "";
    size_t n = 0;
    ssize_t got;
    struct stuck s = {.decide = &decide};
    assert_int_equal(pipe(s.pipe), 0);
    pid_t child = start_child(play_into_pipe, &s);
    close(s.pipe[1]);
    while ((got = read(s.pipe[0], said + n, sizeof said - 1 - n)) > 0)
        n += (size_t)got;
    close(s.pipe[0]);
    assert_int_equal(end_of(child), status);
    assert_string_equal(said, wanted);
}

static void everybody_waits_from_the_start(void **state)
{
    (void)state;
    ends_with(never_begins, EXIT_STUCK,
              "sulk: who waits for whom after 0 updates:\n"
              "  worker 0   waits for a reply, with no push unanswered           since "
              "0.000000000 s, 0 iterations not pushed, model 0\n"
              "  worker 1   waits for a reply, with no push unanswered           since "
              "0.000000000 s, 0 iterations not pushed, model 0\n"
              "  worker 2   waits for a reply, with no push unanswered           since "
              "0.000000000 s, 0 iterations not pushed, model 0\n"
              "  the PS     waits for pushes of worker 0, worker 1, worker 2; it holds 0\n"
              "simulate: sulk: deadlock at 0.000000000 virtual seconds: everybody waits\n");
}

static void the_table_says_who_holds_what(void **state)
{
    (void)state;
    ends_with(worker_1_never_pushes, EXIT_STUCK,
              "sulk: who waits for whom after 0 updates:\n"
              "  worker 0   waits for the PS, which holds its push 0             since 0.001000000 s, 0 "
              "iterations not pushed, model 0\n"
              "  worker 1   waits for a reply, with no push unanswered           since 0.002000000 s, 2 "
              "iterations not pushed, model 0\n"
              "  worker 2   waits for the PS, which has not answered its push 0  since 0.001000000 s, 0 "
              "iterations not pushed, model 0\n"
              "  the PS     waits for pushes of worker 1, worker 2; it holds 1\n"
              "simulate: sulk: deadlock at 0.002000000 virtual seconds: everybody waits\n");
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
        cmocka_unit_test(everybody_waits_from_the_start),
        cmocka_unit_test(the_table_says_who_holds_what),
        cmocka_unit_test(a_push_of_nothing_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
