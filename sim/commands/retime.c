#include "sim/commands/retime.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/resume.h"
#include "sim/config/source.h"
#include "sim/host.h"
#include "sim/output/folder.h"
#include "sim/registry.h"
#include "sim/report/runs.h"
#include "sim/retime/keys.h"
#include "sim/retime/reader.h"
#include "sim/runtime/prepare.h"
#include "sim/sweep/folder.h"

/* ---- the folder ---- */

static char *real_path(const char *folder)
{
    char *path = realpath(folder, NULL);
    if (!path)
        die_errno(EXIT_USAGE, "--retime: %s", folder);
    return path;
}

void retime_open(struct program *p, struct ini_text *given)
{
    char error[1024];
    const char *folder = p->options.retime;
    folder_expect_run("--retime", folder);
    if (sweep_is(folder))
        die(EXIT_USAGE, "--retime: %s is a sweep: expected a run, such as one of its points", folder);
    folder_share(folder);
    if (p->options.file)
        return;
    char *path = text_format("%s/given.ini", folder);
    need_ok(ini_read(given, path, error, sizeof error), error);
    p->given = given;
    free(path);
}

/* Without this the preset would have no effect, since resolved.ini gives every key. */
void retime_preset(struct program *p)
{
    const struct slot *preset = source_find(p->source, "network", "preset");
    if (!p->options.retime || p->options.file || preset->level != LEVEL_COMMAND)
        return;
    for (int i = 0; i < p->source->n_slots; i++) {
        struct slot *slot = &p->source->slots[i];
        if (slot->section == preset->section && slot->level < LEVEL_COMMAND)
            slot->level = LEVEL_DEFAULT;
    }
}

/* ---- the run that has trained ---- */

struct base {
    const char *folder;
    const struct program *program;
    struct config cfg;
    struct config_source *source;
    struct setting setting;
    struct keys_pair pair;
};

static void configure(struct base *b)
{
    char error[1024];
    int n;
    const struct config_section *sections = registry_sections(&n);
    b->source = config_begin(&b->cfg, sections, n);
    need_ok(resume_configure(b->source, b->folder, error, sizeof error), error);
    need_ok(config_finish(b->source, error, sizeof error), error);
    fail_place(source_place, b->program->source);
}

/* Data, model and shares are those of the program: no key that they depend on differs. */
static void open_base(struct base *b, const struct program *p, const char *folder)
{
    *b = (struct base){.folder = folder, .program = p};
    configure(b);
    b->setting = p->setting;
    b->setting.cfg = &b->cfg;
    b->setting.again = true;
    b->pair = (struct keys_pair){b->source, p->source, folder};
}

static void close_base(struct base *b)
{
    config_end(b->source);
    fail_place(source_place, b->program->source);
}

/* false: the numbers of this program may be others. */
static bool is_same_program(const char *folder, char *why, size_t size)
{
    char *version = run_made_with(folder, "version");
    bool same = strcmp(version, PROGRAM_VERSION) == 0;
    if (!same)
        snprintf(why, size, "%s: expected a run of simulate %s, got one of %s: run it again", folder,
                 PROGRAM_VERSION, *version ? version : "an unknown version");
    free(version);
    return same;
}

static bool is_same_data(const struct program *p, const char *folder, char *why, size_t size)
{
    char *was = run_made_with(folder, "data_contents"),
         *is = text_format("%016" PRIx64, resume_hash_data(p->data));
    bool same = p->data->synthetic || !*was || strcmp(was, is) == 0;
    if (!same)
        snprintf(why, size, "%s: its data (%s) are others than those of today: run it again", folder,
                 p->data->name);
    free(was);
    free(is);
    return same;
}

static bool have_rows(const struct base *b, char *why, size_t size)
{
    int64_t there = b->cfg.output.workers_every, here = b->program->cfg.output.workers_every;
    if (here % there == 0)
        return true;
    snprintf(why, size,
             "output.workers_every: expected a multiple of %" PRId64 " as in %s, got %" PRId64
             ": the losses of other rounds are not there",
             there, b->folder, here);
    return false;
}

/* Whether the run in the folder and the program's can have numbers in common at all. */
static bool fits(const struct base *b, char *why, size_t size)
{
    return is_same_program(b->folder, why, size) && keys_agree(&b->pair, NULL, why, size) &&
           have_rows(b, why, size) && is_same_data(b->program, b->folder, why, size);
}

/* ---- one algorithm ---- */

