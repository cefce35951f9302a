/* Reads a comparison from its folder: the results of its stages, and the verdict. Needs no data. */
#include "sim/commands/comparison.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/compare/folder.h"
#include "sim/compare/rules.h"
#include "sim/compare/show.h"
#include "sim/compare/who_wins.h"
#include "sim/compare/words.h"
#include "sim/sweep/folder.h"

/* ---- a stage ---- */

bool stage_has_begun(const char *folder, enum stage stage)
{
    char *path = text_format("%s/%s", folder, stage_names[stage]);
    bool there = sweep_is(path);
    free(path);
    return there;
}

void stage_open(struct opened *o, const char *folder, enum stage stage, const struct options *options)
{
    *o = (struct opened){.folder = text_format("%s/%s", folder, stage_names[stage]),
                         .program = {.options = *options}};
    struct program *p = &o->program;
    p->options.file = NULL;
    p->options.n_set = 0;
    p->options.compare = false;
    o->past = past_sweep_open(p, o->folder);
    o->results = results_read(&o->past.sweep);
    for (int i = 0; i < o->past.sweep.grid.points; i++)
        o->missing += !point_is_over(o->results->state[i]);
    if (o->missing == 0)
        results_choose(o->results);
}

void stage_close(struct opened *o)
{
    if (!o->folder)
        return;
    results_free(o->results);
    past_sweep_close(&o->past);
    config_end(o->program.source);
    free(o->folder);
}

/* ---- the verdict ---- */

static void take_tuned(struct comparison *c)
{
    const struct results *r = c->stage[STAGE_TUNE].results;
    const struct tuning *t = &c->plan.tuning;
    c->tuned = need((size_t)t->algorithms * sizeof *c->tuned);
    for (int a = 0; a < t->algorithms; a++) {
        struct tuned *tuned = &c->tuned[a];
        tuned->trials = t->trials;
        tuned->value = need((size_t)r->grid->settings * sizeof *tuned->value);
        for (int setting = 0; setting < r->grid->settings; setting++)
            tuned->value[setting] = tuning_values(t, r, setting, a);
        tuned->warning = tuning_warning(t, r, a);
    }
}

static void free_tuned(struct comparison *c)
{
    for (int a = 0; c->tuned && a < c->plan.tuning.algorithms; a++) {
        for (int setting = 0; setting < c->stage[STAGE_TUNE].past.sweep.grid.settings; setting++)
            free(c->tuned[a].value[setting]);
        free(c->tuned[a].value);
        free(c->tuned[a].warning);
    }
    free(c->tuned);
}

/* Resolutions leave the claims what they are. */
static bool is_asked_after(const struct options *o)
{
    static const char *const keys[] = {"compare.reference", "compare.measures", "compare.pairs"};
    bool asked = false;
    for (int i = 0; i < o->n_set; i++)
        for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
            asked |= strncmp(o->set[i].value, keys[k], strlen(keys[k])) == 0;
    return asked;
}

static void judge(struct comparison *c)
{
    if (plan_has(&c->plan, STAGE_TUNE))
        take_tuned(c);
    c->verdict = verdict_make(c->stage[STAGE_FINAL].results, &c->plan.rules);
    c->verdict->after = rules_after(c->base.source);
    c->verdict->tuned = c->tuned;
    c->verdict->asked_after = is_asked_after(&c->base.options);
    char *remark = c->verdict->asked_after ? verdict_remark(c->verdict, 0) : NULL;
    if (remark)
        warn("%s: %s", c->folder, remark);
    free(remark);
}

/* Of final runs that have not begun: one for each setting and seed. */
static int all_points(const struct comparison *c)
{
    char error[1024];
    struct grid grid;
    need_ok(grid_read(&grid, c->base.source, error, sizeof error), error);
    int points = grid.settings * (int)c->base.cfg.compare.seeds;
    grid_free(&grid);
    return points;
}

bool comparison_is_tuned(const struct comparison *c)
{
    const struct opened *tuned = &c->stage[STAGE_TUNE];
    return !plan_has(&c->plan, STAGE_TUNE) || (tuned->folder && tuned->missing == 0);
}

void comparison_open(struct comparison *c, const char *folder, const struct options *options)
{
    *c = (struct comparison){.folder = folder, .base = {.options = *options}};
    c->base.options.resume = folder;
    c->base.options.file = NULL;
    for (int i = 0; i < STAGES; i++)
        if (stage_has_begun(folder, (enum stage)i))
            stage_open(&c->stage[i], folder, (enum stage)i, options);
    program_configure(&c->base); /* after the stages: messages name the places of this one's keys */
    plan_read(&c->plan, &c->base);
    const struct opened *final = &c->stage[STAGE_FINAL];
    c->missing = final->folder ? final->missing : all_points(c);
    if (c->missing == 0 && comparison_is_tuned(c))
        judge(c);
}

static char *lacks_of(const struct comparison *c, enum stage stage, int missing)
{
    if (!c->stage[stage].folder)
        return text_format("%s/ is not there", stage_names[stage]);
    return missing == 1 ? text_format("1 point of the %s is not over", stage_words[stage])
                        : text_format("%d points of the %s are not over", missing, stage_words[stage]);
}

char *comparison_lacks(const struct comparison *c)
{
    if (!comparison_is_tuned(c))
        return lacks_of(c, STAGE_TUNE, c->stage[STAGE_TUNE].missing);
    return c->missing > 0 ? lacks_of(c, STAGE_FINAL, c->missing) : NULL;
}

void comparison_expect(const struct comparison *c, const char *option)
{
    if (!c->verdict)
        die(EXIT_USAGE, "%s: %s: expected a complete comparison, but %s; simulate --resume %s continues it",
            option, c->folder, comparison_lacks(c), c->folder);
}

void comparison_close(struct comparison *c)
{
    if (c->verdict)
        verdict_free(c->verdict);
    free_tuned(c);
    plan_free(&c->plan);
    config_end(c->base.source);
    for (int i = 0; i < STAGES; i++)
        stage_close(&c->stage[i]);
}

void comparison_check_set(const struct options *o)
{
    static const char of_compare[] = "compare.";
    for (int i = 0; i < o->n_set; i++)
        for (int j = 0; o->runs[j]; j++) {
            const char *set = o->set[i].value;
            bool compares = compare_is(o->runs[j]), fits = strncmp(set, of_compare, strlen(of_compare)) == 0;
            if (compares != fits)
                die(EXIT_USAGE, "--set: %.*s: expected the folder of a %s, got %s", (int)strcspn(set, "="),
                    set, fits ? "comparison" : "sweep", o->runs[j]);
        }
}

struct compared comparison_shown(const struct comparison *c)
{
    return (struct compared){.folder = c->folder, .name = c->base.cfg.experiment.name, .verdict = c->verdict};
}

void comparison_write_files(const struct comparison *c, const char *folder)
{
    const struct compared one = comparison_shown(c);
    struct who_wins *map = who_wins_make(c->verdict);
    verdict_write(c->verdict, folder);
    if (plan_has(&c->plan, STAGE_TUNE))
        tuning_write(&c->plan.tuning, c->stage[STAGE_TUNE].results, folder);
    if (map)
        who_wins_write(map, folder);
    if (profiles_workloads(&one, 1) > 1)
        profiles_write(&one, 1, folder);
    who_wins_free(map);
}

const char **comparison_files(void)
{
    static const char *names[6];
    const char *const all[] = {verdict_json_file, verdict_csv_file, tuning_file,
                               who_wins_file,     profiles_file,    NULL};
    memcpy(names, all, sizeof all);
    return names;
}
