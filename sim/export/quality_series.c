/* Turns quality.csv and classes.csv into series: one of each column, and of each label. */
#include "sim/export/quality_series.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/schema/quality_columns.h"
#include "sim/verify/table.h"

static bool there(const char *folder, const struct columns *columns)
{
    char *path = text_format("%s/%s", folder, columns->file);
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

/* ---- one series ---- */

static struct quality_series *begin(struct quality_list *list, char *tag)
{
    list->at = need_one_more(list->at, (size_t)list->n, sizeof *list->at);
    struct quality_series *s = &list->at[list->n++];
    *s = (struct quality_series){.tag = tag, .value = need(list->rows * sizeof *s->value)};
    for (size_t i = 0; i < list->rows; i++)
        s->value[i] = NAN;
    return s;
}

static bool is_empty(const struct quality_list *list, const struct quality_series *s)
{
    for (size_t i = 0; i < list->rows; i++)
        if (!isnan(s->value[i]))
            return false;
    return true;
}

/* Those of a validation set that does not exist. */
static void drop_empty(struct quality_list *list)
{
    int kept = 0;
    for (int i = 0; i < list->n; i++) {
        if (is_empty(list, &list->at[i])) {
            free(list->at[i].tag);
            free(list->at[i].value);
        } else {
            list->at[kept++] = list->at[i];
        }
    }
    list->n = kept;
}

/* ---- quality.csv ---- */

/* Tools group names by the part before the slash: "test_top5_accuracy" is "test/top5_accuracy". */
static char *tag_of(const char *column)
{
    static const char *const groups[][2] = {
        {"test_", "test"}, {"validation_", "validation"}, {"distance_", "workers"}, {"gradient_", "train"}};
    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        size_t length = strlen(groups[i][0]);
        bool keeps = i > 1; /* what it is stands in the word that names the group in the file */
        if (strncmp(column, groups[i][0], length) == 0)
            return text_format("%s/%s", groups[i][1], keeps ? column : column + length);
    }
    return text_copy(column);
}

static void take_row(struct quality_list *list, int first, const struct quality_row *row, size_t i)
{
    for (int k = 0; k < QUALITY_MEASURES; k++)
        list->at[first + k].value[i] = quality_measure(row, k);
}

static void expect_rows(struct findings *f, const struct table *t, size_t got, size_t rows)
{
    if (!table_damaged(t))
        expect_equal(f, "evaluations", (int64_t)got, (int64_t)rows, "rows of eval.csv");
}

static void read_quality(struct quality_list *list, const char *folder, struct findings *f)
{
    struct columns columns = quality_columns_of_any_file();
    struct table *t = there(folder, &columns) ? table_open(folder, &columns, f) : NULL;
    int first = list->n;
    size_t i = 0;
    for (int k = 0; t && k < QUALITY_MEASURES; k++)
        begin(list, tag_of(quality_measure_name(k)));
    struct quality_row row = quality_row_unknown();
    for (; t && table_next(t, &row); i++)
        if (i < list->rows)
            take_row(list, first, &row, i);
    if (t)
        expect_rows(f, t, i, list->rows);
    table_close(t);
    quality_columns_end(&columns);
}

/* ---- classes.csv ---- */

static void begin_label(struct quality_list *list, int64_t label)
{
    begin(list, text_format("test_class/%" PRId64, label));
    begin(list, text_format("validation_class/%" PRId64, label));
}

/* Each evaluation begins with label 0, and all have the labels of the first. */
static void read_classes(struct quality_list *list, const char *folder, struct findings *f)
{
    struct table *t = there(folder, &class_columns) ? table_open(folder, &class_columns, f) : NULL;
    struct class_row row;
    int first = list->n;
    int64_t labels = 0;
    size_t evaluation = 0;
    while (t && table_next(t, &row)) {
        evaluation += row.label == 0;
        if (evaluation == 1 && row.label == labels) {
            begin_label(list, labels++);
        } else if (evaluation < 1 || row.label < 0 || row.label >= labels) {
            finding(f, "label: expected one of the first evaluation, got %" PRId64, row.label);
            break;
        }
        for (int i = 0; evaluation <= list->rows && i < JUDGED_SETS; i++)
            list->at[first + 2 * (int)row.label + i].value[evaluation - 1] = row.accuracy[i];
    }
    if (t && f->n == 0)
        expect_rows(f, t, evaluation, list->rows);
    table_close(t);
}

struct quality_list quality_list_read(const char *folder, size_t rows, struct findings *f)
{
    struct quality_list list = {.rows = rows};
    read_quality(&list, folder, f);
    read_classes(&list, folder, f);
    drop_empty(&list);
    return list;
}

void quality_list_free(struct quality_list *list)
{
    for (int i = 0; i < list->n; i++) {
        free(list->at[i].tag);
        free(list->at[i].value);
    }
    free(list->at);
}
