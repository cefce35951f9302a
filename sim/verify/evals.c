/* Judges eval.csv: every row alone and beside the row before (evals_judge), and later beside the pushes of
 * workers.csv and the crashes of faults.csv (evals_compare). Between the two, pushes_read and faults_read
 * find the evaluation of a round or a moment here by binary search, and add their numbers to it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/judged.h"
#include "sim/verify/audit.h"
#include "sim/verify/table.h"

/* ---- row by row ---- */

static void judge_first(struct findings *f, const struct eval *e)
{
    static const char why[] = "the first model";
    expect_equal(f, "round", e->row.round, 0, why);
    expect_equal(f, "iterations", e->row.iterations, 0, why);
    expect_equal(f, "virtual_s in ns", e->row.virtual_ns, 0, why);
    expect_equal(f, "bytes_up", e->row.bytes_up, 0, why);
    expect_equal(f, "bytes_down", e->row.bytes_down, 0, why);
}

static void judge_next(struct findings *f, const struct eval *e, const struct eval *before)
{
    static const char why[] = "the row before";
    if (e->restart) {
        expect_least(f, "round", e->row.round, before->row.round, why);
    } else {
        expect_least(f, "round", e->row.round, before->row.round + 1, "one more than the row before");
        expect_least(f, "iterations", e->row.iterations, before->row.iterations,
                     "the row before, as the server is not back from a crash");
    }
    expect_least(f, "virtual_s in ns", e->row.virtual_ns, before->row.virtual_ns, why);
    expect_least(f, "bytes_up", e->row.bytes_up, before->row.bytes_up, why);
    expect_least(f, "bytes_down", e->row.bytes_down, before->row.bytes_down, why);
}

static void judge_no_validation(struct findings *f, const struct eval *e, const char *why)
{
    expect_near(f, "validation_accuracy", e->row.validation_accuracy, NAN, why);
    expect_near(f, "validation_loss", e->row.validation_loss, NAN, why);
}

static void judge_validation(struct audit *a, const struct eval *e)
{
    struct findings *f = &a->findings;
    if (!(e->row.validation_accuracy >= 0 && e->row.validation_accuracy <= 1))
        finding(f, "validation_accuracy: expected 0 to 1, got %.9g", e->row.validation_accuracy);
    if (a->complete && isnan(e->row.validation_loss))
        finding(f, "validation_loss: expected a number, got NaN");
}

static void judge_results(struct audit *a, const struct eval *e)
{
    struct findings *f = &a->findings;
    if (!a->trained) {
        static const char why[] = "nothing was trained";
        expect_near(f, "test_accuracy", e->row.test_accuracy, NAN, why);
        expect_near(f, "test_loss", e->row.test_loss, NAN, why);
        expect_near(f, "train_loss", e->row.train_loss, NAN, why);
        judge_no_validation(f, e, why);
        return;
    }
    if (!(e->row.test_accuracy >= 0 && e->row.test_accuracy <= 1))
        finding(f, "test_accuracy: expected 0 to 1, got %.9g", e->row.test_accuracy);
    if (a->complete && isnan(e->row.test_loss)) /* a run that diverged ends with such a row */
        finding(f, "test_loss: expected a number, got NaN");
    if (a->validates)
        judge_validation(a, e);
    else
        judge_no_validation(f, e, "resolved.ini has no data.validation");
    if (e->row.round == 0)
        expect_near(f, "train_loss", e->row.train_loss, NAN, "nothing was pushed before");
    else if (isnan(e->row.train_loss) && !e->restart)
        finding(f, "train_loss: expected a number, got NaN");
}

static struct eval *append(struct audit *a)
{
    a->eval = need_one_more(a->eval, (size_t)a->evals, sizeof *a->eval);
    return &a->eval[a->evals++];
}

void evals_read(struct audit *a)
{
    struct eval_row row = eval_row_unknown;
    struct table *t = table_open(a->folder, &eval_columns, &a->findings);
    while (t && table_next(t, &row))
        *append(a) = (struct eval){.line = a->findings.line, .row = row};
    if (t && table_cut(t) && a->complete)
        finding(&a->findings, "expected the end of the line, got the end of the file");
    a->readable = t && !table_damaged(t) && (!table_cut(t) || !a->complete);
    table_close(t);
}

