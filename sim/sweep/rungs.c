/* Reads how far the points of a halved sweep are, and decides rung by rung which trials go on. */
#include "sim/sweep/rungs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/marks.h"

struct runner { /* a point */
    enum point_state state;
    int passed; /* rungs that it has come to the end of; the last rung is not counted */
    struct mark mark[MOST_RUNGS];
};

struct group { /* an algorithm at one setting */
    int trials, rungs;
    int decided; /* rungs that are decided */
    int said;    /* by rungs_next(); what was decided before this process began is not said again */
    int *left;   /* (trials) the rung in which the trial was left behind; -1: none */
};

struct rungs {
    const struct sweep *sweep;
    const struct grid *grid;
    int most;              /* trials of an algorithm */
    int *point;            /* (settings, algorithms, most, seeds) index of the point */
    struct runner *runner; /* (points) */
    struct group *group;   /* (settings, algorithms) */
};

static struct group *group_of(const struct rungs *r, const struct point *p)
{
    return p->alone < 0 ? NULL : &r->group[p->setting * r->grid->algorithms + p->alone];
}

static int *points_of(const struct rungs *r, int setting, int algorithm, int trial)
{
    size_t row = (size_t)(setting * r->grid->algorithms + algorithm) * (size_t)r->most + (size_t)trial;
    return &r->point[row * (size_t)r->grid->seeds];
}

static int eta(const struct rungs *r)
{
    return r->sweep->halving;
}

/* ---- a point ---- */

/* Of an algorithm that has come to its end before the rung has: stop = target has ended it with the evaluation that is its
 * last, and divergence has none. */
static void fill(struct runner *runner, const struct mark *last, int from, int n)
{
    for (int i = from; i < n; i++)
        runner->mark[i] = runner->state == POINT_DONE ? *last : (struct mark){NAN, NAN};
}

static void read_point(struct rungs *r, const struct point *p, struct runner *runner)
{
    const struct group *group = group_of(r, p);
    char *folder = text_format("%s/%s", r->sweep->folder, p->name);
    struct mark mark[MOST_RUNGS];
    int n = group->rungs - 1;
    enum point_state state = runner->state = point_state(folder);
    int passed = marks_read(folder, r->grid->algorithm[p->alone], mark, n);
    if (passed > runner->passed || point_is_over(state)) { /* a run that begins again has fewer for a while */
        memcpy(runner->mark, mark, (size_t)passed * sizeof *mark);
        runner->passed = passed > runner->passed ? passed : runner->passed;
    }
    if (point_is_over(state) && state != POINT_LEFT) {
        fill(runner, &mark[passed], passed, n);
        runner->passed = n;
    }
    free(folder);
}

/* ---- decisions ---- */

/* The mean over the seeds. false: not all of them have come to the end of the rung. */
static bool mean_of(const struct rungs *r, const int *points, int rung, struct mark *mean)
{
    *mean = (struct mark){0, 0};
    for (int seed = 0; seed < r->grid->seeds; seed++) {
        const struct runner *runner = &r->runner[points[seed]];
        if (runner->passed <= rung)
            return false;
        mean->accuracy += runner->mark[rung].accuracy;
        mean->loss += runner->mark[rung].loss;
    }
    mean->accuracy /= r->grid->seeds;
    mean->loss /= r->grid->seeds;
    return true;
}

/* The files have nine digits: means that differ by less are equal. */
static double score_of(const struct rungs *r, const struct mark *mean)
{
    double score = r->sweep->tune == TUNE_LOSS ? -mean->loss : mean->accuracy;
    return isnan(score) ? -INFINITY : round(score * 1e9) / 1e9;
}

