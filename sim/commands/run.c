/* Runs the algorithms of one configuration, one after the other. The results go into one folder: a new one,
 * or the folder of --resume.
 *
 *   folder/given.ini, resolved.ini, partition.csv      before the first algorithm
 *          run.json                                    at the start ("running") and at the end
 *          bsp/workers.csv, eval.csv, summary.json     by each algorithm
 *          comparison.csv, time.csv, report.html       at the end, of the complete algorithms
 */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/json_events.h"
#include "sim/commands/partition.h"
#include "sim/commands/program.h"
#include "sim/commands/resume.h"
#include "sim/commands/retime.h"
#include "sim/config/milestones.h"
#include "sim/output/folder.h"
#include "sim/output/progress.h"
#include "sim/predict/forecast.h"
#include "sim/predict/theory.h"
#include "sim/report/report.h"
#include "sim/schema/words.h"

static int64_t predicted_ns(const struct run *run)
{
    return run_is_foreseen(run) && !run->conductor.stops_at_target ? theory_ns(&run->conductor) : -1;
}

static void make_folder(struct program *p)
{
    p->folder =
        folder_create(p->options.output, p->cfg.output.path, p->cfg.experiment.name, p->cfg.experiment.seed);
    folder_lock(p->folder);
    program_write_ini(p, "given.ini");
    partition_save(&p->run[0], p->folder);
}

static void take_folder(struct program *p)
{
    p->folder = text_copy(p->options.resume);
    p->complete = resume_summaries(p->summary, p->ended, p->run, p->runs, p->folder);
    for (int i = 0; i < p->runs; i++)
        if (p->ended[i])
            p->summary[i].predicted_ns = predicted_ns(&p->run[i]);
}

static void identify(struct program *p)
{
    struct identity identity = resume_identity(p->folder, p->data);
    for (int i = 0; i < p->runs; i++) {
        struct identity *id = &p->run[i].identity;
        *id = identity;
        snprintf(id->algorithm, sizeof id->algorithm, "%s", p->run[i].name);
    }
}

/* All checkpoints are opened before any file is removed: if one is damaged, the program ends and the folder
 * is unchanged. */
static void take_checkpoints(struct program *p)
{
    for (int i = 0; i < p->runs; i++)
        if (!p->ended[i])
            resume_open(&p->run[i], p->folder);
    for (int i = 0; i < p->runs; i++)
        if (p->ended[i])
            resume_clear_complete(&p->run[i], p->folder);
        else
            resume_clear(&p->run[i]);
    resume_clear_end(p->folder);
}

static void open_folder(struct program *p, char **argv)
{
    if (p->options.resume)
        take_folder(p);
    else
        make_folder(p);
    identify(p);
    if (p->options.resume)
        take_checkpoints(p);
    p->record = (struct record){.folder = p->folder,
                                .argv = argv,
                                .seed = p->cfg.experiment.seed,
                                .data = p->data,
                                .contents = p->run[0].identity.data,
                                .resumed = p->options.resume,
                                .mixes = p->complete > 0,
                                .retimed = p->retimed,
                                .rungs = p->rungs};
    record_start(&p->record);
}

/* Run i begins: the sweep of this point sees it. */
static void publish(const struct program *p, int i)
{
    if (!p->published)
        return;
    atomic_store(&p->published->share, 0);
    atomic_store(&p->published->accuracy, NAN);
    atomic_store(&p->published->runs, p->runs);
    atomic_store(&p->published->run, i);
}

static int run_one(const struct program *p, struct run *run, struct summary *summary)
{
    if (!run->folder)
        run->folder = folder_make(p->folder, run->name);
    *summary = launch(run);
    summary->predicted_ns = predicted_ns(run);
    checkpoint_close((struct checkpoint *)run->resumed);
    if (summary->exit_status == EXIT_DONE) {
        if (run->numbers)
            retime_link(run);
        summary_write(summary, run->folder);
        if (p->options.json)
            summary_line(summary);
        checkpoint_remove(run->folder);
    }
    free(run->folder);
    return summary->exit_status;
}