void evals_judge(struct audit *a)
{
    char *path = text_format("%s/%s", a->folder, eval_columns.file);
    a->findings.file = path;
    for (int64_t i = 0; i < a->evals; i++) {
        const struct eval *e = &a->eval[i];
        a->findings.line = e->line;
        if (i == 0)
            judge_first(&a->findings, e);
        else
            judge_next(&a->findings, e, e - 1);
        judge_results(a, e);
    }
    a->findings.line = 0;
    free(path);
}

/* ---- the evaluation of a round or a moment ---- */

struct span { /* evaluations */
    int64_t from, to;
};

static int64_t round_of(const struct eval *e)
{
    return e->row.round;
}

static int64_t time_of(const struct eval *e)
{
    return e->row.virtual_ns;
}

/* The first of [from, to) with a key of at least `key`; `to`: there is none. */
static int64_t halve(const struct audit *a, int64_t (*key_of)(const struct eval *), int64_t key,
                     struct span in)
{
    while (in.from < in.to) {
        int64_t middle = in.from + (in.to - in.from) / 2;
        if (key_of(&a->eval[middle]) >= key)
            in.to = middle;
        else
            in.from = middle + 1;
    }
    return in.from;
}

/* The first evaluation with a key of at least `key`. Keys rise. In a damaged file keys may fall; then any
 * answer is good enough, as evals_judge reports the damage. Rows follow each other in time, so the search begins at
 * `near`, the last answer, and doubles its steps: a row costs the logarithm of what lies between. */
static struct eval *first_from(const struct audit *a, int64_t (*key_of)(const struct eval *), int64_t key,
                               int64_t *near)
{
    struct span in = {0, a->evals};
    int64_t at = *near, step = 1;
    if (at < a->evals && key_of(&a->eval[at]) < key) {
        for (; at + step < a->evals && key_of(&a->eval[at + step]) < key; step *= 2)
            at += step;
        in = (struct span){at + 1, at + step < a->evals ? at + step : a->evals};
    } else {
        for (; at - step >= 0 && key_of(&a->eval[at - step]) >= key; step *= 2)
            at -= step;
        in = (struct span){at - step >= 0 ? at - step + 1 : 0, at};
    }
    int64_t found = halve(a, key_of, key, in);
    *near = found;
    return found < a->evals ? &a->eval[found] : NULL;
}

struct eval *eval_of_round(struct audit *a, int64_t round)
{
    return first_from(a, round_of, round, &a->near_round);
}

struct eval *eval_from(struct audit *a, int64_t ns)
{
    return first_from(a, time_of, ns, &a->near_time);
}

struct eval *eval_after(struct audit *a, int64_t ns)
{
    return first_from(a, time_of, sum_of(ns, 1), &a->near_time);
}

/* The first row of the file is the start of the run, even if the PS comes back at moment 0 too. */
void eval_restarts(struct audit *a, int64_t ns)
{
    struct eval *e = eval_from(a, ns);
    if (e && e == a->eval)
        e = a->evals > 1 ? e + 1 : NULL;
    if (!e || e->row.virtual_ns != ns) {
        if (a->complete)
            finding(&a->findings, "expected a row of eval.csv at the moment at which the server is back");
        return;
    }
    e->restart = true;
    a->restart = need_one_more(a->restart, (size_t)a->restarts, sizeof *a->restart);
    a->restart[a->restarts++] = e;
}

/* A restart goes back to the last multiple of server_every. When the first restart after the update has
 * kept the update, no later restart loses it: later restart points hold more updates. So the search needs
 * only that restart. */
struct eval *eval_undoing(const struct audit *a, int64_t round)
{
    int64_t from = 0, to = a->restarts;
    while (from < to) {
        int64_t middle = from + (to - from) / 2;
        if (a->restart[middle]->row.round >= round)
            to = middle;
        else
            from = middle + 1;
    }
    if (from == a->restarts)
        return NULL;
    int64_t last = a->restart[from]->row.round;
    return round > last - last % a->server_every ? a->restart[from] : NULL;
}

/* ---- beside the other tables ---- */

/* No reply departs before its push has arrived. Where pushes may be dropped, the PS may answer every
 * worker in every round. */
static int64_t most_bytes_down(const struct audit *a, const struct eval *e, const struct eval *sum)
{
    int64_t replies = sum->arrivals;
    int64_t to_all = product_of(e->row.round, a->workers);
    if (a->limits.group && to_all > replies)
        replies = to_all;
    int64_t most = a->limits.sizes_differ ? a->most_reply_bytes : a->reply_bytes;
    return sum_of(product_of(replies, most), sum->fault_down.most);
}

