/* Judges comparison.csv, each column beside the summary.json of the row's algorithm, which is judged beside eval.csv:
 * verdicts, tables and maps read this file. Not judged: predicted_s, which is in no other file, and label. */
#include "sim/verify/comparison.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/time/vtime.h"
#include "sim/verify/members.h"
#include "sim/verify/table.h"

static const char from_summary[] = "summary.json";

union cell { /* as it is before the first row: the file has no such column, as older programs did not write it */
    int64_t whole;
    double real;
    char text[TABLE_NAME];
};

struct judge {
    const char *run;
    struct findings *findings;
    struct columns columns; /* of comparison.csv, each with a cell */
    union cell *cell;
    struct members *summary;
    double target;                          /* NAN: there is none */
    bool begun;                             /* the first row is read */
    double first_target_s, first_virtual_s; /* of the first row */
};

#define NAME(member) columns_name(&comparison_columns, offsetof(struct comparison_row, member))

/* ---- the columns ---- */

static bool is_not_judged(const struct field *f)
{
    return f->offset == offsetof(struct comparison_row, label) ||
           f->offset == offsetof(struct comparison_row, predicted_ns);
}

static enum field_kind kind_read(const struct field *f)
{
    return f->kind == FIELD_TEXT ? FIELD_NAME : f->kind;
}

static void clear(union cell *cell, enum field_kind kind)
{
    if (kind == FIELD_NAME)
        *cell->text = '\0';
    else if (kind == FIELD_REAL)
        cell->real = -INFINITY;
    else
        cell->whole = INT64_MIN;
}

static bool is_there(const union cell *cell, enum field_kind kind)
{
    return kind == FIELD_NAME   ? *cell->text
           : kind == FIELD_REAL ? !isinf(cell->real)
                                : cell->whole != INT64_MIN;
}

/* Fields are found by their names; what older programs lack may be missing. */
static void make_columns(struct judge *j, const char *milestones)
{
    static const char *const first_written[] = {"algorithm", "test_accuracy", "iterations", "rounds",
                                                "virtual_s"};
    struct columns all = columns_of_comparison(milestones);
    struct field *field = need((size_t)all.n * sizeof *field);
    j->cell = need((size_t)all.n * sizeof *j->cell);
    j->columns = (struct columns){all.file, field, 0};
    for (int c = 0; c < all.n; c++) {
        const struct field *f = &all.field[c];
        if (is_not_judged(f))
            continue;
        struct field *mine = &field[j->columns.n];
        *mine = *f;
        mine->kind = kind_read(f);
        mine->name = text_copy(f->name);
        mine->offset = (size_t)j->columns.n * sizeof *j->cell;
        mine->later = true;
        for (size_t i = 0; i < sizeof first_written / sizeof *first_written; i++)
            mine->later &= strcmp(first_written[i], f->name) != 0;
        clear(&j->cell[j->columns.n++], mine->kind);
    }
    columns_end(&all);
}

static void end_columns(struct judge *j)
{
    for (int c = 0; c < j->columns.n; c++)
        free((char *)j->columns.field[c].name);
    free((struct field *)j->columns.field);
    free(j->cell);
}

static const union cell *cell_of(const struct judge *j, const char *name)
{
    int c = 0;
    while (strcmp(j->columns.field[c].name, name) != 0)
        c++;
    return &j->cell[c];
}

/* ---- members of summary.json ---- */

/* In the member's unit; NAN: null, or no such member. */
static double real_of(struct members *m, const char *name)
{
    double value = NAN;
    return members_has(m, name) && members_real(m, name, &value) ? value : NAN;
}

/* Of a member in ns, summed over workers. */
static double mean_seconds(struct members *m, const char *name)
{
    return real_of(m, name) / real_of(m, "workers") / NS_PER_S;
}

/* "target_s" -> "target_ns"; the caller frees. */
static char *member_of(const struct field *f)
{
    bool seconds = f->kind == FIELD_SECONDS || f->kind == FIELD_SECONDS_OR_NAN;
    return seconds ? text_format("%.*s_ns", (int)strlen(f->name) - 2, f->name) : text_copy(f->name);
}

/* ---- cells ---- */