/* These results of one algorithm do not concern the others: the run has no end; or, in a sweep, training
 * diverged, since a sweep may look for the values at which training diverges. */
static bool others_go_on(const struct program *p, int status)
{
    return status == EXIT_STUCK || (p->point && status == EXIT_DIVERGED);
}

/* Runs one algorithm after the other. Returns the exit status of the first that did not end by itself. */
static int run_all(struct program *p)
{
    int first = EXIT_DONE;
    for (int i = 0; i < p->runs; i++) {
        if (p->ended[i])
            continue;
        publish(p, i);
        int status = forecast_ends(&p->run[i]) ? run_one(p, &p->run[i], &p->summary[i]) : EXIT_STUCK;
        p->ended[i] = status == EXIT_DONE;
        p->complete += p->ended[i];
        if (p->ended[i])
            continue;
        bool go_on = others_go_on(p, status);
        p->record.hung |= p->summary[i].hung;
        if (status != EXIT_RESTED && (first == EXIT_DONE || !go_on))
            p->record.ended_in = p->run[i].name;
        if (!go_on)
            return status;
        first = first == EXIT_DONE ? status : first;
    }
    return first;
}

/* "100 s or 10 GiB"; "": none. The caller frees. */
static char *budget_of(const struct config *cfg)
{
    struct milestone at[2];
    struct milestones bounds = {.at = at};
    if (!isnan(cfg->experiment.virtual_time))
        at[bounds.n++] = (struct milestone){.at = cfg->experiment.virtual_time};
    if (!isnan(cfg->experiment.bytes))
        at[bounds.n++] = (struct milestone){.bytes = true, .at = cfg->experiment.bytes};
    char *text = milestones_text(&bounds), *words = budget_words(text);
    free(text);
    return words;
}

/* Compares the complete algorithms, also if another one failed. Their summaries move to the front of the
 * array. */
static void write_comparison(struct program *p)
{
    if (p->complete == 0)
        return;
    char *budget = budget_of(&p->cfg);
    const struct comparison_terms terms = {
        .target = p->cfg.experiment.train ? p->cfg.experiment.target_accuracy : NAN,
        .budget = budget,
        .iterations = p->run[0].conductor.iterations};
    for (int i = 0, n = 0; i < p->runs; i++)
        if (p->ended[i])
            p->summary[n++] = p->summary[i];
    comparison_write(p->summary, p->complete, &terms, p->folder);
    time_split_write(p->summary, p->complete, p->folder);
    if (!p->options.json)
        comparison_print(p->summary, p->complete, &terms);
    free(budget);
}

static void first_parameters(struct program *p)
{
    if (p->cfg.experiment.train)
        model_init(p->model, (uint64_t)p->cfg.experiment.seed, p->first_params, p->first_stats);
}

int program_run(struct program *p, char **argv)
{
    first_parameters(p);
    program_try_memory(p);
    open_folder(p, argv);
    if (p->options.json)
        json_events_start(p);
    if (p->data->synthetic && p->cfg.experiment.train && !p->options.quiet)
        warn("SYNTHETIC DATA: accuracies say nothing about real images (data.set = %s)", p->cfg.data.set);
    int status = run_all(p);
    if (status != EXIT_RESOURCE)
        write_comparison(p);
    record_end(&p->record, status);
    if (p->cfg.output.report && !p->point && p->complete > 0 && status != EXIT_RESOURCE)
        report_at_end(p->folder);
    if (status > 128 && !p->point)
        warn("go on with: simulate --resume %s", p->folder);
    if (p->options.json)
        json_events_end(p, status);
    else
        printf("%s%s\n", p->folder, status == EXIT_DONE ? "" : " (incomplete)");
    return status;
}