/* Messages of an exchange of all workers depart between its first join and its last result. */
static void judge_all_bytes(struct audit *a, const struct eval *e, const struct eval *sum)
{
    struct findings *f = &a->findings;
    int64_t all = sum_of(e->row.bytes_up, e->row.bytes_down);
    expect_least(f, "bytes_up + bytes_down", all, sum->all.least,
                 "of exchanges that were over, by workers.csv");
    if (a->whole)
        expect_most(f, "bytes_up + bytes_down", all, sum->all.most,
                    "of exchanges that had begun, by workers.csv");
    if (a->carried == BY_WORKERS)
        expect_equal(f, "bytes_down", e->row.bytes_down, 0, "there is no server that sends");
}

/* Rows of workers.csv may be missing: output.workers_every leaves rounds out, and a run that was broken
 * off lacks the pushes that waited for their reply. */
static void judge_sums(struct audit *a, const struct eval *e, const struct eval *sum)
{
    static const char why[] = "k of its rounds in workers.csv";
    struct findings *f = &a->findings;
    f->line = e->line;
    expect_least(f, "virtual_s in ns", e->row.virtual_ns, sum->latest_arrival,
                 "the last arrival of its pushes");
    expect_least(f, "bytes_up", e->row.bytes_up, sum->up.least, "departed before, by workers.csv");
    expect_least(f, "bytes_down", e->row.bytes_down, sum_of(sum->down, sum->fault_down.least),
                 "arrived before, by workers.csv");
    if (a->carried != BY_SERVER)
        judge_all_bytes(a, e, sum);
    if (!a->whole) {
        expect_least(f, "iterations", e->row.iterations, difference_of(sum->pushed, sum->undone), why);
        return;
    }
    expect_equal(f, "iterations", e->row.iterations, difference_of(sum->pushed, sum->undone), why);
    if (e->restart && a->trained)
        expect_equal(f, "train_loss is a number", !isnan(e->row.train_loss), e->pushed > 0,
                     "whether there were pushes since the row before");
    if (a->carried != BY_SERVER)
        return;
    expect_most(f, "bytes_up", e->row.bytes_up, sum->up.most, "departed by then, by workers.csv");
    if (!a->broken) /* after a crash, a row does not tell the size of a reply */
        expect_most(f, "bytes_down", e->row.bytes_down, most_bytes_down(a, e, sum),
                    "a reply to every push arrived by then, by workers.csv");
}

/* Every update that passes a multiple of eval_every has a row. So the update before this row's has passed
 * no multiple since the row before. */
static void judge_distance(struct audit *a, const struct eval *e)
{
    if (e == a->eval || e->restart || a->eval_every == 0 || !a->whole)
        return;
    int64_t passed = difference_of(e->row.iterations, e->newest) / a->eval_every;
    expect_equal(&a->findings, "output.eval_every in the iterations of the update before", passed,
                 (e - 1)->row.iterations / a->eval_every, "no row lies between");
}

/* Epochs are iterations times a constant factor. The last row gives the factor. */
static void judge_epoch(struct audit *a, const struct eval *e)
{
    const struct eval *last = &a->eval[a->evals - 1];
    if (last->row.iterations > 0)
        expect_near(&a->findings, "epoch", e->row.epoch,
                    (double)e->row.iterations * last->row.epoch / (double)last->row.iterations,
                    "iterations, by what the last row says of both");
}

void evals_compare(struct audit *a)
{
    struct eval sum = {0};
    char *path = text_format("%s/%s", a->folder, eval_columns.file);
    a->findings.file = path;
    for (int64_t i = 0; i < a->evals; i++) {
        const struct eval *e = &a->eval[i];
        sum.pushed = sum_of(sum.pushed, e->pushed);
        sum.undone = sum_of(sum.undone, e->undone);
        sum.latest_arrival = e->latest_arrival > sum.latest_arrival ? e->latest_arrival : sum.latest_arrival;
        sum.up.least = sum_of(sum.up.least, e->up.least);
        sum.up.most = sum_of(sum.up.most, e->up.most);
        sum.down = sum_of(sum.down, e->down);
        sum.all.least = sum_of(sum.all.least, e->all.least);
        sum.all.most = sum_of(sum.all.most, e->all.most);
        sum.arrivals += e->arrivals;
        sum.fault_down.least = sum_of(sum.fault_down.least, e->fault_down.least);
        sum.fault_down.most = sum_of(sum.fault_down.most, e->fault_down.most);
        judge_sums(a, e, &sum);
        judge_distance(a, e);
        judge_epoch(a, e);
    }
    a->findings.line = 0;
    free(path);
}