static double seconds_of(const union cell *cell)
{
    return cell->whole >= 0 ? (double)cell->whole / NS_PER_S : NAN;
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

/* How many times sooner than the first row: at the target, or else at the end. A budget that has ended one of the two
 * leaves no number for the end. */
static double speedup(struct judge *j, double got)
{
    double target_s = seconds_of(cell_of(j, NAME(target_ns)));
    double virtual_s = seconds_of(cell_of(j, NAME(virtual_ns)));
    if (isnan(j->target))
        return isnan(got) ? NAN : ratio(j->first_virtual_s, virtual_s);
    return j->first_target_s == target_s ? 1 : ratio(j->first_target_s, target_s);
}

/* What the column says that is no member of summary.json. */
static bool derived(struct judge *j, const char *name, double got, double *want)
{
    struct members *m = j->summary;
    if (strcmp(name, NAME(target_accuracy)) == 0)
        *want = j->target;
    else if (strcmp(name, NAME(speedup)) == 0)
        *want = speedup(j, got);
    else if (strcmp(name, NAME(communication_s)) == 0)
        *want = mean_seconds(m, "communication_ns");
    else if (strcmp(name, NAME(coding_s)) == 0)
        *want = members_has(m, "coding_ns") ? mean_seconds(m, "coding_ns") : got;
    else if (strcmp(name, NAME(down_s)) == 0)
        *want = mean_seconds(m, "down_ns");
    else if (strcmp(name, NAME(idle_share)) == 0)
        *want = ratio(real_of(m, "waiting_ns"), real_of(m, "workers") * real_of(m, "virtual_ns"));
    else
        return false;
    return true;
}

static void judge_real(struct judge *j, const char *name, double got)
{
    double want;
    if (derived(j, name, got, &want))
        expect_near(j->findings, name, got, want,
                    strcmp(name, NAME(target_accuracy)) == 0 ? "resolved.ini" : from_summary);
    else if (members_has(j->summary, name) && members_real(j->summary, name, &want))
        expect_near(j->findings, name, got, want, from_summary);
}

static void judge_whole(struct judge *j, const struct field *f, int64_t got)
{
    char *member = member_of(f),
         *what = text_format("%s%s", f->name, strcmp(f->name, member) ? " in ns" : "");
    bool may_be_none = f->kind == FIELD_SECONDS_OR_NAN || f->kind == FIELD_COUNT_OR_NAN, yes;
    int64_t want = -1;
    if (strcmp(f->name, NAME(trained)) == 0 || strcmp(f->name, NAME(synthetic)) == 0) {
        if (members_bool(j->summary, member, &yes))
            expect_equal(j->findings, what, got, yes, from_summary);
    } else if (may_be_none && isnan(real_of(j->summary, member))) {
        if (got >= 0)
            finding(j->findings, "%s: expected NaN (%s), got %" PRId64, what, from_summary, got);
    } else if (members_has(j->summary, member) && members_int(j->summary, member, &want)) {
        expect_equal(j->findings, what, got, want, from_summary);
    }
    free(what);
    free(member);
}

static void judge_cell(struct judge *j, const struct field *f, const union cell *cell)
{
    if (f->kind == FIELD_REAL)
        judge_real(j, f->name, cell->real);
    else if (f->kind != FIELD_NAME)
        judge_whole(j, f, cell->whole);
    else if (members_has(j->summary, f->name) && !members_is(j->summary, f->name, cell->text))
        finding(j->findings, "%s: expected that of summary.json, got '%s'", f->name, cell->text);
}

/* ---- rows ---- */

/* Members move findings to their file; those of a cell name the table. */
static void judge_cells(struct judge *j)
{
    for (int c = 0; c < j->columns.n; c++)
        if (is_there(&j->cell[c], j->columns.field[c].kind))
            judge_cell(j, &j->columns.field[c], &j->cell[c]);
}

static void judge_row(struct judge *j)
{
    struct findings silent = {.silent = true};
    char *path = text_format("%s/%s/%s", j->run, cell_of(j, NAME(algorithm))->text, summary_members.file);
    j->summary = members_read(path, &silent);
    if (!j->begun) {
        j->first_target_s = seconds_of(cell_of(j, NAME(target_ns)));
        j->first_virtual_s = seconds_of(cell_of(j, NAME(virtual_ns)));
        j->begun = true;
    }
    if (j->summary)
        judge_cells(j);
    else
        finding(j->findings, "expected a summary.json of %s", cell_of(j, NAME(algorithm))->text);
    members_free(j->summary);
    free(path);
}

void comparison_judge(const char *run, struct settings *settings, struct findings *f)
{
    bool trained = false;
    double target = settings_target(settings);
    trained = settings_trained(settings, &trained) && trained;
    struct judge j = {.run = run, .findings = f, .target = trained && target > 0 ? target : NAN};
    make_columns(&j, settings_milestones(settings));
    struct table *t = table_open(run, &j.columns, f);
    while (t && table_next(t, j.cell))
        judge_row(&j);
    if (t && table_cut(t))
        finding(f, "expected the end of the line, got the end of the file");
    table_close(t);
    end_columns(&j);
}
