/* Judges workers.csv: every row alone, every row beside the same worker's row before, and all rows in the
 * order of time. Adds every row to the sums of its worker, of the evaluations and of the run; rounds.c,
 * evals.c and sums.c compare these sums with the other files. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/verify/audit.h"
#include "sim/verify/table.h"

/* ---- a row alone ---- */

/* The time of the push in flight. */
static int64_t flight(const struct push_row *push)
{
    return push->arrive_ns == NEVER ? 0 : push->arrive_ns - push->depart_ns;
}

/* Unless pushes and replies are paired, a row that the end of the run wrote may count the replies that the
 * worker got since its row before. */
static void judge_no_reply(const struct audit *a, struct findings *f, const struct push_row *push)
{
    static const char why[] = "there was no reply";
    expect_equal(f, "accept_ns", push->accept_ns, NEVER, why);
    if (a->paired && a->carried == BY_SERVER)
        expect_equal(f, "bytes_down", push->bytes_down, 0, why);
    else
        expect_least(f, "bytes_down", push->bytes_down, 0, "a size");
    if (a->carried == BY_SERVER && !a->sharded) /* a shard may be serving it still */
        expect_equal(f, "communication_ns", push->communication_ns, flight(push), "arrive_ns less depart_ns");
}

/* With updates of k pushes the PS also sends replies that answer no push. The row counts these replies
 * too, unless another row counts all of them. */
static void judge_reply(const struct audit *a, struct findings *f, const struct push_row *push)
{
    expect_least(f, "reply_ns", push->reply_ns, push->arrive_ns, "arrive_ns");
    expect_least(f, "accept_ns", push->accept_ns, push->reply_ns, "reply_ns");
    expect_least(f, "bytes_down", push->bytes_down, a->paired && !a->colocated ? 1 : 0, "a reply has a size");
    if (a->carried != BY_SERVER)
        return;
    if (!a->sharded) /* shards serve a push after it has come, before it has arrived */
        expect_least(f, "communication_ns", push->communication_ns, flight(push), "arrive_ns less depart_ns");
    if (a->paired)
        expect_most(f, "communication_ns", push->communication_ns, push->reply_ns - push->depart_ns,
                    "reply_ns less depart_ns");
    else if (push->bytes_down == 0 && !a->sharded)
        expect_equal(f, "communication_ns", push->communication_ns, flight(push),
                     "arrive_ns less depart_ns, as its reply is in another row");
}

static void judge_arrival(struct findings *f, const struct push_row *push)
{
    if (push->arrive_ns != NEVER) {
        expect_least(f, "arrive_ns", push->arrive_ns, push->depart_ns, "depart_ns");
        return;
    }
    expect_equal(f, "round", push->round, 0, "it has not arrived");
    expect_equal(f, "reply_ns", push->reply_ns, NEVER, "it has not arrived");
}

static void judge_round(const struct audit *a, struct findings *f, const struct push_row *push)
{
    expect_least(f, "round", push->round, 0, "in no update");
    expect_least(f, "staleness", push->staleness, 0, "no update comes before the model it was computed from");
    if (push->round > 0 && a->every > 1)
        expect_equal(f, "round in multiples of output.workers_every", push->round % a->every, 0,
                     "the others are left out");
    if (push->round > 0)
        expect_most(f, "staleness", push->staleness, push->round - 1, "round less 1");
    else if (push->reply_ns > a->server_crashed) /* a crash may lose a push that the PS has answered */
        expect_equal(f, "reply_ns", push->reply_ns, NEVER, "a push in no update is not answered");
}

/* Where a step of the model has several exchanges, only the last exchange has the iterations. */
static void judge_k(const struct audit *a, struct findings *f, const struct push_row *push)
{
    if (a->limits.exchanges > 1 && push->round > 0 && push->round % a->limits.exchanges != 0) {
        expect_equal(f, "k", push->k, 0, "the last exchange of the step has the iterations");
        return;
    }
    if (push->reply_ns != NEVER) /* a worker's last push may have fewer iterations */
        expect_least(f, "k", push->k, a->limits.least_k, "the fewest local steps by resolved.ini");
    expect_least(f, "k", push->k, a->limits.exchanges > 1 && push->round == 0 ? 0 : 1,
                 "a push has an iteration in it");
    expect_most(f, "k", push->k, a->limits.most_k, "the most local steps by resolved.ini");
}

