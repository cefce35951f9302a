/* Compares totals.csv and summary.json with the sums over all rows of the other tables. Runs last, and
 * only for a complete run. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/verify/audit.h"
#include "sim/verify/members.h"
#include "sim/verify/table.h"

struct sums { /* over totals.csv */
    int128 compute_ns, communication_ns, waiting_ns, overlapped_ns, down_ns, coding_ns;
    int64_t rows, wasted;
    bool readable;
};

/* When workers.csv has every row, the run's number equals the sum over the rows. When rows are missing,
 * the sum is a lower bound. */
static void expect_all(struct audit *a, const char *name, int64_t got, int64_t sum, const char *why)
{
    if (a->whole)
        expect_equal(&a->findings, name, got, sum, why);
    else
        expect_least(&a->findings, name, got, sum, why);
}

/* ---- totals.csv ---- */

/* communication_ns of totals.csv counts every moment once. The rows lack what the end of the run cut off.
 * When a reply can arrive while a push is in flight, the rows count that time twice. */
static void judge_communication(struct audit *a, const struct worker_audit *h, int64_t ns)
{
    static const char name[] = "communication_ns", why[] = "its sum in workers.csv";
    struct findings *f = &a->findings;
    if (a->carried !=
        BY_SERVER) { /* exchanges of all workers may overlap, and a worker may have no push in one */
        expect_least(f, name, ns, h->longest_ns, "the longest of its rows in workers.csv");
        if (a->whole && a->barrier && a->dropped == 0)
            expect_most(f, name, ns, h->communication_ns, why);
    } else if (!a->paired || a->limits.out > 1 || !a->whole)
        expect_least(f, name, ns, h->flight_ns, "arrive_ns less depart_ns of its pushes");
    else if (!a->barrier && h->final)
        expect_least(f, name, ns, h->communication_ns, why);
    else
        expect_equal(f, name, ns, h->communication_ns, why);
}

/* A worker that is down in the last row of faults.csv stays down until the end of the run. */
static void judge_down(struct audit *a, const struct worker_audit *h, const struct worker_total *total,
                       int64_t virtual_ns)
{
    if (!a->faulty)
        return;
    int64_t down_ns = h->down ? sum_of(h->down_ns, virtual_ns - h->down_since) : h->down_ns;
    expect_equal(&a->findings, "crashes", total->crashes, h->crashes, "its rows of faults.csv");
    expect_equal(&a->findings, "down_ns", total->down_ns, down_ns, "its rows of faults.csv");
}

static void judge_coding(struct audit *a, const struct worker_audit *h, const struct worker_total *total)
{
    struct findings *f = &a->findings;
    expect_least(f, "coding_ns", total->coding_ns, h->coding_ns, "its sum in workers.csv");
    expect_most(f, "coding_ns", total->coding_ns, total->compute_ns, "compute_ns");
    if (!a->codes)
        expect_equal(f, "coding_ns", total->coding_ns, 0, "resolved.ini has no cost of coding");
}

static void judge_worker(struct audit *a, const struct worker_total *total, int64_t virtual_ns)
{
    struct findings *f = &a->findings;
    const struct worker_audit *h = &a->worker[total->worker];
    expect_least(f, "wasted", total->wasted, 0, "a number");
    expect_least(f, "wasted", total->wasted, h->dropped, "k of its pushes in no update that counts");
    expect_all(a, "iterations", total->iterations, sum_of(h->iterations, total->wasted),
               "k of its pushes in updates that count + wasted");
    judge_down(a, h, total, virtual_ns);
    expect_equal(f, a->faulty ? "compute_ns + waiting_ns + down_ns" : "compute_ns + waiting_ns",
                 sum_of(sum_of(total->compute_ns, total->waiting_ns), total->down_ns), virtual_ns,
                 "virtual_ns of summary.json");
    expect_least(f, "compute_ns", total->compute_ns, h->compute_ns, "its sum in workers.csv");
    expect_least(f, "waiting_ns", total->waiting_ns, h->waiting_ns, "its sum in workers.csv");
    judge_coding(a, h, total);
    judge_communication(a, h, total->communication_ns);
    expect_most(f, "communication_ns", total->communication_ns, virtual_ns, "virtual_ns of summary.json");
    expect_most(f, "overlapped_ns", total->overlapped_ns, total->compute_ns, "compute_ns");
    expect_most(f, "overlapped_ns", total->overlapped_ns, total->communication_ns, "communication_ns");
    expect_least(f, a->faulty ? "overlapped_ns + waiting_ns + down_ns" : "overlapped_ns + waiting_ns",
                 sum_of(sum_of(total->overlapped_ns, total->waiting_ns), total->down_ns),
                 total->communication_ns, "communication_ns");
}

