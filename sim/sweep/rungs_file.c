#include "sim/sweep/rungs_file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/sweep/sweep_file.h"

/* All of its runs have come to their ends. */
static bool last_row(const struct rungs *r, const struct results *results, const struct trial_rung *where,
                     struct rung_result *out)
{
    const struct outcome *seeds = results_at(results, where->setting, where->algorithm, where->trial);
    const struct outcome *any = results_any(results, where->setting, where->algorithm, where->trial);
    int accuracy = results_judged_column(results, any, results->at.accuracy);
    int loss = results_judged_column(results, any, results->at.loss);
    for (int i = 0; i < results->grid->seeds; i++)
        if (!seeds[i].over || seeds[i].left)
            return false;
    bool whole = results_failed(results, seeds) == 0;
    *out = (struct rung_result){
        .point = seeds[0].point->index - 1,
        .rungs = rungs_of(r, seeds[0].point),
        .part = 1,
        .accuracy = whole ? results_spread(results, seeds, accuracy).mean : NAN,
        .loss = whole ? results_spread(results, seeds, loss).mean : NAN,
        .decided =
            results->chosen[where->setting * results->grid->algorithms + where->algorithm] != NO_CHOICE,
        .kept = results_is_best(results, where->setting, where->algorithm, where->trial)};
    return true;
}

bool rungs_row(const struct rungs *r, const struct results *results, const struct trial_rung *where,
               struct rung_result *out)
{
    const struct point *p = results_at(results, where->setting, where->algorithm, where->trial)[0].point;
    int rungs = rungs_of(r, p);
    if (where->rung < rungs - 1)
        return rungs_result(r, where, out);
    return where->rung == rungs - 1 && rungs_runs(r, where) && last_row(r, results, where, out);
}

static char *header_of(const struct grid *grid)
{
    char *header = text_copy("point,setting");
    for (int i = 0; i < grid->rows; i++) {
        if (i == grid->seed_row)
            continue;
        char *longer = text_format("%s,%s", header, grid->row[i].key);
        free(header);
        header = longer;
    }
    char *whole = text_format("%s,algorithm,rung,rungs,part,accuracy,loss,judged_on,kept", header);
    free(header);
    return whole;
}

static void write_row(struct csv *csv, const struct results *results, const struct trial_rung *where,
                      const struct rung_result *row)
{
    const struct grid *grid = results->grid;
    const struct point *p = &grid->point[row->point];
    csv_int(csv, p->index);
    csv_int(csv, where->setting + 1);
    for (int i = 0; i < grid->rows; i++)
        if (i != grid->seed_row)
            results_write_key(csv, &grid->row[i], grid_value(grid, p, i, where->algorithm));
    csv_text(csv, grid->algorithm[where->algorithm]);
    csv_int(csv, where->rung + 1);
    csv_int(csv, row->rungs);
    csv_real(csv, row->part);
    csv_real(csv, row->accuracy);
    csv_real(csv, row->loss);
    csv_text(csv, results_judged_on(results));
    csv_real(csv, row->decided ? row->kept : NAN);
    csv_end_row(csv);
}

void rungs_write(const struct rungs *r, const struct results *results)
{
    const struct grid *grid = results->grid;
    if (!r)
        return;
    struct sweep_file file = sweep_file_open(results->sweep->folder, "rungs.csv", header_of(grid));
    struct trial_rung at;
    struct rung_result row;
    for (at.setting = 0; at.setting < grid->settings; at.setting++)
        for (at.algorithm = 0; at.algorithm < grid->algorithms; at.algorithm++)
            for (at.rung = 0;
                 at.rung < halving_rungs(grid->combinations[at.algorithm], results->sweep->halving);
                 at.rung++)
                for (at.trial = 0; at.trial < grid->combinations[at.algorithm]; at.trial++)
                    if (rungs_row(r, results, &at, &row))
                        write_row(file.csv, results, &at, &row);
    sweep_file_close(&file);
}
