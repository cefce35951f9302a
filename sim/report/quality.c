/* The section about what output.quality has measured: a table of the last row of quality.csv, and one of the accuracies of
 * labels, each over the seeds. Runs without these files have no such section. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/page.h"
#include "sim/report/quality_last.h"
#include "sim/report/table.h"
#include "sim/schema/quality_columns.h"

enum { MOST_SHOWN = 32 };

struct measured {
    const struct page *p;
    struct quality_last **of;        /* (entries) (runs of the entry) */
    int labels;                      /* 0: no run has classes.csv */
    bool any;                        /* some run has quality.csv */
    struct field field[MOST_LABELS]; /* of labels */
    char name[MOST_LABELS][16];
};

static void read_entry(struct measured *m, int i)
{
    const struct entry *e = &m->p->entries.at[i];
    m->of[i] = need((size_t)e->n * sizeof **m->of);
    for (int j = 0; j < e->n; j++) {
        struct quality_last *last = &m->of[i][j];
        char *folder = text_format("%s/%s", m->p->runs->run[e->run[j]].folder, e->algorithm);
        quality_last_read(last, folder);
        m->any |= last->there;
        m->labels = last->labels > m->labels ? last->labels : m->labels;
        free(folder);
    }
}

/* ---- tables ---- */

static const char *no_word(const void *context, const struct table_row *row, const char *column)
{
    (void)context, (void)row, (void)column;
    return "";
}

/* Of the numbers at this offset in each struct quality_last of the entry. */
static struct sample sample_at(const struct measured *m, const struct table_row *row, size_t offset)
{
    const struct entry *e = row->of;
    const struct quality_last *last = m->of[e - m->p->entries.at];
    double *x = need((size_t)e->n * sizeof *x);
    for (int j = 0; j < e->n; j++)
        memcpy(&x[j], (const char *)&last[j] + offset, sizeof *x);
    struct sample s = sample_over(x, e->n);
    free(x);
    return s;
}

static struct sample measured_sample(const void *context, const struct table_row *row, const char *column)
{
    int i = quality_measure_named(column);
    return i < 0 ? (struct sample){.mean = NAN, .deviation = NAN}
                 : sample_at(context, row,
                             offsetof(struct quality_last, measured) + (size_t)i * sizeof(double));
}

static struct sample label_sample(const void *context, const struct table_row *row, const char *column)
{
    const struct measured *m = context;
    for (int i = 0; i < m->labels; i++)
        if (strcmp(m->name[i], column) == 0)
            return sample_at(m, row, offsetof(struct quality_last, label) + (size_t)i * sizeof(double));
    return (struct sample){.mean = NAN, .deviation = NAN};
}

static void write_table(const struct measured *m, const struct columns *columns,
                        struct sample (*sample)(const void *, const struct table_row *, const char *))
{
    const struct entries *all = &m->p->entries;
    struct table_row *rows = need((size_t)all->n * sizeof *rows);
    for (int i = 0; i < all->n; i++)
        rows[i] = (struct table_row){all->at[i].label, all->at[i].n, all->at[i].n, &all->at[i]};
    table_write(m->p->body, &(struct table){.columns = columns,
                                            .rows = all->n,
                                            .row = rows,
                                            .target = NAN,
                                            .context = m,
                                            .sample = sample,
                                            .word = no_word});
    free(rows);
}

static void write_labels(struct measured *m)
{
    int n = m->labels < MOST_SHOWN ? m->labels : MOST_SHOWN;
    for (int i = 0; i < n; i++) {
        snprintf(m->name[i], sizeof m->name[i], "label %d", i);
        m->field[i] =
            (struct field){m->name[i], FIELD_REAL, .head = m->name[i], .form = FORM_SHARE, .foremost = true};
    }
    fputs("<p class=\"note\">Test accuracy of each label, in the last evaluation.", m->p->body);
    if (n < m->labels)
        fprintf(m->p->body, " Of %d labels the first %d; classes.csv has all.", m->labels, n);
    fputs("</p>\n", m->p->body);
    write_table(m, &(struct columns){class_columns.file, m->field, n}, label_sample);
}

static void write_measures(const struct measured *m)
{
    struct columns columns = quality_columns_of_any_file();
    fputs("<p class=\"note\">In the last evaluation, on test data; quality.csv has all evaluations. Clients: "
          "accuracy of the "
          "PS's model for each share of the training data, by its labels, and that of the worst and of the "
          "best tenth. "
          "Distance: root of the mean square over workers, of their models less the PS's new one.</p>\n",
          m->p->body);
    write_table(m, &columns, measured_sample);
    quality_columns_end(&columns);
}

void quality_section(struct page *p)
{
    struct measured *m = need(sizeof *m);
    *m = (struct measured){.p = p, .of = need((size_t)p->entries.n * sizeof *m->of)};
    for (int i = 0; i < p->entries.n; i++)
        read_entry(m, i);
    if (m->any || m->labels > 0)
        page_section(p, "quality", "More of the models' quality");
    if (m->any)
        write_measures(m);
    if (m->labels > 0)
        write_labels(m);
    for (int i = 0; i < p->entries.n; i++)
        free(m->of[i]);
    free(m->of);
    free(m);
}
