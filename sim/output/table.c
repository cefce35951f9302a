/* Formats cells and prints a table on stdout: for --check, --explain, the comparison of algorithms and the
 * results of a sweep. */
#include "sim/output/table.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/unit.h"

static char *next_cell(struct table_line *line)
{
    assert(line->cells < TABLE_COLUMNS);
    return line->cell[line->cells++];
}

void table_text(struct table_line *line, const char *text)
{
    snprintf(next_cell(line), TABLE_CELL, "%s", text ? text : "-");
}

static const char *next_letter(const char *text)
{
    return text + strspn(text, " _-()");
}

/* "Local SGD (JSAC)" and "local_sgd_jsac" have the same words; "top-k 1 %" has more than "topk1". */
static bool same_words(const char *a, const char *b)
{
    a = next_letter(a);
    b = next_letter(b);
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a = next_letter(a + 1);
        b = next_letter(b + 1);
    }
    return *a == *b;
}

void table_name(struct table_line *line, const char *name, const char *label)
{
    if (same_words(name, label))
        table_text(line, name);
    else
        snprintf(next_cell(line), TABLE_CELL, "%s (%s)", name, label);
}

void table_texts(struct table_line *line, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        table_text(line, texts[i]);
}

void table_int(struct table_line *line, int64_t value)
{
    snprintf(next_cell(line), TABLE_CELL, "%" PRId64, value);
}

void table_real(struct table_line *line, const char *format, double value)
{
    if (isnan(value))
        table_text(line, NULL);
    else
        snprintf(next_cell(line), TABLE_CELL, format, value);
}

void table_percent(struct table_line *line, double share)
{
    table_real(line, "%.2f %%", 100 * share);
}

void table_time(struct table_line *line, double ns)
{
    if (ns >= 0)
        text_duration_real(next_cell(line), TABLE_CELL, ns);
    else
        table_text(line, NULL);
}

void table_bytes(struct table_line *line, double bytes)
{
    if (bytes >= 0)
        text_bytes_real(next_cell(line), TABLE_CELL, bytes);
    else
        table_text(line, NULL);
}

/* The number of UTF-8 characters: every byte counts except continuation bytes. */
static int width_of(const char *text)
{
    int n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* ---- units ---- */

/* Moves the unit of each column that has one into `units`. */
static void take_units(struct table_line *lines, int n, int keys, struct table_line *units)
{
    char **cells = need((size_t)n * sizeof *cells);
    units->cells = lines[0].cells;
    for (int c = keys; c < lines[0].cells; c++) {
        for (int i = 1; i < n; i++)
            cells[i - 1] = lines[i].cell[c];
        unit_take(cells, n - 1, units->cell[c], TABLE_CELL);
    }
    free(cells);
}

/* ---- what fits ---- */

struct layout {
    int columns, keys, most;         /* most: characters in a line */
    int width[TABLE_COLUMNS];        /* of the cells; 0: left out */
    const char *left[TABLE_COLUMNS]; /* (n_left) headings of what is left out */
    int n_left;
};

int table_width(void)
{
    struct winsize w;
    const char *given = getenv("COLUMNS");
    char *end;
    long columns = given ? strtol(given, &end, 10) : 0;
    if (columns > 0 && columns < INT_MAX && !*end)
        return (int)columns;
    if (!isatty(STDOUT_FILENO))
        return INT_MAX;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col > 0 ? w.ws_col : 80;
}

static void widen(struct layout *l, const struct table_line *line)
{
    for (int c = 0; c < line->cells; c++)
        if (width_of(line->cell[c]) > l->width[c])
            l->width[c] = width_of(line->cell[c]);
}

enum { GAP = 2 }; /* blanks between columns */

/* The first column that does not fit into a block that begins with `from`, behind the keys; a block has at
 * least one. */
static int end_of_block(const struct layout *l, int from)
{
    int used = 0, to = from;
    for (int c = 0; c < l->keys; c++)
        used += l->width[c] + GAP;
    for (; to < l->columns; to++) {
        if (to > from && l->width[to] > 0 && used + l->width[to] > l->most)
            break;
        used += l->width[to] > 0 ? l->width[to] + GAP : 0;
    }
    return to;
}

static int count_blocks(const struct layout *l)
{
    int n = 0;
    for (int from = l->keys; from < l->columns; from = end_of_block(l, from))
        n++;
    return n;
}

/* Leaves out columns in the order of the list as long as there are more blocks than `enough`. */
static void leave_out(struct layout *l, const struct table_line *head, const struct table_fit *fit,
                      int enough)
{
    for (const char *const *name = fit->leave_out; name && *name; name++)
        for (int c = l->keys; c < l->columns; c++)
            if (count_blocks(l) > enough && strcmp(head->cell[c], *name) == 0) {
                l->width[c] = 0;
                l->left[l->n_left++] = *name;
            }
}

/* ---- the lines ---- */

/* The keys, and the columns of a block. A line ends with its last cell, without blanks behind it. */
static void print_line(const struct layout *l, const struct table_line *line, int from, int to)
{
    int owed = 0; /* blanks before the next cell that has a text */
    for (int c = 0; c < to; c = c == l->keys - 1 ? from : c + 1) {
        int blanks = l->width[c] - width_of(line->cell[c]);
        if (l->width[c] == 0)
            continue;
        owed += c > 0 ? GAP + blanks : 0;
        if (*line->cell[c]) {
            printf("%*s%s", owed, "", line->cell[c]);
            owed = 0;
        }
        owed += c > 0 ? 0 : blanks;
    }
    putchar('\n');
}

static bool has_units(const struct layout *l, const struct table_line *units, int from, int to)
{
    for (int c = from; c < to; c++)
        if (l->width[c] > 0 && *units->cell[c])
            return true;
    return false;
}

static void print_left(const struct layout *l, const struct table_fit *fit)
{
    if (l->n_left > 0)
        printf("left out at %d columns: ", l->most);
    for (int i = 0; i < l->n_left; i++)
        printf("%s%s", i ? ", " : "", l->left[i]);
    if (l->n_left > 0)
        printf(" (see %s)\n", fit->where);
}

void table_print(struct table_line *lines, int n, const struct table_fit *fit)
{
    struct layout l = {.columns = lines[0].cells, .keys = fit->keys, .most = table_width()};
    struct table_line units = {0};
    take_units(lines, n, fit->keys, &units);
    widen(&l, &units);
    for (int i = 0; i < n; i++)
        widen(&l, &lines[i]);
    struct layout narrowest = l;
    leave_out(&narrowest, &lines[0], fit, 0);
    leave_out(&l, &lines[0], fit, count_blocks(&narrowest));
    for (int from = l.keys, to; from < l.columns; from = to) {
        to = end_of_block(&l, from);
        if (from > l.keys)
            putchar('\n');
        for (int i = 0; i < n; i++) {
            print_line(&l, &lines[i], from, to);
            if (i == 0 && has_units(&l, &units, from, to))
                print_line(&l, &units, from, to);
        }
    }
    print_left(&l, fit);
}
