/* Collects the rows of the grid from [sweep] and --sweep: keys in the order given, and their values as
 * text. sim/sweep/ makes the points of the grid. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/config/values.h"
#include "sim/config/variants.h"

const struct sweep_row *config_sweep_rows(const struct config_source *src, int *n)
{
    *n = src->swept.n;
    return src->swept.row;
}

static void row_free(struct sweep_row *row)
{
    free(row->key);
    free(row->values);
    free(row->place);
}

void source_free_rows(struct sweep_rows *rows)
{
    for (int i = 0; i < rows->n; i++)
        row_free(&rows->row[i]);
    free(rows->row);
    *rows = (struct sweep_rows){0};
}

void config_drop_sweep(struct config_source *src)
{
    source_free_rows(&src->swept);
}

/* Keys that cannot be swept: all points of a sweep must have the same value. Sections end in a dot. */
static bool is_fixed(const char *key)
{
    static const char *const fixed[] = {
        "experiment.name", "experiment.algorithms", "output.path", "output.at", "sweep.", "tune.",
        "compare."};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        size_t n = strlen(fixed[i]);
        if (fixed[i][n - 1] == '.' ? strncmp(fixed[i], key, n) == 0 : strcmp(fixed[i], key) == 0)
            return true;
    }
    return false;
}

static bool check_values(const struct sweep_row *row, char *error, size_t error_size)
{
    char quoted[80];
    const char *hint = *row->values ? value_unwritable(row->values) : "";
    if (!hint)
        return true;
    snprintf(error, error_size, "%s: expected values separated by commas, got %s%s%s%s", row->key,
             text_quote(quoted, sizeof quoted, row->values), *hint ? " (" : "", hint, *hint ? ")" : "");
    return false;
}

/* The existing row of the key, or a new row at the end. */
static struct sweep_row *place_of(struct sweep_rows *rows, const char *key)
{
    size_t n = (size_t)rows->n, each = sizeof *rows->row;
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows->row[i].key, key) == 0)
            return &rows->row[i];
    rows->row = need_more(rows->row, n * each, (n + 1) * each);
    return &rows->row[rows->n++];
}

bool source_put_row(struct sweep_rows *rows, const struct sweep_row *row, char *error, size_t error_size)
{
    struct sweep_row *place = place_of(rows, row->key);
    if (place->key && row->level != LEVEL_COMMAND && place->level == row->level) {
        snprintf(error, error_size, "%s: given twice, first in line %d", row->key, place->line);
        return false;
    }
    row_free(place);
    *place = *row;
    place->key = text_copy(row->key);
    place->values = text_copy(row->values);
    place->place = text_copy(row->place);
    return true;
}

bool source_sweep(struct config_source *src, const struct sweep_row *row, char *error, size_t error_size)
{
    const struct slot *slot = source_look_up(src, row->key, error, error_size);
    if (!slot || !check_values(row, error, error_size))
        return false;
    if (is_fixed(row->key)) {
        snprintf(error, error_size, "%s cannot be swept: all points have it in common", row->key);
        return false;
    }
    struct sweep_row whole = *row;
    whole.row = slot->key;
    whole.values = variants_list(src, slot->key, row->values);
    bool good = source_put_row(&src->swept, &whole, error, error_size);
    free(whole.values);
    return good;
}