/* Coding is a part of computing, and k iterations are not coding. */
static void judge_coding(const struct audit *a, struct findings *f, const struct push_row *push)
{
    int64_t iterations = a->limits.exchanges > 1 ? 0 : push->k;
    expect_least(f, "coding_ns", push->coding_ns, 0, "a duration");
    expect_most(f, "coding_ns", push->coding_ns, difference_of(push->compute_ns, iterations),
                "compute_ns less k iterations of 1 ns or more");
    if (!a->codes)
        expect_equal(f, "coding_ns", push->coding_ns, 0, "resolved.ini has no cost of coding");
}

static void judge_row(struct audit *a, const struct push_row *push)
{
    struct findings *f = &a->findings;
    judge_round(a, f, push);
    judge_k(a, f, push);
    expect_least(f, "depart_ns", push->depart_ns, 0, "the start");
    judge_arrival(f, push);
    if (a->limits.exchanges > 1) /* the worker computed the iterations before the first exchange */
        expect_least(f, "compute_ns", push->compute_ns, 0, "a duration");
    else
        expect_least(f, "compute_ns", push->compute_ns, push->k, "k iterations of 1 ns or more");
    expect_least(f, "waiting_ns", push->waiting_ns, 0, "a duration");
    judge_coding(a, f, push);
    expect_least(f, "bytes_up", push->bytes_up, a->carried == BY_SERVER && !a->colocated ? 1 : 0,
                 "a push has a size");
    expect_least(f, "communication_ns", push->communication_ns, 0, "a duration");
    if (!a->trained || push->k == 0)
        expect_near(f, "train_loss", push->train_loss, NAN, "nothing was trained");
    else if (isnan(push->train_loss))
        finding(f, "train_loss: expected a number, got NaN");
    if (push->reply_ns == NEVER)
        judge_no_reply(a, f, push);
    else
        judge_reply(a, f, push);
}

/* ---- a row beside the rows before ---- */

/* The round of the model that the push was computed from. */
static int64_t base_of(const struct push_row *push)
{
    return push->round - 1 - push->staleness;
}

/* A push in an update, beside the same worker's last push in an update. */
static void judge_member(struct audit *a, const struct worker_audit *h, const struct push_row *push)
{
    struct findings *f = &a->findings;
    if (a->paired)
        expect_least(f, "round", push->round, h->round + 1, "one more than the worker's row before");
    else
        expect_least(f, "round", push->round, h->round, "the worker's rows before");
    expect_least(f, "round less 1 less staleness", base_of(push), h->base, "the worker's rows before");
}

/* The names of the lines before are made for a finding alone. */
static void judge_departure(struct audit *a, const struct worker_audit *h, const struct push_row *push)
{
    char why[80];
    bool waits =
        a->carried == BY_SERVER && !a->sharded; /* exchanges have an order; a shard may still serve */
    if (!waits)
        expect_least(&a->findings, "depart_ns", push->depart_ns, h->depart_ns, "the worker's row before");
    if (!waits || push->depart_ns >= h->arrive_ns)
        return;
    snprintf(why, sizeof why, "arrive_ns of line %" PRId64, h->line);
    expect_least(&a->findings, "depart_ns", push->depart_ns, h->arrive_ns, why);
}

/* The first bucket of a push departs during its last iteration, the last bucket at its end; compute_ns and waiting_ns
 * are those up to that end. Runs with buckets have no faults. */
static void judge_buckets(struct audit *a, const struct worker_audit *h, const struct push_row *push)
{
    static const char why[] =
        "compute_ns + waiting_ns of the worker's rows so far: the end of the push's last iteration";
    struct findings *f = &a->findings;
    int64_t before = sum_of(h->compute_ns, h->waiting_ns),
            end = sum_of(before, sum_of(push->compute_ns, push->waiting_ns));
    if (a->every > 1)
        return;
    expect_most(f, "depart_ns", push->depart_ns, end, why);
    expect_least(f, "depart_ns", push->depart_ns, before,
                 "compute_ns + waiting_ns of the worker's rows before: the end of the push before");
    expect_most(f, "that end less depart_ns", difference_of(end, push->depart_ns), push->compute_ns,
                "compute_ns: buckets depart while the iteration is computed");
    if (push->arrive_ns != NEVER)
        expect_least(f, "arrive_ns", push->arrive_ns, end, why);
}

