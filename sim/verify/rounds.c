/* Judges which push is in which update: every update has the same number of pushes, and no worker is
 * further ahead of the slowest than its slack (SSP). pushes_read adds the members; rounds_compare judges
 * all of them at the end. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/verify/audit.h"

void rounds_add(struct audit *a, const struct member *m)
{
    int64_t n = a->rows - 1 - a->dropped;
    a->member = need_one_more(a->member, (size_t)n, sizeof *m);
    a->member[n] = *m;
}

/* workers.csv has only the rounds that are multiples of `every`. place numbers these rounds 1, 2, ... */
static int64_t place(const struct audit *a, int64_t round)
{
    return round / a->every;
}

/* Every update in workers.csv has as many pushes as the first update, and as many as resolved.ini says,
 * where it does. Returns false with a finding. */
static bool judge_sizes(struct audit *a, int64_t members)
{
    char what[64];
    int64_t last = place(a, a->rounds), at = 1, *size = need((size_t)(last + 1) * sizeof *size);
    for (int64_t i = 0; i < members; i++)
        size[place(a, a->member[i].round)]++;
    int64_t want = a->limits.group ? a->limits.group : size[at];
    while (at < last && size[at] == want)
        at++;
    snprintf(what, sizeof what, "pushes in round %" PRId64, product_of(at, a->every));
    bool equal = expect_equal(&a->findings, what, size[at], want,
                              a->limits.group ? "k in resolved.ini" : "as in the first round");
    a->barrier = !a->limits.group && want == a->workers;
    free(size);
    return equal;
}

/* When a reply came before the update, the row of its push stands with the update. The last push of the
 * round is answered after the update. So a row before this one is accepted no later than that last reply. */
static void judge_late(struct audit *a, int64_t members)
{
    int64_t *latest = need((size_t)(place(a, a->rounds) + 1) * sizeof *latest);
    for (int64_t i = 0; i < members; i++) {
        const struct member *m = &a->member[i];
        int64_t reply = m->reply_ns < 0 ? INT64_MAX : m->reply_ns; /* the end cut the reply off */
        int64_t *last = &latest[place(a, m->round)];
        *last = reply > *last ? reply : *last;
    }
    for (int64_t i = 0; i < members; i++) {
        a->findings.line = a->member[i].line;
        expect_most(&a->findings, "accept_ns of a row before", a->member[i].clock,
                    latest[place(a, a->member[i].round)],
                    "the last reply of its round: time never goes back");
    }
    a->findings.line = 0;
    free(latest);
}

/* With slack every push is an update of its own: round i is the i-th push served, and owner[i] is its
 * worker. The worker's clock is its number of pushes served; `least` is the clock of the slowest worker. */
static void judge_slack(struct audit *a, const int64_t *owner)
{
    int64_t *clock = need((size_t)a->workers * sizeof *clock), least = 0, slowest = a->workers;
    char what[64];
    for (int64_t i = 1; i <= a->rounds; i++) {
        if (clock[owner[i]]++ == least && --slowest == 0) {
            least++;
            for (int64_t w = 0; w < a->workers; w++)
                slowest += clock[w] == least;
        }
        int64_t most = sum_of(sum_of(a->limits.slack, 1), least);
        if (clock[owner[i]] <= most)
            continue;
        snprintf(what, sizeof what, "iterations of worker %" PRId64 " by round %" PRId64, owner[i], i);
        expect_most(&a->findings, what, clock[owner[i]], most, "the slowest worker's + slack + 1");
        break;
    }
    free(clock);
}

static void judge_owners(struct audit *a, int64_t members)
{
    if (!expect_equal(&a->findings, "rounds", a->rounds, members, "one a push, as resolved.ini has a slack"))
        return;
    int64_t *owner = need((size_t)(members + 1) * sizeof *owner);
    for (int64_t i = 0; i < members; i++)
        owner[a->member[i].round] = a->member[i].worker;
    judge_slack(a, owner);
    free(owner);
}

void rounds_compare(struct audit *a)
{
    struct findings *f = &a->findings;
    int64_t members = a->rows - a->dropped;
    char *path = text_format("%s/%s", a->folder, workers_columns.file);
    f->file = path;
    f->line = 0;
    bool alike = a->limits.group > 0 || !a->broken; /* after a crash, updates have fewer pushes */
    if (members > 0 &&
        expect_most(f, "round", place(a, a->rounds), members, "the number of pushes in updates") &&
        (!alike || judge_sizes(a, members))) {
        judge_late(a, members);
        if (a->barrier)
            expect_most(f, "pushes in no round", a->dropped, product_of(a->limits.out - 1, a->workers),
                        "every round waits for every worker");
        if (a->limits.slack >= 0 && a->whole && alike)
            judge_owners(a, members);
    }
    free(path);
}