/* What the end of a run, or a time in it, depends on but a model of time. */
bool retime_allows(const struct run *run, char *why, size_t size)
{
    const struct conductor_spec *c = &run->conductor;
    const char *reason = NULL;
    if (!run->trains)
        reason = "nothing is trained (experiment.train)";
    else if (c->budget.ns > 0 || c->budget.bytes > 0)
        reason = "a budget in time or bytes ends it, and is what its learning rate follows";
    else if (c->stops_at_target)
        reason = "its accuracy may end it (experiment.stop = target)";
    else if (faults_any(&c->faults))
        reason = "crashes and losses come at their times ([faults])";
    else if (c->pace == PACE_REAL)
        reason = "its clock is real (experiment.clock)";
    else if (c->pace == PACE_REPORT)
        reason = "its times are measured (compute.model)";
    if (reason)
        snprintf(why, size, "%s", reason);
    return !reason;
}

static int place_of(const struct base *b, const char *name)
{
    const struct names *names = &b->cfg.experiment.algorithms;
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->at[i], name) == 0)
            return i;
    return -1;
}

enum { WHY = 512 };

struct found { /* of each run */
    struct numbers *numbers;
    char why[WHY]; /* numbers = NULL: it cannot have those of the base */
};

/* What a retimed run takes over of an algorithm as it is, and what its numbers are read from. */
static const char *const models[] = {"parameters.bin", "parameters.json", NULL};
static const char *const tables[] = {"workers.csv", "eval.csv", "totals.csv", NULL};

/* A user may have removed large files. */
static bool are_there(const char *folder, const char *const *file, char *why, size_t size)
{
    bool there = true;
    for (; *file && there; file++) {
        char *path = text_format("%s/%s", folder, *file);
        there = access(path, R_OK) == 0;
        if (!there)
            snprintf(why, size, "%s: %s", path, strerror(errno));
        free(path);
    }
    return there;
}

static void read_numbers(struct found *f, const struct run *there, const struct run *here,
                         struct reader *reader)
{
    const struct listener listener = {reader_task, reader};
    bool same = compare_streams(there, here, &listener, f->why, WHY);
    f->numbers = same ? reader_take(reader) : NULL;
    reader_close(reader);
}

/* there: the same algorithm in the base. */
static void look_at(struct found *f, const struct base *b, const struct run *there, const struct run *here)
{
    struct summary summary;
    bool complete;
    char *folder = text_format("%s/%s", b->folder, here->name);
    resume_summaries(&summary, &complete, there, 1, b->folder);
    if (there->alg != here->alg)
        snprintf(f->why, WHY, "it is another algorithm in %s, %s", b->folder, there->alg->name);
    else if (!complete)
        snprintf(f->why, WHY, "it is not complete there: simulate --resume %s", b->folder);
    else if (retime_allows(there, f->why, WHY) && retime_allows(here, f->why, WHY) &&
             are_there(folder, models, f->why, WHY) && are_there(folder, tables, f->why, WHY))
        read_numbers(f, there, here, reader_open(there, folder, &summary));
    free(folder);
}

static void find_numbers(struct found *f, const struct base *b, const struct run *here)
{
    int place = place_of(b, here->name);
    if (place < 0) {
        snprintf(f->why, WHY, "it is not among the algorithms of %s", b->folder);
        return;
    }
    if (!keys_agree(&b->pair, here->name, f->why, WHY))
        return;
    struct run *there = need(sizeof *there);
    const struct variant variant = registry_variant(&b->cfg, place);
    run_prepare(there, &b->setting, &variant);
    look_at(f, b, there, here);
    run_release(there);
    free(there);
}

/* ---- all algorithms ---- */

/* "bsp,osp": the runs with numbers. The caller frees. */
static char *names_of(const struct program *p, const struct found *found)
{
    char *names = text_copy("");
    for (int i = 0; i < p->runs; i++) {
        if (!found[i].numbers)
            continue;
        char *longer = text_format("%s%s%s", names, *names ? "," : "", p->run[i].name);
        free(names);
        names = longer;
    }
    return names;
}

static uint64_t hash_of(const struct program *p, const struct found *found, const char *folder)
{
    static const char *const files[] = {"summary.json", "eval.csv", "workers.csv", "totals.csv", NULL};
    char *ini = text_format("%s/resolved.ini", folder);
    uint64_t hash = resume_hash_file(ini, 0);
    free(ini);
    for (int i = 0; i < p->runs; i++)
        for (const char *const *file = files; *file && found[i].numbers; file++) {
            char *path = text_format("%s/%s/%s", folder, p->run[i].name, *file);
            hash = resume_hash_file(path, hash);
            free(path);
        }
    return hash;
}