/* A worker computes or waits, unless it is down. Rows that are left out hide some of that. */
static void judge_since(struct audit *a, const struct worker_audit *h, const struct push_row *push)
{
    static const char name[] = "compute_ns + waiting_ns";
    char why[80];
    int64_t since = sum_of(push->compute_ns, push->waiting_ns), most = push->depart_ns - h->depart_ns;
    bool exact = a->every == 1 && !h->broken;
    if (exact ? since != most : since > most) {
        snprintf(why, sizeof why, h->line ? "depart_ns less that of line %" PRId64 : "depart_ns", h->line);
        if (exact)
            expect_equal(&a->findings, name, since, most, why);
        else
            expect_most(&a->findings, name, since, most, why);
    }
    if (a->every == 1 && h->broken)
        expect_least(&a->findings, name, sum_of(since, h->down_ns), most,
                     "depart_ns less that of the row before less what it was down");
}

static void judge_order(struct audit *a, const struct worker_audit *h, const struct push_row *push)
{
    struct findings *f = &a->findings;
    if (h->line) {
        if (h->final && !h->broken && !(a->limits.out > 1 && push->round == 0))
            finding(f, "expected no push of worker %" PRId64 " after its last one in line %" PRId64,
                    push->worker, h->line);
        if (push->round > 0)
            judge_member(a, h, push);
        if (push->accept_ns != NEVER)
            expect_least(f, "accept_ns", push->accept_ns, h->accept_ns, "the worker's rows before");
        judge_departure(a, h, push);
    }
    if (a->overlaps)
        judge_buckets(a, h, push);
    else
        judge_since(a, h, push);
}

static void add_to_worker(struct audit *a, struct worker_audit *h, const struct push_row *push)
{
    bool member = push->round > 0;
    int64_t *k = member && !eval_undoing(a, push->round) ? &h->iterations : &h->dropped;
    *k = sum_of(*k, push->k);
    h->flight_ns = sum_of(h->flight_ns, a->sharded ? 0 : flight(push));
    h->compute_ns = sum_of(h->compute_ns, push->compute_ns);
    h->waiting_ns = sum_of(h->waiting_ns, push->waiting_ns);
    h->communication_ns = sum_of(h->communication_ns, push->communication_ns);
    h->coding_ns = sum_of(h->coding_ns, push->coding_ns);
    h->longest_ns = push->communication_ns > h->longest_ns ? push->communication_ns : h->longest_ns;
    h->line = a->findings.line;
    if (member) {
        h->round = push->round;
        h->base = base_of(push);
    }
    if (push->accept_ns != NEVER)
        h->accept_ns = push->accept_ns;
    h->depart_ns = push->depart_ns;
    h->arrive_ns = push->arrive_ns;
    h->final = push->reply_ns == NEVER && (a->paired || member || push->arrive_ns == NEVER);
}

/* A row may stand after rows with a later accept_ns: the run writes such a row with its update
 * (rounds_compare() judges that), or when the server crashes. */
static bool is_late(const struct audit *a, const struct push_row *push, int64_t accepted)
{
    return !a->paired && push->accept_ns != NEVER && (push->round == 0 || push->round >= a->rounds) &&
           push->accept_ns < accepted;
}

/* Rows stand in the order of acceptance. Where a reply may precede its update, the row stands with the
 * update. */
static void judge_clock(struct audit *a, const struct push_row *push, int64_t *accepted)
{
    if (push->accept_ns == NEVER || is_late(a, push, *accepted))
        return;
    expect_least(&a->findings, "accept_ns", push->accept_ns, *accepted,
                 "the rows before: time never goes back");
    *accepted = push->accept_ns > *accepted ? push->accept_ns : *accepted;
}

/* ---- sums ---- */

