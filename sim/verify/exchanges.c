/* Judges exchanges of all workers (sim/exchange/exchange.h), where a push is not one message: an update is one moment
 * for all its pushes, updates come in the order of their exchanges, and what leaves one worker's link comes by
 * another's.
 *
 *   workers.csv, rows of one round    arrive_ns: the same in all of them, and no earlier than in the round before
 *                                     bytes_up:  together as many as bytes_down, where workers alone send
 *                                                ring, all_gather: the same in all of them: equal messages
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/verify/audit.h"
#include "sim/verify/members.h"
#include "sim/verify/table.h"

/* ---- which exchange it was ---- */

static void set_kind(struct audit *a, const char *kind)
{
    bool ring = strcmp(kind, "ring") == 0, gathers = strcmp(kind, "all_gather") == 0;
    a->carried = strcmp(kind, EXCHANGE_USUAL) == 0 ? BY_SERVER
                 : strcmp(kind, "sharded") == 0    ? BY_SHARDS
                                                   : BY_WORKERS;
    a->sharded = a->carried == BY_SHARDS;
    a->steps = ring ? 2 * (a->workers - 1) : gathers ? a->workers - 1 : 0;
}

/* With shards an algorithm that needs all workers in each update has exchanges of all workers, another one has not:
 * then the pushes of an update arrive one by one. */
static bool arrives_together(const struct audit *a)
{
    struct findings ignored = {.silent = true};
    struct push_row row = {0};
    int64_t round = 0, arrive = 0, members = 0;
    bool together = true;
    struct table *t = table_open(a->folder, &workers_columns, &ignored);
    while (t && members < a->workers && table_next(t, &row)) {
        if (row.round == 0 || (members > 0 && row.round != round))
            continue;
        together &= members == 0 || row.arrive_ns == arrive;
        round = row.round;
        arrive = row.arrive_ns;
        members++;
    }
    table_close(t);
    return together && members == a->workers;
}

/* What summary.json says, since an algorithm may be unable to use the exchange that resolved.ini names;
 * without it, what resolved.ini says. */
void exchanges_begin(struct audit *a)
{
    static const char *const kinds[] = {"server", "all_gather"}; /* beside the one of resolved.ini */
    struct findings ignored = {.silent = true};
    char *path = text_format("%s/%s", a->folder, summary_members.file);
    struct members *m = a->complete ? members_read(path, &ignored) : NULL;
    const char *kind = a->exchange;
    for (size_t i = 0; m && i < sizeof kinds / sizeof *kinds; i++)
        if (members_is(m, "exchange", kinds[i]))
            kind = kinds[i];
    set_kind(a, kind);
    a->overlaps = m && members_has(m, "overlap") ? members_is(m, "overlap", "backward") : a->asks_to_overlap;
    if (a->overlaps && a->carried == BY_SERVER) { /* then the server is like one shard */
        a->carried = BY_SHARDS;
        a->sharded = true;
        a->colocated = false;
    }
    if (a->carried != BY_SERVER && !arrives_together(a))
        a->carried = a->carried == BY_WORKERS && m ? BY_WORKERS : BY_SERVER;
    members_free(m);
    free(path);
}

void exchanges_add(struct audit *a, const struct push_row *push)
{
    int64_t n = a->rows;
    a->joined = need_one_more(a->joined, (size_t)n, sizeof *a->joined);
    a->joined[n] = (struct joined){.line = a->findings.line,
                                   .round = push->round,
                                   .depart_ns = push->depart_ns,
                                   .arrive_ns = push->arrive_ns,
                                   .reply_ns = push->reply_ns,
                                   .bytes_up = push->bytes_up,
                                   .bytes_down = push->bytes_down};
}

/* ---- rows of one exchange ---- */

struct whole {           /* an exchange: the sums over its rows */
    int64_t first, rows; /* line of its first row */
    int64_t last;        /* ... of its last row */
    int64_t begin, update, end;
    int64_t up, down, each; /* each: bytes_up of the first row */
    bool open;              /* a row has no reply */
};

/* The last row also has the bytes of exchanges without a row. */
static bool is_last(const struct audit *a, const struct joined *j)
{
    return j == &a->joined[a->rows - 1];
}

static void judge_one_update(struct audit *a, const struct whole *w, const struct joined *j)
{
    char why[80];
    if (j->arrive_ns == w->update)
        return;
    snprintf(why, sizeof why, "as in line %" PRId64 ": one update of one exchange", w->first);
    expect_equal(&a->findings, "arrive_ns", j->arrive_ns, w->update, why);
}

