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

size_t dataset_image(const struct dataset *ds)
{
    return (size_t)ds->channels * (size_t)ds->height * (size_t)ds->width;
}

void dataset_shape(struct dataset *ds, int channels, int height, int width)
{
    ds->channels = channels;
    ds->height = height;
    ds->width = width;
    ds->classes = 10; /* all sets here */
}

void dataset_normalise(struct dataset *ds, float mean, float std)
{
    for (int c = 0; c < ds->channels; c++) {
        ds->mean[c] = mean;
        ds->std[c] = std;
    }
}

void dataset_check_labels(const struct dataset *ds, const char *path, const uint8_t *labels, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (labels[i] >= ds->classes)
            die(EXIT_DATA, "%s: expected labels 0 .. %d, found %d (image %u)", path, ds->classes - 1,
                labels[i], i);
}

static size_t split_bytes(const struct dataset *ds, const struct split *split)
{
    return split->n * (dataset_image(ds) + 1);
}

struct room dataset_room(struct dataset *ds, struct split *split, uint32_t has,
                         const struct dataset_options *options)
{
    bool train = split == &ds->train;
    int64_t asked = train ? options->train_n : options->test_n;
    if (asked != -1 && (asked < 1 || asked > has))
        die(EXIT_USAGE, "%s: expected 1 .. %u (what %s has), got %lld",
            train ? "data.train_samples" : "data.test_samples", has, ds->name, (long long)asked);
    split->n = asked == -1 ? has : (uint32_t)asked;
    uint8_t *memory =
        mmap(NULL, split_bytes(ds, split), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        die_errno(EXIT_RESOURCE, "memory for the images of %s (%zu bytes)", ds->name, split_bytes(ds, split));
    split->pixels = memory;
    split->labels = memory + split->n * dataset_image(ds);
    return (struct room){split->n, memory, memory + split->n * dataset_image(ds)};
}

static void seal(const struct dataset *ds, const struct split *split)
{
    if (mprotect((void *)split->pixels, split_bytes(ds, split), PROT_READ))
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
    munmap((void *)ds->train.pixels, split_bytes(ds, &ds->train));
    munmap((void *)ds->test.pixels, split_bytes(ds, &ds->test));
    free((void *)ds);
}
