/* Where a data set is: the folders of the search path, the folders below them that a set may lie in, and the
 * messages for sets that are nowhere. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "models/data/reader.h"
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

/* dir = the first folder below path, or path itself, that holds the set; false: none does. */
static bool find_below(char dir[PATH_MAX], const struct dataset_def *def, const char *path)
{
    for (const char *const *folder = def->folders; *folder; folder++)
        if (join(dir, path, *folder) && (exists(dir, def->probe, "") || exists(dir, def->probe, ".gz")))
            return true;
    return false;
}

bool search_find(char dir[PATH_MAX], const struct dataset_def *def, const char *const *paths)
{
    for (; *paths; paths++)
        if (find_below(dir, def, *paths))
            return true;
        else if (def->own) /* another folder would have another set */
            return false;
    return false;
}

/* ---- a set that is nowhere ---- */

/* What the user can do. Not freed: it is part of the program's last message. */
static char *remedy(const struct dataset_def *def, const struct dataset_options *options)
{
    if (def->own)
        return text_format("its files are yours, in the folder data.path");
    if (!options->fetcher)
        return text_format("`make data` fetches it into ./data");
    return text_format("%s%s%s%s data %s fetches it into ./data", def->package ? "Debian's package " : "",
                       def->package ? def->package : "", def->package ? " has it, " : "", options->fetcher,
                       def->name);
}

/* The first file below path that belongs to another form of the set; NULL: there is none. */
static const char *lookalike_in(const struct dataset_def *def, const char *path)
{
    for (const char *const *file = def->lookalikes; file && *file; file++)
        if (exists(path, *file, ""))
            return *file;
    return NULL;
}

static void die_of_lookalike(const struct dataset_def *def, const char *const *paths,
                             const struct dataset_options *options)
{
    for (; *paths; paths++) {
        const char *file = lookalike_in(def, *paths);
        if (file)
            die(EXIT_DATA, "data set %s: %s/%s is of %s; %s", def->name, *paths, file, def->lookalike,
                remedy(def, options));
    }
}

/* Why nothing was found in dir: " (permission denied)". */
static const char *closed(const char *dir)
{
    return access(dir, X_OK) && errno == EACCES ? " (permission denied)" : "";
}

_Noreturn void search_die_of_absence(const struct dataset_def *def, const char *const *paths,
                                     const struct dataset_options *options)
{
    char *places = NULL;
    size_t size;
    die_of_lookalike(def, paths, options);
    if (def->own)
        die(EXIT_DATA, "data set %s: expected %s[.gz] in %s (data.path), found no such file", def->name,
            def->probe, *paths);
    FILE *out = open_memstream(&places, &size);
    if (!out)
        die_errno(EXIT_RESOURCE, "open_memstream");
    for (const char *const *path = paths; *path; path++)
        for (const char *const *folder = def->folders; *folder; folder++) {
            char dir[PATH_MAX];
            if (join(dir, *path, *folder))
                fprintf(out, "%s%s%s", ftell(out) ? ", " : "", dir, closed(dir));
        }
    fclose(out);
    die(EXIT_DATA, "data set %s: %s[.gz] not found in: %s; %s, --data names its folder", def->name,
        def->probe, *places ? places : "(no folder given)", remedy(def, options));
}

/* ---- a folder that the user names ---- */

/* Whether some set that list.c has is there, in whatever form. */
static bool holds_any(const char *path)
{
    char dir[PATH_MAX];
    for (const struct dataset_def *const *def = dataset_list; *def; def++)
        if ((*def)->folders && (find_below(dir, *def, path) || lookalike_in(*def, path)))
            return true;
    return false;
}

/* Ends the program if it is no folder. A folder that may not be looked into passes: the message about the
 * missing set says so. */
static void check_folder(const char *path, const char *place, const char *get)
{
    struct stat found;
    int error = stat(path, &found) ? errno : S_ISDIR(found.st_mode) ? 0 : ENOTDIR;
    if (error && error != EACCES)
        die(EXIT_DATA, "%s: expected a folder that holds a data set, got '%s': %s; %s", place, path,
            strerror(error), get);
}

void search_check_named(const struct dataset_def *def, const char *path, const char *place,
                        const struct dataset_options *options)
{
    char *get = remedy(def, options);
    check_folder(path, place, get);
    if (!*closed(path) && !holds_any(path))
        die(EXIT_DATA,
            "%s: expected a folder that holds a data set, got '%s', in which %s and all other sets "
            "are missing; %s",
            place, path, def->name, get);
    free(get);
}
