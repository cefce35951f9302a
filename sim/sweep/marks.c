#define _GNU_SOURCE /* getline, strsep */
#include "sim/sweep/marks.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/columns.h"
#include "sim/verify/members.h"

/* "3,9" -> row[0] = 3, row[1] = 9. false: there are not as many. */
static bool read_numbers(char *text, int64_t *row, int n)
{
    int found = 0;
    for (char *rest = text, *next; rest && (next = strsep(&rest, ",")); found++)
        if (found < n)
            row[found] = strtoll(next, NULL, 10);
    return found == n;
}

static bool read_record(const char *folder, int64_t *row, int n)
{
    struct findings ignored = {.silent = true};
    char *path = text_format("%s/run.json", folder);
    struct members *m = members_read(path, &ignored);
    char *text = m ? members_text(m, "rungs") : NULL;
    bool good = text && read_numbers(text, row, n);
    if (m)
        members_free(m);
    free(text);
    free(path);
    return good;
}

struct judged { /* the columns of eval.csv that decide */
    int accuracy, loss;
};

static struct judged find_columns(char *header, const char *accuracy, const char *loss)
{
    struct judged at = {-1, -1};
    int column = 0;
    for (char *rest = header, *name; (name = strsep(&rest, ",")); column++) {
        at.accuracy = strcmp(name, accuracy) == 0 ? column : at.accuracy;
        at.loss = strcmp(name, loss) == 0 ? column : at.loss;
    }
    return at;
}

static struct mark read_mark(const char *line, const struct judged *at)
{
    struct mark mark = {NAN, NAN};
    char *copy = text_copy(line);
    int column = 0;
    for (char *rest = copy, *cell; (cell = strsep(&rest, ",")); column++) {
        if (column == at->accuracy)
            mark.accuracy = strtod(cell, NULL);
        if (column == at->loss)
            mark.loss = strtod(cell, NULL);
    }
    free(copy);
    return isfinite(mark.loss) ? mark : (struct mark){NAN, NAN};
}

/* Reads the next line. A line that is not whole is being written: false. */
static bool next_line(FILE *file, char **line, size_t *room)
{
    ssize_t length = getline(line, room, file);
    bool whole = length > 0 && (*line)[length - 1] == '\n';
    if (whole)
        (*line)[length - 1] = '\0';
    return whole;
}

/* The header and the row of W_0, which says whether there are validation data. false: they are not there yet. */
static bool read_head(FILE *file, struct judged *at)
{
    char *header = NULL, *first = NULL;
    size_t room[2] = {0};
    bool good = next_line(file, &header, &room[0]) && next_line(file, &first, &room[1]);
    if (good) {
        char *copy = text_copy(header);
        *at = find_columns(copy, "validation_accuracy", "validation_loss");
        if (isnan(read_mark(first, at).loss))
            *at = find_columns(header, "test_accuracy", "test_loss");
        free(copy);
    }
    free(header);
    free(first);
    return good;
}

/* Returns the number of rungs that have come to their end. */
static int read_evals(FILE *file, const int64_t *row, int n, struct mark *mark)
{
    char *line = NULL;
    size_t room = 0;
    int passed = 0;
    struct judged at;
    if (!read_head(file, &at))
        return 0;
    for (int64_t i = 1; next_line(file, &line, &room); i++) {
        mark[passed] = read_mark(line, &at);
        if (passed < n && i == row[passed]) {
            mark[passed + 1] = mark[passed];
            passed++;
        }
    }
    free(line);
    return passed;
}

int marks_read(const char *folder, const char *algorithm, struct mark *mark, int n)
{
    char *path = text_format("%s/%s/%s", folder, algorithm, eval_columns.file);
    int64_t *row = need((size_t)n * sizeof *row);
    bool begun = read_record(folder, row, n);
    FILE *file = begun ? fopen(path, "re") : NULL;
    int passed = 0;
    mark[0] = (struct mark){NAN, NAN};
    if (begun && !file && errno != ENOENT && errno != ENOTDIR)
        die_errno(EXIT_RESOURCE, "reading %s", path);
    if (file) {
        passed = read_evals(file, row, n, mark);
        fclose(file);
    }
    free(row);
    free(path);
    return passed;
}
