/* gnuplot's SVG as a part of a page. */
#ifndef SIM_REPORT_SVG_H
#define SIM_REPORT_SVG_H

#include <stdio.h>

/* Writes the <svg> element of text, named `label` for those who cannot see it. Its colours become the page's (page.c), so
 * that it can be read in the dark; its ids begin with "f<number>-", so that several figures do not mix. */
void svg_write(FILE *out, const char *text, const char *label, int number);

#endif
