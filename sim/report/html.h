/* Pieces of HTML. Everything that comes from outside goes through html_text: names, values, paths. */
#ifndef SIM_REPORT_HTML_H
#define SIM_REPORT_HTML_H

#include <stdio.h>

/* Escaped for content and for attributes in double quotes. What is no UTF-8, and control characters but tab and newline,
 * become U+FFFD: the page stays well-formed whatever is in a name. */
void html_text(FILE *out, const char *text);

/* printf whose every %s is escaped in this way. No other conversions than %s, %d and %%. */
void html_print(FILE *out, const char *format, ...);

/* A stream into fresh memory; after html_end *text is what was written. Caller frees. Both end the program when there is none. */
FILE *html_begin(char **text, size_t *size);
void html_end(FILE *out, char *const *text); /* of the same text */

void html_head(FILE *out, const char *title); /* up to and with <body>, the style within */
void html_foot(FILE *out);

#endif
