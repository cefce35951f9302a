/* Reads, frees and unsets the value of one key, by the type in its row. show.c prints, describe.c
 * describes. */
#include "sim/config/values.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/fraction.h"
#include "sim/config/kinds.h"
#include "sim/config/milestones.h"

/* The check_ and read_ functions return NULL, or, for an error, a hint that may be empty. They set *got to
 * the wrong element when only one element of a list is wrong. */

static const char *check_bounds(const struct config_key *key, double x)
{
    bool low = key_bounded_below(key) && (key->above_min ? x <= key->min : x < key->min);
    bool high = key_bounded_above(key) && (key->below_max ? x >= key->max : x > key->max);
    return low || high ? "" : NULL;
}

/* A text that an ini line cannot hold is refused on the command line too: every dump must read back. */
const char *value_unwritable(const char *text)
{
    char before = ' ';
    for (const char *c = text; *c; before = *c++) {
        bool blank_before = before == ' ' || before == '\t';
        if ((*c == '#' || *c == ';') && blank_before)
            return *c == '#' ? "a comment behind a value starts with ' ;'" : "';' starts a comment";
        if (((unsigned char)*c < ' ' && *c != '\t') || *c == 0x7F)
            return "control character";
    }
    return NULL;
}

static const char *read_real(const struct config_key *key, const char *text, double *out)
{
    const char *why = quantity_read(key_quantity(key), text, out);
    return why ? why : check_bounds(key, *out);
}

/* A text of digits is read as an integer, since a double would round numbers beyond 2^53; "1e6" is read as
 * a double. */
static const char *read_int(const struct config_key *key, const char *text, int64_t *out)
{
    double x;
    const char *why = read_real(key, text, &x);
    if (why)
        return why;
    if (x != floor(x))
        return "not whole";
    if (text[strspn(text, "+-0123456789")] == '\0') {
        errno = 0;
        *out = strtoll(text, NULL, 10);
        return errno ? "too large a number" : NULL;
    }
    if (fabs(x) >= 0x1p63)
        return "too large a number";
    *out = (int64_t)x;
    return NULL;
}

static const char *read_fraction(const struct config_key *key, const char *text, struct fraction *out)
{
    const char *why = fraction_read(text, out);
    return why ? why : check_bounds(key, fraction_value(out));
}

static const char *read_bool(const char *text, bool *out)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1", NULL};
    int found = text_find(words, text);
    *out = found % 2;
    return found < 0 ? "" : NULL;
}

static const char *read_choice(const char *const *choices, const char *text, int *out)
{
    *out = text_find(choices, text);
    return *out < 0 ? "" : NULL;
}

static const char *read_text(const struct config_key *key, const char *text, char **out)
{
    int chosen;
    if (!*text && *key->preset)
        return "";
    if (key->choices && read_choice(key->choices, text, &chosen))
        return "";
    *out = text_copy(key->choices ? key->choices[chosen] : text);
    return NULL;
}

/* Cuts the next element out of a list; *rest is NULL after the last. */
static char *next_element(char **rest)
{
    char *start = *rest;
    assert(start);
    char *comma = strchr(start, ',');
    if (comma)
        *comma = '\0';
    *rest = comma ? comma + 1 : NULL;
    return text_trim(start);
}

static int count_elements(const char *list)
{
    int n = 1;
    for (; *list; list++)
        n += *list == ',';
    return n;
}

static const char *read_reals(const struct config_key *key, char *list, struct reals *out, char **got)
{
    out->n = count_elements(list);
    out->at = need((unsigned long)out->n * sizeof *out->at);
    const char *why = NULL;
    for (int i = 0; i < out->n && !why; i++) {
        *got = next_element(&list);
        why = read_real(key, *got, &out->at[i]);
    }
    if (why)
        free(out->at);
    return why;
}

static void names_free(struct names *names)
{
    for (int i = 0; i < names->n; i++) {
        free(names->at[i]);
        free(names->of[i]);
    }
    free(names->at);
    free(names->of);
}

static const char *check_word(const char *name)
{
    const char *why = value_unwritable(name); /* a dump writes a blank before each name */
    return why || (*name && !strpbrk(name, " \t:")) ? why : "";
}

enum { LONGEST_VARIANT = 38 }; /* inih takes sections of 49 characters: "algorithm." and the name */

/* A variant names a folder, a section of the ini, and a cell of a CSV. */
static const char *check_variant(const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    if (!*name)
        return "no name in front of ':'";
    if (strspn(name, letters) == 0 || name[strcspn(name, letters)] == '\0')
        return "a variant's name begins with a letter or digit";
    size_t length = strlen(name), good = 0;
    while (strchr(letters, name[good]) || strchr("_-+", name[good]))
        if (!name[good++])
            break;
    if (good <= length)
        return "a variant's name has letters, digits, '_', '-' and '+' only";
    if (strcmp(name, "plots") == 0 || strcmp(name, "export") == 0)
        return "a run's folder has another folder of this name";
    return length > LONGEST_VARIANT ? "a variant's name has at most 38 characters" : NULL;
}

static const char *check_name(const struct names *known, const char *name)
{
    for (int i = 0; i < known->n; i++)
        if (strcmp(known->at[i], name) == 0)
            return "given twice";
    return NULL;
}

/* The word as the row of the key has it; NULL: none is meant. */
static const char *one_of(const char *const *choices, const char *name)
{
    int found;
    return read_choice(choices, name, &found) ? NULL : choices[found];
}

