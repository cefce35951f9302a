/* The PS's input and output while it works or waits. server_io_poll runs before every sleep (waiter.h):
 *
 *   conductor --> fifo of orders --> ring --> worker process      as far as the ring has room
 *             --> fifo of tasks  --> loop.c
 *   worker process --> full ring of pushes --> letters            so that the worker can go on
 *   evaluator --> ring of results --> row of eval.csv
 *
 * No function blocks, except server_io_results, server_io_last_results and server_io_snapshot. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/clock.h"
#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/runtime/account.h"
#include "sim/runtime/first_test.h"
#include "sim/runtime/quality.h"
#include "sim/runtime/server/server.h"

/* Whether the conductor waits for reports or for the real clock; otherwise it runs ahead of the processes. */
static bool follows(const struct server *s)
{
    return s->conductor && s->run->conductor.pace != PACE_MODEL;
}

/* How long the PS may sleep: with the real clock, until the conductor's next event. */
static int64_t patience(void *server)
{
    struct server *s = server;
    if (!follows(s) || s->io.ready < s->run->processes || s->run->conductor.pace != PACE_REAL)
        return BELL_NAP;
    vtime due = conductor_due(s->conductor);
    if (due == VTIME_NEVER)
        return BELL_NAP;
    waiter_progress(&s->me); /* the real clock goes on by itself: a long wait for it is no hang */
    return due - (clock_ns() - s->run->shared->epoch);
}

void server_io_open(struct server *s)
{
    const struct run *run = s->run;
    struct shared *shared = run->shared;
    size_t n = (size_t)run->processes;
    s->me = shared_waiter(shared, shared->server);
    s->me.idle = server_io_poll;
    s->me.patience = patience;
    s->me.context = s;
    if (run->conductor.pace == PACE_REAL)
        clock_sharpen();
    s->io.taken = need((size_t)run->workers * sizeof *s->io.taken);
    s->io.skip_orders = need(n * sizeof *s->io.skip_orders);
    s->io.orders = need(n * sizeof *s->io.orders);
    s->io.pushes = need(n * sizeof *s->io.pushes);
    for (size_t i = 0; i < n; i++) {
        fifo_init(&s->io.orders[i], sizeof(struct order));
        s->io.pushes[i] =
            (struct inbox){.ring = shared->up[i], .layout = &run->layout.push_on_ring, .uses = 1};
    }
    fifo_init(&s->io.tasks, sizeof(struct task));
    fifo_init(&s->io.evaluations, sizeof(struct eval_row));
}

void server_io_close(struct server *s)
{
    for (int i = 0; i < s->run->processes; i++) {
        fifo_free(&s->io.orders[i]);
        inbox_free(&s->io.pushes[i]);
    }
    fifo_free(&s->io.tasks);
    fifo_free(&s->io.evaluations);
    free(s->io.orders);
    free(s->io.pushes);
    free(s->io.taken);
    free(s->io.skip_orders);
}

void server_io_order(void *server, const struct order *order)
{
    struct server *s = server;
    int process = order->worker % s->run->processes;
    s->io.taken[order->worker] += order->op == ORDER_ACCEPT || order->op == ORDER_SKIP;
    if (s->io.skip_orders[process] > 0)
        s->io.skip_orders[process]--;
    else
        fifo_put(&s->io.orders[process], order);
}

void server_io_task(void *server, const struct task *task)
{
    struct server *s = server;
    if (s->io.skip == 0) {
        fifo_put(&s->io.tasks, task);
        return;
    }
    s->io.skip--;
    if (task->op == TASK_ROW)
        display_row(s->run, &task->row);
    if (task->op == TASK_UPDATE)
        display_update(s->run, task->progress);
    if (task->op == TASK_RESTORE)
        display_undone(s->run, task->k);
    waiter_progress(&s->me);
}

static void send_orders(struct fifo *orders, struct ring *ring)
{
    void *slot;
    bool any = false;
    while (fifo_front(orders) && (slot = ring_reserve(ring))) {
        fifo_take(orders, slot);
        ring_commit(ring, sizeof(struct order));
        any = true;
    }
    if (any)
        ring_notify(ring);
}

/* Losses that are no finite numbers end the program. */
static void check_losses(struct server *s, const struct eval_row *row)
{
    bool tests = !isfinite(row->test_loss);
    if (!tests && (s->run->data->validation.n == 0 || isfinite(row->validation_loss)))
        return;
    if (waiter_first_to_fail(&s->me))
        die(EXIT_DIVERGED,
            "%s: training diverged: %s loss %g after %" PRId64 " iterations; try a smaller learning rate",
            s->run->name, tests ? "test" : "validation", tests ? row->test_loss : row->validation_loss,
            row->iterations);
}

