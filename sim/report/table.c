/* Writes the comparison as an HTML table. A column without numbers is left out. */
#include "sim/report/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/html.h"
#include "sim/schema/columns.h"

enum { CELL = 96 };

static void print_value(char *out, enum field_form form, double x)
{
    switch (form) {
    case FORM_SHARE:
        snprintf(out, CELL, "%.2f %%", 100 * x);
        break;
    case FORM_REAL:
        snprintf(out, CELL, "%.4f", x);
        break;
    case FORM_COUNT:
        snprintf(out, CELL, "%.*f", x == floor(x) ? 0 : 1, x);
        break;
    case FORM_TIME:
        text_duration_real(out, CELL, 1e9 * x);
        break;
    case FORM_OFF:
        snprintf(out, CELL, "%+.2f %%", 100 * (round(1e4 * x) / 1e4 + 0.0));
        break;
    case FORM_TIMES:
        snprintf(out, CELL, "%.2fx", x);
        break;
    case FORM_BYTES:
        text_bytes_real(out, CELL, fmax(x, 0));
        break;
    }
}

/* How much longer the runs took than the closed form says, as the ratio of the two means; both are over the
 * same runs. */
static struct sample column_sample(const struct table *t, const struct table_row *row, const struct field *c)
{
    struct sample s = t->sample(t->context, row, c->name);
    if (c->form != FORM_OFF)
        return s;
    const char *name = columns_name(t->columns, offsetof(struct comparison_row, virtual_ns));
    double time = t->sample(t->context, row, name).mean;
    return (struct sample){.n = s.n, .mean = s.mean > 0 ? time / s.mean - 1 : NAN};
}

static char *unit_of(char *value)
{
    return value + strspn(value, "+-.0123456789");
}

/* Removes the unit of the mean if the deviation has the same: "85.28 ± 5.31 %", but "1.19 s ± 206 ms". */
static void cut_unit(char *mean, char *deviation)
{
    char *unit = unit_of(mean);
    if (strcmp(unit, unit_of(deviation)) == 0)
        *unit = '\0';
}

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

static void write_cell(FILE *out, const struct table *t, const struct table_row *row, const struct field *c)
{
    char mean[CELL], deviation[CELL];
    struct sample s = column_sample(t, row, c);
    fputs("<td>", out);
    if (isnan(s.mean) && s.n > 0 && s.n < row->seeds) {
        fprintf(out, "%d of %d", s.n, row->seeds);
    } else if (isnan(s.mean)) {
        fputs("–", out);
    } else {
        print_value(mean, c->form, s.mean);
        if (s.deviation > 0) {
            print_value(deviation, c->form, s.deviation);
            cut_unit(mean, deviation);
            html_print(out, "%s ± %s", mean, deviation);
        } else {
            html_text(out, mean);
        }
        if (s.n < row->seeds)
            html_print(out, " (%d of %d)", s.n, row->seeds);
    }
    fputs("</td>", out);
}

static bool has_number(const struct table *t, const char *column)
{
    for (int i = 0; i < t->rows; i++)
        if (t->sample(t->context, &t->row[i], column).n > 0)
            return true;
    return false;
}

/* A column without numbers is left out, but not where their absence says something. */
static bool is_used(const struct table *t, const struct field *c)
{
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

static void write_head(FILE *out, const struct table *t, const struct field *const *used, int seeds)
{
    fputs("<thead><tr><th scope=\"col\">algorithm</th>", out);
    if (seeds > 1)
        fputs("<th scope=\"col\">seeds</th>", out);
    for (; *used; used++) {
        char *heading = columns_heading(*used, t->target);
        html_print(out, "<th scope=\"col\">%s</th>", heading);
        free(heading);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
}

/* Notes below the table. */
static void write_notes(FILE *out, int seeds, const struct field *const *used)
{
    if (has_any(used, AT_A_MILESTONE))
        fputs("<p class=\"note\">At a time or at an amount of bytes (up and down): the accuracy of the last "
              "evaluation by then; – if the run ended before.</p>\n",
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

static void write_seeds(FILE *out, const struct table_row *row)
{
    if (row->seeds < row->wanted)
        fprintf(out, "<td>%d of %d</td>", row->seeds, row->wanted);
    else
        fprintf(out, "<td>%d</td>", row->seeds);
}

void table_write(FILE *out, const struct table *t)
{
    const struct field **used = used_columns(t);
    int seeds = most_seeds(t);
    fprintf(out,
            "<div class=\"scroll card\" tabindex=\"0\" role=\"region\" aria-label=\"Comparison\">\n"
            "<table class=\"comparison%s\">\n",
            strchr(t->row[0].label, ',') ? " long" : "");
    write_head(out, t, used, seeds);
    for (int i = 0; i < t->rows; i++) {
        write_label(out, t->row[i].label);
        if (seeds > 1)
            write_seeds(out, &t->row[i]);
        for (const struct field **c = used; *c; c++)
            write_cell(out, t, &t->row[i], *c);
        fputs("</tr>\n", out);
    }
    fputs("</tbody>\n</table>\n</div>\n", out);
    write_notes(out, seeds, used);
    free(used);
}