static void take(struct audit *a, const struct worker_total *total, int64_t virtual_ns, struct sums *s)
{
    bool known = expect_equal(&a->findings, "worker", total->worker, s->rows, "one row a worker");
    s->rows++;
    s->wasted = sum_of(s->wasted, total->wasted);
    s->compute_ns += total->compute_ns;
    s->communication_ns += total->communication_ns;
    s->waiting_ns += total->waiting_ns;
    s->overlapped_ns += total->overlapped_ns;
    s->down_ns += total->down_ns;
    s->coding_ns += total->coding_ns;
    if (known && total->worker < a->workers)
        judge_worker(a, total, virtual_ns);
}

static struct sums read_totals(struct audit *a, int64_t virtual_ns)
{
    struct sums s = {0};
    struct worker_total row = {0};
    struct columns columns = totals_columns(a->faulty);
    struct table *t = table_open(a->folder, &columns, &a->findings);
    while (t && table_next(t, &row))
        take(a, &row, virtual_ns, &s);
    if (t && table_cut(t))
        finding(&a->findings, "expected the end of the line, got the end of the file");
    s.readable = t && !table_damaged(t) && !table_cut(t);
    if (s.readable) {
        a->findings.line = 0;
        s.readable = expect_equal(&a->findings, "rows", s.rows, a->workers, "cluster.workers");
    }
    table_close(t);
    return s;
}

/* ---- summary.json ---- */

#define NAME(member) columns_name(&summary_members, offsetof(struct summary, member))

static void member_is(struct audit *a, struct members *m, const char *name, int64_t want, const char *why)
{
    int64_t got;
    if (members_int(m, name, &got))
        expect_equal(&a->findings, name, got, want, why);
}

static void member_sums_to(struct audit *a, struct members *m, const char *name, int128 want, const char *why)
{
    int128 got;
    if (members_wide(m, name, &got))
        expect_sum(&a->findings, name, got, want, why);
}

static void member_near(struct audit *a, struct members *m, const char *name, double want, const char *why)
{
    double got;
    if (members_real(m, name, &got))
        expect_near(&a->findings, name, got, want, why);
}

static void judge_head(struct audit *a, struct members *m)
{
    bool trained;
    if (members_bool(m, NAME(trained), &trained))
        expect_equal(&a->findings, NAME(trained), trained, a->trained, "experiment.train");
    member_is(a, m, NAME(workers), a->workers, "cluster.workers");
    if (!members_is(m, NAME(algorithm), a->algorithm))
        finding(&a->findings, "algorithm: expected \"%s\", as the folder is called", a->algorithm);
    if (!members_is(m, NAME(status), "done"))
        finding(&a->findings, "status: expected \"done\"");
}

static int64_t faults_down(const struct audit *a)
{
    return sum_of(a->faults.bytes_fetched, a->faults.bytes_resent_down);
}

/* After a crash every row may count earlier replies besides its own. Then all that is known: bytes_down is
 * a multiple of one reply's size, and so is the bytes_down of a row. */