/* more: see quality.h */
static void take_result(struct server *s, const struct test_result *result, const struct evaluation *more)
{
    struct eval_row row;
    fifo_take(&s->io.evaluations, &row);
    row.test_accuracy = result->test.accuracy;
    row.test_loss = result->test.loss;
    row.validation_accuracy = result->validation.accuracy;
    row.validation_loss = result->validation.loss;
    metrics_eval(s->results.metrics, &row);
    check_losses(s, &row);
    server_quality_take(s, more);
    display_evaluation(s->run, &row);
    const struct summary *sum = &s->saved.summary;
    bool before = sum->target_ns >= 0;
    account_evaluation(&s->saved.summary, s->run, &row);
    if (!before && sum->target_ns >= 0)
        s->saved.reached = s->saved.evaluations;
    s->saved.evaluations++;
    s->io.news = true;
    conductor_results(s->conductor, s->saved.evaluations, s->saved.reached);
}

static bool collect_result(struct server *s)
{
    uint32_t bytes;
    struct test_result result;
    const void *slot = ring_peek(s->run->shared->results, 0, &bytes);
    if (!slot)
        return false;
    memcpy(&result, slot, sizeof result);
    take_result(s, &result, quality_evaluation(s->run, s->io.results++));
    ring_release(s->run->shared->results, 0);
    return true;
}

static void take_report(struct server *s, const struct report *r)
{
    if (r->worker >= 0)
        conductor_report(s->conductor, r->worker, r->iteration, r->seconds, r->at - s->run->shared->epoch);
    else if (++s->io.ready == s->run->processes)
        s->run->shared->epoch = clock_ns();
}

static void take_reports(struct server *s, struct ring *ring)
{
    uint32_t bytes;
    const void *slot;
    while ((slot = ring_peek(ring, 0, &bytes))) {
        struct report report;
        memcpy(&report, slot, sizeof report);
        ring_release(ring, 0);
        take_report(s, &report);
    }
}

/* The conductor runs as far as reports and the clock allow, at once, whatever the PS is waiting for. */
static void follow(struct server *s)
{
    for (int i = 0; i < s->run->processes; i++)
        take_reports(s, s->run->shared->reports[i]);
    if (s->io.ready < s->run->processes)
        return;
    conductor_clock(s->conductor, clock_ns() - s->run->shared->epoch);
    while (conductor_advance(s->conductor))
        ;
}

void server_io_poll(void *server)
{
    struct server *s = server;
    while (collect_result(s))
        ;
    server_quality_write(s);
    if (follows(s))
        follow(s);
    for (int i = 0; i < s->run->processes; i++) {
        send_orders(&s->io.orders[i], s->run->shared->orders[i]);
        inbox_relieve(&s->io.pushes[i]);
    }
    metrics_flush(
        s->results.metrics); /* the PS may sleep for long: a reader of the tables sees the last row */
}

void server_io_expect(struct server *s, int worker, int64_t reply)
{
    if (!run_runs_ahead(
            s->run)) /* the worker reads the reply before it is ordered to take it (worker/loop.c) */
        return;
    while (s->io.taken[worker] <= reply && conductor_advance(s->conductor))
        ;
    assert(s->io.taken[worker] > reply);
    server_io_poll(s);
}

/* Whether the model is W_0 and another algorithm has evaluated it: then the row is written at once. */
static bool take_first(struct server *s, const struct eval_row *row)
{
    struct test_result result;
    struct evaluation more;
    bool asked = quality_of_evaluator(s->run);
    if (!first_test_is_of(s->run, row->round, s->state.model, s->sums.stats))
        return false;
    server_io_results(s); /* rows keep their order: after an outage the PS may be back at W_0 */
    if (!first_test_find(s->run, &result, asked ? &more : NULL))
        return false;
    fifo_put(&s->io.evaluations, row);
    take_result(s, &result, asked ? &more : NULL);
    return true;
}

void server_io_snapshot(struct server *s, const struct eval_row *row)
{
    struct ring *ring = s->run->shared->snapshots;
    if (take_first(s, row))
        return;
    fifo_put(&s->io.evaluations, row);
    mail_frame(&s->me, ring,
               &(struct frame){.worker = -1, .number = s->io.snapshots++, .version = row->round});
    mail_span(&s->me, ring, s->state.model, s->run->n * sizeof(float));
    mail_span(&s->me, ring, s->sums.stats, s->run->stats * sizeof(float));
    mail_end(ring);
}

static bool all_answered(void *server)
{
    struct server *s = server;
    while (collect_result(s))
        ;
    return !fifo_front(&s->io.evaluations);
}

void server_io_results(struct server *s)
{
    waiter_wait(&s->me, all_answered, s);
}

void server_io_last_results(struct server *s)
{
    server_io_results(s);
    mail_frame(&s->me, s->run->shared->snapshots,
               &(struct frame){.worker = -1, .bare = 1, .number = s->io.snapshots});
    mail_end(s->run->shared->snapshots);
}
