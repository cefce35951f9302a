/* The reader of summary.json and run.json. It splits the file into lines and keeps name and value of every
 * top-level member as text; each question converts the text then. A general JSON parser is not needed: the
 * judge accepts only what the simulator itself writes.
 *
 *   {                      line 1
 *     "rounds": 134,       name "rounds", value "134", line 2
 *     "faults": {          a nested object: its members are indented by four and passed over
 *       ...
 *   }                      last line: the file is whole */
#define _GNU_SOURCE /* getline */
#include "sim/verify/members.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/verify/table.h"

enum { MOST_MEMBERS = 128 };

struct member {
    char *name, *value; /* value points into the block of name */
    int64_t line;
};

struct members {
    const char *path;
    struct findings *findings;
    int n;
    struct member at[MOST_MEMBERS];
};

/* Keeps a line of the form `  "name": value,`; passes over every other line. */
static void take_line(struct members *m, const char *line, int64_t number)
{
    if (strncmp(line, "  \"", 3) != 0 || m->n == MOST_MEMBERS)
        return;
    const char *name = line + 3, *end = strstr(name, "\": ");
    if (!end)
        return;
    struct member *new = &m->at[m->n++];
    new->name = text_copy(name);
    new->name[end - name] = '\0';
    new->value = new->name + (end - name) + strlen("\": ");
    new->value[strcspn(new->value, "\n")] = '\0';
    size_t length = strlen(new->value);
    if (length > 0 && new->value[length - 1] == ',')
        new->value[length - 1] = '\0';
    new->line = number;
}

/* Returns whether the file is whole: it begins with the line "{" and ends with the line "}". */
static bool read_lines(struct members *m, FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    bool begun = false, ended = false;
    while (getline(&line, &room, file) >= 0) {
        m->findings->line++;
        begun |= m->findings->line == 1 && strcmp(line, "{\n") == 0;
        ended = strcmp(line, "}\n") == 0;
        take_line(m, line, m->findings->line);
    }
    if (!feof(file))
        die_if_short("reading %s", m->path);
    free(line);
    return begun && ended;
}

struct members *members_read(const char *path, struct findings *f)
{
    struct members *m = need(sizeof *m);
    m->path = path;
    m->findings = f;
    f->file = path;
    f->line = 0;
    FILE *file = fopen(path, "re");
    bool whole = file && read_lines(m, file);
    if (!file) {
        die_if_short("opening %s", path);
        finding(f, "cannot be opened: %s", strerror(errno));
    } else if (!whole)
        finding(f, "expected a JSON object up to its last line, '}'");
    if (file)
        fclose(file);
    if (whole)
        return m;
    members_free(m);
    return NULL;
}

void members_free(struct members *m)
{
    if (!m)
        return;
    for (int i = 0; i < m->n; i++)
        free(m->at[i].name);
    free(m);
}

static const struct member *find(struct members *m, const char *name)
{
    m->findings->file = m->path;
    m->findings->line = 0;
    for (int i = 0; i < m->n; i++)
        if (strcmp(m->at[i].name, name) == 0) {
            m->findings->line = m->at[i].line;
            return &m->at[i];
        }
    return NULL;
}

static const char *value_of(struct members *m, const char *name)
{
    const struct member *member = find(m, name);
    if (!member)
        finding(m->findings, "expected a member \"%s\", got none", name);
    return member ? member->value : NULL;
}

static bool refuse(struct members *m, const char *name, const char *kind, const char *value)
{
    char quoted[80];
    finding(m->findings, "%s: expected %s, got %s", name, kind, text_quote(quoted, sizeof quoted, value));
    return false;
}

bool members_int(struct members *m, const char *name, int64_t *value)
{
    const char *text = value_of(m, name);
    char *end;
    if (!text)
        return false;
    errno = 0;
    *value = strtoll(text, &end, 10);
    if (end == text || *end || errno || *value < -LARGEST_CELL || *value > LARGEST_CELL)
        return refuse(m, name, "a whole number", text);
    return true;
}

