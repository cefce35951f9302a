/* The CSV reader of the judge: eval.csv, workers.csv, totals.csv, faults.csv. The header gives the place
 * of every column; each row is read into a struct of sim/schema/rows.h by the offsets in
 * sim/schema/columns.c. */
#define _GNU_SOURCE /* getline */
#include "sim/verify/table.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

enum { NANO_DIGITS = 9 };

struct table {
    FILE *file;
    const char *folder;
    char *path; /* path of the file in the folder */
    struct findings *findings;
    const struct columns *columns;
    int *place; /* (columns) where each column stands in a line, from 0 */
    int fields; /* number of fields in the header */
    char *line;
    size_t room;
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
    if (strlen(t->line) != (size_t)length) {
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

/* The beginning of field number `place` of the line. The line has that field. */
static const char *field_at(const char *line, int place)
{
    for (; place > 0; place--)
        line = strchr(line, ',') + 1;
    return line;
}

static size_t field_length(const char *field)
{
    return strcspn(field, ",");
}

/* ---- header ---- */

static int find(const struct table *t, const char *name)
{
    for (int i = 0; i < t->fields; i++) {
        const char *field = field_at(t->line, i);
        if (field_length(field) == strlen(name) && strncmp(field, name, strlen(name)) == 0)
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
    for (int i = 0; i < t->columns->n; i++) {
        const char *name = t->columns->field[i].name;
        t->place[i] = find(t, name);
        if (t->place[i] < 0) {
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
    free(t->place);
    free(t);
}

/* ---- cells: every cell is copied into a text before it is read; blanks are refused ---- */

static bool read_int(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    long long x = strtoll(text, &end, 10);
    *value = x;
    return *text && !*end && !errno && x >= -LARGEST_CELL && x <= LARGEST_CELL;
}

/* Reads seconds such as "12.345678901" into nanoseconds. The digits are read as one whole number: a double
 * would not be exact. */
static bool read_seconds(const char *text, int64_t *ns)
{
    const char *dot = strchr(text, '.');
    char digits[64];
    if (!dot || strspn(dot + 1, "0123456789") != NANO_DIGITS || dot[1 + NANO_DIGITS] ||
        strlen(text) >= sizeof digits)
        return false;
    snprintf(digits, sizeof digits, "%.*s%s", (int)(dot - text), text, dot + 1);
    return read_int(digits, ns);
}

static bool read_real(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return *text && !*end && !isinf(*value) && !strpbrk(text, "xX()");
}

static bool read_word(const char *text, const char *const *words, unsigned *which)
{
    for (*which = 0; words[*which]; ++*which)
        if (strcmp(words[*which], text) == 0)
            return true;
    return false;
}

/* Reads one value into the row. Returns NULL, or what was expected. */
static const char *read_value(const struct field *f, const char *text, void *value)
{
    switch (f->kind) {
    case FIELD_INT:
        return read_int(text, value) ? NULL : "a whole number";
    case FIELD_SECONDS:
        return read_seconds(text, value) ? NULL : "seconds with nine decimals";
    case FIELD_REAL:
        return read_real(text, value) ? NULL : "a number or NaN";
    case FIELD_WORD:
        return read_word(text, f->words, value) ? NULL : "one of its words";
    default:
        assert(!"a kind that no table is read with");
        return NULL;
    }
}

static bool read_cell(struct table *t, int column, void *row)
{
    const struct field *f = &t->columns->field[column];
    const char *cell = field_at(t->line, t->place[column]);
    char text[64], quoted[80];
    size_t length = field_length(cell);
    snprintf(text, sizeof text, "%.*s", length < sizeof text ? (int)length : (int)sizeof text, cell);
    bool plain = length > 0 && length < sizeof text && !isspace((unsigned char)text[0]);
    const char *expected = read_value(f, plain ? text : "", (char *)row + f->offset);
    if (!expected)
        return true;
    finding(t->findings, "%s: expected %s, got %s", f->name, expected,
            text_quote(quoted, sizeof quoted, text));
    return false;
}

bool table_next(struct table *t, void *row)
{
    if (t->damaged || t->cut || !next_line(t) || t->cut)
        return false;
    int fields = count_fields(t->line);
    if (fields != t->fields) {
        finding(t->findings, "expected %d fields, as in the header, got %d", t->fields, fields);
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
