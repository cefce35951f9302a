/* The text of a cell of the comparison: mean and deviation over the seeds, in the form of the column. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/report/table.h"
#include "sim/schema/columns.h"
#include "sim/schema/judged.h"

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
    case FORM_WORD: /* no number */
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

static bool only_some(const struct sample *s, const struct table_row *row)
{
    return s->n > 0 && s->n < row->seeds;
}

/* Where the rows have different targets, a cell names its own: "1.20 s to 50 %". The caller frees. */
static char *with_target(char *cell, const struct table *t, const struct table_row *row,
                         const struct field *c)
{
    double target = t->sample(t->context, row, "target_accuracy").mean;
    if (c->when != WITH_TARGET || !isnan(t->target) || isnan(target))
        return cell;
    char *words = judged_target(target, t->word(t->context, row, "judged_on"));
    char *longer = text_format("%s to %s", cell, words);
    free(words);
    free(cell);
    return longer;
}

char *table_cell(const struct table *t, const struct table_row *row, const struct field *c)
{
    char mean[CELL], deviation[CELL] = "", of[CELL] = "";
    if (c->form == FORM_WORD) {
        const char *word = t->word(t->context, row, c->name);
        return text_copy(*word ? word : "–");
    }
    struct sample s = column_sample(t, row, c);
    if (isnan(s.mean) && only_some(&s, row))
        return text_format("%d of %d", s.n, row->seeds);
    if (isnan(s.mean))
        return text_copy("–");
    print_value(mean, c->form, s.mean);
    if (s.deviation > 0) {
        print_value(deviation, c->form, s.deviation);
        cut_unit(mean, deviation);
    }
    if (only_some(&s, row))
        snprintf(of, sizeof of, " (%d of %d)", s.n, row->seeds);
    char *cell = text_format("%s%s%s%s", mean, *deviation ? " ± " : "", deviation, of);
    return with_target(cell, t, row, c);
}
