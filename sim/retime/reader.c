#include "sim/retime/reader.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/data/dataset.h"
#include "sim/base/fail.h"
#include "sim/config/config.h"
#include "sim/output/metrics.h"
#include "sim/schema/columns.h"
#include "sim/schema/quality_columns.h"
#include "sim/verify/table.h"

#define OTHERWISE "the files are damaged, or another program has made them: run the experiment again"

struct reader {
    const struct run *run;
    const char *folder;
    struct findings findings;
    struct columns totals_columns, quality_columns;
    struct table *workers, *evaluations, *totals;
    struct table *quality, *classes; /* NULL: the run has no such file */
    struct numbers *numbers;
};

/* The finding has been printed. */
static struct table *open_table(struct reader *r, const struct columns *columns)
{
    struct table *t = table_open(r->folder, columns, &r->findings);
    if (!t)
        die(EXIT_DATA, "%s: %s", r->folder, OTHERWISE);
    return t;
}

struct reader *reader_open(const struct run *run, const char *folder, const struct summary *summary)
{
    struct reader *r = need(sizeof *r);
    *r = (struct reader){.run = run, .folder = folder, .findings.file = folder};
    r->totals_columns = totals_columns(false);
    r->workers = open_table(r, &workers_columns);
    r->evaluations = open_table(r, &eval_columns);
    r->totals = open_table(r, &r->totals_columns);
    r->quality_columns = quality_columns(run->quality);
    if (quality_has_rows(run->quality))
        r->quality = open_table(r, &r->quality_columns);
    if (quality_has(run->quality, QUALITY_PER_CLASS))
        r->classes = open_table(r, &class_columns);
    r->numbers = numbers_create(folder, run->workers);
    r->numbers->summary = *summary;
    return r;
}

void reader_close(struct reader *r)
{
    table_close(r->workers);
    table_close(r->evaluations);
    table_close(r->totals);
    table_close(r->quality);
    table_close(r->classes);
    quality_columns_end(&r->quality_columns);
    numbers_free(r->numbers);
    free(r);
}

/* ---- rows ---- */

static int64_t whole(const void *row, const struct field *f)
{
    return *(const int64_t *)((const char *)row + f->offset);
}

/* All whole numbers: the conductor knows them. */
static void compare_rows(const struct reader *r, const struct columns *columns, const void *made,
                         const void *read)
{
    for (int c = 0; c < columns->n; c++) {
        const struct field *f = &columns->field[c];
        bool known = f->kind == FIELD_INT || f->kind == FIELD_SECONDS;
        if (known && whole(made, f) != whole(read, f))
            die(EXIT_DATA, "%s/%s: expected %s = %" PRId64 " in the next row, got %" PRId64 ": %s", r->folder,
                columns->file, f->name, whole(made, f), whole(read, f), OTHERWISE);
    }
}

static void next_row(const struct reader *r, struct table *t, const struct columns *columns, void *row)
{
    if (!table_next(t, row))
        die(EXIT_DATA, "%s/%s: expected more rows: %s", r->folder, columns->file, OTHERWISE);
}

static void take_row(struct reader *r, const struct push_row *made)
{
    struct push_row row = *made;
    if (!metrics_every(made, r->run->cfg->output.workers_every))
        return;
    next_row(r, r->workers, &workers_columns, &row);
    compare_rows(r, &workers_columns, made, &row);
    numbers_add_push(r->numbers, &row);
}

/* The evaluator divides whole numbers. eval.csv has nine digits of the quotient, which tell them. NAN: there are no
 * samples. */
static double accuracy_of(const struct split *split, double nine_digits)
{
    double all = split->n;
    return round(nine_digits * all) / all;
}

static void take_quality(struct reader *r, const struct eval_row *evaluation)
{
    struct quality_row row;
    if (!r->quality)
        return;
    next_row(r, r->quality, &r->quality_columns, &row);
    struct quality_row made = row;
    made.round = evaluation->round;
    made.iterations = evaluation->iterations;
    made.virtual_ns = evaluation->virtual_ns;
    made.compared = r->run->workers; /* a run with faults is not retimed */
    compare_rows(r, &r->quality_columns, &made, &row);
    numbers_add_quality(r->numbers, &row);
}

static void take_classes(struct reader *r, const struct eval_row *evaluation)
{
    struct class_row row;
    for (int i = 0; r->classes && i < r->run->data->classes; i++) {
        next_row(r, r->classes, &class_columns, &row);
        struct class_row made = row;
        made.round = evaluation->round;
        made.virtual_ns = evaluation->virtual_ns;
        made.label = i;
        compare_rows(r, &class_columns, &made, &row);
        numbers_add_class(r->numbers, &row);
    }
}

static void take_evaluation(struct reader *r, const struct eval_row *made)
{
    struct eval_row row = *made;
    row.validation_accuracy = row.validation_loss = NAN;
    next_row(r, r->evaluations, &eval_columns, &row);
    compare_rows(r, &eval_columns, made, &row);
    row.test_accuracy = accuracy_of(&r->run->data->test, row.test_accuracy);
    row.validation_accuracy = accuracy_of(&r->run->data->validation, row.validation_accuracy);
    numbers_add_evaluation(r->numbers, &row);
    take_quality(r, made);
    take_classes(r, made);
}

static void take_total(const struct reader *r, const struct worker_total *made)
{
    struct worker_total row = *made;
    next_row(r, r->totals, &r->totals_columns, &row);
    compare_rows(r, &r->totals_columns, made, &row);
}

static void expect_end(const struct reader *r, struct table *t, const struct columns *columns, void *row)
{
    if (table_next(t, row) || table_damaged(t) || table_cut(t))
        die(EXIT_DATA, "%s/%s: expected no more rows: %s", r->folder, columns->file, OTHERWISE);
}

static void take_end(const struct reader *r)
{
    struct push_row push;
    struct eval_row evaluation;
    struct worker_total total;
    expect_end(r, r->workers, &workers_columns, &push);
    expect_end(r, r->evaluations, &eval_columns, &evaluation);
    expect_end(r, r->totals, &r->totals_columns, &total);
    if (r->quality)
        expect_end(r, r->quality, &r->quality_columns, &(struct quality_row){0});
    if (r->classes)
        expect_end(r, r->classes, &class_columns, &(struct class_row){0});
}

void reader_task(void *reader, const struct task *t)
{
    struct reader *r = reader;
    switch (t->op) {
    case TASK_ROW:
        take_row(r, &t->row);
        break;
    case TASK_EVALUATE:
        take_evaluation(r, &t->eval);
        break;
    case TASK_TOTAL:
        take_total(r, &t->total);
        break;
    case TASK_END:
        take_end(r);
        break;
    default:
        break;
    }
}

struct numbers *reader_take(struct reader *r)
{
    struct numbers *numbers = r->numbers;
    r->numbers = NULL;
    return numbers;
}
