/* faults.csv: who crashed and came back, the PS as well; what was lost and sent again. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/text.h"
#include "sim/verify/audit.h"
#include "sim/verify/table.h"

enum { MOMENT, WORKER, WHAT, BYTES, COLUMNS };

static const char *const words[FAULT_WORDS + 1] = {
    [WORD_CRASH] = "crash",
    [WORD_BACK] = "back",
    [WORD_PUSH_LOST] = "push_lost",
    [WORD_PUSH_RESENT] = "push_resent",
    [WORD_REPLY_LOST] = "reply_lost",
    [WORD_REPLY_RESENT] = "reply_resent",
    [WORD_MODEL_LOST] = "model_lost",
    [WORD_MODEL_RESENT] = "model_resent",
    [WORD_SERVER_CRASH] = "server_crash",
    [WORD_SERVER_BACK] = "server_back",
};

static const struct column columns[COLUMNS] = {
    [MOMENT] = {"virtual_ns", CELL_INT},
    [WORKER] = {"worker", CELL_INT},
    [WHAT] = {"what", CELL_WORD},
    [BYTES] = {"bytes", CELL_INT},
};

static bool is_push(int64_t what)
{
    return what == WORD_PUSH_LOST || what == WORD_PUSH_RESENT;
}

static bool is_loss(int64_t what)
{
    return what == WORD_PUSH_LOST || what == WORD_REPLY_LOST || what == WORD_MODEL_LOST;
}

static bool is_of_server(int64_t what)
{
    return what == WORD_SERVER_CRASH || what == WORD_SERVER_BACK;
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

static void server(struct audit *a, const union value *v)
{
    bool crashes = v[WHAT].i == WORD_SERVER_CRASH;
    if (a->server_down == crashes)
        finding(&a->findings, "expected the server to %s", crashes ? "be back first" : "crash first");
    a->server_down = crashes;
    if (!crashes) {
        eval_restarts(a, v[MOMENT].i);
        return;
    }
    a->faults.server_crashes++;
    a->server_crashed = v[MOMENT].i;
    for (int64_t i = 0; i < a->workers; i++)
        go_down(a, &a->worker[i], v[MOMENT].i);
}

static void back(struct audit *a, struct worker_audit *h, const union value *v)
{
    struct fault_sums *t = &a->faults;
    if (!h->down)
        finding(&a->findings, "expected a crash before the worker is back");
    else
        h->down_ns = sum_of(h->down_ns, v[MOMENT].i - h->down_since);
    h->down = false;
    t->fetches++;
    t->bytes_fetched = sum_of(t->bytes_fetched, v[BYTES].i);
    a->model_bytes = v[BYTES].i;
}

/* A message that is lost is sent again at most once. */
static void message(struct audit *a, struct worker_audit *h, const union value *v)
{
    struct fault_sums *t = &a->faults;
    int64_t what = v[WHAT].i, *waits = &h->lost[what - (what - WORD_PUSH_LOST) % 2];
    if (is_loss(what)) {
        t->lost++;
        ++*waits;
        return;
    }
    expect_least(&a->findings, "messages of the worker that are lost and not sent again", --*waits, 0,
                 "it cannot be sent again otherwise");
    int64_t *bytes = is_push(what) ? &t->bytes_resent_up : &t->bytes_resent_down;
    *bytes = sum_of(*bytes, v[BYTES].i);
}

static void add_to_evals(struct audit *a, const union value *v)
{
    bool up = is_push(v[WHAT].i);
    struct eval *e = eval_after(a, v[MOMENT].i);
    if (e) {
        struct bounds *b = up ? &e->up : &e->fault_down;
        b->least = sum_of(b->least, v[BYTES].i);
    }
    e = eval_from(a, v[MOMENT].i);
    if (e) {
        struct bounds *b = up ? &e->up : &e->fault_down;
        b->most = sum_of(b->most, v[BYTES].i);
    }
}

static bool take(struct audit *a, const union value *v, int64_t *before)
{
    struct findings *f = &a->findings;
    int64_t what = v[WHAT].i;
    if (is_of_server(what)) {
        expect_equal(f, "worker", v[WORKER].i, -1, "it is the server");
    } else if (v[WORKER].i < 0 || v[WORKER].i >= a->workers) {
        finding(f, "worker: expected 0 to %" PRId64 ", got %" PRId64, a->workers - 1, v[WORKER].i);
        return false;
    }
    expect_least(f, "virtual_ns", v[MOMENT].i, *before, "the row before");
    *before = v[MOMENT].i;
    if (what == WORD_CRASH || is_loss(what) || is_of_server(what))
        expect_equal(f, "bytes", v[BYTES].i, 0, "nothing departs");
    else
        expect_least(f, "bytes", v[BYTES].i, 1, "a message has a size");
    if (is_of_server(what)) {
        server(a, v);
        return true;
    }
    if (a->server_down)
        finding(f, "expected nothing while the server is down");
    struct worker_audit *h = &a->worker[v[WORKER].i];
    if (what == WORD_CRASH)
        crash(a, h, v[MOMENT].i);
    else if (what == WORD_BACK)
        back(a, h, v);
    else
        message(a, h, v);
    add_to_evals(a, v);
    return true;
}

void faults_read(struct audit *a)
{
    union value row[COLUMNS];
    int64_t before = 0;
    bool whole = true;
    char *path = text_format("%s/faults.csv", a->folder);
    struct table *t = table_open(path, columns, COLUMNS, &a->findings);
    if (t)
        table_words(t, words);
    while (t && table_next(t, row))
        whole &= take(a, row, &before);
    if (t && table_cut(t) && a->complete)
        finding(&a->findings, "expected the end of the line, got the end of the file");
    if (a->server_down && a->complete)
        finding(&a->findings, "expected the server to be back before the end");
    a->readable &= whole && t && !table_damaged(t) && (!table_cut(t) || !a->complete);
    table_close(t);
    free(path);
}
