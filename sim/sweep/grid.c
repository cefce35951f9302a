/* From the rows of [sweep] to a grid, and from a point of the grid back to a configuration. values.c reads
 * the values of one row, counted.c sweep.count_by; points.c makes the points. */
#include "sim/sweep/grid.h"

#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"

static const char own[] = "algorithm.";

/* "algorithm.losp.learning_rate" -> "losp"; NULL: the key belongs to no algorithm. The caller frees. */
static char *owner_of(const char *key)
{
    if (strncmp(key, own, strlen(own)) != 0)
        return NULL;
    const char *name = key + strlen(own);
    return text_format("%.*s", (int)strcspn(name, "."), name);
}

static int find_algorithm(const struct grid *grid, const char *name)
{
    for (int i = 0; i < grid->algorithms; i++)
        if (strcmp(grid->algorithm[i], name) == 0)
            return i;
    return -1;
}

/* A value on the command line for a swept key would have no effect, so it is an error. Values that --resume
 * sets are none: they name the copies of files in the run's folder. */
static bool check_alone(const struct sweep_row *row, const struct config_source *src, char *error,
                        size_t size)
{
    const struct slot *slot = source_look_up(src, row->key, error, size);
    if (!slot)
        return false;
    if (slot->level != LEVEL_COMMAND || strcmp(slot->given, "--resume") == 0)
        return true;
    snprintf(error, size, "%s: %s is swept (%s): expected --sweep %s=... to change its values", slot->given,
             row->key, row->place, row->key);
    return false;
}

static bool add_row(struct grid *grid, const struct config_source *src, const struct sweep_row *row,
                    char *error, size_t size)
{
    char why[1024];
    char *owner = owner_of(row->key);
    int algorithm = owner ? find_algorithm(grid, owner) : -1;
    bool compared = !owner || algorithm >= 0, used = !config_is_unused(src, row->key);
    if (!compared)
        warn("%s: %s: %s is not among experiment.algorithms: left out", row->place, row->key, owner);
    else if (!used)
        warn("%s: %s: no algorithm of experiment.algorithms names this codec: left out", row->place,
             row->key);
    free(owner);
    if (!compared || !used)
        return true;
    struct swept *s = &grid->row[grid->rows++];
    *s = (struct swept){.key = text_copy(row->key),
                        .place = text_copy(row->place),
                        .row = row->row,
                        .algorithm = algorithm,
                        .repeats = algorithm >= 0 && grid->own != OWN_COMBINE};
    bool good = swept_read(s, row->values, why, sizeof why);
    if (!good)
        snprintf(error, size, "%s: %s: %s", row->place, row->key, why);
    return good;
}

static void take_algorithms(struct grid *grid, const struct config_source *src)
{
    const struct names *names = &src->cfg->experiment.algorithms;
    grid->algorithms = names->n;
    grid->algorithm = need((size_t)names->n * sizeof *grid->algorithm);
    grid->combinations = need((size_t)names->n * sizeof *grid->combinations);
    for (int i = 0; i < names->n; i++)
        grid->algorithm[i] = text_copy(names->at[i]);
}

static void warn_of_none(const struct grid *grid)
{
    bool any = grid->own == OWN_COMBINE;
    for (int i = 0; i < grid->rows; i++)
        any |= grid->row[i].algorithm >= 0;
    if (!any)
        warn("sweep.own_values has no effect: no algorithm has values of its own (algorithm.NAME.KEY)");
}

bool grid_read(struct grid *grid, const struct config_source *src, char *error, size_t size)
{
    int n;
    const struct sweep_row *row = config_sweep_rows(src, &n);
    *grid = (struct grid){
        .row = need((size_t)n * sizeof *grid->row), .seed_row = -1, .own = src->cfg->sweep.own_values};
    take_algorithms(grid, src);
    for (int i = 0; i < n; i++)
        if (!check_alone(&row[i], src, error, size) || !add_row(grid, src, &row[i], error, size))
            return false;
    for (int i = 0; i < grid->rows; i++)
        if (strcmp(grid->row[i].key, "experiment.seed") == 0)
            grid->seed_row = i;
    warn_of_none(grid);
    return grid_count(grid, src, error, size) && grid_enumerate(grid, error, size);
}

void grid_free(struct grid *grid)
{
    for (int i = 0; i < grid->rows; i++)
        swept_free(&grid->row[i]);
    for (int i = 0; i < grid->algorithms; i++)
        free(grid->algorithm[i]);
    for (int i = 0; i < grid->points; i++) {
        free(grid->point[i].value);
        free(grid->point[i].name);
    }
    free(grid->row);
    free(grid->algorithm);
    free(grid->combinations);
    free(grid->counted);
    free(grid->point);
    *grid = (struct grid){0};
}

/* A point with `alone` runs that algorithm; a point without runs all algorithms that have no rows of their
 * own. */
bool grid_plays(const struct grid *grid, const struct point *point, int algorithm)
{
    return point->alone >= 0 ? point->alone == algorithm : grid->combinations[algorithm] == 0;
}

int grid_value(const struct grid *grid, const struct point *point, int row, int algorithm)
{
    int owner = grid->row[row].algorithm;
    return owner >= 0 && owner != algorithm ? -1 : point->value[row];
}

char *grid_own_values(const struct grid *grid, const struct point *point, int algorithm)
{
    char *text = text_copy("");
    for (int i = 0; i < grid->rows; i++) {
        const struct swept *s = &grid->row[i];
        if (s->algorithm != algorithm)
            continue;
        char *longer = text_format("%s%s%s = %s", text, *text ? ", " : "", strrchr(s->key, '.') + 1,
                                   s->value[point->value[i]]);
        free(text);
        text = longer;
    }
    return text;
}

static char *names_of(const struct grid *grid, const struct point *point)
{
    char *names = text_copy("");
    for (int i = 0; i < grid->algorithms; i++) {
        if (!grid_plays(grid, point, i))
            continue;
        char *longer = text_format("%s%s%s", names, *names ? ", " : "", grid->algorithm[i]);
        free(names);
        names = longer;
    }
    return names;
}

/* The rows of [sweep] are dropped first: a point is a run, not a sweep. The ini of a point that goes on has no
 * section of a variant that no algorithm of the point uses; such a row has no effect there. */
bool grid_assign(const struct grid *grid, const struct point *point, struct config_source *src, char *error,
                 size_t size)
{
    char why[1024], *names = names_of(grid, point);
    config_drop_sweep(src);
    bool good = config_option(src, "[sweep]", "experiment.algorithms", names, error, size) &&
                config_option(src, "[sweep]", "sweep.count_by", "", error, size) &&
                config_option(src, "[sweep]", "sweep.own_values", "combine", error, size) &&
                config_option(src, "[sweep]", "sweep.halving", "0", error, size);
    for (int i = 0; good && i < grid->rows; i++)
        if (point->value[i] >= 0 && source_look_up(src, grid->row[i].key, why, sizeof why))
            good = config_option(src, grid->row[i].place, grid->row[i].key,
                                 grid->row[i].value[point->value[i]], error, size);
    free(names);
    return good;
}
