/* workers.csv: every row by itself, beside the same worker's row before, and as part of sums. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/verify/audit.h"
#include "sim/verify/table.h"

enum {
    WORKER,
    ROUND,
    K,
    TRAIN_LOSS,
    DEPART,
    ARRIVE,
    REPLY,
    ACCEPT,
    COMPUTE,
    COMMUNICATION,
    WAITING,
    UP,
    DOWN,
    STALENESS,
    COLUMNS
};

static const struct column columns[COLUMNS] = {
    [WORKER] = {"worker", CELL_INT},
    [ROUND] = {"round", CELL_INT},
    [K] = {"k", CELL_INT},
    [TRAIN_LOSS] = {"train_loss", CELL_REAL},
    [DEPART] = {"depart_ns", CELL_INT},
    [ARRIVE] = {"arrive_ns", CELL_INT},
    [REPLY] = {"reply_ns", CELL_INT},
    [ACCEPT] = {"accept_ns", CELL_INT},
    [COMPUTE] = {"compute_ns", CELL_INT},
    [COMMUNICATION] = {"communication_ns", CELL_INT},
    [WAITING] = {"waiting_ns", CELL_INT},
    [UP] = {"bytes_up", CELL_INT},
    [DOWN] = {"bytes_down", CELL_INT},
    [STALENESS] = {"staleness", CELL_INT},
};

/* Whether updates are made of k pushes, or somebody has crashed: pushes may be dropped, several of an update be the same
 * worker's, and replies come that answer none. */
static bool grouped(const struct audit *a)
{
    return a->limits.group > 0 || a->broken;
}

/* ---- a row by itself ---- */

static int64_t flight(const union value *v)
{
    return v[ARRIVE].i == NEVER ? 0 : v[ARRIVE].i - v[DEPART].i;
}

/* Where there are groups the end may give the row what the worker has got since its row before. */
static void judge_no_reply(const struct audit *a, struct findings *f, const union value *v)
{
    static const char why[] = "there was no reply";
    expect_equal(f, "accept_ns", v[ACCEPT].i, NEVER, why);
    if (grouped(a))
        expect_least(f, "bytes_down", v[DOWN].i, 0, "a size");
    else
        expect_equal(f, "bytes_down", v[DOWN].i, 0, why);
    expect_equal(f, "communication_ns", v[COMMUNICATION].i, flight(v), "arrive_ns less depart_ns");
}

/* Where there are groups the row has the replies that answered nothing as well, unless another row has them all. */
static void judge_reply(const struct audit *a, struct findings *f, const union value *v)
{
    expect_least(f, "reply_ns", v[REPLY].i, v[ARRIVE].i, "arrive_ns");
    expect_least(f, "accept_ns", v[ACCEPT].i, v[REPLY].i, "reply_ns");
    expect_least(f, "bytes_down", v[DOWN].i, grouped(a) ? 0 : 1, "a reply has a size");
    expect_least(f, "communication_ns", v[COMMUNICATION].i, flight(v), "arrive_ns less depart_ns");
    if (!grouped(a))
        expect_most(f, "communication_ns", v[COMMUNICATION].i, v[REPLY].i - v[DEPART].i,
                    "reply_ns less depart_ns");
    else if (v[DOWN].i == 0)
        expect_equal(f, "communication_ns", v[COMMUNICATION].i, flight(v),
                     "arrive_ns less depart_ns, as its reply is in another row");
}

static void judge_arrival(struct findings *f, const union value *v)
{
    if (v[ARRIVE].i != NEVER) {
        expect_least(f, "arrive_ns", v[ARRIVE].i, v[DEPART].i, "depart_ns");
        return;
    }
    expect_equal(f, "round", v[ROUND].i, 0, "it has not arrived");
    expect_equal(f, "reply_ns", v[REPLY].i, NEVER, "it has not arrived");
}

static void judge_round(const struct audit *a, struct findings *f, const union value *v)
{
    expect_least(f, "round", v[ROUND].i, 0, "in no update");
    expect_least(f, "staleness", v[STALENESS].i, 0, "no update comes before the model it was computed from");
    if (v[ROUND].i > 0 && a->every > 1)
        expect_equal(f, "round in multiples of output.workers_every", v[ROUND].i % a->every, 0,
                     "the others are left out");
    if (v[ROUND].i > 0)
        expect_most(f, "staleness", v[STALENESS].i, v[ROUND].i - 1, "round less 1");
    else if (v[REPLY].i > a->server_crashed) /* one that was held may have been answered before it was lost */
        expect_equal(f, "reply_ns", v[REPLY].i, NEVER, "a push in no update is not answered");
}

