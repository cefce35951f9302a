/* How a line of a table is written in a language. */
#ifndef SIM_PAPER_STYLE_H
#define SIM_PAPER_STYLE_H

#include "sim/paper/paper.h"

enum { LOOKS = LOOK_UNKNOWN + 1 };

struct style {
    void (*put)(FILE *out, const char *text); /* escapes */
    const char *begin, *between, *end;        /* of a line */
    const char *sign;                         /* between a mean and the half-width of its interval */
    const char *minus;                        /* of a negative number */
    const char *before[LOOKS], *behind[LOOKS];
};

void paper_head(const struct paper *p, const struct style *style, FILE *out); /* the line of headings */
void paper_line(const struct paper *p, const struct style *style, const struct paper_row *row, FILE *out);
int paper_texts(const struct paper *p);   /* columns of texts, which come first, */
int paper_numbers(const struct paper *p); /* and columns of numbers */

/* A character that stands for itself, or '?' for bytes that are none, or ' ' for a control character, so that a text
 * stays on one line. Returns the number of bytes that it has taken of the text. */
size_t paper_character(FILE *out, const char *text);

#endif
