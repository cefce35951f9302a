#include "sim/report/thin.h"

#include <math.h>
#include <string.h>

struct axis {
    double start, end;
    bool logarithmic; /* too */
};

/* The column of a point; that of the logarithmic axis counts in the upper part. */
static long column_of(const struct axis *a, double x)
{
    long column = a->end > 0 ? (long)(x / a->end * THIN_COLUMNS) : 0;
    if (!a->logarithmic || !(x > 0) || !(a->end > a->start))
        return column;
    return column +
           2 * THIN_COLUMNS * (1 + (long)(log(x / a->start) / log(a->end / a->start) * THIN_COLUMNS));
}

/* Marks the points of one column, [from, to). */
static void mark(bool *keep, const struct band *b, size_t from, size_t to)
{
    size_t lowest = to, highest = to, least = to, most = to;
    bool gap = false;
    for (size_t i = from; i < to; i++) {
        if (isnan(b->mean[i])) {
            keep[i] |= !gap;
            gap = true;
            continue;
        }
        lowest = lowest == to || b->low[i] < b->low[lowest] ? i : lowest;
        highest = highest == to || b->high[i] > b->high[highest] ? i : highest;
        least = least == to || b->mean[i] < b->mean[least] ? i : least;
        most = most == to || b->mean[i] > b->mean[most] ? i : most;
    }
    keep[from] = keep[to - 1] = true;
    if (lowest < to)
        keep[lowest] = keep[highest] = keep[least] = keep[most] = true;
}

size_t thin(bool *keep, const struct band *b, double x_start, double x_end, bool logarithmic)
{
    const struct axis axis = {x_start, x_end, logarithmic && x_start > 0};
    size_t kept = 0;
    memset(keep, b->n <= THIN_LEAST, b->n);
    for (size_t from = 0, to; b->n > THIN_LEAST && from < b->n; from = to) {
        long column = column_of(&axis, b->x[from]);
        for (to = from + 1; to < b->n && column_of(&axis, b->x[to]) == column;)
            to++;
        mark(keep, b, from, to);
    }
    for (size_t i = 0; i < b->n; i++)
        kept += keep[i];
    return kept;
}
