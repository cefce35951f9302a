#include "sim/commands/resume.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xxhash.h>

#include "models/model.h"
#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/config/milestones.h"
#include "sim/host.h"
#include "sim/output/folder.h"
#include "sim/runtime/pause.h"
#include "sim/runtime/account.h"
#include "sim/schema/columns.h"
#include "sim/verify/members.h"

/* ---- configuration ---- */

bool resume_configure(struct config_source *src, const char *folder, char *error, size_t size)
{
    char *ini = text_format("%s/resolved.ini", folder);
    bool good = config_read_file(src, ini, error, size);
    for (const char *const *key = config_files; good && *key; key++) {
        char *path = text_format("%s/%s.csv", folder, *key);
        if (disk_has(path))
            good = config_option(src, "--resume", *key, path, error, size);
        free(path);
    }
    free(ini);
    return good;
}

/* ---- identity ---- */

uint64_t resume_hash_file(const char *path, uint64_t seed)
{
    char block[4096];
    size_t got;
    FILE *file = fopen(path, "rbe");
    if (!file)
        die_errno(EXIT_RESOURCE, "reading %s", path);
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        seed = XXH3_64bits_withSeed(block, got, seed);
    if (ferror(file))
        die_errno(EXIT_RESOURCE, "reading %s", path);
    fclose(file);
    return seed;
}

static uint64_t hash_split(const struct dataset *d, const struct split *split, uint64_t seed)
{
    size_t pixels = (size_t)split->n * (size_t)d->channels * (size_t)d->height * (size_t)d->width;
    seed = XXH3_64bits_withSeed(split->pixels, pixels, seed);
    return XXH3_64bits_withSeed(split->labels, split->n, seed);
}

uint64_t resume_hash_data(const struct dataset *data)
{
    uint64_t hash = hash_split(data, &data->test, hash_split(data, &data->train, 0));
    return data->validation.n > 0 ? hash_split(data, &data->validation, hash) : hash;
}

struct identity resume_identity(const char *folder, const struct dataset *data)
{
    struct identity id = {0};
    char *ini = text_format("%s/resolved.ini", folder);
    snprintf(id.program, sizeof id.program, "%s", PROGRAM_VERSION);
    host_kernels(id.kernels, sizeof id.kernels);
    id.config = resume_hash_file(ini, 0);
    for (const char *const *key = config_files; *key; key++) {
        char *path = text_format("%s/%s.csv", folder, *key);
        if (disk_has(path))
            id.config = resume_hash_file(path, id.config);
        free(path);
    }
    id.data = resume_hash_data(data);
    free(ini);
    return id;
}

/* ---- what is complete ---- */

/* The names, the clock and whether there are faults are those of the run; everything else is in the file. */
static void read_summary(struct summary *s, const struct run *run, const char *path)
{
    struct findings f = {.silent = true};
    struct members *m = members_read(path, &f);
    *s = (struct summary){.clocked = account_clocked(run),
                          .target_ns = -1,
                          .before_target_ns = -1,
                          .validation_accuracy = NAN,
                          .validation_loss = NAN,
                          .faulty = faults_any(&run->conductor.faults)};
    account_names(s, run);
    snprintf(s->status, sizeof s->status, "done");
    char *milestones = milestones_text(&run->cfg->output.at);
    snprintf(s->milestones, sizeof s->milestones, "%s", milestones);
    struct columns members = columns_of_summary(milestones);
    free(milestones);
    if (!m || !members_is(m, "algorithm", run->name) || !members_is(m, "status", "done") ||
        !members_take(m, &members, s->faulty, s))
        die(EXIT_DATA,
            "%s: damaged: remove it, and the algorithm goes on from its checkpoint or starts from the "
            "beginning",
            path);
    columns_end(&members);
    members_free(m);
}

int resume_summaries(struct summary *summary, bool *complete, const struct run *run, int runs,
                     const char *folder)
{
    int n = 0;
    for (int i = 0; i < runs; i++) {
        char *path = text_format("%s/%s/%s", folder, run[i].name, summary_members.file);
        complete[i] = disk_has(path);
        if (complete[i])
            read_summary(&summary[i], &run[i], path);
        n += complete[i];
        free(path);
    }
    return n;
}

/* ---- what is not ---- */

static void clear(const char *folder, const char *const *names)
{
    for (; *names; names++) {
        char *path = text_format("%s/%s", folder, *names);
        if (unlink(path) && errno != ENOENT)
            die_errno(EXIT_RESOURCE, "removing %s", path);
        free(path);
    }
}

/* Tables go on where the checkpoint says. The rest is written again: by the conductor, which replays its
 * events, or at the end. */
static void clear_left(const char *folder, bool with_tables)
{
    const char *const rows[] = {eval_columns.file, workers_columns.file, totals_columns(true).file,
                                faults_columns.file, NULL};
    const char *const rest[] = {
        timeline_columns(false).file, "trace.json", "parameters.bin", "parameters.json", "summary.json.tmp",
        "parameters.json.tmp",        NULL};
    clear(folder, rest);
    if (with_tables)
        clear(folder, rows);
}

void resume_open(struct run *run, const char *folder)
{
    char *path = text_format("%s/%s", folder, run->name);
    if (!disk_has(path)) {
        free(path);
        return;
    }
    run->folder = path;
    if (run_can_checkpoint(run))
        run->resumed = checkpoint_open(path, &run->identity, pause_sections(run));
    if (!run->resumed && !run->numbers)
        warn("%s: there is no checkpoint: the algorithm starts from the beginning", run->name);
}

void resume_clear(const struct run *run)
{
    if (run->folder)
        clear_left(run->folder, !run->resumed);
}

void resume_clear_complete(const struct run *run, const char *folder)
{
    char *path = text_format("%s/%s", folder, run->name);
    checkpoint_remove(path);
    free(path);
}

void resume_clear_end(const char *folder)
{
    const char *const names[] = {comparison_columns.file, time_columns.file, "report.html", "report.html.tmp",
                                 NULL};
    clear(folder, names);
}
