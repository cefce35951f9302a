/* Holds a data set: one memory mapping for each split, pixels and then labels. A mapping can be made read-only
 * once it is filled, so no process can change the data by mistake. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "models/data/reader.h"
#include "models/words.h"
#include "sim/base/fail.h"

static const struct dataset_def *definition(const char *name)
{
    for (const struct dataset_def *const *def = dataset_list; *def; def++)
        if (strcmp((*def)->name, name) == 0)
            return *def;
    return NULL;
}

bool dataset_is_own(const char *name)
{
    const struct dataset_def *def = definition(name);
    return def && def->own;
}

/* Of each mapping: validation samples lie behind those of training. */
static size_t train_bytes(const struct dataset *ds)
{
    return dataset_split_bytes(ds, ds->train.n + ds->validation.n);
}

static size_t test_bytes(const struct dataset *ds)
{
    return dataset_split_bytes(ds, ds->test.n);
}

static void seal(const struct dataset *ds)
{
    if (mprotect((void *)ds->train.pixels, train_bytes(ds), PROT_READ) ||
        mprotect((void *)ds->test.pixels, test_bytes(ds), PROT_READ))
        die_errno(EXIT_RESOURCE, "mprotect");
}

const struct dataset *dataset_open(const char *name, const char *const *paths,
                                   const struct dataset_options *options)
{
    char dir[PATH_MAX];
    const struct dataset_def *def = definition(name);
    if (!def)
        die(EXIT_USAGE, "data set: expected one that `simulate --list datasets` shows, got %s", name);
    if (def->folders && !search_find(dir, def, paths))
        search_die_of_absence(def, paths, options);
    struct dataset *ds = need(sizeof *ds);
    snprintf(ds->name, sizeof ds->name, "%s", name);
    snprintf(ds->origin, sizeof ds->origin, "%.511s", def->folders ? dir : "generated");
    def->load(ds, def->folders ? dir : NULL, options);
    dataset_keep_validation(ds, options);
    if (def->by_pixels)
        dataset_normalise_by_pixels(ds);
    seal(ds);
    return ds;
}

const struct dataset *dataset_none(uint32_t samples, const struct dataset_options *options)
{
    struct dataset *ds = need(sizeof *ds);
    struct dataset_options all = {.train_n = samples, .test_n = 1};
    snprintf(ds->name, sizeof ds->name, "none");
    snprintf(ds->origin, sizeof ds->origin, "no data");
    dataset_shape(ds, 1, 1, 1);
    dataset_normalise(ds, 0, 1);
    struct room room = dataset_room(ds, &ds->train, samples, &all);
    for (uint32_t i = 0; i < room.n; i++)
        room.labels[i] = (uint8_t)(i % (uint32_t)ds->classes);
    dataset_room(ds, &ds->test, 1, &all);
    dataset_keep_validation(ds, options);
    seal(ds);
    return ds;
}

void dataset_close(const struct dataset *ds)
{
    munmap((void *)ds->train.pixels, train_bytes(ds));
    munmap((void *)ds->test.pixels, test_bytes(ds));
    free((void *)ds);
}

bool dataset_is_in(const char *name, const char *path, const char *place,
                   const struct dataset_options *options)
{
    char dir[PATH_MAX];
    const char *const paths[] = {path, NULL};
    const struct dataset_def *def = definition(name);
    if (!def || !def->folders || search_find(dir, def, paths))
        return true;
    search_check_named(def, path, place, options);
    return false;
}
