/* --report: makes one page from the folder of a sweep, or from the folders of one or several runs or comparisons. */
#include "sim/report/report.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/texts.h"
#include "sim/commands/comparison.h"
#include "sim/commands/past_sweep.h"
#include "sim/compare/folder.h"
#include "sim/config/source.h"
#include "sim/output/folder.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/sweep.h"

/* The runs are there, but one more choice by their test data would flatter what it chooses. */
static void need_validation(const struct program *p, const struct grid *grid)
{
    const struct config *cfg = &p->cfg;
    bool asked = source_find(p->source, "sweep", "tune")->level == LEVEL_COMMAND, several = false;
    for (int a = 0; a < grid->algorithms; a++)
        several |= grid->combinations[a] > 1;
    if (asked && several && cfg->sweep.tune != TUNE_NONE && cfg->experiment.train &&
        cfg->data.validation == 0)
        die(EXIT_USAGE,
            "sweep.tune: expected none, as the sweep has no validation data (data.validation), got a rule "
            "that would choose by the test data");
}

static int report_sweep(struct program *p, const char *folder)
{
    struct past_sweep past = past_sweep_open(p, folder);
    need_validation(p, &past.sweep.grid);
    config_end(p->source);
    int status = report_make_sweep(p->options.output, &past.sweep);
    past_sweep_close(&past);
    return status;
}

/* Whether the folder is among those before, under this name or another. */
static bool is_again(struct texts *before, const char *folder)
{
    struct stat status;
    if (stat(folder, &status))
        return false;
    int *known = texts_number(before, text_format("%llu %llu", (unsigned long long)status.st_dev,
                                                  (unsigned long long)status.st_ino));
    bool again = *known > 0;
    *known = 1;
    return again;
}

/* One page over comparisons, each of which must be complete. */
static int report_comparisons(const struct program *p, char *const *folders, int n)
{
    struct comparison *all = need((size_t)n * sizeof *all);
    struct compared *shown = need((size_t)n * sizeof *shown);
    for (int i = 0; i < n; i++) {
        comparison_open(&all[i], folders[i], &p->options);
        comparison_expect(&all[i], "--report");
        shown[i] = comparison_shown(&all[i]);
    }
    int status = report_make_comparisons(p->options.output, shown, n);
    for (int i = 0; i < n; i++)
        comparison_close(&all[i]);
    free(shown);
    free(all);
    return status;
}

static void expect_each_once(char *const *folders)
{
    struct texts before = {0};
    for (int i = 0; folders[i]; i++) {
        folder_expect_run("--report", folders[i]);
        if (is_again(&before, folders[i]))
            die(EXIT_USAGE, "--report: %s: expected each run once, got it twice", folders[i]);
    }
    texts_free(&before);
}

int report(struct program *p)
{
    char *const *folders = p->options.runs;
    int n = 0, comparisons = 0;
    expect_each_once(folders);
    for (; folders[n]; n++) {
        if (folders[1] && sweep_is(folders[n]))
            die(EXIT_USAGE, "--report: %s is a sweep: expected it alone, or folders of runs", folders[n]);
        comparisons += compare_is(folders[n]);
    }
    if (comparisons > 0 && comparisons < n)
        die(EXIT_USAGE, "--report: expected comparisons alone, or folders of runs, got %d and %d of them",
            comparisons, n - comparisons);
    if (comparisons > 0)
        return report_comparisons(p, folders, n);
    return sweep_is(folders[0]) ? report_sweep(p, folders[0]) : report_make(p->options.output, folders);
}
