#include "sim/commands/leaders.h"

#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/commands/retime.h"
#include "sim/retime/compare.h"
#include "sim/retime/keys.h"

struct leader {
    int point, runs;
    uint64_t fixed;               /* keys_hash() of the keys of no algorithm */
    uint64_t *own;                /* (runs) the same of each algorithm's own keys */
    struct beginning **beginning; /* (runs) NULL: this one cannot be retimed */
};

struct leaders {
    int points;
    bool looks;            /* false: each point trains */
    int *of;               /* (points) */
    int n;                 /* leaders */
    struct leader *leader; /* (n) */
    struct leader newest;  /* the point that was noted last */
    int leads;             /* number of its leader; -1: none */
};

static void free_leader(struct leader *a)
{
    for (int i = 0; i < a->runs; i++)
        beginning_free(a->beginning[i]);
    free(a->beginning);
    free(a->own);
    *a = (struct leader){0};
}

/* Some row of the grid leaves the numbers of an algorithm as they are, perhaps. */
static bool may_lead(const struct grid *grid, const struct config_source *src)
{
    char why[1024];
    bool any = false;
    for (int i = 0; i < grid->rows; i++) {
        const struct slot *slot = source_look_up(src, grid->row[i].key, why, sizeof why);
        any |= slot && keys_may_differ(slot);
    }
    any &= src->cfg->sweep.retime == RETIME_AUTO;
    if (any && src->cfg->sweep.halving > 0)
        warn("sweep.retime is off with sweep.halving: every point trains");
    return any && src->cfg->sweep.halving == 0;
}

struct leaders *leaders_create(const struct grid *grid, const struct config_source *src)
{
    struct leaders *l = need(sizeof *l);
    size_t n = (size_t)grid->points;
    *l = (struct leaders){.points = grid->points,
                          .of = need(n * sizeof *l->of),
                          .leader = need(n * sizeof *l->leader),
                          .looks = may_lead(grid, src),
                          .leads = -1};
    for (size_t i = 0; i < n; i++)
        l->of[i] = -1;
    return l;
}

void leaders_free(struct leaders *l)
{
    if (!l)
        return;
    for (int i = 0; i < l->n; i++)
        free_leader(&l->leader[i]);
    if (l->leads >= 0)
        free_leader(&l->newest);
    free(l->leader);
    free(l->of);
    free(l);
}

const int *leaders_all(const struct leaders *l)
{
    return l->of;
}

/* ---- a point ---- */

static struct leader look_at(const struct program *p)
{
    char why[512];
    struct leader a = {.point = p->point->index - 1, .runs = p->runs, .fixed = keys_hash(p->source, NULL)};
    a.beginning = need((size_t)p->runs * sizeof *a.beginning);
    a.own = need((size_t)p->runs * sizeof *a.own);
    for (int i = 0; i < p->runs; i++)
        a.own[i] = keys_hash(p->source, p->run[i].name);
    for (int i = 0; i < p->runs; i++)
        if (retime_allows(&p->run[i], why, sizeof why))
            a.beginning[i] = beginning_of(&p->run[i]);
    return a;
}

static bool is_alike(const struct leader *a, const struct leader *b, int i)
{
    return a->own[i] == b->own[i] && a->beginning[i] && b->beginning[i] &&
           beginnings_agree(a->beginning[i], b->beginning[i]);
}

/* Runs of point b that may have the numbers of point a. An algorithm's own keys count for it alone. */
static int alike(const struct leader *a, const struct leader *b)
{
    int n = 0;
    if (a->runs != b->runs || a->fixed != b->fixed)
        return 0;
    for (int i = 0; i < a->runs; i++)
        n += is_alike(a, b, i);
    return n;
}

/* The first of those from which most runs may take their numbers; -1: there is none. */
static int find(const struct leaders *l, const struct leader *b)
{
    int best = -1, most = 0;
    for (int i = 0; i < l->n; i++) {
        int n = alike(&l->leader[i], b);
        if (n > most) {
            most = n;
            best = i;
        }
    }
    return best;
}

void leaders_note(struct leaders *l, const struct program *p)
{
    if (!l->looks)
        return;
    if (l->leads >= 0) /* else it has become a leader */
        free_leader(&l->newest);
    l->newest = look_at(p);
    l->leads = find(l, &l->newest);
    l->of[l->newest.point] = l->leads < 0 ? -1 : l->leader[l->leads].point;
    if (l->leads < 0)
        l->leader[l->n++] = l->newest;
}

bool leaders_trains(const struct leaders *l, int i)
{
    return l->leads < 0 || !is_alike(&l->leader[l->leads], &l->newest, i);
}
