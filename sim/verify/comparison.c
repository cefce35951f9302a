/* Judges comparison.csv beside the summary.json of each algorithm that is complete. */
#include "sim/verify/comparison.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/time/vtime.h"
#include "sim/verify/members.h"
#include "sim/verify/table.h"

struct compared { /* a row of comparison.csv; what older programs do not write stays "" and -1 */
    char algorithm[TABLE_NAME], exchange[TABLE_NAME], overlap[TABLE_NAME];
    int64_t iterations, rounds, virtual_ns;
    double utilisation, coding_s;
    char judged_on[TABLE_NAME];
    double test_accuracy, validation_accuracy; /* validation: NAN, too */
};

#define AT(member) .offset = offsetof(struct compared, member)
static const struct field fields[] = {
    {"algorithm", FIELD_NAME, AT(algorithm)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"rounds", FIELD_INT, AT(rounds)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns)},
    {"exchange", FIELD_NAME, AT(exchange), .later = true},
    {"utilisation", FIELD_REAL, AT(utilisation), .later = true},
    {"overlap", FIELD_NAME, AT(overlap), .later = true},
    {"coding_s", FIELD_REAL, AT(coding_s), .later = true},
    {"judged_on", FIELD_NAME, AT(judged_on), .later = true},
    {"test_accuracy", FIELD_REAL, AT(test_accuracy)},
    {"validation_accuracy", FIELD_REAL, AT(validation_accuracy), .later = true},
};
#undef AT
static const struct columns columns = {"comparison.csv", fields, sizeof fields / sizeof *fields};

static void judge_int(struct findings *f, const char *name, int64_t got, struct members *m,
                      const char *member)
{
    int64_t want;
    if (members_int(m, member, &want))
        expect_equal(f, name, got, want, "summary.json");
}

static void judge_real(struct findings *f, const char *name, double got, struct members *m)
{
    double want;
    if (members_has(m, name) && members_real(m, name, &want))
        expect_near(f, name, got, want, "summary.json");
}

static void judge_row(struct findings *f, const struct compared *row, struct members *m)
{
    judge_real(f, "test_accuracy", row->test_accuracy, m);
    judge_real(f, "validation_accuracy", row->validation_accuracy, m);
    if (*row->judged_on && members_has(m, "judged_on") && !members_is(m, "judged_on", row->judged_on))
        finding(f, "judged_on: expected that of summary.json, got '%s'", row->judged_on);
    double utilisation;
    int64_t workers;
    int128 coding;
    judge_int(f, "iterations", row->iterations, m, "iterations");
    judge_int(f, "rounds", row->rounds, m, "rounds");
    judge_int(f, "virtual_s in ns", row->virtual_ns, m, "virtual_ns");
    if (*row->exchange && members_has(m, "exchange") && !members_is(m, "exchange", row->exchange))
        finding(f, "exchange: expected that of summary.json, got '%s'", row->exchange);
    if (*row->overlap && members_has(m, "overlap") && !members_is(m, "overlap", row->overlap))
        finding(f, "overlap: expected that of summary.json, got '%s'", row->overlap);
    if (row->coding_s >= 0 && members_has(m, "coding_ns") && members_wide(m, "coding_ns", &coding) &&
        members_int(m, "workers", &workers))
        expect_near(f, "coding_s", row->coding_s, (double)coding / (double)workers / NS_PER_S,
                    "coding_ns / workers of summary.json");
    if (row->utilisation >= 0 && members_has(m, "utilisation") &&
        members_real(m, "utilisation", &utilisation))
        expect_near(f, "utilisation", row->utilisation, utilisation, "summary.json");
}

/* The row of an algorithm. Findings name the table, and members move them to the other file. */
static void judge(struct findings *f, const char *run, const struct compared *row)
{
    struct findings silent = {.silent = true};
    char *path = text_format("%s/%s/%s", run, row->algorithm, summary_members.file);
    struct members *m = members_read(path, &silent);
    if (m)
        judge_row(f, row, m);
    else
        finding(f, "expected a summary.json of %s", row->algorithm);
    members_free(m);
    free(path);
}

void comparison_judge(const char *run, struct findings *f)
{
    struct compared row = {.utilisation = -1, .coding_s = -1, .validation_accuracy = NAN};
    struct table *t = table_open(run, &columns, f);
    while (t && table_next(t, &row))
        judge(f, run, &row);
    if (t && table_cut(t))
        finding(f, "expected the end of the line, got the end of the file");
    table_close(t);
}