static void judge_steps(struct audit *a, const struct whole *w, const struct joined *j)
{
    struct findings *f = &a->findings;
    if (a->steps == 0 || is_last(a, j) || w->open)
        return;
    char why[80];
    snprintf(why, sizeof why, "as in line %" PRId64 ": every worker sends as much", w->first);
    expect_equal(f, "bytes_up", j->bytes_up, w->each, why);
    expect_equal(f, "bytes_down", j->bytes_down, j->bytes_up, "as much comes as goes");
    expect_equal(f, "bytes_up over the messages of an exchange, the rest", j->bytes_up % a->steps, 0,
                 "they have one size");
}

static void add(struct whole *w, const struct joined *j)
{
    if (w->rows++ == 0)
        *w = (struct whole){.first = j->line,
                            .rows = 1,
                            .begin = j->depart_ns,
                            .update = j->arrive_ns,
                            .end = j->reply_ns,
                            .each = j->bytes_up};
    w->last = j->line;
    w->begin = j->depart_ns < w->begin ? j->depart_ns : w->begin;
    w->end = j->reply_ns > w->end ? j->reply_ns : w->end;
    w->open |= j->reply_ns == NEVER;
    w->up = sum_of(w->up, j->bytes_up);
    w->down = sum_of(w->down, j->bytes_down);
}

/* Bytes of all messages of these rows. */
static int64_t all_of(const struct audit *a, int64_t up, int64_t down)
{
    return a->carried == BY_WORKERS || a->colocated ? up : sum_of(up, down);
}

static void add_to_evals(struct audit *a, const struct whole *w)
{
    struct eval *e;
    int64_t bytes = all_of(a, w->up, w->down);
    if (!w->open && w->rows == a->workers && (e = eval_after(a, w->end)))
        e->all.least = sum_of(e->all.least, bytes);
    if ((e = eval_from(a, w->begin)))
        e->all.most = sum_of(e->all.most, bytes);
}

static void judge_balance(struct audit *a, const struct whole *w, int64_t round, int64_t last)
{
    char what[64];
    if (!(a->carried == BY_WORKERS || a->colocated) || w->rows < a->workers || w->open || round == last)
        return;
    snprintf(what, sizeof what, "bytes_up of round %" PRId64, round);
    a->findings.line = w->first;
    expect_equal(&a->findings, what, w->up, w->down,
                 "its bytes_down: what one worker sends another one gets");
}

/* Every push has the same buckets, and so the same bytes. */
static void judge_size(struct audit *a, const struct whole *w, const struct whole *first, int64_t last)
{
    char why[64];
    if (a->limits.pushes_differ || first->rows < a->workers || w->rows < a->workers || first->open ||
        w->open || w->last == last || first->last == last)
        return;
    snprintf(why, sizeof why, "as in the round of line %" PRId64, first->first);
    expect_equal(&a->findings, "bytes_up of its round", w->up, first->up, why);
}

/* A worker in no round is in an exchange that the end of the run cut off. */
static void add_dropped(struct audit *a, const struct joined *j)
{
    struct eval *e = eval_from(a, j->depart_ns);
    if (e)
        e->all.most = sum_of(e->all.most, all_of(a, j->bytes_up, j->bytes_down));
}

void exchanges_compare(struct audit *a)
{
    char *path = text_format("%s/%s", a->folder, workers_columns.file);
    int64_t last = a->rows > 0 ? a->joined[a->rows - 1].round : 0, update = 0;
    struct whole *all = need((size_t)(a->rounds / a->every + 1) * sizeof *all);
    a->findings.file = path;
    for (int64_t i = 0; i < a->rows; i++)
        if (a->joined[i].round > 0)
            add(&all[a->joined[i].round / a->every], &a->joined[i]);
        else
            add_dropped(a, &a->joined[i]);
    for (int64_t i = 0; i < a->rows; i++) {
        const struct joined *j = &a->joined[i];
        a->findings.line = j->line;
        if (j->round > 0) {
            judge_one_update(a, &all[j->round / a->every], j);
            judge_steps(a, &all[j->round / a->every], j);
        }
    }
    for (int64_t r = 1; r <= a->rounds / a->every; r++) {
        a->findings.line = all[r].first;
        if (all[r].rows == 0)
            continue;
        expect_least(&a->findings, "arrive_ns", all[r].update, update,
                     "the update before: exchanges keep their order");
        update = all[r].update;
        judge_balance(a, &all[r], r * a->every, last);
        judge_size(a, &all[r], &all[1], a->joined[a->rows - 1].line);
        add_to_evals(a, &all[r]);
    }
    a->findings.line = 0;
    free(all);
    free(path);
}
