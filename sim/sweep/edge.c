/* Finds best values at an edge of their list: the largest learning rate that was tried may be the best one
 * only because no larger one was tried. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/kinds.h"
#include "sim/sweep/results.h"

bool swept_is_scale(const struct swept *s)
{
    for (int i = 0; i < s->n; i++) {
        char *end;
        strtod(s->number[i], &end);
        if (end == s->number[i] || *end)
            return false;
    }
    return s->n > 1;
}

int swept_extreme(const struct swept *s, bool largest)
{
    int at = 0;
    for (int i = 1; i < s->n; i++) {
        double x = strtod(s->number[i], NULL), best = strtod(s->number[at], NULL);
        if (largest ? x > best : x < best)
            at = i;
    }
    return at;
}

/* The key takes values beyond this one. A bandwidth has its bounds in another unit than its number; that
 * costs at most a warning too many. */
static bool can_go_on(const struct swept *s, double value, bool larger)
{
    const struct config_key *row = s->row;
    if (isinf(value))
        return false;
    if (larger)
        return !key_bounded_above(row) || value < row->max;
    return !key_bounded_below(row) || value > row->min;
}

/* Trials may repeat a value, which has one number then. */
static bool is_at(const struct swept *s, const struct point *point, int row, int edge)
{
    return strcmp(s->number[point->value[row]], s->number[edge]) == 0;
}

/* A value inside the list is just as good: then the edge says nothing. */
static bool has_equal_inside(const struct results *r, int setting, int row, int edge)
{
    int algorithm = r->grid->row[row].algorithm;
    double best = results_score(r, setting, algorithm, r->chosen[setting * r->grid->algorithms + algorithm]);
    for (int v = 0; v < results_combinations(r, algorithm); v++)
        if (!is_at(&r->grid->row[row], results_at(r, setting, algorithm, v)[0].point, row, edge) &&
            results_score(r, setting, algorithm, v) == best)
            return true;
    return false;
}

bool results_is_edge(const struct results *r, int setting, int row, bool largest)
{
    const struct swept *s = &r->grid->row[row];
    if (s->algorithm < 0 || r->grid->combinations[s->algorithm] == 0 || !swept_is_scale(s))
        return false;
    int edge = swept_extreme(s, largest), chosen = r->chosen[setting * r->grid->algorithms + s->algorithm];
    return can_go_on(s, strtod(s->number[edge], NULL), largest) && chosen >= 0 &&
           is_at(s, results_at(r, setting, s->algorithm, chosen)[0].point, row, edge) &&
           !has_equal_inside(r, setting, row, edge);
}

int results_at_edge(const struct results *r, int row, bool largest)
{
    int n = 0;
    for (int setting = 0; setting < r->grid->settings; setting++)
        n += results_is_edge(r, setting, row, largest);
    return n;
}

char *edge_words(const struct results *r, int row, bool largest)
{
    const struct grid *grid = r->grid;
    const struct swept *s = &grid->row[row];
    int n = results_at_edge(r, row, largest);
    if (n == 0)
        return NULL;
    char *where = grid->settings > 1 ? text_format(" at %d of %d points of the other keys", n, grid->settings)
                                     : text_copy("");
    char *words = text_format("%s = %s is the %s value of the %s and the best one%s: a %s one may be better",
                              swept_label(grid, s), s->value[swept_extreme(s, largest)],
                              largest ? "largest" : "smallest", grid->own == OWN_TRIALS ? "trials" : "list",
                              where, largest ? "larger" : "smaller");
    free(where);
    return words;
}
