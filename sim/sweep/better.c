/* A sweep chooses the values of each algorithm by one rule. At a milestone that is not the rule, other values may
 * be better: this file finds them, so that the chosen values are not taken for the best there. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/schema/judged.h"
#include "sim/sweep/results.h"

/* Means in the files have nine digits. */
#define CLOSE 1e-9

/* By validation data, where there are any. -INFINITY: not all seeds came as far. */
static double mean_at(const struct results *r, int algorithm, int combination, int column)
{
    int judged = results_judged_column(r, results_any(r, 0, algorithm, combination), column);
    struct spread s = results_spread(r, results_at(r, 0, algorithm, combination), judged);
    return s.n < r->grid->seeds || isnan(s.mean) ? -INFINITY : s.mean;
}

static int best_at(const struct results *r, int algorithm, int column)
{
    int best = 0;
    for (int v = 1; v < results_combinations(r, algorithm); v++)
        if (mean_at(r, algorithm, v, column) > mean_at(r, algorithm, best, column))
            best = v;
    return best;
}

/* "learning_rate = 0.05"; the caller frees. */
static char *values_of(const struct results *r, int algorithm, int combination)
{
    return grid_own_values(r->grid, results_at(r, 0, algorithm, combination)[0].point, algorithm);
}

char *better_words(const struct results *r, int algorithm, int column)
{
    int chosen = r->chosen[algorithm];
    if (r->grid->settings > 1 || chosen < 0 || r->all.field[column].when != AT_A_MILESTONE)
        return NULL;
    int best = best_at(r, algorithm, column);
    double now = mean_at(r, algorithm, chosen, column), better = mean_at(r, algorithm, best, column);
    if (isinf(better) || better - now < CLOSE)
        return NULL;
    char *values = values_of(r, algorithm, best),
         *instead = isinf(now) ? text_copy("no value of every seed") : text_format("%.2f %%", 100 * now);
    char *words = text_format("%s: %s is better with %s: %.2f %% instead of %s%s", r->all.field[column].head,
                              r->grid->algorithm[algorithm], values, 100 * better, instead,
                              judged_on_validation(results_judged_on(r)) ? " (validation)" : "");
    free(values);
    free(instead);
    return words;
}