static void judge_reply_size(struct audit *a, struct members *m, int64_t replies)
{
    static const char name[] = "bytes_down less those of faults.csv";
    int64_t bytes;
    if (!members_int(m, NAME(bytes_down), &bytes) || replies <= 0)
        return;
    bytes = bytes > faults_down(a) ? bytes - faults_down(a) : 0;
    if (bytes <= 0 || bytes % replies != 0)
        finding(&a->findings, "%s: expected %" PRId64 " replies of one size, got %" PRId64, name, replies,
                bytes);
    else if (a->reply_bytes % (bytes / replies) != 0)
        finding(&a->findings, "%s: expected replies of the size in workers.csv, got %" PRId64 " each", name,
                bytes / replies);
}

static void judge_bytes_down(struct audit *a, struct members *m, int64_t replies)
{
    int64_t bytes;
    if (a->limits.sizes_differ && members_int(m, NAME(bytes_down), &bytes))
        expect_most(&a->findings, "bytes_down", bytes,
                    sum_of(product_of(replies, a->most_reply_bytes), faults_down(a)),
                    "replies of the largest size in workers.csv, and faults.csv");
    else if (a->broken)
        judge_reply_size(a, m, replies);
    else
        member_is(a, m, NAME(bytes_down), sum_of(product_of(replies, a->reply_bytes), faults_down(a)),
                  a->faulty ? "replies of the size in workers.csv, and faults.csv"
                            : "replies of the size in workers.csv");
}

/* Whether every reply has a row with its moment. With updates of k pushes, a row may count several
 * replies, and several rows may share one reply. */
static bool all_in_rows(const struct audit *a, int64_t replies)
{
    bool alike = a->reply_bytes == a->most_reply_bytes && a->shared == 0;
    return replies == a->answered && !a->broken && (!a->limits.group || alike);
}

/* The run ends with the arrival of the last reply, unless an unanswered last push arrives later. */
static void judge_end(struct audit *a, struct members *m, int64_t replies)
{
    if (a->unanswered == 0 && all_in_rows(a, replies))
        member_is(a, m, NAME(virtual_ns), a->last_reply, "the arrival of the last reply in workers.csv");
}

/* Every byte is in a row. The PS answers every push in an update, and the reply arrives. With updates of k
 * pushes the PS may also answer other pushes, or every worker in every round. */
static void judge_replies(struct audit *a, struct members *m)
{
    struct findings *f = &a->findings;
    int64_t replies, to_all = product_of(a->rounds, a->workers);
    if (a->carried == BY_SERVER)
        member_is(a, m, NAME(bytes_down), sum_of(a->bytes_down, faults_down(a)),
                  a->faulty ? "the sum over workers.csv and faults.csv" : "the sum over workers.csv");
    if (a->barrier || a->paired)
        member_is(a, m, NAME(replies), a->answered, "rows of workers.csv with a reply");
    if (!a->barrier && a->paired)
        member_is(a, m, NAME(replies), a->rows - a->dropped, "rows of workers.csv in a round");
    if (!members_int(m, NAME(replies), &replies))
        return;
    judge_end(a, m, replies);
    if (!a->limits.group || !a->broken) /* after a crash, one reply may answer several pushes of a worker */
        expect_least(f, "replies", replies, a->answered, "rows of workers.csv with a reply");
    expect_most(f, "replies", replies, a->rows > to_all ? a->rows : to_all,
                "one to every push, or to every worker in every round");
    if (a->carried == BY_SERVER)
        judge_bytes_down(a, m, replies);
}

