/* Pieces of HTML. All text from outside goes through html_text: names, values, paths. */
#ifndef SIM_REPORT_HTML_H
#define SIM_REPORT_HTML_H

#include <stdio.h>

/* Writes text, escaped for content and for attributes in double quotes. Invalid UTF-8, and control characters
 * other than tab and newline, become U+FFFD. */
void html_text(FILE *out, const char *text);

/* printf that escapes every %s in this way. The only conversions are %s, %d and %%. */
void html_print(FILE *out, const char *format, ...);

void html_head(FILE *out, const char *title); /* from the doctype to <main>, with the style sheet */
void html_foot(FILE *out);

/* The number in the class "fit48" of a table that needs this width in rem: where its card is narrower, the style
 * sheet folds the table into blocks of cells, each with the heading of its attribute data-head. */
int html_fit(int width);

#endif
