/* Means over the seeds, and the choice among an algorithm's own values (sweep.tune). Reads the outcomes that
 * results.c has read from the points' files; the tables, the report and the terminal show the choice. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "sim/schema/judged.h"
#include "sim/sweep/results.h"

struct spread results_spread(const struct results *r, const struct outcome *seeds, int column)
{
    struct spread s = {0};
    /* differences from the first value are summed, so that equal values have a deviation of exactly 0 */
    double first = 0, sum = 0, squares = 0;
    for (int i = 0; i < r->grid->seeds; i++) {
        if (!seeds[i].done)
            continue;
        first = s.n++ ? first : seeds[i].value[column];
        sum += seeds[i].value[column] - first;
    }
    s.mean = s.n > 0 ? first + sum / s.n : NAN;
    for (int i = 0; i < r->grid->seeds; i++)
        if (seeds[i].done)
            squares += (seeds[i].value[column] - s.mean) * (seeds[i].value[column] - s.mean);
    s.std = s.n > 1 ? sqrt(squares / (s.n - 1)) : NAN;
    return s;
}

bool results_left(const struct results *r, const struct outcome *seeds)
{
    for (int i = 0; i < r->grid->seeds; i++)
        if (seeds[i].left)
            return true;
    return false;
}

int results_failed(const struct results *r, const struct outcome *seeds)
{
    int n = 0;
    for (int i = 0; i < r->grid->seeds; i++)
        n += seeds[i].over && !seeds[i].done && !seeds[i].left;
    return n;
}

int results_reached(const struct results *r, const struct outcome *seeds, int column)
{
    int n = 0;
    for (int i = 0; i < r->grid->seeds; i++)
        n += seeds[i].done && !isnan(seeds[i].value[column]);
    return n;
}

const char *tune_words(const struct results *r)
{
    static const char *const test[] = {[TUNE_ACCURACY] = "highest mean final test accuracy",
                                       [TUNE_LOSS] = "lowest mean final test loss",
                                       [TUNE_TARGET] = "shortest mean time to the target accuracy",
                                       [TUNE_AT] =
                                           "highest mean test accuracy at the first value of output.at"};
    static const char *const validation[] = {
        [TUNE_ACCURACY] = "highest mean final validation accuracy",
        [TUNE_LOSS] = "lowest mean final validation loss",
        [TUNE_TARGET] = "shortest mean time to the target accuracy (validation)",
        [TUNE_AT] = "highest mean validation accuracy at the first value of output.at"};
    enum tune_kind tune = r->sweep->tune;
    assert(tune != TUNE_NONE);
    return judged_on_validation(results_judged_on(r)) ? validation[tune] : test[tune];
}

const char *unfit_words(enum tune_kind tune)
{
    static const char *const words[] = {[TUNE_ACCURACY] = "ends with every seed",
                                        [TUNE_LOSS] = "ends with every seed",
                                        [TUNE_TARGET] = "reaches the target accuracy with every seed",
                                        [TUNE_AT] =
                                            "comes as far as the first value of output.at with every seed"};
    return words[tune];
}

int results_judged_column(const struct results *r, const struct outcome *any, int column)
{
    if (!any || !judged_on_validation(any->cell[r->at.judged_on]))
        return column;
    if (column == r->at.accuracy)
        return r->at.validation_accuracy;
    if (column == r->at.loss)
        return r->at.validation_loss;
    return r->all.field[column].when == AT_A_MILESTONE ? column + r->milestones : column;
}

/* -INFINITY: a seed diverged, or missed the target or the milestone. */
double results_score(const struct results *r, int setting, int algorithm, int combination)
{
    const int columns[] = {[TUNE_ACCURACY] = r->at.accuracy,
                           [TUNE_LOSS] = r->at.loss,
                           [TUNE_TARGET] = r->at.target_time,
                           [TUNE_AT] = r->at.milestone};
    enum tune_kind tune = r->sweep->tune;
    assert(tune != TUNE_NONE);
    int column = results_judged_column(r, results_any(r, setting, algorithm, combination), columns[tune]);
    struct spread s = results_spread(r, results_at(r, setting, algorithm, combination), column);
    if (s.n < r->grid->seeds || isnan(s.mean))
        return -INFINITY;
    /* the files have nine digits: means that differ by less are equal */
    return round((tune == TUNE_ACCURACY || tune == TUNE_AT ? s.mean : -s.mean) * 1e9) / 1e9;
}