static void judge_pushes(struct audit *a, struct members *m)
{
    const struct {
        const char *name;
        int64_t in_rows;
        const char *why;
    } sums[] = {{NAME(pushes), a->rows, "rows of workers.csv"},
                {NAME(dropped_pushes), a->dropped, "rows of workers.csv in no round"},
                {NAME(rounds), a->rounds, "the last round in workers.csv"},
                {NAME(iterations), difference_of(a->iterations, a->undone),
                 "the sum of k over workers.csv, of what counts"},
                {NAME(bytes_up), sum_of(a->bytes_up, a->faults.bytes_resent_up),
                 a->faulty ? "the sum over workers.csv and faults.csv" : "the sum over workers.csv"}};
    int64_t got;
    size_t n =
        sizeof sums / sizeof *sums - (a->carried != BY_SERVER); /* then judge_carried() has the bytes */
    for (size_t i = 0; i < n; i++)
        if (members_int(m, sums[i].name, &got))
            expect_all(a, sums[i].name, got, sums[i].in_rows, sums[i].why);
    if (!a->whole)
        return;
    expect_most(&a->findings, "staleness of a push in no update", a->stalest, a->rounds,
                "the last round in workers.csv");
    judge_replies(a, m);
}

/* Where all messages are between workers, each leaves by one worker's up-link and comes by another's down-link. A
 * colocated shard is at a worker, and its messages are, too. */
static void judge_carried(struct audit *a, struct members *m)
{
    static const char up[] = "the sum of bytes_up over workers.csv",
                      down[] = "the sum of bytes_down over workers.csv";
    static const char both[] = "bytes_up + bytes_down";
    int64_t sent, answered;
    if (!members_int(m, NAME(bytes_up), &sent) || !members_int(m, NAME(bytes_down), &answered))
        return;
    if (a->carried == BY_WORKERS)
        expect_equal(&a->findings, "bytes_down", answered, 0, "there is no server that sends");
    if (a->carried == BY_WORKERS || a->colocated) {
        expect_all(a, both, sum_of(sent, answered), a->bytes_up, up);
        expect_all(a, both, sum_of(sent, answered), a->bytes_down, down);
    } else {
        expect_all(a, NAME(bytes_up), sent, a->bytes_up, up);
        expect_all(a, NAME(bytes_down), answered, a->bytes_down, down);
    }
}

/* An algorithm that cannot use the exchange of all algorithms has a server. Codes that do not add up are gathered, or
 * travel as if they did, and the name says so. */
static void judge_exchange(struct audit *a, struct members *m)
{
    static const char name[] = "exchange";
    if (!members_has(m, name) || members_is(m, name, a->exchange))
        return; /* an older program does not say it */
    bool server = members_is(m, name, EXCHANGE_USUAL) && !a->own_exchange;
    bool gathers = members_is(m, name, "all_gather") && strcmp(a->exchange, EXCHANGE_USUAL) != 0 &&
                   strcmp(a->exchange, "sharded") != 0;
    char *untrue = text_format("%s" EXCHANGE_IF_ADDITIVE, a->exchange);
    if (!server && !gathers && !members_is(m, name, untrue))
        finding(&a->findings, "%s: expected \"%s\", as resolved.ini says", name, a->exchange);
    free(untrue);
}

/* An algorithm may be unable to do what all are asked for; what its own key asks for it does. */
static void judge_overlap(struct audit *a, struct members *m)
{
    static const char backward[] = "backward";
    if (!members_has(m, NAME(overlap)))
        return; /* an older program does not say it */
    bool overlaps = members_is(m, NAME(overlap), backward);
    if (overlaps ? !a->asks_to_overlap : a->own_overlap || !members_is(m, NAME(overlap), "none"))
        finding(&a->findings, "%s: expected \"%s\", as resolved.ini says", NAME(overlap),
                a->asks_to_overlap ? backward : "none");
}

static void judge_utilisation(struct audit *a, struct members *m)
{
    int128 compute;
    int64_t virtual_ns;
    if (members_has(m, NAME(utilisation)) && members_wide(m, NAME(compute_ns), &compute) &&
        members_int(m, NAME(virtual_ns), &virtual_ns))
        member_near(a, m, NAME(utilisation), (double)compute / ((double)a->workers * (double)virtual_ns),
                    "compute_ns / (workers x virtual_ns)");
}

