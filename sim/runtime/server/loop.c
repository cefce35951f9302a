/* The PS's process. It hosts the conductor, which writes orders for the workers and tasks for the PS, and
 * it plays the tasks:
 *
 *   server_run:  while not over:  next_task --> play[op]
 *                                 or, when a pause is wanted, hold --> checkpoint
 *   next_task:   conductor_advance until `window` tasks are ready; poll;
 *                wait until the first task can be played to its end
 *
 * A resumed run plays the conductor from the start, and io.c skips the tasks and orders that were played
 * before. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "models/model.h"
#include "sim/base/clock.h"
#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/config/config.h"
#include "sim/output/parameters.h"
#include "sim/runtime/account.h"
#include "sim/runtime/pause.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/server/server.h"
#include "sim/runtime/tracing.h"

/* How far the conductor runs ahead, in tasks of the PS: two rounds, so that every worker has something to
 * do while the PS still adds up the round before. A round of N workers has at most 4 N tasks for single
 * workers (fold, row, and where each push is an update, update and reply) and 4 tasks for all workers
 * (update, reply, evaluation, total). */
static size_t window(const struct run *run)
{
    const size_t rounds = 2, of_a_worker = 4, of_all = 4;
    return rounds * (of_a_worker * (size_t)run->workers + of_all);
}

/* ---- results ---- */

static void play_row(struct server *s, const struct task *t)
{
    struct push_row row = t->row;
    struct loss loss;
    bool there = fifo_take(&s->results.losses[row.worker], &loss);
    assert(there && loss.number == t->number);
    (void)there;
    row.train_loss = row.k > 0 ? loss.value : NAN;
    metrics_push(s->results.metrics, &row);
    display_row(s->run, &row);
}

/* Asks for the pause that ends the run for now. The count is the same in a resumed run: a checkpoint is written when all
 * results have come. */
static void note_rest(const struct server *s)
{
    int64_t evaluations = s->saved.evaluations + (int64_t)s->io.evaluations.count;
    if (s->run->rests_after > 0 && evaluations == s->run->rests_after + 1)
        pause_ask(s->run, PAUSE_TO_REST);
}

static void play_evaluate(struct server *s, const struct task *t)
{
    struct eval_row row = t->eval;
    server_quality_begin(s, t);
    row.train_loss = s->saved.loss_iterations ? s->saved.loss_sum / (double)s->saved.loss_iterations : NAN;
    s->saved.loss_sum = 0;
    s->saved.loss_iterations = 0;
    server_io_snapshot(s, &row);
    note_rest(s);
}

static void play_total(struct server *s, const struct task *t)
{
    metrics_total(s->results.metrics, &t->total);
}

static void play_fault(struct server *s, const struct task *t)
{
    metrics_fault(s->results.metrics, &t->fault);
    if (t->fault.what == FAULT_CRASH)
        s->of_worker[t->worker].presence = CRASHED;
}

static void farewells(struct server *s)
{
    for (int i = 0; i < s->run->workers; i++) {
        struct frame f =
            inbox_receive(&s->io.pushes[i % s->run->processes], &s->me, i, FAREWELL, &mail_ignored);
        if (s->of_worker[i].presence != CRASHED) /* it may hold a model that a crash of the PS has undone */
            aggregate_compare(s, &f);
    }
}

/* Called when all results have come. The last evaluation was of the final model, so `measured` belongs to
 * it. */
static const float *final_stats(const struct server *s)
{
    return s->run->measures > 0 ? vectors_shared(s->run, s->run->vectors.measured, 0) : s->sums.stats;
}

static void play_end(struct server *s, const struct task *t)
{
    struct summary *sum = &s->saved.summary;
    farewells(s);
    server_io_last_results(s);
    server_quality_write(s);
    account_close(sum, s->run, &t->totals);
    sum->wall_seconds = s->results.wall_before; /* the launcher adds the seconds of this program call */
    sum->parameters_hash = parameters_hash(s->run->model, s->state.model, final_stats(s));
    sum->replicas_equal = s->run->protocol->replica == NO_REPLICA ? REPLICAS_NONE
                          : s->saved.replicas_differ              ? REPLICAS_DIFFER
                                                                  : REPLICAS_EQUAL;
    s->over = true;
}

