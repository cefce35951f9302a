#include "sim/report/quality_last.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/text.h"
#include "sim/verify/table.h"

/* NULL: there is no such file, or it cannot be read; --verify says more. */
static struct table *open_quietly(const char *folder, const struct columns *columns, struct findings *f)
{
    char *path = text_format("%s/%s", folder, columns->file);
    struct table *t = access(path, R_OK) == 0 ? table_open(folder, columns, f) : NULL;
    free(path);
    return t;
}

static void read_quality(struct quality_last *last, const char *folder)
{
    struct findings f = {.silent = true};
    struct columns columns = quality_columns_of_any_file();
    struct table *t = open_quietly(folder, &columns, &f);
    struct quality_row row = quality_row_unknown();
    bool any = false;
    while (t && table_next(t, &row))
        any = true;
    for (int i = 0; any && i < QUALITY_MEASURES; i++)
        last->measured[i] = quality_measure(&row, i);
    table_close(t);
    quality_columns_end(&columns);
    last->there = any;
}

static void read_labels(struct quality_last *last, const char *folder)
{
    struct findings f = {.silent = true};
    struct table *t = open_quietly(folder, &class_columns, &f);
    struct class_row row;
    while (t && table_next(t, &row)) {
        if (row.label < 0 || row.label >= MOST_LABELS)
            break;
        last->label[row.label] = row.accuracy[OF_TEST];
        last->labels = row.label >= last->labels ? (int)row.label + 1 : last->labels;
    }
    table_close(t);
}

void quality_last_read(struct quality_last *last, const char *folder)
{
    *last = (struct quality_last){0};
    for (int i = 0; i < QUALITY_MEASURES; i++)
        last->measured[i] = NAN;
    for (int i = 0; i < MOST_LABELS; i++)
        last->label[i] = NAN;
    read_quality(last, folder);
    read_labels(last, folder);
}
