/* The CSV reader of the judge: eval.csv, workers.csv, totals.csv, faults.csv. The header gives the place
 * of every column; each row is read into a struct of sim/schema/rows.h by the offsets in
 * sim/schema/columns.c. */
#define _GNU_SOURCE /* getline */
#include "sim/verify/table.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/number.h"
#include "sim/base/text.h"

struct table {
    FILE *file;
    const char *folder;
    char *path; /* path of the file in the folder */
    struct findings *findings;
    const struct columns *columns;
    int *place;    /* (columns) where each column stands in a line, from 0 */
    int fields;    /* number of fields in the header */
    size_t *begin; /* (fields + 1) where each field of the line begins, and one more behind the last comma */
    char *line;
    size_t room, length; /* length: of the line */
    bool damaged, cut;
};

/* ---- lines ---- */

static bool damage(struct table *t)
{
    t->damaged = true;
    return false;
}

/* Reads the next line, without its newline. false: there is no next line. */
static bool next_line(struct table *t)
{
    errno = 0;
    ssize_t length = getline(&t->line, &t->room, t->file);
    if (length < 0) {
        if (!feof(t->file)) {
            die_if_short("reading %s", t->findings->file);
            finding(t->findings, "cannot be read: %s", strerror(errno));
            t->damaged = true;
        }
        return false;
    }
    t->findings->line++;
    t->cut = t->line[length - 1] != '\n';
    if (!t->cut)
        t->line[--length] = '\0';
    t->length = (size_t)length;
    if (strlen(t->line) != t->length) {
        finding(t->findings, "expected text, got a NUL byte");
        return damage(t);
    }
    return true;
}

static int count_fields(const char *line)
{
    int n = 1;
    for (; *line; line++)
        n += *line == ',';
    return n;
}

/* Cuts the line into fields, in one pass. false: it has not as many as the header. */
static bool cut(struct table *t)
{
    int n = 1;
    t->begin[0] = 0;
    for (const char *c = t->line; (c = strchr(c, ',')); c++)
        if (n == t->fields)
            return false;
        else
            t->begin[n++] = (size_t)(c - t->line) + 1;
    t->begin[n] = t->length + 1;
    return n == t->fields;
}

static const char *field_at(const struct table *t, int place)
{
    return t->line + t->begin[place];
}

static size_t field_length(const struct table *t, int place)
{
    return t->begin[place + 1] - t->begin[place] - 1;
}

/* ---- header ---- */

static int find(const struct table *t, const char *name)
{
    for (int i = 0; i < t->fields; i++) {
        if (field_length(t, i) == strlen(name) && strncmp(field_at(t, i), name, strlen(name)) == 0)
            return i;
    }
    return -1;
}

static bool read_header(struct table *t)
{
    if (!next_line(t)) {
        if (!t->damaged)
            finding(t->findings, "expected a header, got an empty file");
        return false;
    }
    t->fields = count_fields(t->line);
    t->begin = need(((size_t)t->fields + 1) * sizeof *t->begin);
    cut(t);
    for (int i = 0; i < t->columns->n; i++) {
        const char *name = t->columns->field[i].name;
        t->place[i] = find(t, name);
        if (t->place[i] < 0 && !t->columns->field[i].later) {
            finding(t->findings, "expected a column '%s', got none", name);
            return false;
        }
    }
    return true;
}

struct table *table_open(const char *folder, const struct columns *columns, struct findings *f)
{
    struct table *t = need(sizeof *t);
    *t = (struct table){.folder = folder,
                        .path = text_format("%s/%s", folder, columns->file),
                        .findings = f,
                        .columns = columns,
                        .place = need((size_t)columns->n * sizeof(int))};
    f->file = t->path;
    f->line = 0;
    t->file = fopen(t->path, "re");
    if (!t->file) {
        die_if_short("opening %s", t->path);
        finding(f, "cannot be opened: %s", strerror(errno));
    }
    if (!t->file || !read_header(t)) {
        table_close(t);
        return NULL;
    }
    return t;
}

