/* Reads sweep.count_by: names of rows of the grid; and refuses it where nothing can be counted. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/sweep/grid.h"

/* -1: the key is not swept. */
static int find_row(const struct grid *grid, const char *key)
{
    for (int i = 0; i < grid->rows; i++)
        if (strcmp(grid->row[i].key, key) == 0)
            return i;
    return -1;
}

/* ---- names ---- */

/* Every algorithm has the row's values, and it is not the seed. */
static bool can_be_counted(const struct grid *grid, int row)
{
    return grid->row[row].algorithm < 0 && row != grid->seed_row;
}

/* "some of network.bandwidth, network.latency, each once". The caller frees. */
static char *expected(const struct grid *grid)
{
    char *names = text_copy("");
    for (int i = 0; i < grid->rows; i++) {
        if (!can_be_counted(grid, i))
            continue;
        char *longer = text_format("%s%s%s", names, *names ? ", " : "", grid->row[i].key);
        free(names);
        names = longer;
    }
    char *text = *names ? text_format("some of %s, each once", names)
                        : text_copy("swept keys that all algorithms share, of which there are none");
    free(names);
    return text;
}

/* Why the name cannot be one more; NULL: it can. The caller frees. */
static char *refusal_of(const struct grid *grid, const char *key)
{
    int row = find_row(grid, key);
    if (!*key)
        return text_copy("an empty name");
    if (row < 0)
        return text_format("%s, which is not swept", key);
    if (row == grid->seed_row)
        return text_format("%s: seeds are averaged", key);
    if (grid->row[row].algorithm >= 0)
        return text_format("%s: %s alone has its values", key, grid->algorithm[grid->row[row].algorithm]);
    for (int i = 0; i < grid->counts; i++)
        if (grid->counted[i] == row)
            return text_format("%s twice", key);
    return NULL;
}

static bool take_name(struct grid *grid, const char *key, const char *place, char *error, size_t size)
{
    char *got = refusal_of(grid, key);
    if (!got) {
        grid->counted[grid->counts++] = find_row(grid, key);
        return true;
    }
    char *names = expected(grid);
    snprintf(error, size, "%s: sweep.count_by: expected %s, got %s", place, names, got);
    free(names);
    free(got);
    return false;
}

/* ---- what there is to count ---- */

static bool is_at_some_point(const struct grid *grid, const char *key, bool in_all)
{
    return in_all || find_row(grid, key) >= 0;
}

/* Without a target only runs that no budget ends have a speed-up: a count would leave the others out in silence. */
static bool has_speedups(const struct grid *grid, const struct config *cfg)
{
    bool time = is_at_some_point(grid, "experiment.virtual_time", !isnan(cfg->experiment.virtual_time)),
         bytes = is_at_some_point(grid, "experiment.bytes", !isnan(cfg->experiment.bytes)),
         target =
             is_at_some_point(grid, "experiment.target_accuracy", !isnan(cfg->experiment.target_accuracy)),
         trains = is_at_some_point(grid, "experiment.train", cfg->experiment.train);
    return (!time && !bytes) || (target && trains);
}

static bool can_count(const struct grid *grid, const struct config *cfg, const char *place, char *error,
                      size_t size)
{
    if (grid->algorithms < 2)
        snprintf(error, size,
                 "%s: sweep.count_by: expected several experiment.algorithms, got %s alone, which no other "
                 "one can be "
                 "faster than; leave count_by out",
                 place, grid->algorithm[0]);
    else if (!has_speedups(grid, cfg))
        snprintf(
            error, size,
            "%s: sweep.count_by: expected experiment.target_accuracy beside a budget, got %s: runs that a "
            "budget ends have no speed-up of their own",
            place, cfg->experiment.train ? "none" : "experiment.train = no");
    else
        return true;
    return false;
}

bool grid_count(struct grid *grid, const struct config_source *src, char *error, size_t size)
{
    const char *keys = src->cfg->sweep.count_by;
    if (!keys)
        return true;
    char *copy = text_copy(keys), *rest = copy, *key, place[512];
    source_origin(source_find(src, "sweep", "count_by"), place, sizeof place);
    bool good = can_count(grid, src->cfg, place, error, size);
    grid->counted = need((size_t)(grid->rows + 1) * sizeof *grid->counted);
    while (good && (key = strsep(&rest, ",")))
        good = take_name(grid, text_trim(key), place, error, size);
    free(copy);
    return good;
}
