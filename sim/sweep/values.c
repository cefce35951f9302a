/* Reads the values of one row of a grid from its text. The row of the key table reads each value, so bounds
 * and units are those of an ini, and prints it in its normal form.
 *
 *   "0.1, 0.2"             two values                       "1..4"      1, 2, 3, 4
 *   "0.1, 0.2 | 0.3"       two values of a list key         "0..10..5"  0, 5, 10
 *   "1Gbit/s, 1000Mbit/s"  refused: the values are equal
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/kinds.h"
#include "sim/config/values.h"
#include "sim/sweep/grid.h"

#define BITS 8 /* in a byte: a bandwidth is stored in bytes per second and printed in bit/s */

struct reader {
    struct swept *swept;
    char *error;
    size_t size;
};

static bool refuse(const struct reader *r, const char *expected, const char *got)
{
    char quoted[80];
    snprintf(r->error, r->size, "expected %s, got %s", expected, text_quote(quoted, sizeof quoted, got));
    return false;
}

/* ---- one value ---- */

static void print_number(const struct config_key *row, const union field *field, FILE *out)
{
    static const struct config_key plain = {.type = KEY_REAL};
    bool bandwidth = row->type == KEY_BANDWIDTH || row->type == KEY_BANDWIDTH_LIST;
    int n = key_is_list(row) ? field->reals.n : 1;
    const double *x = key_is_list(row) ? field->reals.at : &field->real;
    if (row->type == KEY_INT || !key_quantity(row)) {
        value_print(row, field, out);
        return;
    }
    for (int i = 0; i < n; i++) {
        fputs(i ? " " : "", out);
        quantity_print(key_quantity(&plain), bandwidth ? x[i] * BITS : x[i], out);
    }
}

static char *printed(void (*print)(const struct config_key *, const union field *, FILE *),
                     const struct config_key *row, const union field *field)
{
    char *text = NULL;
    size_t length;
    FILE *out = text_begin(&text, &length);
    print(row, field, out);
    text_end(out, &text);
    return text;
}

static void print_value(const struct config_key *row, const union field *field, FILE *out)
{
    value_print(row, field, out);
}

/* Values are compared in their normal form: two spellings of one value would make two equal points. */
static bool is_new(const struct swept *s, const char *value)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->value[i], value) == 0)
            return false;
    return true;
}

static void append(struct swept *s, char *value, char *number)
{
    size_t n = (size_t)s->n, each = sizeof *s->value;
    s->value = need_more(s->value, n * each, (n + 1) * each);
    s->number = need_more(s->number, n * each, (n + 1) * each);
    s->value[n] = value;
    s->number[n] = number;
    s->n++;
}

static bool add(const struct reader *r, const char *text)
{
    struct swept *s = r->swept;
    union field field;
    if (s->n == MOST_POINTS) {
        snprintf(r->error, r->size, "expected at most %d values", MOST_POINTS);
        return false;
    }
    value_unset(s->row, &field);
    if (!value_read(s->row, text, &field, r->error, r->size))
        return false;
    char *value = printed(print_value, s->row, &field);
    bool new = s->repeats || is_new(s, value);
    if (new) {
        append(s, value, printed(print_number, s->row, &field));
    } else {
        refuse(r, "each value once", text);
        free(value);
    }
    value_free(s->row, &field);
    return new;
}

/* ---- a..b and a..b..step ---- */

static char *cut_range(char *text)
{
    char *dots = strstr(text, "..");
    if (!dots)
        return NULL;
    *dots = '\0';
    return dots + 2;
}

static bool add_range(const struct reader *r, const char *text)
{
    static const struct config_key step_row = {.type = KEY_INT, .min = 1, .max = INFINITY};
    int64_t first = 0, last = 0, step = 1;
    char *copy = text_copy(text), *end = cut_range(copy), *by = cut_range(end);
    bool good = value_read(r->swept->row, copy, &first, r->error, r->size) &&
                value_read(r->swept->row, end, &last, r->error, r->size) &&
                (!by || value_read(&step_row, by, &step, r->error, r->size));
    free(copy);
    if (good && first > last)
        good = refuse(r, "a range that rises", text);
    while (good && first <= last) {
        char number[32];
        snprintf(number, sizeof number, "%" PRId64, first);
        good = add(r, number);
        if (first > last - step) /* first += step could overflow */
            break;
        first += step;
    }
    return good;
}

/* ---- the list ---- */

static bool add_element(const struct reader *r, const char *element, const char *list)
{
    if (!*element)
        return refuse(r, "a value on each side of a separator", list);
    if (r->swept->row->type == KEY_INT && strstr(element, ".."))
        return add_range(r, element);
    return add(r, element);
}

bool swept_read(struct swept *s, const char *text, char *error, size_t size)
{
    struct reader r = {s, error, size};
    const char *separator = strchr(text, '|') ? "|" : ",";
    char *copy = text_copy(text), *rest = copy, *element;
    bool good = true;
    while (good && (element = strsep(&rest, separator)))
        good = add_element(&r, text_trim(element), text);
    free(copy);
    return good;
}

void swept_free(struct swept *s)
{
    for (int i = 0; i < s->n; i++) {
        free(s->value[i]);
        free(s->number[i]);
    }
    free(s->value);
    free(s->number);
    free(s->key);
    free(s->place);
}
