/* Writes one value of a row, by its kind, as a CSV field or as a JSON member. The kinds are those of
 * sim/schema/columns.h; NaN is a word in CSV and null in JSON. */
#include "sim/output/fields.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/text.h"

struct csv *fields_open(const char *folder, const struct columns *columns, const int64_t *end)
{
    char *path = text_format("%s/%s", folder, columns->file), *header = columns_header(columns);
    struct csv *csv = end ? csv_reopen(path, header, *end) : csv_create(path, header);
    free(header);
    free(path);
    return csv;
}

/* ---- CSV ---- */

static void write_whole(struct csv *csv, enum field_kind kind, int64_t value)
{
    bool missing = value < 0 && (kind == FIELD_SECONDS_OR_NAN || kind == FIELD_COUNT_OR_NAN);
    if (missing)
        csv_real(csv, NAN);
    else if (kind == FIELD_SECONDS || kind == FIELD_SECONDS_OR_NAN)
        csv_seconds(csv, value);
    else
        csv_int(csv, value);
}

static void write_cell(struct csv *csv, const struct field *f, const void *value)
{
    switch (f->kind) {
    case FIELD_INT:
    case FIELD_SECONDS:
    case FIELD_SECONDS_OR_NAN:
    case FIELD_COUNT_OR_NAN:
        write_whole(csv, f->kind, *(const int64_t *)value);
        break;
    case FIELD_REAL:
        csv_real(csv, *(const double *)value);
        break;
    case FIELD_WORD:
        csv_text(csv, f->words[*(const unsigned *)value]);
        break;
    case FIELD_TEXT:
        csv_text(csv, *(const char *const *)value);
        break;
    default:
        assert(!"a kind of JSON alone");
    }
}

void fields_write(struct csv *csv, const struct columns *columns, const void *row)
{
    for (const struct field *f = columns->field; f < columns->field + columns->n; f++)
        write_cell(csv, f, (const char *)row + f->offset);
    csv_end_row(csv);
}

/* ---- JSON ---- */

static void write_hash(struct json *json, const char *name, uint64_t hash)
{
    char digits[17];
    snprintf(digits, sizeof digits, "%016" PRIx64, hash);
    json_text(json, name, digits);
}

static void write_replicas(struct json *json, const char *name, enum replicas replicas)
{
    if (replicas == REPLICAS_NONE)
        json_null(json, name);
    else
        json_bool(json, name, replicas == REPLICAS_EQUAL);
}

static void write_member(struct json *json, const struct field *f, const void *value)
{
    const char *name = f->json_name ? f->json_name : f->name;
    switch (f->kind) {
    case FIELD_INT:
    case FIELD_SECONDS:
        json_int(json, name, *(const int64_t *)value);
        break;
    case FIELD_REAL:
        json_real(json, name, *(const double *)value);
        break;
    case FIELD_NAME:
        json_text(json, name, value);
        break;
    case FIELD_BOOL:
        json_bool(json, name, *(const bool *)value);
        break;
    case FIELD_WIDE:
        json_wide(json, name, *(const int128 *)value);
        break;
    case FIELD_HASH:
        write_hash(json, name, *(const uint64_t *)value);
        break;
    case FIELD_REPLICAS:
        write_replicas(json, name, *(const enum replicas *)value);
        break;
    case FIELD_REPRODUCIBLE:
        json_bool(json, name, *(const enum clocked *)value == CLOCKED_BY_MODEL);
        break;
    default:
        assert(!"a kind of CSV alone");
    }
}

void fields_to_json(struct json *json, const struct columns *members, const void *row, struct present p)
{
    for (const struct field *f = members->field; f < members->field + members->n; f++) {
        bool null = (f->when == WITH_TARGET && !p.target) || (f->when == WITH_TRAINING && !p.training);
        if (f->when == WITH_FAULTS && !p.faults)
            continue;
        if (null)
            json_null(json, f->name);
        else
            write_member(json, f, (const char *)row + f->offset);
    }
}