/* Decides the next rung. false: it cannot be decided yet. */
static bool decide(struct rungs *r, int setting, int algorithm)
{
    struct group *group = &r->group[setting * r->grid->algorithms + algorithm];
    size_t n = (size_t)group->trials;
    double *score = need(n * sizeof *score);
    bool *kept = need(n * sizeof *kept), all = true;
    for (int i = 0; i < group->trials && all; i++) {
        struct mark mean;
        score[i] = -INFINITY;
        if (group->left[i] >= 0)
            continue;
        all = mean_of(r, points_of(r, setting, algorithm, i), group->decided, &mean);
        score[i] = all ? score_of(r, &mean) : 0;
    }
    if (all) {
        halving_keep(score, group->trials, halving_trials(group->trials, eta(r), group->decided + 1), kept);
        for (int i = 0; i < group->trials; i++)
            if (group->left[i] < 0 && !kept[i])
                group->left[i] = group->decided;
        group->decided++;
    }
    free(kept);
    free(score);
    return all;
}

static void decide_all(struct rungs *r, int setting, int algorithm)
{
    const struct group *group = &r->group[setting * r->grid->algorithms + algorithm];
    while (group->decided < group->rungs - 1 && decide(r, setting, algorithm))
        ;
}

static void take(struct rungs *r, const struct point *p)
{
    if (rungs_of(r, p) > 1)
        read_point(r, p, &r->runner[p->index - 1]);
}

void rungs_take(struct rungs *r, const struct point *p)
{
    take(r, p);
    if (rungs_of(r, p) > 1)
        decide_all(r, p->setting, p->alone);
}

static void decide_everywhere(struct rungs *r)
{
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int a = 0; a < r->grid->algorithms; a++)
            decide_all(r, setting, a);
}

void rungs_look(struct rungs *r)
{
    for (int i = 0; i < r->grid->points; i++)
        if (!point_is_over(r->runner[i].state))
            take(r, &r->grid->point[i]);
    decide_everywhere(r);
}

/* ---- making it ---- */

static void make_groups(struct rungs *r)
{
    for (int i = 0; i < r->grid->settings * r->grid->algorithms; i++) {
        int trials = r->grid->combinations[i % r->grid->algorithms];
        r->group[i] = (struct group){.trials = trials, .rungs = halving_rungs(trials, eta(r))};
        r->group[i].left = need((size_t)(trials + 1) * sizeof(int));
        for (int t = 0; t < trials; t++)
            r->group[i].left[t] = -1;
    }
}

struct rungs *rungs_read(const struct sweep *s)
{
    const struct grid *grid = &s->grid;
    if (s->halving == 0)
        return NULL;
    struct rungs *r = need(sizeof *r);
    r->sweep = s;
    r->grid = grid;
    for (int a = 0; a < grid->algorithms; a++)
        r->most = grid->combinations[a] > r->most ? grid->combinations[a] : r->most;
    size_t groups = (size_t)grid->settings * (size_t)grid->algorithms;
    r->group = need(groups * sizeof *r->group);
    r->point = need((groups * (size_t)r->most * (size_t)grid->seeds + 1) * sizeof *r->point);
    r->runner = need((size_t)grid->points * sizeof *r->runner);
    make_groups(r);
    for (int i = 0; i < grid->points; i++) {
        const struct point *p = &grid->point[i];
        if (p->alone >= 0)
            points_of(r, p->setting, p->alone, p->combination)[p->seed] = i;
        take(r, p);
    }
    decide_everywhere(r);
    for (int i = 0; i < r->grid->settings * r->grid->algorithms; i++)
        r->group[i].said = r->group[i].decided;
    return r;
}

void rungs_free(struct rungs *r)
{
    if (!r)
        return;
    for (int i = 0; i < r->grid->settings * r->grid->algorithms; i++)
        free(r->group[i].left);
    free(r->group);
    free(r->point);
    free(r->runner);
    free(r);
}

/* ---- what it says ---- */

const struct grid *rungs_grid(const struct rungs *r)
{
    return r->grid;
}

int rungs_of(const struct rungs *r, const struct point *p)
{
    const struct group *group = r ? group_of(r, p) : NULL;
    return group ? group->rungs : 1;
}

bool rungs_leaves(const struct rungs *r, const struct point *p)
{
    return rungs_of(r, p) > 1 && group_of(r, p)->left[p->combination] >= 0;
}

