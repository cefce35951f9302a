#include "sim/commands/rests.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/predict/prefix.h"
#include "sim/sweep/halving.h"

struct rests {
    const struct program *all;
    const struct grid *grid;
    int eta;
    int64_t (*evaluation)[MOST_RUNGS]; /* (points) the last one of each rung but the last */
};

static int rungs_of(const struct rests *r, const struct point *p)
{
    return p->alone < 0 ? 1 : halving_rungs(r->grid->combinations[p->alone], r->eta);
}

/* "x.ini:12: sweep.halving". The caller frees. */
static char *place_of(const struct program *all)
{
    char origin[512];
    return text_format("%s: sweep.halving",
                       source_origin(source_find(all->source, "sweep", "halving"), origin, sizeof origin));
}

/* ---- the sweep ---- */

static int most_trials(const struct grid *grid)
{
    int most = 0;
    for (int a = 0; a < grid->algorithms; a++)
        most = grid->combinations[a] > most ? grid->combinations[a] : most;
    return most;
}

static void check_sweep(const struct program *all, const struct grid *grid, int eta)
{
    int most = most_trials(grid);
    if (most < 2)
        die(EXIT_USAGE,
            "%s: expected an algorithm with several values of its own among which to choose, got none; leave "
            "it out",
            place_of(all));
    if (most < eta)
        die(EXIT_USAGE,
            "%s: expected at most %d, the number of values of an algorithm's own keys, got %d: all of them "
            "would run "
            "to the end",
            place_of(all), most, eta);
    if (all->cfg.sweep.tune == TUNE_NONE)
        die(EXIT_USAGE, "%s: expected a rule to choose by (sweep.tune), got sweep.tune = none",
            place_of(all));
    for (int a = 0; a < grid->algorithms; a++)
        if (grid->combinations[a] > 1 && grid->combinations[a] < eta)
            warn("sweep.halving: %s has %d values, fewer than %d: all of them run to the end",
                 grid->algorithm[a], grid->combinations[a], eta);
}

struct rests *rests_create(const struct program *all, const struct sweep *s)
{
    if (s->halving == 0)
        return NULL;
    check_sweep(all, &s->grid, s->halving);
    struct rests *r = need(sizeof *r);
    r->all = all;
    r->grid = &s->grid;
    r->eta = s->halving;
    r->evaluation = need((size_t)s->grid.points * sizeof *r->evaluation);
    return r;
}

void rests_free(struct rests *r)
{
    if (r)
        free(r->evaluation);
    free(r);
}

/* ---- a point ---- */

static void check_run(const struct rests *r, const struct run *run)
{
    const struct config *cfg = run->cfg;
    const char *got = !cfg->experiment.train                   ? "experiment.train = no (--no-train)"
                      : cfg->experiment.clock == CLOCK_REAL    ? "experiment.clock = real"
                      : cfg->compute.model == COMPUTE_MEASURED ? "compute.model = measured"
                                                               : NULL;
    if (got)
        die(EXIT_USAGE, "%s: expected runs that a checkpoint can pause, got %s; leave sweep.halving out",
            place_of(r->all), got);
}

/* An evaluation comes with the first update at or past each multiple of output.eval_every: so one comes in this many
 * iterations. */
static _Noreturn void refuse_rung(const struct rests *r, const char *algorithm, int rung, double part,
                                  int64_t iterations)
{
    die(EXIT_USAGE,
        "%s: expected an evaluation in each rung, got none of %s in rung %d, which ends at 1/%.0f of the "
        "run; "
        "set output.eval_every to %" PRId64 " or less, or choose fewer rungs",
        place_of(r->all), algorithm, rung + 1, 1 / part, iterations < 1 ? 1 : iterations);
}

void rests_note(struct rests *r, const struct program *p)
{
    int rungs = rungs_of(r, p->point), n = rungs - 1;
    double part[MOST_RUNGS];
    struct prefix prefix[MOST_RUNGS], before = {0};
    for (int rung = 0; rung < n; rung++)
        part[rung] = halving_part(rungs, r->eta, rung);
    check_run(r, &p->run[0]);
    if (n > 0)
        prefixes_find(&p->run[0], part, n, prefix);
    for (int rung = 0; rung < n; rung++) {
        if (prefix[rung].evaluation == before.evaluation)
            refuse_rung(r, p->run[0].name, rung, part[rung], prefix[rung].iterations - before.iterations);
        r->evaluation[p->point->index - 1][rung] = prefix[rung].evaluation;
        before = prefix[rung];
    }
}

static char *numbers(const int64_t *evaluation, int n)
{
    char *text = text_copy("");
    for (int i = 0; i < n; i++) {
        char *longer = text_format("%s%s%" PRId64, text, i > 0 ? "," : "", evaluation[i]);
        free(text);
        text = longer;
    }
    return text;
}

void rests_prepare(const struct rests *r, struct program *p, int rung)
{
    int rungs = r ? rungs_of(r, p->point) : 1;
    if (rungs == 1)
        return;
    const int64_t *evaluation = r->evaluation[p->point->index - 1];
    p->rungs = numbers(evaluation, rungs - 1);
    p->run[0].rests_after = rung < rungs - 1 ? evaluation[rung] : 0;
}

double rests_expected(const struct rests *r, const struct point *p)
{
    int trials = p->alone < 0 ? 1 : r ? r->grid->combinations[p->alone] : 1;
    return r ? halving_work(trials, r->eta) / trials : 1;
}

/* ---- --check ---- */

void rests_print(const struct rests *r)
{
    for (int a = 0; r && a < r->grid->algorithms; a++) {
        int trials = r->grid->combinations[a];
        if (halving_rungs(trials, r->eta) == 1)
            continue;
        char *words = halving_words(trials, r->eta);
        printf("%s, halving by %d: %s\n", r->grid->algorithm[a], r->eta, words);
        free(words);
    }
}
