/* Fills struct summary: at the start what the configuration says, at the end what the conductor has
 * counted. The PS's process adds the results of training; the launcher writes summary.json. */
#include "sim/runtime/account.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/config/milestones.h"
#include "sim/exchange/words.h"
#include "sim/runtime/exchange_config.h"
#include "sim/schema/judged.h"

enum clocked account_clocked(const struct run *run)
{
    static const enum clocked by[] = {
        [PACE_MODEL] = CLOCKED_BY_MODEL, [PACE_REPORT] = CLOCKED_BY_CPU, [PACE_REAL] = CLOCKED_REALLY};
    return by[run->conductor.pace];
}

void account_names(struct summary *sum, const struct run *run)
{
    snprintf(sum->algorithm, sizeof sum->algorithm, "%s", run->name);
    snprintf(sum->label, sizeof sum->label, "%s", run->label);
    snprintf(sum->variant_of, sizeof sum->variant_of, "%s", run->alg->name);
    char *exchange = exchange_name(run);
    snprintf(sum->exchange, sizeof sum->exchange, "%s", exchange);
    free(exchange);
    snprintf(sum->overlap, sizeof sum->overlap, "%s",
             overlap_words[run->overlaps ? OVERLAP_BACKWARD : OVERLAP_NONE]);
    snprintf(sum->model, sizeof sum->model, "%s", model_name(run->model));
    snprintf(sum->dataset, sizeof sum->dataset, "%s", run->data->name);
    snprintf(sum->judged_on, sizeof sum->judged_on, "%s", judged_word(run->data->validation.n > 0));
}

_Static_assert((int)MOST_MILESTONES == (int)MILESTONES_MOST,
               "sim/schema/ and sim/config/ know the same number of milestones");

static void open_milestones(struct summary *sum, const struct milestones *milestones)
{
    char *text = milestones_text(milestones);
    assert(strlen(text) < sizeof sum->milestones);
    snprintf(sum->milestones, sizeof sum->milestones, "%s", text);
    free(text);
    for (int i = 0; i < MOST_MILESTONES; i++)
        sum->accuracy_at[i] = sum->validation_at[i] = NAN;
}

void account_milestones(struct summary *sum, const struct milestones *milestones, const struct eval_row *row)
{
    for (int i = 0; i < milestones->n; i++)
        if (milestone_includes(&milestones->at[i], row->virtual_ns, row->bytes_up + row->bytes_down)) {
            sum->accuracy_at[i] = row->test_accuracy;
            sum->validation_at[i] = row->validation_accuracy;
        }
}

static void note_target(struct summary *sum, const struct eval_row *r, double target)
{
    if (sum->target_ns >= 0)
        return;
    if (!(judged_accuracy(r, sum->judged_on) >= target)) { /* target = NAN: no comparison is true */
        sum->latest_ns = r->virtual_ns;
        return;
    }
    sum->target_ns = r->virtual_ns;
    sum->before_target_ns = sum->latest_ns;
    sum->target_iterations = r->iterations;
    sum->target_bytes_up = r->bytes_up;
    sum->target_bytes_down = r->bytes_down;
}

void account_evaluation(struct summary *sum, const struct run *run, const struct eval_row *row)
{
    sum->test_accuracy = row->test_accuracy;
    sum->test_loss = row->test_loss;
    sum->train_loss = row->train_loss;
    sum->validation_accuracy = row->validation_accuracy;
    sum->validation_loss = row->validation_loss;
    judged_best(sum, row);
    note_target(sum, row, run->cfg->experiment.target_accuracy);
    account_milestones(sum, &run->cfg->output.at, row);
}

/* Beyond the end of the run there is nothing to compare: a run that is over sooner has no accuracy there. */
static void close_milestones(struct summary *sum, const struct milestones *milestones)
{
    for (int i = 0; i < milestones->n; i++)
        if (!milestone_is_reached(&milestones->at[i], sum->virtual_ns, sum->bytes_up + sum->bytes_down))
            sum->accuracy_at[i] = sum->validation_at[i] = NAN;
}

struct summary account_open(const struct run *run)
{
    struct summary sum = {.synthetic = run->data->synthetic,
                          .trained = run_has_results(run),
                          .clocked = account_clocked(run),
                          .workers = run->workers,
                          .faulty = faults_any(&run->conductor.faults),
                          .seed = run->cfg->experiment.seed,
                          .target_ns = -1,
                          .test_accuracy = NAN,
                          .test_loss = NAN,
                          .train_loss = NAN,
                          .validation_accuracy = NAN,
                          .validation_loss = NAN,
                          .before_target_ns = -1,
                          .best_accuracy = NAN,
                          .best_judged = NAN,
                          .replicas_equal = REPLICAS_NONE};
    open_milestones(&sum, &run->cfg->output.at);
    account_names(&sum, run);
    /* W_0 is sent to every worker before the clock starts, in full precision, even if replies are coded. */
    sum.bytes_initial = (int64_t)(WIRE_HEADER + message_layout_bytes(&run->layout.snapshot)) * run->workers;
    return sum;
}

const char *account_budget_key(const struct budget *budget)
{
    if (budget->ns > 0 && budget->bytes > 0)
        return "experiment.virtual_time or experiment.bytes";
    return budget->ns > 0 ? "experiment.virtual_time" : "experiment.bytes";
}

void account_close(struct summary *sum, const struct run *run, const struct totals *all)
{
    sum->rounds = all->rounds;
    sum->iterations = all->iterations;
    sum->epochs = (double)all->iterations / run->conductor.iterations_per_epoch;
    sum->virtual_ns = all->virtual_ns;
    sum->bytes_up = all->bytes_up;
    sum->bytes_down = all->bytes_down;
    sum->pushes = all->pushes;
    sum->replies = all->replies;
    sum->compute_ns = all->compute;
    sum->communication_ns = all->communication;
    sum->waiting_ns = all->waiting;
    sum->overlapped_ns = all->overlapped;
    sum->coding_ns = all->coding;
    sum->utilisation = (double)all->compute / ((double)run->workers * (double)all->virtual_ns);
    sum->wasted_iterations = all->wasted;
    sum->dropped_pushes = all->dropped;
    sum->faults = all->faults;
    close_milestones(sum, &run->cfg->output.at);
    if (all->at_once)
        warn("%s: the run ends with its first update, which is past the budget: %s", run->name,
             account_budget_key(&run->conductor.budget));
    snprintf(sum->status, sizeof sum->status, "done");
}