static void (*const play[TASK_KINDS])(struct server *, const struct task *) = {
    [TASK_FOLD] = aggregate_fold,
    [TASK_DROP] = aggregate_drop,
    [TASK_UPDATE] = aggregate_update,
    [TASK_REPLY] = reply_send,
    [TASK_ROW] = play_row,
    [TASK_EVALUATE] = play_evaluate,
    [TASK_TOTAL] = play_total,
    [TASK_END] = play_end,
    [TASK_FETCH] = reply_fetch,
    [TASK_FAULT] = play_fault,
    [TASK_RESTART_POINT] = restart_save,
    [TASK_RESTORE] = restart_restore,
};

/* ---- the main loop ---- */

static bool has_something_to_do(void *server)
{
    struct server *s = server;
    const struct task *t = fifo_front(&s->io.tasks);
    return pause_wanted(s->run) || (t ? server_can(s, t) : s->io.news);
}

/* Without a task the conductor waits for the result of an evaluation. false: a pause is wanted first. */
static bool next_task(struct server *s, struct task *t)
{
    do {
        s->io.news = false;
        while (s->run->conductor.pace == PACE_MODEL && s->io.tasks.count < window(s->run) &&
               conductor_advance(s->conductor))
            ;
        server_io_poll(s);
        if (fifo_front(&s->io.tasks))
            server_expect(s, fifo_front(&s->io.tasks));
        waiter_wait(&s->me, has_something_to_do, s);
        if (pause_wanted(s->run))
            return false;
    } while (!fifo_take(&s->io.tasks, t));
    return true;
}

static double wall_seconds(const struct server *s)
{
    return s->results.wall_before + 1e-9 * (double)(clock_ns() - s->results.begun);
}

/* The PS's side of a pause (pause.c). */
static void hold(struct server *s)
{
    s->saved.summary.wall_seconds = wall_seconds(s);
    pause_join(s->run, &s->me);
    aggregate_settle(s);
    for (int i = 0; i < s->run->processes; i++)
        inbox_drain(&s->io.pushes[i]);
    server_io_results(s);
    server_quality_write(s);
    pause_save(s->run, &s->me, &(struct persistent){server_persist, s, &s->run->shared->progress});
    struct rows rows = metrics_sync(s->results.metrics);
    pause_end(s->run, &rows);
}

/* Asks for a pause when a checkpoint is due by output.checkpoint_every. */
static void note_due(struct server *s)
{
    int64_t every = s->run->cfg->output.checkpoint_every;
    if (every <= 0 || s->saved.iterations / every == s->saved.checkpoints_due)
        return;
    s->saved.checkpoints_due = s->saved.iterations / every;
    pause_ask(s->run, PAUSE_TO_GO_ON);
}

static void play_task(struct server *s, const struct task *t)
{
    play[t->op](s, t);
    s->saved.played++;
    if (t->op != TASK_UPDATE)
        return;
    display_update(s->run, t->progress);
    note_due(s);
}

static void resume(struct server *s)
{
    const struct run *run = s->run;
    checkpoint_load(run->resumed, SECTION_SERVER,
                    &(struct persistent){server_persist, s, &run->shared->progress});
    s->results.wall_before = s->saved.summary.wall_seconds;
    s->io.skip = s->saved.played;
    for (int i = 0; i < run->processes; i++)
        s->io.skip_orders[i] = atomic_load(&run->shared->played[i].value);
}

void server_run(const struct run *run)
{
    struct server *s = need(sizeof *s);
    s->run = run;
    s->results.begun = clock_ns();
    s->results.metrics =
        metrics_open(run->folder, run->resumed ? checkpoint_rows(run->resumed) : NULL,
                     run->cfg->output.workers_every, faults_any(&run->conductor.faults), run->quality);
    server_io_open(s);
    aggregate_open(s);
    restart_open(s);
    server_quality_open(s);
    s->saved.summary = account_open(run);
    s->saved.reached = -1;
    display_open(run);
    if (run->resumed)
        resume(s);
    s->conductor =
        conductor_create(&run->conductor, &(struct order_sink){server_io_order, server_io_task, s});
    conductor_results(s->conductor, s->saved.evaluations, s->saved.reached);
    s->results.timeline = tracing_open(run, s->conductor);
    while (!s->over) {
        struct task t;
        if (next_task(s, &t))
            play_task(s, &t);
        else
            hold(s);
    }
    atomic_store(&run->shared->over, 1);
    shared_wake_all(run->shared, run->processes);
    parameters_save(run->model, s->state.model, final_stats(s), run->folder);
    run->shared->summary = s->saved.summary;
    metrics_close(s->results.metrics);
    tracing_close(run, s->results.timeline);
    conductor_destroy(s->conductor);
    aggregate_close(s);
    restart_close(s);
    server_quality_close(s);
    server_io_close(s);
    free(s);
}