int rungs_goal(const struct rungs *r, const struct point *p)
{
    if (rungs_of(r, p) == 1)
        return 0;
    const struct runner *runner = &r->runner[p->index - 1];
    int decided = group_of(r, p)->decided;
    bool waits = runner->passed > decided || rungs_leaves(r, p) || point_is_over(runner->state);
    return waits ? -1 : decided;
}

double rungs_part(const struct rungs *r, const struct point *p)
{
    const struct runner *runner = &r->runner[p->index - 1];
    int rungs = rungs_of(r, p);
    if (rungs == 1 || (point_is_over(runner->state) && runner->state != POINT_LEFT))
        return 1;
    return runner->passed > 0 ? halving_part(rungs, eta(r), runner->passed - 1) : 0;
}

double rungs_expected(const struct rungs *r, const struct point *p)
{
    if (rungs_of(r, p) == 1 || rungs_leaves(r, p) || point_is_over(r->runner[p->index - 1].state))
        return rungs_part(r, p);
    const struct group *group = group_of(r, p);
    double expected = halving_part(group->rungs, eta(r), group->decided), before = expected;
    int now = 0;
    for (int i = 0; i < group->trials; i++)
        now += group->left[i] < 0;
    for (int rung = group->decided + 1; rung < group->rungs; rung++) {
        double part = halving_part(group->rungs, eta(r), rung);
        expected += fmin(1, halving_trials(group->trials, eta(r), rung) / (double)now) * (part - before);
        before = part;
    }
    return expected;
}

int rungs_passed(const struct rungs *r, const struct point *p)
{
    return r->runner[p->index - 1].passed;
}

/* Trials that run in a rung. */
static int count_trials(const struct group *group, int rung)
{
    int n = 0;
    for (int i = 0; i < group->trials; i++)
        n += group->left[i] < 0 || group->left[i] >= rung;
    return n;
}

bool rungs_next(struct rungs *r, struct rung *out)
{
    for (int i = 0; i < r->grid->settings * r->grid->algorithms; i++) {
        struct group *group = &r->group[i];
        int rung = group->said;
        if (rung == group->decided)
            continue;
        *out = (struct rung){.setting = i / r->grid->algorithms,
                             .algorithm = i % r->grid->algorithms,
                             .rung = rung,
                             .rungs = group->rungs,
                             .trials = count_trials(group, rung),
                             .kept = count_trials(group, rung + 1)};
        group->said++;
        return true;
    }
    return false;
}

char *rungs_words(const struct rungs *r, const struct rung *rung)
{
    char *setting = grid_setting(r->grid, rung->setting);
    double next = halving_part(rung->rungs, eta(r), rung->rung + 1);
    char *where = next < 1 ? text_format("to 1/%.0f of the run", 1 / next) : text_copy("to the end");
    char *words = text_format("%s%s%s: rung %d of %d is over: %d of %d trials go%s on %s", setting,
                              *setting ? ", " : "", r->grid->algorithm[rung->algorithm], rung->rung + 1,
                              rung->rungs, rung->kept, rung->trials, rung->kept == 1 ? "es" : "", where);
    free(where);
    free(setting);
    return words;
}

static const struct group *group_at(const struct rungs *r, const struct trial_rung *where)
{
    return &r->group[where->setting * r->grid->algorithms + where->algorithm];
}

bool rungs_runs(const struct rungs *r, const struct trial_rung *where)
{
    const struct group *group = group_at(r, where);
    int left = group->left[where->trial];
    return where->rung <= group->decided && (left < 0 || left >= where->rung);
}

bool rungs_result(const struct rungs *r, const struct trial_rung *where, struct rung_result *out)
{
    const struct group *group = group_at(r, where);
    const int *points = points_of(r, where->setting, where->algorithm, where->trial);
    struct mark mean;
    if (!rungs_runs(r, where) || !mean_of(r, points, where->rung, &mean))
        return false;
    *out = (struct rung_result){.point = points[0],
                                .rungs = group->rungs,
                                .part = halving_part(group->rungs, eta(r), where->rung),
                                .accuracy = mean.accuracy,
                                .loss = mean.loss,
                                .decided = where->rung < group->decided,
                                .kept = group->left[where->trial] != where->rung};
    return true;
}
