#include "sim/schema/quality_columns.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

const char *const quality_words[QUALITY_KINDS + 1] = {[QUALITY_PER_CLASS] = "per_class",
                                                      [QUALITY_TOP5] = "top5",
                                                      [QUALITY_CLIENTS] = "clients",
                                                      [QUALITY_DISTANCE] = "distance",
                                                      [QUALITY_GRADIENT_NORM] = "gradient_norm"};

static quality_set bit(const char *word, size_t length)
{
    for (int i = 0; i < QUALITY_KINDS; i++)
        if (strlen(quality_words[i]) == length && strncmp(quality_words[i], word, length) == 0)
            return 1u << i;
    return 0;
}

quality_set quality_read(const char *words)
{
    static const char between[] = ", ";
    quality_set asked = 0;
    for (words += strspn(words, between); *words; words += strspn(words, between)) {
        size_t length = strcspn(words, between);
        asked |= bit(words, length);
        words += length;
    }
    return asked;
}

bool quality_has_rows(quality_set asked)
{
    return (asked & ~(1u << QUALITY_PER_CLASS)) != 0;
}

/* ---- quality.csv ---- */

#define AT(member)       .offset = offsetof(struct quality_row, member)
#define SHOWN(name, how) .head = name, .form = how
static const struct field moment[] = {
    {"round", FIELD_INT, AT(round)},
    {"iterations", FIELD_INT, AT(iterations)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns), .json_name = "virtual_ns"},
};
static const struct field top5[] = {
    {"test_top5_accuracy", FIELD_REAL, AT(top5[OF_TEST]), SHOWN("top-5", FORM_SHARE)},
    {"validation_top5_accuracy", FIELD_REAL, AT(top5[OF_VALIDATION])},
};
static const struct field clients[] = {
    {"test_clients_mean", FIELD_REAL, AT(clients[OF_TEST].mean), SHOWN("clients", FORM_SHARE)},
    {"test_clients_worst", FIELD_REAL, AT(clients[OF_TEST].worst), SHOWN("worst tenth", FORM_SHARE)},
    {"test_clients_best", FIELD_REAL, AT(clients[OF_TEST].best), SHOWN("best tenth", FORM_SHARE)},
    {"test_clients_variance", FIELD_REAL, AT(clients[OF_TEST].variance)},
    {"validation_clients_mean", FIELD_REAL, AT(clients[OF_VALIDATION].mean)},
    {"validation_clients_worst", FIELD_REAL, AT(clients[OF_VALIDATION].worst)},
    {"validation_clients_best", FIELD_REAL, AT(clients[OF_VALIDATION].best)},
    {"validation_clients_variance", FIELD_REAL, AT(clients[OF_VALIDATION].variance)},
};
static const struct field distance[] = {
    {"distance_workers", FIELD_INT, AT(compared)},
    {"distance_mean", FIELD_REAL, AT(distance_mean)},
    {"distance_rms", FIELD_REAL, AT(distance_rms), SHOWN("distance", FORM_REAL)},
    {"distance_max", FIELD_REAL, AT(distance_max)},
};
static const struct field gradient_norm[] = {
    {"gradient_norm", FIELD_REAL, AT(gradient_norm), SHOWN("gradient norm", FORM_REAL)},
};
#undef AT

#define TABLE(fields)                                    \
    {                                                    \
        fields, (int)(sizeof(fields) / sizeof *(fields)) \
    }
static const struct {
    const struct field *field;
    int n;
} tables[QUALITY_KINDS] = {[QUALITY_TOP5] = TABLE(top5),
                           [QUALITY_CLIENTS] = TABLE(clients),
                           [QUALITY_DISTANCE] = TABLE(distance),
                           [QUALITY_GRADIENT_NORM] = TABLE(gradient_norm)};

static void append(struct columns *columns, struct field *all, const struct field *more, int n)
{
    memcpy(all + columns->n, more, (size_t)n * sizeof *more);
    columns->n += n;
}

struct columns quality_columns(quality_set asked)
{
    const int moments = (int)(sizeof moment / sizeof *moment);
    int most = moments;
    for (int i = 0; i < QUALITY_KINDS; i++)
        most += tables[i].n;
    struct field *all = need((size_t)most * sizeof *all);
    struct columns columns = {"quality.csv", all, 0};
    append(&columns, all, moment, moments);
    for (int i = 0; i < QUALITY_KINDS; i++)
        if (quality_has(asked, (enum quality)i) && tables[i].n > 0)
            append(&columns, all, tables[i].field, tables[i].n);
    return columns;
}

/* ---- readers ---- */

struct columns quality_columns_of_any_file(void)
{
    struct columns columns = quality_columns((1u << QUALITY_KINDS) - 1);
    for (int c = 0; c < columns.n; c++)
        ((struct field *)columns.field)[c].later = true;
    return columns;
}

/* Real number i of all columns. */
static const struct field *measure_field(int i)
{
    for (int kind = 0; kind < QUALITY_KINDS; kind++)
        for (int c = 0; c < tables[kind].n; c++)
            if (tables[kind].field[c].kind == FIELD_REAL && i-- == 0)
                return &tables[kind].field[c];
    assert(!"fewer than QUALITY_MEASURES");
    return NULL;
}

struct quality_row quality_row_unknown(void)
{
    struct quality_row row = {0};
    for (int i = 0; i < QUALITY_MEASURES; i++)
        *(double *)(void *)((char *)&row + measure_field(i)->offset) = INFINITY; /* no file holds it */
    return row;
}

double quality_measure(const struct quality_row *row, int i)
{
    double value = *(const double *)(const void *)((const char *)row + measure_field(i)->offset);
    return isinf(value) ? NAN : value;
}

const char *quality_measure_name(int i)
{
    return measure_field(i)->name;
}

int quality_measure_named(const char *column)
{
    for (int i = 0; i < QUALITY_MEASURES; i++)
        if (strcmp(quality_measure_name(i), column) == 0)
            return i;
    return -1;
}

void quality_columns_end(struct columns *columns)
{
    free((struct field *)columns->field);
    *columns = (struct columns){0};
}

/* ---- classes.csv ---- */

#define AT(member) .offset = offsetof(struct class_row, member)
static const struct field classes[] = {
    {"round", FIELD_INT, AT(round)},
    {"virtual_s", FIELD_SECONDS, AT(virtual_ns), .json_name = "virtual_ns"},
    {"label", FIELD_INT, AT(label)},
    {"test_samples", FIELD_INT, AT(samples[OF_TEST])},
    {"test_accuracy", FIELD_REAL, AT(accuracy[OF_TEST])},
    {"validation_samples", FIELD_INT, AT(samples[OF_VALIDATION])},
    {"validation_accuracy", FIELD_REAL, AT(accuracy[OF_VALIDATION])},
};
#undef AT
const struct columns class_columns = {"classes.csv", classes, (int)(sizeof classes / sizeof *classes)};