/* "bsp" or "topk1: bsp". */
static const char *read_name(const struct config_key *key, const char *element, struct names *out)
{
    char *name = text_copy(element), *colon = strchr(name, ':'), *of = NULL;
    if (colon) {
        *colon = '\0';
        of = text_trim(colon + 1);
    }
    char *trimmed = text_trim(name);
    const char *why = of && !key->kind ? "unexpected ':'" : of ? check_variant(trimmed) : check_word(trimmed);
    const char *word = key->choices && !why ? one_of(key->choices, trimmed) : trimmed;
    why = why ? why : of ? check_word(of) : word ? NULL : "";
    why = why ? why : check_name(out, word);
    if (!why) {
        out->at[out->n] = text_copy(word);
        out->of[out->n++] = of && strcmp(of, trimmed) != 0 ? text_copy(of) : NULL;
    }
    free(name);
    return why;
}

static const char *read_names(const struct config_key *key, char *list, struct names *out, char **got)
{
    size_t n = (size_t)count_elements(list);
    *out = (struct names){0, need(n * sizeof *out->at), need(n * sizeof *out->of)};
    while (list) {
        *got = next_element(&list);
        const char *why = read_name(key, *got, out);
        if (why) {
            names_free(out);
            return why;
        }
    }
    return NULL;
}

static const char *read_one_name(const struct config_key *key, char *text, char **out)
{
    struct names one;
    char *got;
    if (strchr(text, ','))
        return "one name";
    const char *why = read_names(key, text, &one, &got);
    if (why)
        return why;
    *out = one.of[0] ? text_format("%s: %s", one.at[0], one.of[0]) : text_copy(one.at[0]);
    names_free(&one);
    return NULL;
}

static const char *check_milestone(const struct milestones *known, const struct milestone *milestone)
{
    for (int i = 0; i < known->n; i++)
        if (milestone_equal(&known->at[i], milestone))
            return "given twice";
    return known->n == MILESTONES_MOST ? "too many" : NULL;
}

static const char *read_milestones(char *list, struct milestones *out, char **got)
{
    *out = (struct milestones){0, need(MILESTONES_MOST * sizeof *out->at)};
    while (list) {
        struct milestone milestone = {0};
        *got = next_element(&list);
        const char *why = milestone_read(*got, &milestone);
        why = why ? why : check_milestone(out, &milestone);
        if (why) {
            free(out->at);
            return why;
        }
        out->at[out->n++] = milestone;
    }
    return NULL;
}

static const char *read_field(const struct config_key *key, char *text, union field *out, char **got)
{
    switch (key->type) {
    case KEY_INT:
        return read_int(key, text, &out->integer);
    case KEY_FRACTION:
        return read_fraction(key, text, &out->fraction);
    case KEY_BOOL:
        return read_bool(text, &out->yes);
    case KEY_TEXT:
        return read_text(key, text, &out->text);
    case KEY_CHOICE:
        return read_choice(key->choices, text, &out->choice);
    case KEY_NAME:
        return read_one_name(key, text, &out->text);
    case KEY_NAMES:
        return read_names(key, text, &out->names, got);
    case KEY_MILESTONES:
        return read_milestones(text, &out->milestones, got);
    default:
        return key_is_list(key) ? read_reals(key, text, &out->reals, got) : read_real(key, text, &out->real);
    }
}

static const char *word_at(const void *words, size_t i)
{
    return ((const char *const *)words)[i];
}

/* A message that does not list the words suggests the nearest one. */
static void explain(const struct config_key *key, const char *got, const char *hint, char *error,
                    size_t error_size)
{
    char quoted[100], *expected = NULL;
    size_t length;
    const char *nearest = key->choice ? text_nearest(got, word_at, key->choices) : NULL;
    FILE *out = text_begin(&expected, &length);
    value_describe(key, out);
    text_end(out, &expected);
    snprintf(error, error_size, "expected %s, got %s%s%s%s%s%s%s", expected,
             text_quote(quoted, sizeof quoted, got), *hint ? " (" : "", hint, *hint ? ")" : "",
             nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    free(expected);
}

bool value_read(const struct config_key *key, const char *text, void *field, char *error, size_t error_size)
{
    char *copy = text_copy(text), *trimmed = text_trim(copy), *got = trimmed;
    union field fresh = {0};
    bool unset = !*trimmed && !key->preset;
    const char *why = unset ? NULL : value_unwritable(trimmed);
    if (!unset && !why)
        why = read_field(key, trimmed, &fresh, &got);
    if (why) {
        explain(key, got, why, error, error_size);
    } else {
        value_free(key, field);
        if (!unset)
            memcpy(field, &fresh, key_field_size(key));
    }
    free(copy);
    return !why;
}

/* ---- given or not given ---- */

void value_unset(const struct config_key *key, void *field)
{
    union field unset = {0};
    if (key->type == KEY_INT)
        unset.integer = -1;
    else if (key->type == KEY_CHOICE)
        unset.choice = -1;
    else if (key_quantity(key) && !key_is_list(key) && key->type != KEY_FRACTION)
        unset.real = NAN;
    memcpy(field, &unset, key_field_size(key));
}

void value_free(const struct config_key *key, void *field)
{
    if (key->type == KEY_TEXT || key->type == KEY_NAME)
        free(*(char **)field);
    else if (key->type == KEY_NAMES)
        names_free(field);
    else if (key->type == KEY_MILESTONES)
        free(((struct milestones *)field)->at);
    else if (key_is_list(key))
        free(((struct reals *)field)->at);
    value_unset(key, field);
}

bool value_given(const struct config_key *key, const void *field)
{
    union field unset;
    value_unset(key, &unset);
    return key->preset || memcmp(field, &unset, key_field_size(key)) != 0;
}
