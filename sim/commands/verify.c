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

/* The sentences may have other words in another version. */
static bool is_of_words(const char *line)
{
    static const char *const members[] = {"\"words\": ", "\"rule\": "};
    line += strspn(line, " ");
    for (size_t i = 0; i < sizeof members / sizeof *members; i++)
        if (strncmp(line, members[i], strlen(members[i])) == 0)
            return true;
    return false;
}

/* The next line of the file that counts; NULL: there is none. */
static char *next_line(FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, file) > 0)
        if (!is_of_words(line))
            return line;
    free(line);
    return NULL;
}

static bool same_lines(FILE *one, FILE *other)
{
    bool same = true, more = true;
    while (same && more) {
        char *a = next_line(one), *b = next_line(other);
        more = a && b;
        same = more ? same_numbers(a, b) : a == b;
        free(a);
        free(b);
    }
    return same;
}

static bool same_file(const char *folder, const char *other, const char *name)
{
    char *paths[] = {text_format("%s/%s", folder, name), text_format("%s/%s", other, name)};
    FILE *file[] = {fopen(paths[0], "re"), fopen(paths[1], "re")};
    bool same = file[0] && file[1] && same_lines(file[0], file[1]);
    for (int i = 0; i < 2; i++) {
        if (file[i])
            fclose(file[i]);
        free(paths[i]);
    }
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
    const char *const names[] = {verdict_json_file};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path = text_format("%s/%s", folder, names[i]);
        unlink(path);
        free(path);
    }
    rmdir(folder);
    free(folder);
}

/* The verdict is made again from the files of the final runs. */
static bool judge_verdict(const struct comparison *c)
{
    char *scratch = scratch_folder();
    verdict_write_json(c->verdict, scratch);
    bool same = same_file(c->folder, scratch, verdict_json_file);
    remove_scratch(scratch);
    if (same)
        printf("%s: verified: %d claims follow from the final runs\n", c->folder, c->verdict->claims);
    else
        printf("%s: damaged: expected %s to be what follows from the final runs\n", c->folder,
               verdict_json_file);
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

static bool judge_comparison(const char *folder, const struct options *options)
{
    struct comparison c;
    bool good = true;
    comparison_open(&c, folder, options);
    if (c.stage[STAGE_FINAL].folder)
        good = judge_values(&c);
    if (c.verdict)
        good &= judge_verdict(&c);
    else
        printf("%s: incomplete: %d points of the final runs are not over\n", folder, c.missing);
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
