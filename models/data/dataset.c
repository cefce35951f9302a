/* Finds a data set along a search path and holds it: one memory mapping for each split, pixels and then
 * labels. A mapping can be made read-only once it is filled, so no process can change the data by mistake. */
#include "models/data/reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

static bool exists(const char *dir, const char *name, const char *suffix)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s%s", dir, name, suffix) >= (int)sizeof path)
        return false;
    if (access(path, F_OK) == 0)
        return true;
    /* A file that could not be looked for may be there. To call it missing would silently take the set of
     * another folder. */
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES && errno != ELOOP && errno != ENAMETOOLONG)
        die_errno(EXIT_DATA, "looking for %s", path);
    return false;
}

/* out = path/folder; false if that is longer than a path can be. */
static bool join(char out[PATH_MAX], const char *path, const char *folder)
{
    bool here = strcmp(folder, ".") == 0;
    return snprintf(out, PATH_MAX, "%s%s%s", path, here ? "" : "/", here ? "" : folder) < PATH_MAX;
}

/* dir = the first folder along paths that holds the set; false: none does. */
static bool find(char dir[PATH_MAX], const struct dataset_def *def, const char *const *paths)
{
    for (; *paths; paths++)
        for (const char *const *folder = def->folders; *folder; folder++)
            if (join(dir, *paths, *folder) && (exists(dir, def->probe, "") || exists(dir, def->probe, ".gz")))
                return true;
    return false;
}

/* What the user can do if the set is nowhere. Not freed: it is part of the program's last message. */
static char *remedy(const struct dataset_def *def, const struct dataset_options *options)
{
    if (!options->fetcher)
        return text_format("`make data` fetches it into ./data");
    return text_format("%s%s%s%s data %s fetches it into ./data", def->package ? "Debian's package " : "",
                       def->package ? def->package : "", def->package ? " has it, " : "", options->fetcher,
                       def->name);
}

static void die_of_lookalike(const struct dataset_def *def, const char *const *paths,
                             const struct dataset_options *options)
{
    for (; def->lookalikes && *paths; paths++)
        for (const char *const *file = def->lookalikes; *file; file++)
            if (exists(*paths, *file, ""))
                die(EXIT_DATA, "data set %s: %s/%s is of %s; %s", def->name, *paths, *file, def->lookalike,
                    remedy(def, options));
}

static _Noreturn void die_of_absence(const struct dataset_def *def, const char *const *paths,
                                     const struct dataset_options *options)
{
    char *places = NULL;
    size_t size;
    die_of_lookalike(def, paths, options);
    FILE *out = open_memstream(&places, &size);
    if (!out)
        die_errno(EXIT_RESOURCE, "open_memstream");
    for (const char *const *path = paths; *path; path++)
        for (const char *const *folder = def->folders; *folder; folder++) {
            char dir[PATH_MAX];
            if (join(dir, *path, *folder)) {
                bool closed = access(dir, X_OK) && errno == EACCES;
                fprintf(out, "%s%s%s", ftell(out) ? ", " : "", dir, closed ? " (permission denied)" : "");
            }
        }
    fclose(out);
    die(EXIT_DATA, "data set %s: %s[.gz] not found in: %s; %s, --data names its folder", def->name,
        def->probe, *places ? places : "(no folder given)", remedy(def, options));
}

static const struct dataset_def *definition(const char *name)
{
    for (const struct dataset_def *const *def = dataset_list; *def; def++)
        if (strcmp((*def)->name, name) == 0)
            return *def;
    return NULL;
}

static void seal(const struct dataset *ds, const struct split *split)
{
    if (mprotect((void *)split->pixels, dataset_split_bytes(ds, split), PROT_READ))
        die_errno(EXIT_RESOURCE, "mprotect");
}

const struct dataset *dataset_open(const char *name, const char *const *paths,
                                   const struct dataset_options *options)
{
    char dir[PATH_MAX];
    const struct dataset_def *def = definition(name);
    if (!def)
        die(EXIT_USAGE, "data set: expected one that `simulate --list datasets` shows, got %s", name);
    if (def->folders && !find(dir, def, paths))
        die_of_absence(def, paths, options);
    struct dataset *ds = need(sizeof *ds);
    snprintf(ds->name, sizeof ds->name, "%s", name);
    snprintf(ds->origin, sizeof ds->origin, "%.511s", def->folders ? dir : "generated");
    def->load(ds, def->folders ? dir : NULL, options);
    seal(ds, &ds->train);
    seal(ds, &ds->test);
    return ds;
}

void dataset_close(const struct dataset *ds)
{
    munmap((void *)ds->train.pixels, dataset_split_bytes(ds, &ds->train));
    munmap((void *)ds->test.pixels, dataset_split_bytes(ds, &ds->test));
    free((void *)ds);
}
