/* Writes the comparison as an HTML table. A column without numbers is left out. If the table is wider than a page, its
 * columns stand in several tables: first those that a comparison is about, then the others. */
#include "sim/report/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/unit.h"
#include "sim/report/html.h"
#include "sim/schema/columns.h"

/* "losp, network.bandwidth = 1Gbit/s": each key gets its own line, and the browser may break a line at a
 * dot. */
static void write_label(FILE *out, const char *label)
{
    size_t name = strcspn(label, ",");
    char *algorithm = text_format("%.*s", (int)name, label);
    html_print(out, "<tr><th scope=\"row\"><b>%s</b>", algorithm);
    free(algorithm);
    for (label += name; *label;) { /* at a comma or a dot */
        size_t n = strcspn(label + 1, ",.");
        char *rest = text_format("%.*s", (int)n, label + 1);
        fprintf(out, "%c%s", *label, strncmp(label, ", ", 2) == 0 ? "<br>" : *label == '.' ? "<wbr>" : "");
        html_text(out, rest);
        free(rest);
        label += n + 1;
    }
    fputs("</th>", out);
}

static bool has_number(const struct table *t, const char *column)
{
    for (int i = 0; i < t->rows; i++)
        if (t->sample(t->context, &t->row[i], column).n > 0)
            return true;
    return false;
}

static bool has_other_word(const struct table *t, const struct field *c)
{
    for (int i = 0; i < t->rows; i++) {
        const char *word = t->word(t->context, &t->row[i], c->name);
        if (*word && strcmp(word, c->usual) != 0)
            return true;
    }
    return false;
}

/* A column without numbers is left out, but not where their absence says something; a column of words where all have the
 * usual one. */
static bool is_used(const struct table *t, const struct field *c)
{
    if (c->form == FORM_WORD)
        return has_other_word(t, c);
    if (has_number(t, c->name))
        return true;
    return (c->when == WITH_TARGET && c->form == FORM_TIME && t->aims) ||
           (c->when == AT_A_MILESTONE && has_number(t, "test_accuracy"));
}

/* The columns that the table has, in its order; NULL ends them. The caller frees. */
static const struct field **used_columns(const struct table *t)
{
    const struct field **used = columns_shown(t->columns), **at = used;
    for (const struct field **c = used; *c; c++)
        if (is_used(t, *c))
            *at++ = *c;
    *at = NULL;
    return used;
}

static bool has_any(const struct field *const *used, enum field_when when)
{
    while (*used && (*used)->when != when)
        used++;
    return *used;
}

static int most_seeds(const struct table *t)
{
    int most = 0;
    for (int i = 0; i < t->rows; i++)
        most = t->row[i].wanted > most ? t->row[i].wanted : most;
    return most;
}

/* What all rows are judged on; "": they differ. */
static const char *judged_on(const struct table *t)
{
    static const char column[] = "judged_on";
    const char *first = t->word(t->context, &t->row[0], column);
    for (int i = 1; i < t->rows; i++)
        if (strcmp(t->word(t->context, &t->row[i], column), first) != 0)
            return "";
    return first;
}

/* The caller frees. */
static char *heading_of(const struct table *t, const struct field *c)
{
    return c->form == FORM_TIMES && t->baseline ? text_format("%s over %s", c->head, t->baseline)
                                                : columns_heading(c, t->target, judged_on(t));
}

/* Notes below the table. */
static void write_notes(FILE *out, int seeds, const struct field *const *used)
{
    if (has_any(used, AT_A_MILESTONE))
        fputs("<p class=\"note\">At a time or at an amount of bytes (up and down): the accuracy of the last "
              "evaluation by then; – if the run ended before, or has no such output.at.</p>\n",
              out);
    if (seeds > 1)
        fputs("<p class=\"note\">Mean ± standard deviation (n − 1) over seeds; a mean alone where all are "
              "equal.</p>\n",
              out);
    if (has_any(used, WITH_FAULTS))
        fputs("<p class=\"note\">Crashes: of workers. Lost: messages, whether sent again or not. Restarts: "
              "of the "
              "PS. Undone: local iterations that a restart has undone. Away: mean time that a worker was "
              "down.</p>\n",
              out);
}

