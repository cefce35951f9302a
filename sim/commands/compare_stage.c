/* The stages of a comparison. Each is an ordinary sweep: the program writes its ini and calls sweep(). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/comparison.h"
#include "sim/compare/folder.h"
#include "sim/compare/rules.h"
#include "sim/config/source.h"
#include "sim/output/folder.h"
#include "sim/sweep/folder.h"

const char *const stage_names[] = {[STAGE_TUNE] = "tune", [STAGE_FINAL] = "final"};
const char *const stage_words[] = {[STAGE_TUNE] = "tuning", [STAGE_FINAL] = "final runs"};

enum { MOST_FILES = 8 };

/* ---- the plan ---- */

void plan_read(struct plan *plan, const struct program *all)
{
    char error[1024];
    *plan = (struct plan){.all = all};
    need_ok(rules_read(&plan->rules, all->source, error, sizeof error), error);
    need_ok(tuning_read(&plan->tuning, all->source, error, sizeof error), error);
}

void plan_free(struct plan *plan)
{
    tuning_free(&plan->tuning);
}

bool plan_has(const struct plan *plan, enum stage stage)
{
    return stage == STAGE_FINAL || plan->tuning.keys > 0;
}

/* ---- the configuration of a stage ---- */

/* A seed of the command line (--seed) is the first one of the row, and so not in vain. */
static bool add_seeds(struct program *p, int64_t seeds, char *error, size_t size)
{
    long long first = p->cfg.experiment.seed;
    source_look_up(p->source, "experiment.seed", error, size)->level = LEVEL_DEFAULT;
    char *row = text_format("experiment.seed=%lld..%lld", first, first + (long long)seeds - 1);
    bool good = config_sweep(p->source, row, error, size);
    free(row);
    return good;
}

bool stage_configure(struct program *p, const struct plan *plan, enum stage stage,
                     const struct results *tuned, char *error, size_t size)
{
    const struct program *all = plan->all;
    *p = (struct program){.options = all->options, .given = all->given};
    program_configure(p);
    config_drop_compare(p->source);
    if (stage == STAGE_TUNE)
        return tuning_sweep(&plan->tuning, p->source, error, size);
    return add_seeds(p, all->cfg.compare.seeds, error, size) &&
           (!tuned || tuning_choose(&plan->tuning, tuned, p->source, error, size));
}

struct work stage_try(const struct plan *plan, enum stage stage)
{
    char error[1024];
    struct program p;
    struct work work = {0};
    need_ok(stage_configure(&p, plan, stage, NULL, error, sizeof error), error);
    p.whole = "";
    p.tried = true;
    p.work = &work;
    sweep(&p, NULL);
    config_end(p.source);
    return work;
}

/* ---- its ini ---- */

/* In the folder, keys that name a file name the copies there: the ini may be run by hand. */
static void name_copies(struct program *p, const char *folder)
{
    char error[1024];
    for (const char *const *key = config_files; *key; key++) {
        char *name = text_format("%s.csv", *key), *path = text_format("%s/%s", folder, name);
        if (disk_has(path))
            need_ok(config_option(p->source, "--resume", *key, name, error, sizeof error), error);
        free(path);
        free(name);
    }
}

void stage_write(const struct plan *plan, enum stage stage, const struct results *tuned)
{
    char error[1024], *name = text_format("%s.ini", stage_names[stage]), *text = NULL;
    char *path = text_format("%s/%s", plan->all->folder, name);
    struct program p;
    size_t size;
    if (!disk_has(path)) {
        if (!stage_configure(&p, plan, stage, tuned, error, sizeof error))
            die(EXIT_FAILED, "%s", error);
        name_copies(&p, plan->all->folder);
        FILE *out = text_begin(&text, &size);
        config_dump(p.source, out, false);
        text_end(out, &text);
        compare_write(plan->all->folder, name, text);
        config_end(p.source);
        free(text);
    }
    free(path);
    free(name);
}

/* ---- its runs ---- */

/* The command line of a stage: --data of a comparison that goes on, all else is in the ini; and the paths of the copies,
 * since a name in the ini could lead to another file from the working directory. */
static void set_options(struct program *p, const struct program *all, int kept)
{
    struct options *o = &p->options;
    o->n_set = kept;
    o->set = need((size_t)(kept + MOST_FILES) * sizeof *o->set);
    memcpy(o->set, all->options.set, (size_t)kept * sizeof *o->set);
    for (const char *const *key = config_files; *key; key++) {
        char *path = text_format("%s/%s.csv", all->folder, *key);
        if (disk_has(path))
            o->set[o->n_set++] = (struct assignment){"--resume", *key, path};
        else
            free(path);
    }
}

static void free_options(struct program *p, int kept)
{
    for (int i = kept; i < p->options.n_set; i++)
        free((char *)p->options.set[i].value);
    free(p->options.set);
}

int stage_run(const struct plan *plan, enum stage stage, char **argv)
{
    const struct program *all = plan->all;
    char error[1024], *folder = text_format("%s/%s", all->folder, stage_names[stage]);
    char *ini = text_format("%s.ini", folder);
    struct program p = {.options = all->options, .whole = all->folder};
    struct ini_text given;
    struct options *o = &p.options;
    int kept = all->options.resume ? all->options.n_set : 0;
    set_options(&p, all, kept);
    o->compare = false;
    o->resume = !o->of && sweep_is(folder) ? folder : NULL;
    o->file = o->resume ? NULL : ini;
    o->output = o->resume ? NULL : folder;
    need_ok(ini_read(&given, ini, error, sizeof error), error);
    p.given = &given;
    if (o->resume)
        folder_lock(folder);
    if (!o->quiet && !o->json)
        fprintf(stderr, "%s:\n", stage_words[stage]);
    program_configure(&p);
    int status = sweep(&p, argv);
    config_end(p.source);
    free_options(&p, kept);
    free(given.bytes);
    free(ini);
    free(folder);
    return status;
}
