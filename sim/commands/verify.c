/* --verify: the files of runs (sim/verify/); of a comparison the runs of its stages, and whether the verdict follows from
 * them. */
#include "sim/verify/verify.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/comparison.h"
#include "sim/compare/folder.h"
#include "sim/compare/show.h"
#include "sim/output/folder.h"
#include "sim/registry.h"

/* ---- equal, but for rounding ---- */

static bool begins_number(const char *at, const char *begin)
{
    bool digit = *at >= '0' && *at <= '9',
         after = at > begin && ((at[-1] >= '0' && at[-1] <= '9') || at[-1] == '.');
    return digit && !after;
}

/* Two libraries of distributions may differ in the last digits. */
static bool same_numbers(const char *a, const char *b)
{
    const char *begin = a;
    while (*a && *b) {
        char *end_a, *end_b;
        if (begins_number(a, begin)) {
            double x = strtod(a, &end_a), y = strtod(b, &end_b);
            if (!(fabs(x - y) <= 1e-8 * fabs(x)))
                return false;
            a = end_a;
            b = end_b;
        } else if (*a++ != *b++) {
            return false;
        }
    }
    return *a == *b;
}

/* The first line in which they differ, from 1; 0: none. The caller frees both lines, of which one may be NULL. */
static int first_difference(FILE *is, FILE *should, char **line, char **other)
{
    size_t room[2] = {0};
    for (int number = 1;; number++) {
        bool more = getline(line, &room[0], is) > 0, others = getline(other, &room[1], should) > 0;
        if (!more && !others)
            return 0;
        if (!more || !others || !same_numbers(*line, *other))
            return number;
    }
}

/* Of a line that may be long: what follows from where they differ on. */
static void say_difference(const char *path, int number, const char *is, const char *should)
{
    size_t at = 0;
    while (is[at] && is[at] == should[at])
        at++;
    at -= at > 24 ? 24 : at;
    printf("%s:%d: damaged: expected \"%.*s\", got \"%.*s\"\n", path, number,
           (int)strcspn(should + at, "\n") > 60 ? 60 : (int)strcspn(should + at, "\n"), should + at,
           (int)strcspn(is + at, "\n") > 60 ? 60 : (int)strcspn(is + at, "\n"), is + at);
}

/* `should` is the file as the program would write it; NULL: it would write none. */
static bool judge_file(const char *path, const char *should_path)
{
    char *line = NULL, *other = NULL;
    FILE *should = fopen(should_path, "re"), *is = fopen(path, "re");
    int number = should && is ? first_difference(is, should, &line, &other) : 0;
    bool same = !should || (is && number == 0);
    if (should && !is)
        printf("%s: damaged: expected the file, got none\n", path);
    else if (!same)
        say_difference(path, number, line ? line : "", other ? other : "");
    if (should)
        fclose(should);
    if (is)
        fclose(is);
    free(line);
    free(other);
    return same;
}

/* ---- a comparison ---- */

static char *scratch_folder(void)
{
    const char *base = getenv("TMPDIR");
    char *folder = text_format("%s/ospsim-verify-XXXXXX", base && *base ? base : "/tmp");
    if (!mkdtemp(folder))
        die_errno(EXIT_RESOURCE, "--verify: making %s", folder);
    return folder;
}

static void remove_scratch(char *folder)
{
    for (const char **name = comparison_files(); *name; name++) {
        char *path = text_format("%s/%s", folder, *name);
        unlink(path);
        free(path);
    }
    rmdir(folder);
    free(folder);
}

/* The verdict is made again from the files of both stages: its numbers, its sentences, and all tables that say the same. */
static bool judge_verdict(const struct comparison *c)
{
    char *scratch = scratch_folder();
    bool same = true;
    comparison_write_files(c, scratch);
    for (const char **name = comparison_files(); *name; name++) {
        char *is = text_format("%s/%s", c->folder, *name), *should = text_format("%s/%s", scratch, *name);
        same &= judge_file(is, should);
        free(is);
        free(should);
    }
    remove_scratch(scratch);
    if (same)
        printf("%s: verified: %d claims follow from the final runs\n", c->folder, c->verdict->claims);
    else
        printf("%s: damaged: expected the files of the verdict to be what follows from the runs\n",
               c->folder);
    return same;
}

/* The rows of both grids, in any order. */
static bool same_rows(const struct grid *a, const struct grid *b)
{
    bool same = a->rows == b->rows;
    for (int i = 0; i < a->rows && same; i++) {
        bool found = false;
        char *values = swept_values(&a->row[i]);
        for (int j = 0; j < b->rows && !found; j++) {
            char *others = swept_values(&b->row[j]);
            found = strcmp(a->row[i].key, b->row[j].key) == 0 && strcmp(values, others) == 0;
            free(others);
        }
        free(values);
        same = found;
    }
    return same;
}

/* The final runs have the values that the tuning has chosen, and the seeds of [compare]. */
static bool judge_values(const struct comparison *c)
{
    char error[1024];
    struct program p;
    struct grid grid;
    bool same =
        stage_configure(&p, &c->plan, STAGE_FINAL, c->stage[STAGE_TUNE].results, error, sizeof error) &&
        grid_read(&grid, p.source, error, sizeof error);
    if (same) {
        same = same_rows(&grid, &c->stage[STAGE_FINAL].past.sweep.grid);
        grid_free(&grid);
    }
    config_end(p.source);
    if (!same)
        printf(
            "%s: damaged: expected the final runs to have the seeds and values that follow from the tuning\n",
            c->folder);
    return same;
}

static bool has_verdict(const char *folder)
{
    char *path = text_format("%s/%s", folder, verdict_json_file);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

/* Runs that are still to come are no damage, but there is no verdict before them. */
static bool judge_incomplete(const struct comparison *c)
{
    bool damaged = has_verdict(c->folder);
    char *lacks = comparison_lacks(c);
    if (damaged)
        printf("%s: damaged: expected no %s, as %s; simulate --resume %s makes it\n", c->folder,
               verdict_json_file, lacks, c->folder);
    else
        printf("%s: incomplete: %s\n", c->folder, lacks);
    free(lacks);
    return !damaged;
}

static bool judge_comparison(const char *folder, const struct options *options)
{
    struct comparison c;
    bool good = true;
    comparison_open(&c, folder, options);
    if (c.stage[STAGE_FINAL].folder && comparison_is_tuned(&c))
        good = judge_values(&c);
    good &= c.verdict ? judge_verdict(&c) : judge_incomplete(&c);
    comparison_close(&c);
    return good;
}

/* ---- all folders ---- */

static int judge_stages(const char *folder)
{
    int status = EXIT_DONE;
    for (int i = 0; i < STAGES; i++) {
        char *one[] = {text_format("%s/%s", folder, stage_names[i]), NULL};
        if (stage_has_begun(folder, (enum stage)i) && verify(one, &registry_promises) != EXIT_DONE)
            status = EXIT_FAILED;
        free(one[0]);
    }
    return status;
}

int verify_folders(const struct options *o)
{
    bool good = true;
    for (int i = 0; o->runs[i]; i++)
        folder_expect("--verify", o->runs[i]);
    for (int i = 0; o->runs[i]; i++) {
        char *const one[] = {o->runs[i], NULL};
        if (!compare_is(o->runs[i]))
            good &= verify(one, &registry_promises) == EXIT_DONE;
        else
            good = (judge_stages(o->runs[i]) == EXIT_DONE) & judge_comparison(o->runs[i], o) & good;
    }
    return good ? EXIT_DONE : EXIT_FAILED;
}
