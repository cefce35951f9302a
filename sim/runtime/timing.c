/* A run without training: one process runs the conductor and writes the rows to the tables. With
 * experiment.train = no they have no results; otherwise those of another run (numbers.h). */
#include "sim/runtime/timing.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "models/data/dataset.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/runtime/account.h"
#include "sim/runtime/numbers.h"
#include "sim/runtime/processes.h"
#include "sim/runtime/shared.h"
#include "sim/runtime/tracing.h"

static void no_order(void *context, const struct order *order)
{
    (void)context;
    (void)order;
}

static void play(struct conductor *c)
{
    while (conductor_advance(c))
        ;
}

void timing_play(const struct run *run, void (*task)(void *context, const struct task *task), void *context,
                 bool *stuck)
{
    struct conductor_spec spec = run->conductor;
    spec.pace = PACE_MODEL;       /* no process reports */
    spec.stops_at_target = false; /* nothing is evaluated: the run is as long as it can be */
    struct conductor *c = conductor_create(&spec, &(struct order_sink){no_order, task, context});
    conductor_survive(c, stuck);
    play(c);
    conductor_destroy(c);
}

struct tables {
    const struct run *run;
    struct waiter me;
    struct metrics *metrics;
    struct summary summary;
};

static void write_row(const struct tables *d, struct push_row row)
{
    row.train_loss = NAN;
    if (d->run->numbers && metrics_keeps(d->metrics, &row))
        numbers_take_push(d->run->numbers, &row);
    metrics_push(d->metrics, &row);
    display_row(d->run, &row);
}

/* Only a run with the numbers of another one has such rows (run->quality). */
static void write_quality(const struct tables *d, const struct eval_row *evaluation)
{
    const struct run *run = d->run;
    if (quality_has_rows(run->quality)) {
        struct quality_row row = numbers_take_quality(run->numbers, evaluation);
        metrics_quality(d->metrics, &row);
    }
    for (int i = 0; quality_has(run->quality, QUALITY_PER_CLASS) && i < run->data->classes; i++) {
        struct class_row row = numbers_take_class(run->numbers, evaluation);
        metrics_class(d->metrics, &row);
    }
}

static void write_eval(struct tables *d, struct eval_row row)
{
    row.test_accuracy = row.test_loss = row.train_loss = row.validation_accuracy = row.validation_loss = NAN;
    if (d->run->numbers) {
        numbers_take_evaluation(d->run->numbers, &row);
        account_evaluation(&d->summary, d->run, &row);
    }
    metrics_eval(d->metrics, &row);
    write_quality(d, &row);
    display_evaluation(d->run, &row);
}

/* The results of the last evaluation have nine digits in eval.csv, and all of them in summary.json. */
static void close_summary(struct tables *d, const struct totals *totals)
{
    struct summary *sum = &d->summary;
    account_close(sum, d->run, totals);
    if (!d->run->numbers)
        return;
    const struct summary *other = &d->run->numbers->summary;
    sum->test_loss = other->test_loss;
    sum->validation_loss = other->validation_loss;
    sum->train_loss = other->train_loss;
    sum->parameters_hash = other->parameters_hash;
    sum->replicas_equal = other->replicas_equal;
}

static void take(void *tables, const struct task *t)
{
    struct tables *d = tables;
    waiter_progress(&d->me);
    if (atomic_load(d->me.abort)) {
        metrics_flush(d->metrics);
        _exit(EXIT_ABORTED);
    }
    switch (t->op) {
    case TASK_ROW:
        write_row(d, t->row);
        break;
    case TASK_UPDATE:
        display_update(d->run, t->progress);
        break;
    case TASK_EVALUATE:
        write_eval(d, t->eval);
        break;
    case TASK_TOTAL:
        metrics_total(d->metrics, &t->total);
        break;
    case TASK_FAULT:
        metrics_fault(d->metrics, &t->fault);
        break;
    case TASK_RESTORE:
        display_undone(d->run, t->k);
        break;
    case TASK_END:
        close_summary(d, &t->totals);
        break;
    default: /* tasks of the data plane */
        break;
    }
}

void timing_run(const struct run *run)
{
    struct tables d = {.run = run,
                       .me = shared_waiter(run->shared, run->shared->server),
                       .metrics = metrics_open(run->folder, NULL, run->cfg->output.workers_every,
                                               faults_any(&run->conductor.faults), run->quality),
                       .summary = account_open(run)};
    display_open(run);
    struct conductor *c = conductor_create(&run->conductor, &(struct order_sink){no_order, take, &d});
    struct timeline *timeline = run->numbers ? tracing_open(run, c) : NULL;
    play(c);
    metrics_close(d.metrics);
    tracing_close(run, timeline);
    conductor_destroy(c);
    run->shared->summary = d.summary;
}