/* All combinations of the algorithm are over with all seeds: a choice before that could change later. */
static bool is_whole(const struct results *r, int setting, int algorithm)
{
    for (int v = 0; v < results_combinations(r, algorithm); v++)
        for (int seed = 0; seed < r->grid->seeds; seed++)
            if (!results_at(r, setting, algorithm, v)[seed].over)
                return false;
    return true;
}

/* Only a strictly better score replaces the best, so of equal combinations the first listed is chosen. */
static int choose(const struct results *r, int setting, int algorithm)
{
    int best = 0;
    if (r->grid->combinations[algorithm] == 0)
        return 0;
    if (r->sweep->tune == TUNE_NONE)
        return results_combinations(r, algorithm) > 1 ? NO_CHOICE : 0;
    if (!is_whole(r, setting, algorithm))
        return NO_CHOICE;
    for (int v = 0; v < results_combinations(r, algorithm); v++) {
        const struct outcome *any = results_any(r, setting, algorithm, v);
        if (any && any->value[r->at.trained] == 0)
            return NO_CHOICE;
        if (results_score(r, setting, algorithm, v) > results_score(r, setting, algorithm, best))
            best = v;
    }
    return results_combinations(r, algorithm) > 1 && isinf(results_score(r, setting, algorithm, best))
               ? NONE_FIT
               : best;
}

int results_unfit(const struct results *r, int algorithm)
{
    int n = 0;
    for (int setting = 0; setting < r->grid->settings; setting++)
        n += r->chosen[setting * r->grid->algorithms + algorithm] == NONE_FIT;
    return n;
}

/* A budget has ended the run, and it has no target: then comparison.csv has no speed-up. */
static bool is_cut(const struct results *r, const struct outcome *o)
{
    return isnan(o->value[r->at.target]) && strcmp(o->cell[r->at.speedup], "NaN") == 0;
}

/* The time of the first algorithm divided by the time of this one: to the target, or to the end if there is
 * no target. comparison.csv of a run uses the same rule. */
static double speed_up(const struct results *r, const struct outcome *o, const struct outcome *first)
{
    if (!o->done || !first || !first->done || is_cut(r, o) || is_cut(r, first))
        return NAN;
    int column = isnan(o->value[r->at.target]) ? r->at.time : r->at.target_time;
    double now = o->value[column], before = first->value[column];
    return before == now ? 1 : now > 0 ? before / now : NAN;
}

static void take_speed_ups(struct results *r, int setting, int algorithm)
{
    int chosen = r->chosen[setting * r->grid->algorithms];
    const struct outcome *first = chosen < 0 ? NULL : results_at(r, setting, 0, chosen);
    for (int v = 0; v < results_combinations(r, algorithm); v++)
        for (int seed = 0; seed < r->grid->seeds; seed++) {
            struct outcome *o = &results_at(r, setting, algorithm, v)[seed];
            if (o->over)
                o->value[r->at.speedup] = speed_up(r, o, first ? &first[seed] : NULL);
        }
}

/* First all choices of a setting, then the speed-ups: they need the choice of the first algorithm. */
void results_choose(struct results *r)
{
    for (int setting = 0; setting < r->grid->settings; setting++) {
        for (int i = 0; i < r->grid->algorithms; i++)
            r->chosen[setting * r->grid->algorithms + i] = choose(r, setting, i);
        for (int i = 0; i < r->grid->algorithms; i++)
            take_speed_ups(r, setting, i);
    }
}

bool results_chose_by_test(const struct results *r)
{
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int a = 0; a < r->grid->algorithms; a++) {
            int chosen = r->chosen[setting * r->grid->algorithms + a];
            const struct outcome *any = chosen < 0 ? NULL : results_any(r, setting, a, chosen);
            if (any && results_combinations(r, a) > 1 && !judged_on_validation(any->cell[r->at.judged_on]))
                return true;
        }
    return false;
}

bool results_is_best(const struct results *r, int setting, int algorithm, int combination)
{
    return r->chosen[setting * r->grid->algorithms + algorithm] == combination;
}

struct outcome *results_counting(const struct results *r, int setting, int algorithm)
{
    int chosen = r->chosen[setting * r->grid->algorithms + algorithm];
    return results_at(r, setting, algorithm, chosen >= 0 ? chosen : 0);
}
