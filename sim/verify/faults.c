/* Judges faults.csv: crashes and returns of workers and of the PS, messages lost and sent again. Runs
 * after evals_read and before pushes_read: a return of the PS marks an evaluation, and a crash loosens
 * what workers.csv must keep. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/verify/audit.h"
#include "sim/verify/table.h"

static bool is_push(enum fault what)
{
    return what == FAULT_PUSH_LOST || what == FAULT_PUSH_RESENT;
}

static bool is_loss(enum fault what)
{
    return what == FAULT_PUSH_LOST || what == FAULT_REPLY_LOST || what == FAULT_MODEL_LOST;
}

static bool is_of_server(enum fault what)
{
    return what == FAULT_SERVER_CRASH || what == FAULT_SERVER_BACK;
}

static void go_down(struct audit *a, struct worker_audit *h, int64_t at)
{
    a->broken = h->broken = true;
    if (!h->down)
        h->down_since = at;
    h->down = true;
}

static void crash(struct audit *a, struct worker_audit *h, int64_t at)
{
    if (h->down)
        finding(&a->findings, "expected no crash of a worker that is down");
    go_down(a, h, at);
    h->crashes++;
    a->faults.crashes++;
}

static void server(struct audit *a, const struct fault_row *fault)
{
    bool crashes = fault->what == FAULT_SERVER_CRASH;
    if (a->server_down == crashes)
        finding(&a->findings, "expected the server to %s", crashes ? "be back first" : "crash first");
    a->server_down = crashes;
    if (!crashes) {
        eval_restarts(a, fault->virtual_ns);
        return;
    }
    a->faults.server_crashes++;
    a->server_crashed = fault->virtual_ns;
    for (int64_t i = 0; i < a->workers; i++)
        go_down(a, &a->worker[i], fault->virtual_ns);
}

static void back(struct audit *a, struct worker_audit *h, const struct fault_row *fault)
{
    struct fault_sums *t = &a->faults;
    if (!h->down)
        finding(&a->findings, "expected a crash before the worker is back");
    else
        h->down_ns = sum_of(h->down_ns, fault->virtual_ns - h->down_since);
    h->down = false;
    t->fetches++;
    t->bytes_fetched = sum_of(t->bytes_fetched, fault->bytes);
    a->model_bytes = fault->bytes;
}

/* A lost message is sent again at most once. The fault kinds stand in pairs, PUSH_LOST PUSH_RESENT and so
 * on; the even one of a pair counts for both. */
static void message(struct audit *a, struct worker_audit *h, const struct fault_row *fault)
{
    struct fault_sums *t = &a->faults;
    enum fault what = fault->what;
    int64_t *waits = &h->lost[what - (what - FAULT_PUSH_LOST) % 2];
    if (is_loss(what)) {
        t->lost++;
        ++*waits;
        return;
    }
    expect_least(&a->findings, "messages of the worker that are lost and not sent again", --*waits, 0,
                 "it cannot be sent again otherwise");
    int64_t *bytes = is_push(what) ? &t->bytes_resent_up : &t->bytes_resent_down;
    *bytes = sum_of(*bytes, fault->bytes);
}

/* A message that departs at the same ns as an evaluation may count before or after the evaluation: it is
 * in the upper bound, and not in the lower bound. */
static void add_to_evals(struct audit *a, const struct fault_row *fault)
{
    bool up = is_push(fault->what);
    struct eval *e = eval_after(a, fault->virtual_ns);
    if (e) {
        struct bounds *b = up ? &e->up : &e->fault_down;
        b->least = sum_of(b->least, fault->bytes);
    }
    e = eval_from(a, fault->virtual_ns);
    if (e) {
        struct bounds *b = up ? &e->up : &e->fault_down;
        b->most = sum_of(b->most, fault->bytes);
    }
}

static bool take(struct audit *a, const struct fault_row *fault, int64_t *before)
{
    struct findings *f = &a->findings;
    enum fault what = fault->what;
    if (is_of_server(what)) {
        expect_equal(f, "worker", fault->worker, -1, "it is the server");
    } else if (fault->worker < 0 || fault->worker >= a->workers) {
        finding(f, "worker: expected 0 to %" PRId64 ", got %" PRId64, a->workers - 1, fault->worker);
        return false;
    }
    expect_least(f, "virtual_ns", fault->virtual_ns, *before, "the row before");
    *before = fault->virtual_ns;
    if (what == FAULT_CRASH || is_loss(what) || is_of_server(what))
        expect_equal(f, "bytes", fault->bytes, 0, "nothing departs");
    else
        expect_least(f, "bytes", fault->bytes, 1, "a message has a size");
    if (is_of_server(what)) {
        server(a, fault);
        return true;
    }
    if (a->server_down)
        finding(f, "expected nothing while the server is down");
    struct worker_audit *h = &a->worker[fault->worker];
    if (what == FAULT_CRASH)
        crash(a, h, fault->virtual_ns);
    else if (what == FAULT_BACK)
        back(a, h, fault);
    else
        message(a, h, fault);
    add_to_evals(a, fault);
    return true;
}

void faults_read(struct audit *a)
{
    struct fault_row row;
    int64_t before = 0;
    bool whole = true;
    struct table *t = table_open(a->folder, &faults_columns, &a->findings);
    while (t && table_next(t, &row))
        whole &= take(a, &row, &before);
    if (t && table_cut(t) && a->complete)
        finding(&a->findings, "expected the end of the line, got the end of the file");
    if (a->server_down && a->complete)
        finding(&a->findings, "expected the server to be back before the end");
    a->readable &= whole && t && !table_damaged(t) && (!table_cut(t) || !a->complete);
    table_close(t);
}
