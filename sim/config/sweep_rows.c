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
    *n = src->n_swept;
    return src->swept;
}

static void row_free(struct sweep_row *row)
{
    free(row->key);
    free(row->values);
    free(row->place);
}

void config_drop_sweep(struct config_source *src)
{
    for (int i = 0; i < src->n_swept; i++)
        row_free(&src->swept[i]);
    free(src->swept);
    src->swept = NULL;
    src->n_swept = 0;
}

/* Keys that cannot be swept: all points of a sweep must have the same value. */
static bool is_fixed(const char *key)
{
    static const char *const fixed[] = {"experiment.name", "experiment.algorithms", "output.path",
                                        "output.at",       "sweep.count_by",        "sweep.tune",
                                        "sweep.retime",    "sweep.own_values"};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        if (strcmp(fixed[i], key) == 0)
            return true;
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
static struct sweep_row *place_of(struct config_source *src, const char *key)
{
    size_t n = (size_t)src->n_swept, each = sizeof *src->swept;
    for (size_t i = 0; i < n; i++)
        if (strcmp(src->swept[i].key, key) == 0)
            return &src->swept[i];
    src->swept = need_more(src->swept, n * each, (n + 1) * each);
    return &src->swept[src->n_swept++];
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
    struct sweep_row *place = place_of(src, row->key);
    if (place->key && row->level != LEVEL_COMMAND && place->level == row->level) {
        snprintf(error, error_size, "%s: given twice, first in line %d", row->key, place->line);
        return false;
    }
    row_free(place);
    *place = (struct sweep_row){.key = text_copy(row->key),
                                .row = slot->key,
                                .values = variants_list(src, slot->key, row->values),
                                .place = text_copy(row->place),
                                .level = row->level,
                                .line = row->line};
    return true;
}
