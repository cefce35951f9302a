/* Pieces of HTML. All text from outside goes through html_text: names, values, paths. */
#ifndef SIM_REPORT_HTML_H
#define SIM_REPORT_HTML_H

#include <stdio.h>

/* Writes text, escaped for content and for attributes in double quotes. Invalid UTF-8, and control characters
 * other than tab and newline, become U+FFFD. */
void html_text(FILE *out, const char *text);

/* printf that escapes every %s in this way. The only conversions are %s, %d and %%. */
void html_print(FILE *out, const char *format, ...);

/* A stream into fresh memory. After html_end, *text is what was written; the caller frees. Without memory
 * both end the program. */
FILE *html_begin(char **text, size_t *size);
void html_end(FILE *out, char *const *text); /* with the text of html_begin */

void html_head(FILE *out, const char *title); /* from the doctype to <main>, with the style sheet */
void html_foot(FILE *out);

#endif
