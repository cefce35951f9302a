#include "sim/tune/distribution.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/base/text.h"
#include "sim/config/kinds.h"
#include "sim/config/values.h"

#define DIGITS "%.4g"

static const char *const words[] = {"log", "uniform", "choice", NULL};
static const enum distribution_kind kinds[] = {DISTRIBUTION_LOG, DISTRIBUTION_UNIFORM, DISTRIBUTION_LIST};

struct reader {
    const struct config_key *row;
    char *error;
    size_t size;
};

static bool refuse(const struct reader *r, const char *expected, const char *got)
{
    char quoted[80];
    snprintf(r->error, r->size, "expected %s, got %s", expected, text_quote(quoted, sizeof quoted, got));
    return false;
}

/* ---- words ---- */

static const char *word_at(const void *context, size_t i)
{
    (void)context;
    return words[i];
}

static bool refuse_word(const struct reader *r, const char *word, const char *text)
{
    const char *nearest = text_nearest(word, word_at, NULL);
    refuse(r, "log(LOW, HIGH), uniform(LOW, HIGH), choice(A, B) or a list of values", text);
    size_t used = strlen(r->error);
    if (nearest)
        snprintf(r->error + used, r->size - used, "; did you mean %s(...)?", nearest);
    return false;
}

/* Cuts "log(0.01, 1)" into the word, which is returned, and what is between the brackets; NULL: there are none, so that
 * the text is a list. */
static char *cut_word(char *text, char **inside)
{
    size_t length = strlen(text);
    char *open = strchr(text, '(');
    if (!open || length == 0 || text[length - 1] != ')')
        return NULL;
    text[length - 1] = *open = '\0';
    *inside = text_trim(open + 1);
    return text_trim(text);
}

/* ---- the two ends ---- */

/* The key has one number, which can lie anywhere between two others. */
static bool has_number(const struct config_key *row)
{
    return row->type == KEY_INT || row->type == KEY_REAL || row->type == KEY_SECONDS ||
           row->type == KEY_SECONDS_OR_INF || row->type == KEY_BANDWIDTH || row->type == KEY_BYTES ||
           row->type == KEY_FLOPS;
}

static bool read_end(const struct reader *r, const char *text, double *end)
{
    union field field;
    value_unset(r->row, &field);
    if (!*text)
        return refuse(r, "two values, LOW and HIGH", text);
    if (!value_read(r->row, text, &field, r->error, r->size))
        return false;
    *end = r->row->type == KEY_INT ? (double)field.integer : field.real;
    return true;
}

static bool check_ends(const struct reader *r, const struct distribution *d)
{
    if (isinf(d->high))
        return refuse(r, "a finite range", d->text);
    if (d->low >= d->high)
        return refuse(r, "a range that rises, from LOW to HIGH", d->text);
    if (d->kind == DISTRIBUTION_LOG && d->low <= 0)
        return refuse(r, "a range above 0 for its logarithm", d->text);
    return true;
}

static bool read_ends(const struct reader *r, struct distribution *d, char *inside)
{
    char *comma = strchr(inside, ',');
    if (!has_number(r->row))
        return refuse(r, "choice(A, B) or a list, as the key has no number to draw", d->text);
    if (!comma || strchr(comma + 1, ','))
        return refuse(r, "two values, LOW and HIGH", d->text);
    *comma = '\0';
    return read_end(r, text_trim(inside), &d->low) && read_end(r, text_trim(comma + 1), &d->high) &&
           check_ends(r, d);
}

/* ---- reading ---- */

static bool read_list(const struct reader *r, struct distribution *d, const char *values)
{
    if (!*values)
        return refuse(r, "one value or more", d->text);
    return swept_read(&d->list, values, r->error, r->size);
}

bool distribution_read(struct distribution *d, const struct config_key *row, const char *text, char *error,
                       size_t size)
{
    const struct reader r = {row, error, size};
    char *copy = text_copy(text), *inside = copy, *word = cut_word(copy, &inside);
    *d = (struct distribution){.text = text_copy(text), .list.row = row};
    int found = word ? text_find(words, word) : -1;
    bool good;
    if (word && found < 0)
        good = refuse_word(&r, word, text);
    else if (!word)
        good = read_list(&r, d, text);
    else {
        d->kind = kinds[found];
        good = d->kind == DISTRIBUTION_LIST ? read_list(&r, d, inside) : read_ends(&r, d, inside);
    }
    free(copy);
    return good;
}

void distribution_free(struct distribution *d)
{
    swept_free(&d->list);
    free(d->text);
    *d = (struct distribution){0};
}

/* ---- drawing ---- */

/* FNV-1a, 64 bits: a key's draws do not depend on which other keys are tuned. */
static uint64_t hash_of(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++)
        hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

static double between(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* Few digits: a value is written down, and a user types it. */
static double rounded(double x)
{
    char text[32];
    snprintf(text, sizeof text, DIGITS, x);
    return strtod(text, NULL);
}

/* Whole numbers round: with half of one beyond each end, the ends come as often as the numbers between them. */
static double draw_number(const struct distribution *d, double u)
{
    double half = d->list.row->type == KEY_INT ? 0.5 : 0, low = d->low - half, high = d->high + half;
    double x =
        d->kind == DISTRIBUTION_LOG ? exp(log(low) + u * (log(high) - log(low))) : low + u * (high - low);
    return between(rounded(x), d->low, d->high);
}

char *distribution_draw(const struct distribution *d, const char *name, uint64_t seed, int trial)
{
    const struct draw_key key = {
        .seed = seed, .purpose = DRAW_TUNE, .round = hash_of(name), .iteration = (uint64_t)trial};
    if (d->kind == DISTRIBUTION_LIST)
        return text_copy(d->list.value[draw_below(&key, 0, (uint32_t)d->list.n)]);
    union field field;
    double x = draw_number(d, draw_uniform(&key, 0));
    if (d->list.row->type == KEY_INT)
        field.integer = (int64_t)between(round(x), d->low, d->high);
    else
        field.real = x;
    return value_text(d->list.row, &field);
}