static void judge_totals(struct audit *a, struct members *m, const struct sums *s)
{
    static const char why[] = "the sum over totals.csv";
    member_is(a, m, NAME(wasted_iterations), s->wasted, why);
    member_sums_to(a, m, NAME(compute_ns), s->compute_ns, why);
    member_sums_to(a, m, NAME(communication_ns), s->communication_ns, why);
    member_sums_to(a, m, NAME(waiting_ns), s->waiting_ns, why);
    member_sums_to(a, m, NAME(overlapped_ns), s->overlapped_ns, why);
    if (members_has(m, NAME(coding_ns))) /* an older program does not say it */
        member_sums_to(a, m, NAME(coding_ns), s->coding_ns, why);
}

static void judge_faults(struct audit *a, struct members *m, const struct sums *s)
{
    static const char why[] = "the rows of faults.csv";
    const struct fault_sums *t = &a->faults;
    int64_t undone;
    if (!a->faulty)
        return;
    member_sums_to(a, m, NAME(faults.down_ns), s->down_ns, "the sum over totals.csv");
    member_is(a, m, NAME(faults.crashes), t->crashes, why);
    member_is(a, m, NAME(faults.fetches), t->fetches, why);
    member_is(a, m, NAME(faults.lost), t->lost, why);
    member_is(a, m, NAME(faults.server_crashes), t->server_crashes, why);
    if (members_int(m, NAME(faults.undone), &undone))
        expect_all(a, NAME(faults.undone), undone, a->undone,
                   "k over workers.csv of the updates that the server has lost");
    member_is(a, m, NAME(faults.bytes_fetched), t->bytes_fetched, why);
    member_is(a, m, NAME(faults.bytes_resent_up), t->bytes_resent_up, why);
    member_is(a, m, NAME(faults.bytes_resent_down), t->bytes_resent_down, why);
    if (t->fetches > 0 && a->model_bytes > 0)
        expect_equal(&a->findings, "bytes_fetched", t->bytes_fetched, product_of(t->fetches, a->model_bytes),
                     "a model has one size");
}

static void judge_last_evaluation(struct audit *a, struct members *m, int64_t virtual_ns)
{
    static const char why[] = "the last row of eval.csv";
    if (a->evals == 0) {
        finding(&a->findings, "expected evaluations in eval.csv, got none");
        return;
    }
    const struct eval *e = &a->eval[a->evals - 1];
    member_is(a, m, NAME(rounds), e->row.round, why);
    member_is(a, m, NAME(iterations), e->row.iterations, why);
    member_near(a, m, NAME(epochs), e->row.epoch, why);
    member_near(a, m, NAME(test_accuracy), e->row.test_accuracy, why);
    member_near(a, m, NAME(test_loss), e->row.test_loss, why);
    member_near(a, m, NAME(train_loss), e->row.train_loss, why);
    target_compare(a, m);
    milestones_compare(a, m);
    if (members_int(m, NAME(virtual_ns), &virtual_ns))
        expect_least(&a->findings, "virtual_ns", virtual_ns, e->row.virtual_ns, why);
}

void sums_compare(struct audit *a)
{
    int64_t virtual_ns;
    char *path = text_format("%s/%s", a->folder, summary_members.file);
    struct members *m = members_read(path, &a->findings);
    if (m)
        judge_head(a, m);
    if (m) {
        judge_exchange(a, m);
        judge_overlap(a, m);
        judge_utilisation(a, m);
    }
    if (m && a->readable) { /* otherwise sums mean nothing */
        judge_pushes(a, m);
        if (a->carried != BY_SERVER)
            judge_carried(a, m);
        if (members_int(m, NAME(virtual_ns), &virtual_ns)) {
            expect_least(&a->findings, "virtual_ns", virtual_ns, a->last_moment,
                         "the last moment in workers.csv");
            judge_last_evaluation(a, m, virtual_ns);
            struct sums s = read_totals(a, virtual_ns);
            if (s.readable)
                judge_totals(a, m, &s);
            if (s.readable)
                judge_faults(a, m, &s);
        }
    }
    members_free(m);
    free(path);
}
