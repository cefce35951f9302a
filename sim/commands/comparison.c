/* Reads a comparison from its folder: the results of the final runs, and their verdict. Needs no data. */
#include "sim/commands/comparison.h"

#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/folder.h"
#include "sim/compare/rules.h"
#include "sim/config/milestones.h"
#include "sim/sweep/folder.h"

bool comparison_has_final(const char *folder)
{
    char *final = text_format("%s/" FINAL_PHASE, folder);
    bool there = sweep_is(final);
    free(final);
    return there;
}

/* Takes the sweep in a folder, as --report does. */
static void open_sweep(struct comparison *c, const struct options *options)
{
    char error[1024], *folder = text_format("%s/" FINAL_PHASE, c->folder);
    c->final = (struct program){.options = *options};
    c->final.options.resume = folder;
    c->final.options.file = NULL;
    c->final.options.n_set = 0;
    c->final.options.compare = false;
    program_configure(&c->final);
    c->sweep = (struct sweep){.folder = folder,
                              .tune = c->final.cfg.sweep.tune,
                              .milestones = milestones_text(&c->final.cfg.output.at),
                              .whole = c->folder};
    need_ok(grid_read(&c->sweep.grid, c->final.source, error, sizeof error), error);
    c->results = results_read(&c->sweep);
    for (int i = 0; i < c->sweep.grid.points; i++)
        c->missing += !point_is_over(c->results->state[i]);
}

void comparison_open(struct comparison *c, const char *folder, const struct options *options)
{
    char error[1024];
    struct verdict_rules rules;
    *c = (struct comparison){.folder = folder, .base = {.options = *options}};
    open_sweep(c, options);
    c->base.options.resume = folder;
    c->base.options.file = NULL;
    program_configure(&c->base);
    need_ok(rules_read(&rules, c->base.source, error, sizeof error), error);
    if (c->missing > 0)
        return;
    results_choose(c->results);
    c->verdict = verdict_make(c->results, &rules);
    c->verdict->after = rules_after(c->base.source);
}

void comparison_close(struct comparison *c)
{
    if (c->verdict)
        verdict_free(c->verdict);
    results_free(c->results);
    grid_free(&c->sweep.grid);
    free((char *)c->sweep.milestones);
    free((char *)c->sweep.folder);
    config_end(c->final.source);
    config_end(c->base.source);
}