bool members_wide(struct members *m, const char *name, int128 *value)
{
    const char *text = value_of(m, name);
    return text && (wide_read(text, value) || refuse(m, name, "a whole number", text));
}

bool members_real(struct members *m, const char *name, double *value)
{
    const char *text = value_of(m, name);
    char *end;
    if (!text)
        return false;
    *value = strtod(text, &end);
    if (strcmp(text, "null") == 0)
        *value = NAN;
    else if (end == text || *end || !isfinite(*value))
        return refuse(m, name, "a number or null", text);
    return true;
}

bool members_bool(struct members *m, const char *name, bool *value)
{
    const char *text = value_of(m, name);
    if (!text)
        return false;
    *value = strcmp(text, "true") == 0;
    if (!*value && strcmp(text, "false") != 0)
        return refuse(m, name, "true or false", text);
    return true;
}

static bool is_null(struct members *m, const char *name)
{
    const struct member *member = find(m, name);
    return member && strcmp(member->value, "null") == 0;
}

static bool take_replicas(struct members *m, const char *name, enum replicas *replicas)
{
    bool equal = false, none = !find(m, name) || is_null(m, name),
         good = none || members_bool(m, name, &equal);
    *replicas = none ? REPLICAS_NONE : equal ? REPLICAS_EQUAL : REPLICAS_DIFFER;
    return good;
}

/* Only that the member is there counts: the file does not say which clock made the run irreproducible. */
static bool take_reproducible(struct members *m, const char *name)
{
    bool reproducible;
    return members_bool(m, name, &reproducible);
}

enum { DIGITS = 16 }; /* of a hash */

/* "056283f58af4c755", in quotes. */
static bool take_hash(struct members *m, const char *name, uint64_t *hash)
{
    const char *text = value_of(m, name);
    if (!text)
        return false;
    bool good = strlen(text) == DIGITS + 2 && strspn(text + 1, "0123456789abcdef") == DIGITS;
    *hash = good ? strtoull(text + 1, NULL, 16) : 0;
    return good || refuse(m, name, "a text of sixteen hexadecimal digits", text);
}

static bool take_member(struct members *m, const struct field *f, void *value)
{
    switch (f->kind) {
    case FIELD_INT:
        return members_int(m, f->name, value);
    case FIELD_REAL:
        return members_real(m, f->name, value);
    case FIELD_BOOL:
        return members_bool(m, f->name, value);
    case FIELD_WIDE:
        return members_wide(m, f->name, value);
    case FIELD_HASH:
        return take_hash(m, f->name, value);
    case FIELD_REPLICAS:
        return take_replicas(m, f->name, value);
    case FIELD_REPRODUCIBLE:
        return take_reproducible(m, f->name);
    default: /* a text: only the caller knows the right one */
        return true;
    }
}

bool members_take(struct members *m, const struct columns *columns, bool faults, void *row)
{
    bool good = true;
    for (const struct field *f = columns->field; f < columns->field + columns->n; f++) {
        bool may_be_null = f->when == WITH_TARGET || f->when == WITH_TRAINING;
        bool may_be_missing =
            f->when == WITH_TARGET || f->later; /* older programs may write fewer of these */
        if ((f->when == WITH_FAULTS && !faults) || (may_be_missing && !find(m, f->name)) ||
            (may_be_null && is_null(m, f->name)))
            continue;
        good &= take_member(m, f, (char *)row + f->offset);
    }
    return good;
}

char *members_text(struct members *m, const char *name)
{
    const struct member *member = find(m, name);
    size_t length = member ? strlen(member->value) : 0;
    bool text = length >= 2 && member->value[0] == '"' && member->value[length - 1] == '"';
    return text ? text_format("%.*s", (int)length - 2, member->value + 1) : NULL;
}

bool members_has(struct members *m, const char *name)
{
    return find(m, name);
}

bool members_is(struct members *m, const char *name, const char *word)
{
    const struct member *member = find(m, name);
    size_t length = strlen(word);
    return member && strlen(member->value) == length + 2 && member->value[0] == '"' &&
           strncmp(member->value + 1, word, length) == 0 && member->value[length + 1] == '"';
}
