/* Reads a CSV file as a whole and cuts it into cells in place: the cells point into the text. */
#include "sim/report/sheet.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

enum { FIRST_ROOM = 4096 };

char *sheet_text(const char *path)
{
    size_t used = 0, room = FIRST_ROOM, got;
    FILE *file = fopen(path, "re");
    if (!file) {
        die_if_short("opening %s", path);
        return NULL;
    }
    char *text = need(room);
    while ((got = fread(text + used, 1, room - used - 1, file)) > 0) {
        used += got;
        if (room - used == 1) {
            text = need_more(text, used, 2 * room);
            room *= 2;
        }
    }
    text[used] = '\0';
    bool good = !ferror(file);
    fclose(file);
    if (good)
        return text;
    free(text);
    return NULL;
}

static int count(const char *text, size_t length, char c)
{
    int n = 0;
    for (size_t i = 0; i < length; i++)
        n += text[i] == c;
    return n;
}

/* Cuts a line into cells and returns the next line. A line without newline is the rest of an interrupted
 * write. */
static char *take_line(struct sheet *s, char *line)
{
    size_t length = strcspn(line, "\n");
    char *next = line + length + (line[length] == '\n');
    bool whole = line[length] == '\n' && count(line, length, ',') + 1 == s->columns;
    line[length] = '\0';
    for (int c = 0; whole && c < s->columns; c++)
        s->cell[s->rows * s->columns + c] = strsep(&line, ",");
    s->rows += whole;
    return next;
}

struct sheet sheet_read(const char *path)
{
    struct sheet s = {.text = sheet_text(path)};
    if (!s.text || !strchr(s.text, '\n'))
        return s;
    s.columns = count(s.text, strcspn(s.text, "\n"), ',') + 1;
    int lines = count(s.text, strlen(s.text), '\n');
    s.cell = need((size_t)lines * (size_t)s.columns * sizeof *s.cell);
    for (char *line = s.text; *line;)
        line = take_line(&s, line);
    s.rows--;
    return s;
}

void sheet_free(struct sheet *s)
{
    free(s->cell);
    free(s->text);
    *s = (struct sheet){0};
}

const char *sheet_cell(const struct sheet *s, int row, const char *column)
{
    for (int c = 0; c < s->columns; c++)
        if (strcmp(s->cell[c], column) == 0)
            return s->cell[(row + 1) * s->columns + c];
    return NULL;
}

double sheet_number(const struct sheet *s, int row, const char *column)
{
    char *end;
    const char *text = sheet_cell(s, row, column);
    double x = text ? strtod(text, &end) : NAN;
    return text && *text && !*end && isfinite(x) ? x : NAN;
}

int sheet_find(const struct sheet *s, const char *column, const char *text)
{
    for (int i = 0; i < s->rows; i++) {
        const char *cell = sheet_cell(s, i, column);
        if (cell && strcmp(cell, text) == 0)
            return i;
    }
    return -1;
}
