/* Puts an SVG of gnuplot into a page. */
#ifndef SIM_REPORT_SVG_H
#define SIM_REPORT_SVG_H

#include <stdio.h>

/* Writes the <svg> element of text. `label` is the name for screen readers. Colours become variables of the
 * page's style sheet (frame.c), so that the figure follows the dark style. Ids begin with "f<number>-", so
 * that the ids of several figures differ. */
void svg_write(FILE *out, const char *text, const char *label, int number);

#endif