/* from: the folder as run.json names it. */
static void take(struct program *p, const struct found *found, const char *folder, const char *from)
{
    p->retimed = (struct retimed){
        .from = text_copy(from), .hash = hash_of(p, found, folder), .algorithms = names_of(p, found)};
    for (int i = 0; i < p->runs; i++)
        if (found[i].numbers)
            run_take_numbers(&p->run[i], found[i].numbers);
}

static struct found *find_all(const struct program *p, const struct base *b)
{
    struct found *found = need((size_t)p->runs * sizeof *found);
    for (int i = 0; i < p->runs; i++)
        find_numbers(&found[i], b, &p->run[i]);
    return found;
}

/* A key that differs is the whole reason, and named first. */
static void check_keys(const struct program *p, const struct base *b)
{
    char why[2048];
    for (int i = 0; i < p->runs; i++)
        need_ok(keys_agree(&b->pair, p->run[i].name, why, sizeof why), why);
}

/* All or none: what --retime says of several algorithms must be of all of them. */
static void refuse_any(const struct program *p, const struct found *found)
{
    char *others = names_of(p, found);
    for (int i = 0; i < p->runs; i++)
        if (!found[i].numbers)
            die(EXIT_USAGE, "--retime: %s cannot be retimed: %s%s%s%s", p->run[i].name, found[i].why,
                *others ? "; --algorithm " : "", others, *others ? " retimes the others" : "");
    free(others);
}

static void retime_whole(struct program *p, const char *folder, const char *from)
{
    char why[2048];
    struct base base;
    open_base(&base, p, folder);
    need_ok(fits(&base, why, sizeof why), why);
    check_keys(p, &base);
    struct found *found = find_all(p, &base);
    refuse_any(p, found);
    take(p, found, folder, from);
    close_base(&base);
    free(found);
}

void retime_point(struct program *p, const char *folder, const char *name)
{
    char why[2048];
    struct base base;
    open_base(&base, p, folder);
    if (fits(&base, why, sizeof why)) {
        struct found *found = find_all(p, &base);
        char *any = names_of(p, found), *from = text_format("../%s", name);
        if (*any)
            take(p, found, folder, from);
        free(any);
        free(from);
        free(found);
    }
    close_base(&base);
}

/* ---- going on ---- */

static bool is_over(const struct program *p, const char *folder)
{
    bool over = true;
    for (int i = 0; i < p->runs && over; i++) {
        char *path = text_format("%s/%s/summary.json", folder, p->run[i].name);
        over = access(path, F_OK) == 0;
        free(path);
    }
    return over;
}

/* The run takes numbers again, in part or as a whole, as it did when it began. */
static void retime_again(struct program *p, const struct retimed *was)
{
    const char *folder = p->options.resume;
    char *path = *was->from == '/' ? text_copy(was->from) : text_format("%s/%s", folder, was->from);
    if (access(path, F_OK))
        die_errno(EXIT_USAGE, "--resume: %s has the numbers of %s", folder, path);
    folder_share(path);
    if (*was->from == '/')
        retime_whole(p, path, was->from);
    else
        retime_point(p, path, was->from + strlen("../"));
    if (p->retimed.hash != was->hash)
        die(EXIT_DATA, "--resume: %s has the numbers of %s, which have changed since: retime it again",
            folder, path);
    free(path);
}

static void retime_resumed(struct program *p)
{
    const char *folder = p->options.resume;
    char *hash = run_made_with(folder, "retimed_hash");
    struct retimed was = {.from = run_made_with(folder, "retimed_from"),
                          .algorithms = run_made_with(folder, "retimed"),
                          .hash = strtoull(hash, NULL, 16)};
    free(hash);
    if (*was.from && !is_over(p, folder)) {
        retime_again(p, &was);
    } else if (*was.from) {
        p->retimed = was;
        return;
    }
    free(was.from);
    free(was.algorithms);
}

void retime(struct program *p)
{
    if (p->options.retime) {
        char *from = real_path(p->options.retime);
        retime_whole(p, p->options.retime, from);
        free(from);
    } else if (p->options.resume) {
        retime_resumed(p);
    }
}

void retime_link(const struct run *run)
{
    for (const char *const *file = models; *file; file++) {
        char *from = text_format("%s/%s", run->numbers->folder, *file);
        folder_link(from, run->folder, *file);
        free(from);
    }
}