/* ---- the grid ---- */

struct grid {
    const struct table *table;
    int columns;  /* beside the label */
    int foremost; /* the first of them are */
    char **head;  /* (columns) */
    char **unit;  /* (columns) that all cells share; "" */
    char **cell;  /* (columns x rows) column by column */
};

enum { UNIT = 16 };

static void add_column(struct grid *g, char *head)
{
    size_t n = (size_t)g->columns, each = sizeof *g->head, rows = (size_t)g->table->rows;
    g->head = need_more(g->head, n * each, (n + 1) * each);
    g->unit = need_more(g->unit, n * each, (n + 1) * each);
    g->cell = need_more(g->cell, n * rows * each, (n + 1) * rows * each);
    g->head[n] = head;
    g->unit[n] = need(UNIT);
    g->columns++;
}

static char **cells_of(const struct grid *g, int column)
{
    return g->cell + (size_t)column * (size_t)g->table->rows;
}

static char *seeds_text(const struct table_row *row)
{
    return row->seeds < row->wanted ? text_format("%d of %d", row->seeds, row->wanted)
                                    : text_format("%d", row->seeds);
}

static struct grid grid_make(const struct table *t, const struct field *const *used, int seeds)
{
    struct grid g = {.table = t};
    if (seeds > 1) {
        add_column(&g, text_copy("seeds"));
        g.foremost++;
        for (int i = 0; i < t->rows; i++)
            cells_of(&g, 0)[i] = seeds_text(&t->row[i]);
    }
    for (; *used; used++) {
        add_column(&g, heading_of(t, *used));
        g.foremost += (*used)->foremost;
        char **cells = cells_of(&g, g.columns - 1);
        for (int i = 0; i < t->rows; i++)
            cells[i] = table_cell(t, &t->row[i], *used);
        unit_take(cells, t->rows, g.unit[g.columns - 1], UNIT);
    }
    return g;
}

static void grid_end(struct grid *g)
{
    for (int c = 0; c < g->columns; c++) {
        for (int i = 0; i < g->table->rows; i++)
            free(cells_of(g, c)[i]);
        free(g->head[c]);
        free(g->unit[c]);
    }
    free(g->head);
    free(g->unit);
    free(g->cell);
}

/* ---- how wide it is ---- */

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* A head may break at a blank, but not between a number and its unit. */
static bool is_bound(const char *head, size_t i)
{
    return head[i] == ' ' && i > 0 && head[i - 1] >= '0' && head[i - 1] <= '9';
}

static size_t longest_part(const char *head)
{
    size_t longest = 0, begin = 0;
    for (size_t i = 0;; i++) {
        if (head[i] && (head[i] != ' ' || is_bound(head, i)))
            continue;
        longest = larger(longest, i - begin);
        begin = i + 1;
        if (!head[i])
            return longest;
    }
}

/* Widths in rem, a little more than browsers need. Heads wrap between words, cells do not. */
static const double letter = 0.52, padding = 1.0, long_label = 19;

/* The card of a page in a window of 1400 px has 82 rem, 81 beside a scroll bar. html_fit rounds up to even numbers. */
enum { PAGE = 80 };

static double label_width(const struct grid *g, bool is_long)
{
    size_t label = strlen("algorithm");
    for (int i = 0; i < g->table->rows; i++)
        label = larger(label, strlen(g->table->row[i].label));
    return is_long ? long_label : letter * (double)label + padding;
}

static double column_width(const struct grid *g, int column)
{
    size_t most = longest_part(g->head[column]);
    for (int i = 0; i < g->table->rows; i++)
        most = larger(most, strlen(cells_of(g, column)[i]));
    return letter * (double)most + padding;
}

