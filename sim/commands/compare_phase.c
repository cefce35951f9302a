/* The phases of a comparison. Each is an ordinary sweep: the program writes its ini and calls sweep(). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/comparison.h"
#include "sim/compare/folder.h"
#include "sim/config/source.h"
#include "sim/output/folder.h"
#include "sim/sweep/folder.h"

enum { MOST_FILES = 8 };

static bool exists(const char *path)
{
    if (access(path, F_OK) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR)
        die_errno(EXIT_RESOURCE, "looking for %s", path);
    return false;
}

static void add_row(struct program *p, char *assignment)
{
    char error[1024];
    need_ok(config_sweep(p->source, assignment, error, sizeof error), error);
    free(assignment);
}

/* A seed of the command line (--seed) is the first one of the row, and so not in vain. */
static void add_seeds(struct program *p, int64_t seeds)
{
    char error[256];
    long long first = p->cfg.experiment.seed;
    source_look_up(p->source, "experiment.seed", error, sizeof error)->level = LEVEL_DEFAULT;
    add_row(p, text_format("experiment.seed=%lld..%lld", first, first + (long long)seeds - 1));
}

void phase_configure(struct program *p, const struct program *all)
{
    *p = (struct program){.options = all->options, .given = all->given};
    program_configure(p);
    config_drop_compare(p->source);
    add_seeds(p, all->cfg.compare.seeds);
}

void phase_try(const struct program *all, struct work *work)
{
    struct program p;
    phase_configure(&p, all);
    p.whole = "";
    p.tried = true;
    p.work = work;
    sweep(&p, NULL);
    config_end(p.source);
}

/* In the folder, keys that name a file name the copies there: the ini may be run by hand. */
static void name_copies(struct program *p, const char *folder)
{
    char error[1024];
    for (const char *const *key = config_files; *key; key++) {
        char *name = text_format("%s.csv", *key), *path = text_format("%s/%s", folder, name);
        if (exists(path))
            need_ok(config_option(p->source, "--resume", *key, name, error, sizeof error), error);
        free(path);
        free(name);
    }
}

void phase_write(const struct program *all)
{
    char *path = text_format("%s/" FINAL_PHASE ".ini", all->folder), *text = NULL;
    bool there = exists(path);
    free(path);
    if (there)
        return;
    struct program p;
    size_t size;
    phase_configure(&p, all);
    name_copies(&p, all->folder);
    FILE *out = text_begin(&text, &size);
    config_dump(p.source, out, false);
    text_end(out, &text);
    compare_write(all->folder, FINAL_PHASE ".ini", text);
    config_end(p.source);
    free(text);
}

/* The command line of a phase: --data of a comparison that goes on, all else is in the ini; and the paths of the copies,
 * since a name in the ini could lead to another file from the working directory. */
static void set_options(struct program *p, const struct program *all)
{
    struct options *o = &p->options;
    int kept = all->options.resume ? all->options.n_set : 0;
    o->n_set = kept;
    o->set = need((size_t)(kept + MOST_FILES) * sizeof *o->set);
    memcpy(o->set, all->options.set, (size_t)kept * sizeof *o->set);
    for (const char *const *key = config_files; *key; key++) {
        char *path = text_format("%s/%s.csv", all->folder, *key);
        if (exists(path))
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

int phase_run(const struct program *all, char **argv)
{
    char error[1024];
    char *ini = text_format("%s/" FINAL_PHASE ".ini", all->folder),
         *folder = text_format("%s/" FINAL_PHASE, all->folder);
    struct program p = {.options = all->options, .whole = all->folder};
    struct ini_text given;
    struct options *o = &p.options;
    int kept = all->options.resume ? all->options.n_set : 0;
    set_options(&p, all);
    o->compare = false;
    o->resume = !o->of && sweep_is(folder) ? folder : NULL;
    o->file = o->resume ? NULL : ini;
    o->output = o->resume ? NULL : folder;
    need_ok(ini_read(&given, ini, error, sizeof error), error);
    p.given = &given;
    if (o->resume)
        folder_lock(folder);
    program_configure(&p);
    int status = sweep(&p, argv);
    config_end(p.source);
    free_options(&p, kept);
    free(given.bytes);
    free(folder);
    free(ini);
    return status;
}
