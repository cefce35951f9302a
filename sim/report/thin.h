/* Leaves out points of a curve that no eye can tell from their neighbours: those that lie on the line which the others
 * draw. */
#ifndef SIM_REPORT_THIN_H
#define SIM_REPORT_THIN_H

#include <stdbool.h>
#include <stddef.h>

struct band { /* a curve of means, with the least and the largest of several seeds */
    size_t n;
    double *x, *mean, *low,
        *high; /* (n); x does not fall; mean NAN: no number here, and the line has a gap */
};

/* Up to this number of points all are kept. */
enum { THIN_COLUMNS = 1000, THIN_LEAST = 4 * THIN_COLUMNS };

/* Marks the points to draw in keep (n), and returns their number.
 *
 * The width of the figure, from 0 to x_end, is cut into THIN_COLUMNS columns; a figure of a page is 420 px wide, so that a
 * column is less than half a pixel. Of each column the first and the last point are kept, the lowest and the highest of
 * the means and of the band, and a gap. So the drawn line has in each column the same height as the whole line, and a
 * point is off by at most the width of a column. With `logarithmic` the columns of a logarithmic axis from x_start to
 * x_end are cut as well: the caller does not know yet which axis is drawn. At most 7 points a column are kept. */
size_t thin(bool *keep, const struct band *b, double x_start, double x_end, bool logarithmic);

#endif
