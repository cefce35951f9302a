/* Lines of a table. Which columns there are, and what their cells say, is the same in every language. */
#include "sim/paper/style.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/schema/words.h"

enum { NUMBER = 32, MOST_MORE = 12 };

/* "83.21 ± 0.40"; "3 of 5" where only some runs have a number; "-": none has. The caller frees. */
static char *text_of(const struct paper_measure *m, const struct paper_row *row,
                     const struct paper_cell *cell, const char *sign)
{
    double half = (cell->mean.high - cell->mean.low) / 2;
    if (cell->n == 0)
        return text_copy("-");
    if (cell->n < row->runs)
        return text_format("%d of %d", cell->n, row->runs);
    if (!m->widths || isnan(half))
        return text_format("%.*f", m->decimals, m->factor * cell->mean.mean);
    return text_format("%.*f%s%.*f", m->decimals, m->factor * cell->mean.mean, sign, m->decimals,
                       m->factor * half);
}

int paper_texts(const struct paper *p)
{
    return p->keys + 1 + p->withs;
}

int paper_numbers(const struct paper *p)
{
    int n = 0;
    for (int m = 0; m < p->measures; m++)
        n += p->measure[m].shown;
    return n + p->effects;
}

static void number_text(const struct paper_effect *e, double x, int more, char *out)
{
    snprintf(out, NUMBER, e->format, e->digits + more, e->factor * x);
}

/* "..": there is no end on this side of a bound. */
static void put_number(const struct paper_effect *e, const struct style *style, double x, int more, FILE *out)
{
    if (isnan(x)) {
        fputs("..", out);
        return;
    }
    char text[NUMBER];
    number_text(e, x, more, text);
    fprintf(out, "%s%s", *text == '-' ? style->minus : "", text + (*text == '-'));
}

/* An interval that excludes no difference also does so as it is printed: the digits more that it needs for that. */
static int more_digits(const struct paper_effect *e, const struct paper_claim *claim)
{
    double end = claim->low > e->none ? claim->low : claim->high;
    char text[NUMBER];
    int more = -1;
    if (!(claim->low > e->none || claim->high < e->none))
        return 0;
    do
        number_text(e, end, ++more, text);
    while (more < MOST_MORE && strtod(text, NULL) == e->none);
    return more;
}

/* "0.38 [0.33, 0.44]", "at most 0.5 [.., 0.6]"; "-": the reference itself. */
static void put_claim(const struct paper_effect *e, const struct style *style,
                      const struct paper_claim *claim, FILE *out)
{
    if (!claim->standing || isnan(claim->effect)) {
        style->put(out, claim->standing ? claim->standing : "-");
        return;
    }
    int more = more_digits(e, claim);
    fputs(claim->bound, out);
    put_number(e, style, claim->effect, more, out);
    fputs(" [", out);
    put_number(e, style, claim->low, more, out);
    fputs(", ", out);
    put_number(e, style, claim->high, more, out);
    fputs("]", out);
}

/* "10Mbit/s" as "10 Mbit/s". */
static void put_value(const struct style *style, const char *value, FILE *out)
{
    size_t number = strspn(value, "0123456789.");
    bool quantity = number > 0 && isalpha((unsigned char)value[number]) && !strchr(value, ',');
    char *text = quantity ? quantity_words(value, (int)strlen(value)) : text_copy(value);
    style->put(out, text);
    free(text);
}

void paper_head(const struct paper *p, const struct style *style, FILE *out)
{
    fputs(style->begin, out);
    for (int i = 0; i < p->keys; i++) {
        style->put(out, p->key[i]);
        fputs(style->between, out);
    }
    style->put(out, "algorithm");
    if (p->withs) {
        fputs(style->between, out);
        style->put(out, "with");
    }
    for (int m = 0; m < p->measures; m++) {
        if (!p->measure[m].shown)
            continue;
        char *heading = text_format("%s (%s)", p->measure[m].heading, p->measure[m].unit);
        fputs(style->between, out);
        style->put(out, heading);
        free(heading);
    }
    for (int i = 0; i < p->effects; i++) {
        fputs(style->between, out);
        style->put(out, p->effect[i].heading);
    }
    fputs(style->end, out);
}

static void put_cell(const struct paper *p, const struct style *style, const struct paper_row *row, int m,
                     FILE *out)
{
    const struct paper_cell *cell = &row->cell[m];
    char *text = text_of(&p->measure[m], row, cell, style->sign);
    fprintf(out, "%s%s%s%s", style->between, style->before[cell->look], text, style->behind[cell->look]);
    free(text);
}

void paper_line(const struct paper *p, const struct style *style, const struct paper_row *row, FILE *out)
{
    fputs(style->begin, out);
    for (int i = 0; i < p->keys; i++) {
        put_value(style, p->setting[row->setting][i], out);
        fputs(style->between, out);
    }
    style->put(out, row->label);
    if (p->withs) {
        fputs(style->between, out);
        style->put(out, row->with);
    }
    for (int m = 0; m < p->measures; m++)
        if (p->measure[m].shown)
            put_cell(p, style, row, m, out);
    for (int i = 0; i < p->effects; i++) {
        fputs(style->between, out);
        put_claim(&p->effect[i], style, &row->claim[i], out);
    }
    fputs(style->end, out);
}

size_t paper_character(FILE *out, const char *text)
{
    size_t n = text_character(text);
    if (n == 0)
        fputc('?', out);
    else if (n == 1 && ((unsigned char)*text < ' ' || *text == 0x7f))
        fputc(' ', out);
    else
        fwrite(text, 1, n, out);
    return n ? n : 1;
}