/* Of the exchanges of an update the last has the iterations. */
static void judge_k(const struct audit *a, struct findings *f, const union value *v)
{
    if (a->limits.exchanges > 1 && v[ROUND].i > 0 && v[ROUND].i % a->limits.exchanges != 0) {
        expect_equal(f, "k", v[K].i, 0, "the update's last exchange has the iterations");
        return;
    }
    if (v[REPLY].i != NEVER) /* a last push takes what there is */
        expect_least(f, "k", v[K].i, a->limits.least_k, "the fewest local steps by resolved.ini");
    expect_least(f, "k", v[K].i, a->limits.exchanges > 1 && v[ROUND].i == 0 ? 0 : 1,
                 "a push has an iteration in it");
    expect_most(f, "k", v[K].i, a->limits.most_k, "the most local steps by resolved.ini");
}

static void judge_row(struct audit *a, const union value *v)
{
    struct findings *f = &a->findings;
    judge_round(a, f, v);
    judge_k(a, f, v);
    expect_least(f, "depart_ns", v[DEPART].i, 0, "the start");
    judge_arrival(f, v);
    if (a->limits.exchanges > 1) /* they were computed before the first exchange */
        expect_least(f, "compute_ns", v[COMPUTE].i, 0, "a duration");
    else
        expect_least(f, "compute_ns", v[COMPUTE].i, v[K].i, "k iterations of 1 ns or more");
    expect_least(f, "waiting_ns", v[WAITING].i, 0, "a duration");
    expect_least(f, "bytes_up", v[UP].i, 1, "a push has a size");
    if (!a->trained || v[K].i == 0)
        expect_near(f, "train_loss", v[TRAIN_LOSS].r, NAN, "nothing was trained");
    else if (isnan(v[TRAIN_LOSS].r))
        finding(f, "train_loss: expected a number, got NaN");
    if (v[REPLY].i == NEVER)
        judge_no_reply(a, f, v);
    else
        judge_reply(a, f, v);
}

/* ---- beside the rows before ---- */

static int64_t base_of(const union value *v)
{
    return v[ROUND].i - 1 - v[STALENESS].i;
}

/* One that is in an update, beside the worker's last one of these. */
static void judge_member(struct audit *a, const struct worker_audit *h, const union value *v)
{
    struct findings *f = &a->findings;
    if (grouped(a))
        expect_least(f, "round", v[ROUND].i, h->round, "the worker's rows before");
    else
        expect_least(f, "round", v[ROUND].i, h->round + 1, "one more than the worker's row before");
    expect_least(f, "round less 1 less staleness", base_of(v), h->base, "the worker's rows before");
}

static void judge_order(struct audit *a, const struct worker_audit *h, const union value *v)
{
    struct findings *f = &a->findings;
    char why[80];
    if (h->line) {
        if (h->final && !h->broken && !(a->limits.out > 1 && v[ROUND].i == 0))
            finding(f, "expected no push of worker %" PRId64 " after its last one in line %" PRId64,
                    v[WORKER].i, h->line);
        if (v[ROUND].i > 0)
            judge_member(a, h, v);
        if (v[ACCEPT].i != NEVER)
            expect_least(f, "accept_ns", v[ACCEPT].i, h->accept_ns, "the worker's rows before");
        snprintf(why, sizeof why, "arrive_ns of line %" PRId64, h->line);
        expect_least(f, "depart_ns", v[DEPART].i, h->arrive_ns, why);
    }
    snprintf(why, sizeof why, h->line ? "depart_ns less that of line %" PRId64 : "depart_ns", h->line);
    int64_t since = sum_of(v[COMPUTE].i, v[WAITING].i), most = v[DEPART].i - h->depart_ns;
    if (a->every == 1 && !h->broken)
        expect_equal(f, "compute_ns + waiting_ns", since, most, why);
    else
        expect_most(f, "compute_ns + waiting_ns", since, most, why);
    if (a->every == 1 && h->broken)
        expect_least(f, "compute_ns + waiting_ns", sum_of(since, h->down_ns), most,
                     "depart_ns less that of the row before less what it was down");
}

static void add_to_worker(struct audit *a, struct worker_audit *h, const union value *v)
{
    bool member = v[ROUND].i > 0;
    int64_t *k = member && !eval_undoing(a, v[ROUND].i) ? &h->iterations : &h->dropped;
    *k = sum_of(*k, v[K].i);
    h->flight_ns = sum_of(h->flight_ns, flight(v));
    h->compute_ns = sum_of(h->compute_ns, v[COMPUTE].i);
    h->waiting_ns = sum_of(h->waiting_ns, v[WAITING].i);
    h->communication_ns = sum_of(h->communication_ns, v[COMMUNICATION].i);
    h->line = a->findings.line;
    if (member) {
        h->round = v[ROUND].i;
        h->base = base_of(v);
    }
    if (v[ACCEPT].i != NEVER)
        h->accept_ns = v[ACCEPT].i;
    h->depart_ns = v[DEPART].i;
    h->arrive_ns = v[ARRIVE].i;
    h->final = v[REPLY].i == NEVER && !(grouped(a) && !member && v[ARRIVE].i != NEVER);
}