static void add_to_evals(struct audit *a, const struct push_row *push)
{
    struct eval *e;
    if (push->round > 0 && (e = eval_of_round(a, push->round))) {
        e->pushed = sum_of(e->pushed, push->k);
        if (push->round == e->row.round)
            e->newest = sum_of(e->newest, push->k);
        e->latest_arrival = push->arrive_ns > e->latest_arrival ? push->arrive_ns : e->latest_arrival;
    }
    if (push->round > 0 && (e = eval_undoing(a, push->round))) {
        e->undone = sum_of(e->undone, push->k);
        a->undone = sum_of(a->undone, push->k);
    }
    if (push->arrive_ns != NEVER && (e = eval_from(a, push->arrive_ns)))
        e->arrivals++;
    if (a->carried != BY_SERVER)
        return; /* exchanges_compare() knows more */
    if ((e = eval_after(a, push->depart_ns)))
        e->up.least = sum_of(e->up.least, push->bytes_up);
    if ((e = eval_from(a, push->depart_ns))) /* at the same ns the push may have departed first */
        e->up.most = sum_of(e->up.most, push->bytes_up);
    if (push->reply_ns != NEVER && (e = eval_after(a, push->reply_ns)))
        e->down = sum_of(e->down, push->bytes_down);
}

static void add_to_run(struct audit *a, const struct push_row *push, int64_t accepted)
{
    int64_t moment = push->accept_ns > push->arrive_ns ? push->accept_ns : push->arrive_ns;
    a->rows++;
    if (push->round > 0) {
        a->iterations = sum_of(a->iterations, push->k);
        rounds_add(a, &(struct member){.line = a->findings.line,
                                       .round = push->round,
                                       .worker = push->worker,
                                       .arrive_ns = push->arrive_ns,
                                       .reply_ns = push->reply_ns,
                                       .clock = is_late(a, push, accepted) ? accepted : 0});
    } else {
        a->dropped++;
        a->stalest = push->staleness > a->stalest ? push->staleness : a->stalest;
    }
    if (push->bytes_down > 0 && (a->reply_bytes == 0 || push->bytes_down < a->reply_bytes))
        a->reply_bytes = push->bytes_down; /* the smallest: a row may count several replies */
    a->most_reply_bytes = push->bytes_down > a->most_reply_bytes ? push->bytes_down : a->most_reply_bytes;
    a->bytes_up = sum_of(a->bytes_up, push->bytes_up);
    a->bytes_down = sum_of(a->bytes_down, push->bytes_down);
    a->answered += push->reply_ns != NEVER;
    a->shared += push->reply_ns != NEVER && push->bytes_down == 0;
    a->last_reply = push->reply_ns > a->last_reply ? push->reply_ns : a->last_reply;
    a->unanswered += push->round > 0 && push->reply_ns == NEVER;
    a->rounds = push->round > a->rounds ? push->round : a->rounds;
    a->last_moment = moment > a->last_moment ? moment : a->last_moment;
}

static bool take(struct audit *a, const struct push_row *push, int64_t *accepted)
{
    struct findings *f = &a->findings;
    if (push->worker < 0 || push->worker >= a->workers) {
        finding(f, "worker: expected 0 to %" PRId64 ", got %" PRId64, a->workers - 1, push->worker);
        return false;
    }
    struct worker_audit *h = &a->worker[push->worker];
    judge_row(a, push);
    judge_order(a, h, push);
    judge_clock(a, push, accepted);
    add_to_worker(a, h, push);
    add_to_evals(a, push);
    if (a->carried != BY_SERVER)
        exchanges_add(a, push);
    add_to_run(a, push, *accepted);
    return true;
}

void pushes_read(struct audit *a)
{
    struct push_row row = {0};
    int64_t accepted = 0;
    bool whole = true;
    a->paired = a->limits.group == 0 && !a->broken; /* faults.csv has been read */
    struct table *t = table_open(a->folder, &workers_columns, &a->findings);
    while (t && table_next(t, &row))
        whole &= take(a, &row, &accepted);
    if (t && table_cut(t) && a->complete)
        finding(&a->findings, "expected the end of the line, got the end of the file");
    a->readable &= whole && t && !table_damaged(t) && (!table_cut(t) || !a->complete);
    table_close(t);
}