void table_close(struct table *t)
{
    if (!t)
        return;
    t->findings->file = t->folder;
    t->findings->line = 0;
    if (t->file)
        fclose(t->file);
    free(t->path);
    free(t->line);
    free(t->begin);
    free(t->place);
    free(t);
}

/* ---- cells ---- */

static bool read_int(const char *text, size_t length, int64_t *value)
{
    return number_int(text, length, value) && *value >= -LARGEST_CELL && *value <= LARGEST_CELL;
}

static bool read_seconds(const char *text, size_t length, int64_t *ns)
{
    return number_seconds(text, length, ns) && *ns >= -LARGEST_CELL && *ns <= LARGEST_CELL;
}

static bool read_real(const char *text, size_t length, double *value)
{
    return number_real(text, length, value) && !isinf(*value);
}

/* NaN: -1, as in the row's struct. */
static bool read_or_nan(bool (*read)(const char *, size_t, int64_t *), const char *text, size_t length,
                        int64_t *value)
{
    if (length == 3 && memcmp(text, "NaN", 3) == 0) {
        *value = -1;
        return true;
    }
    return read(text, length, value) && *value >= 0;
}

static bool read_word(const char *text, size_t length, const char *const *words, unsigned *which)
{
    for (*which = 0; words[*which]; ++*which)
        if (strlen(words[*which]) == length && memcmp(words[*which], text, length) == 0)
            return true;
    return false;
}

static bool read_name(const char *text, size_t length, char *name)
{
    bool fits = length < TABLE_NAME;
    snprintf(name, TABLE_NAME, "%.*s", fits ? (int)length : 0, text);
    return fits;
}

/* Reads one value into the row. Returns NULL, or what was expected. */
static const char *read_value(const struct field *f, const char *text, size_t length, void *value)
{
    switch (f->kind) {
    case FIELD_INT:
        return read_int(text, length, value) ? NULL : "a whole number";
    case FIELD_SECONDS:
        return read_seconds(text, length, value) ? NULL : "seconds with nine decimals";
    case FIELD_SECONDS_OR_NAN:
        return read_or_nan(read_seconds, text, length, value) ? NULL : "seconds with nine decimals, or NaN";
    case FIELD_COUNT_OR_NAN:
        return read_or_nan(read_int, text, length, value) ? NULL : "a whole number or NaN";
    case FIELD_REAL:
        return read_real(text, length, value) ? NULL : "a number or NaN";
    case FIELD_NAME:
        return read_name(text, length, value) ? NULL : "a shorter word";
    case FIELD_WORD:
        return read_word(text, length, f->words, value) ? NULL : "one of its words";
    default:
        assert(!"a kind that no table is read with");
        return NULL;
    }
}

static bool read_cell(struct table *t, int column, void *row)
{
    const struct field *f = &t->columns->field[column];
    if (t->place[column] < 0)
        return true; /* an older program wrote no such column */
    const char *cell = field_at(t, t->place[column]);
    size_t length = field_length(t, t->place[column]);
    char text[64], quoted[80];
    const char *expected = read_value(f, cell, length, (char *)row + f->offset);
    if (!expected)
        return true;
    snprintf(text, sizeof text, "%.*s", length < sizeof text ? (int)length : (int)sizeof text, cell);
    finding(t->findings, "%s: expected %s, got %s", f->name, expected,
            text_quote(quoted, sizeof quoted, text));
    return false;
}

bool table_next(struct table *t, void *row)
{
    if (t->damaged || t->cut || !next_line(t) || t->cut)
        return false;
    if (!cut(t)) {
        finding(t->findings, "expected %d fields, as in the header, got %d", t->fields,
                count_fields(t->line));
        return damage(t);
    }
    for (int i = 0; i < t->columns->n; i++)
        if (!read_cell(t, i, row))
            return damage(t);
    return true;
}

bool table_damaged(const struct table *t)
{
    return t->damaged;
}

bool table_cut(const struct table *t)
{
    return t->cut;
}