/* Its row may come after those of later acceptance, with the update (rounds_compare() looks at it) or when the server crashes. */
static bool is_late(const struct audit *a, const union value *v, int64_t accepted)
{
    return grouped(a) && v[ACCEPT].i != NEVER && (v[ROUND].i == 0 || v[ROUND].i >= a->rounds) &&
           v[ACCEPT].i < accepted;
}

/* Rows come in the order of acceptance, or, where the reply may come before the update, with that. */
static void judge_clock(struct audit *a, const union value *v, int64_t *accepted)
{
    if (v[ACCEPT].i == NEVER || is_late(a, v, *accepted))
        return;
    expect_least(&a->findings, "accept_ns", v[ACCEPT].i, *accepted, "the rows before: time never goes back");
    *accepted = v[ACCEPT].i > *accepted ? v[ACCEPT].i : *accepted;
}

/* ---- sums ---- */

static void add_to_evals(struct audit *a, const union value *v)
{
    struct eval *e;
    if (v[ROUND].i > 0 && (e = eval_of_round(a, v[ROUND].i))) {
        e->pushed = sum_of(e->pushed, v[K].i);
        if (v[ROUND].i == e->round)
            e->newest = sum_of(e->newest, v[K].i);
        e->latest_arrival = v[ARRIVE].i > e->latest_arrival ? v[ARRIVE].i : e->latest_arrival;
    }
    if (v[ROUND].i > 0 && (e = eval_undoing(a, v[ROUND].i))) {
        e->undone = sum_of(e->undone, v[K].i);
        a->undone = sum_of(a->undone, v[K].i);
    }
    if ((e = eval_after(a, v[DEPART].i)))
        e->up.least = sum_of(e->up.least, v[UP].i);
    if ((e = eval_from(a, v[DEPART].i))) /* at the same ns it may have departed first */
        e->up.most = sum_of(e->up.most, v[UP].i);
    if (v[REPLY].i != NEVER && (e = eval_after(a, v[REPLY].i)))
        e->down = sum_of(e->down, v[DOWN].i);
    if (v[ARRIVE].i != NEVER && (e = eval_from(a, v[ARRIVE].i)))
        e->arrivals++;
}

static void add_to_run(struct audit *a, const union value *v, int64_t accepted)
{
    int64_t moment = v[ACCEPT].i > v[ARRIVE].i ? v[ACCEPT].i : v[ARRIVE].i;
    a->rows++;
    if (v[ROUND].i > 0) {
        a->iterations = sum_of(a->iterations, v[K].i);
        rounds_add(a, &(struct member){.line = a->findings.line,
                                       .round = v[ROUND].i,
                                       .worker = v[WORKER].i,
                                       .reply_ns = v[REPLY].i,
                                       .clock = is_late(a, v, accepted) ? accepted : 0});
    } else {
        a->dropped++;
        a->stalest = v[STALENESS].i > a->stalest ? v[STALENESS].i : a->stalest;
    }
    if (v[DOWN].i > 0 && (a->reply_bytes == 0 || v[DOWN].i < a->reply_bytes))
        a->reply_bytes = v[DOWN].i; /* a row may have more than one */
    a->most_reply_bytes = v[DOWN].i > a->most_reply_bytes ? v[DOWN].i : a->most_reply_bytes;
    a->bytes_up = sum_of(a->bytes_up, v[UP].i);
    a->bytes_down = sum_of(a->bytes_down, v[DOWN].i);
    a->answered += v[REPLY].i != NEVER;
    a->shared += v[REPLY].i != NEVER && v[DOWN].i == 0;
    a->last_reply = v[REPLY].i > a->last_reply ? v[REPLY].i : a->last_reply;
    a->unanswered += v[ROUND].i > 0 && v[REPLY].i == NEVER;
    a->rounds = v[ROUND].i > a->rounds ? v[ROUND].i : a->rounds;
    a->last_moment = moment > a->last_moment ? moment : a->last_moment;
}

static bool take(struct audit *a, const union value *v, int64_t *accepted)
{
    struct findings *f = &a->findings;
    if (v[WORKER].i < 0 || v[WORKER].i >= a->workers) {
        finding(f, "worker: expected 0 to %" PRId64 ", got %" PRId64, a->workers - 1, v[WORKER].i);
        return false;
    }
    struct worker_audit *h = &a->worker[v[WORKER].i];
    judge_row(a, v);
    judge_order(a, h, v);
    judge_clock(a, v, accepted);
    add_to_worker(a, h, v);
    add_to_evals(a, v);
    add_to_run(a, v, *accepted);
    return true;
}

void pushes_read(struct audit *a)
{
    union value row[COLUMNS];
    int64_t accepted = 0;
    bool whole = true;
    char *path = text_format("%s/workers.csv", a->folder);
    struct table *t = table_open(path, columns, COLUMNS, &a->findings);
    while (t && table_next(t, row))
        whole &= take(a, row, &accepted);
    if (t && table_cut(t) && a->complete)
        finding(&a->findings, "expected the end of the line, got the end of the file");
    a->readable &= whole && t && !table_damaged(t) && (!table_cut(t) || !a->complete);
    table_close(t);
    free(path);
}
