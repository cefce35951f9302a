/* Judges rungs.csv: what went on is what ran in the next rung, is not more than sweep.halving lets on, and nothing better
 * was left behind. The last rung is judged by sweep.tune, which may go by time, so its choice is not judged here. */
#include "sim/verify/rungs.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/verify/table.h"

struct row { /* kept: NAN: not decided */
    int64_t line, point, setting, rung, rungs;
    char algorithm[TABLE_NAME];
    double accuracy, loss, kept;
};

#define AT(member) .offset = offsetof(struct row, member)
static const struct field fields[] = {
    {"point", FIELD_INT, AT(point)},          {"setting", FIELD_INT, AT(setting)},
    {"algorithm", FIELD_NAME, AT(algorithm)}, {"rung", FIELD_INT, AT(rung)},
    {"rungs", FIELD_INT, AT(rungs)},          {"accuracy", FIELD_REAL, AT(accuracy)},
    {"loss", FIELD_REAL, AT(loss)},           {"kept", FIELD_REAL, AT(kept)},
};
#undef AT
static const struct columns columns = {"rungs.csv", fields, sizeof fields / sizeof *fields};

struct rungs {
    int n;
    struct row *row;
    int64_t eta;
    bool by_loss;
    struct findings *findings;
};

static void read_all(struct rungs *r, const char *folder)
{
    struct row row = {0};
    struct table *t = table_open(folder, &columns, r->findings);
    while (t && table_next(t, &row)) {
        row.line = r->findings->line;
        r->row = need_one_more(r->row, (unsigned long)r->n, sizeof *r->row);
        r->row[r->n++] = row;
    }
    table_close(t);
}

/* The rows of the same algorithm and setting, in this rung. */
static bool compete(const struct row *a, const struct row *b, int64_t rung)
{
    return a->setting == b->setting && b->rung == rung && strcmp(a->algorithm, b->algorithm) == 0;
}

static int count(const struct rungs *r, const struct row *a, int64_t rung)
{
    int n = 0;
    for (int i = 0; i < r->n; i++)
        n += compete(a, &r->row[i], rung);
    return n;
}

static double score(const struct rungs *r, const struct row *row)
{
    return isnan(row->loss) ? -INFINITY : r->by_loss ? -row->loss : row->accuracy;
}

static void judge_kept(const struct rungs *r, const struct row *row)
{
    int64_t most = count(r, row, 1);
    int kept = 0;
    for (int64_t rung = 0; rung < row->rung; rung++)
        most /= r->eta;
    for (int i = 0; i < r->n; i++) {
        const struct row *other = &r->row[i];
        if (!compete(row, other, row->rung))
            continue;
        kept += other->kept > 0;
        if (other->kept == 0 && score(r, other) > score(r, row) + 1e-8)
            finding(r->findings,
                    "kept: expected 0, as point %" PRId64 " is better and was left behind, got 1",
                    other->point);
    }
    expect_most(r->findings, "trials that are kept", kept, most, "sweep.halving");
    if (isnan(row->loss))
        finding(r->findings, "kept: expected 0, as it has diverged, got 1");
}

/* It went on from the rung before. */
static void judge_origin(const struct rungs *r, const struct row *row)
{
    for (int i = 0; i < r->n; i++)
        if (compete(row, &r->row[i], row->rung - 1) && r->row[i].point == row->point && r->row[i].kept > 0)
            return;
    finding(r->findings, "rung: expected 1, or a point that was kept in the rung before, got %" PRId64,
            row->rung);
}

static void judge(const struct rungs *r, const struct row *row)
{
    r->findings->line = row->line;
    if (row->rung > 1)
        judge_origin(r, row);
    if (row->kept > 0 && row->rung < row->rungs)
        judge_kept(r, row);
}

void rungs_judge(const char *folder, struct settings *settings, struct findings *f)
{
    struct rungs r = {.findings = f};
    if (!settings_halving(settings, &r.eta, &r.by_loss))
        return;
    read_all(&r, folder);
    char *path = text_format("%s/%s", folder, columns.file);
    f->file = path;
    for (int i = 0; i < r.n; i++)
        judge(&r, &r.row[i]);
    f->file = folder;
    free(path);
    free(r.row);
}