/* ---- several tables ---- */

/* The columns [from, to) of a grid. */
struct block {
    int from, to;
    double width; /* of its table, with the label */
};

/* All columns if they fit into a page, else as many from this one on as do, at least one, and none behind the
 * foremost in a table of these. */
static struct block block_from(const struct grid *g, int from, double label)
{
    struct block all = {0, g->columns, label}, b = {from, from, label};
    for (int c = 0; c < g->columns; c++)
        all.width += column_width(g, c);
    if (all.width <= PAGE)
        return all;
    for (; b.to < g->columns; b.to++) {
        double more = column_width(g, b.to);
        if (b.to > from && (b.width + more > PAGE || b.to == g->foremost))
            break;
        b.width += more;
    }
    return b;
}

static bool is_one_block(const struct grid *g, double label)
{
    return block_from(g, 0, label).to == g->columns;
}

/* Puts the foremost columns first; else their order stays. */
static void put_foremost_first(const struct field **used)
{
    const struct field **first = used;
    for (const struct field **c = used; *c; c++) {
        const struct field *moved = *c;
        if (!moved->foremost)
            continue;
        memmove(first + 1, first, (size_t)(c - first) * sizeof *first);
        *first++ = moved;
    }
}

/* ---- the table ---- */

static void put_head(FILE *out, const char *head)
{
    for (size_t n; *head; head += n) {
        for (n = 0; head[n] && !is_bound(head, n); n++)
            ;
        char *part = text_format("%.*s", (int)n, head);
        html_text(out, part);
        free(part);
        if (head[n])
            fputs("&nbsp;", out);
        n += head[n] == ' ';
    }
}

static void write_head(FILE *out, const struct grid *g, const struct block *b)
{
    fputs("<thead><tr><th scope=\"col\">algorithm</th>", out);
    for (int c = b->from; c < b->to; c++) {
        fputs("<th scope=\"col\">", out);
        put_head(out, g->head[c]);
        if (*g->unit[c])
            html_print(out, "<br><i>%s</i>", g->unit[c]);
        fputs("</th>", out);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
}

/* data-head is the heading of the cell where the table is folded. */
static void write_row(FILE *out, const struct grid *g, const struct block *b, int row)
{
    write_label(out, g->table->row[row].label);
    for (int c = b->from; c < b->to; c++) {
        bool unit = *g->unit[c];
        html_print(out, "<td data-head=\"%s%s%s\">%s</td>", g->head[c], unit ? ", " : "", g->unit[c],
                   cells_of(g, c)[row]);
    }
    fputs("</tr>\n", out);
}

/* Its class tells the width below which the page folds it (frame.c). */
static void write_block(FILE *out, const struct grid *g, const struct block *b, bool has_long_labels)
{
    fprintf(out, "<table class=\"comparison fit%d%s\">\n", html_fit((int)ceil(b->width)),
            has_long_labels ? " long" : "");
    write_head(out, g, b);
    for (int i = 0; i < g->table->rows; i++)
        write_row(out, g, b, i);
    fputs("</tbody>\n</table>\n", out);
}

void table_write(FILE *out, const struct table *t)
{
    const struct field **used = used_columns(t);
    int seeds = most_seeds(t);
    bool has_long_labels = strchr(t->row[0].label, ',');
    struct grid g = grid_make(t, used, seeds);
    double label = label_width(&g, has_long_labels);
    if (!is_one_block(&g, label)) {
        grid_end(&g);
        put_foremost_first(used);
        g = grid_make(t, used, seeds);
    }
    fputs("<div class=\"scroll card\" tabindex=\"0\" role=\"region\" aria-label=\"Comparison\">\n", out);
    struct block b = {0};
    do {
        b = block_from(&g, b.to, label);
        write_block(out, &g, &b, has_long_labels);
    } while (b.to < g.columns);
    fputs("</div>\n", out);
    write_notes(out, seeds, used);
    grid_end(&g);
    free(used);
}
