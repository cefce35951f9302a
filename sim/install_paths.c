/* Finds files that are installed with the program: experiments, plots, the script that fetches data. If an
 * ini is not found, the message suggests the nearest name of the experiments. */
#include "sim/install_paths.h"

#include <dirent.h>
#include <errno.h>
#include <fts.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

#ifndef DATADIR /* the Makefile defines DATADIR */
#define DATADIR "/usr/local/share/ospsim"
#endif

/* NETWORKS: in EXPERIMENTS, presets that no one can run. */
static const char EXPERIMENTS[] = "experiments", NETWORKS[] = "networks", ENDING[] = ".ini";

enum { PLACES = 3, NAMES_MAX = 256, INIS_SHOWN = 3 };

/* ---- the folders ---- */

static void cut_last(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
}

/* The folder of the program; empty if /proc is not mounted: DATADIR alone is searched then. */
static void own_folder(char *out, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", out, size - 1);
    out[length > 0 ? length : 0] = '\0';
    cut_last(out);
}

static void free_all(char **words, int n)
{
    for (int i = 0; i < n; i++)
        free(words[i]);
}

/* Fills in the different folders of a kind, in the order of the search. Returns their number. */
static int folders_of(const char *kind, char *folder[PLACES])
{
    char own[PATH_MAX];
    int n = 0;
    own_folder(own, sizeof own);
    if (*own) {
        folder[n++] = text_format("%s/%s", own, kind);
        cut_last(own);
        folder[n++] = text_format("%s/share/ospsim/%s", own, kind);
    }
    folder[n] = text_format("%s/%s", DATADIR, kind);
    if (n > 0 && strcmp(folder[n], folder[n - 1]) == 0)
        free(folder[n]);
    else
        n++;
    return n;
}

/* ---- one file ---- */

static const char *without_kind(const char *kind, const char *name)
{
    size_t length = strlen(kind);
    return strncmp(name, kind, length) == 0 && name[length] == '/' ? name + length + 1 : name;
}

static bool is_ours(const char *name)
{
    return *name && *name != '/' && *name != '.' && !strstr(name, "..");
}

static bool ends_in(const char *text, const char *ending)
{
    size_t length = strlen(text), its = strlen(ending);
    return length > its && strcmp(text + length - its, ending) == 0;
}

static bool is_file(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

char *install_find(const char *kind, const char *name)
{
    char *folder[PLACES], *found = NULL;
    if (!is_ours(name))
        return NULL;
    int n = folders_of(kind, folder);
    for (int i = 0; i < n && !found; i++) {
        char *path = text_format("%s/%s", folder[i], without_kind(kind, name));
        if (is_file(path))
            found = path;
        else
            free(path);
    }
    free_all(folder, n);
    return found;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keeps the first of equal names. */
static void drop_equal(char **names)
{
    int kept = 0;
    for (int i = 0; names[i]; i++)
        if (kept > 0 && strcmp(names[i], names[kept - 1]) == 0)
            free(names[i]);
        else
            names[kept++] = names[i];
    names[kept] = NULL;
}

char **install_names(const char *kind, const char *ending)
{
    char *folder[PLACES], **names = NULL;
    int n = folders_of(kind, folder);
    size_t found = 0;
    for (int i = 0; i < n; i++) {
        DIR *open = opendir(folder[i]);
        for (const struct dirent *entry; open && (entry = readdir(open));) {
            if (!ends_in(entry->d_name, ending))
                continue;
            names = need_one_more(names, found, sizeof *names);
            names[found++] =
                text_format("%.*s", (int)(strlen(entry->d_name) - strlen(ending)), entry->d_name);
        }
        if (open)
            closedir(open);
    }
    names = need_one_more(names, found, sizeof *names);
    names[found] = NULL;
    qsort(names, found, sizeof *names, by_text);
    drop_equal(names);
    free_all(folder, n);
    return names;
}

char *install_fetcher(void)
{
    char *folder[PLACES], *found = NULL, own[PATH_MAX];
    own_folder(own, sizeof own);
    char *built = text_format("%s/%s", own, EXPERIMENTS);
    bool in_tree = is_folder(built);
    free(built);
    if (in_tree)
        return NULL;
    int n = folders_of("fetch.sh", folder); /* the kind is a file name, so these are paths of files */
    for (int i = 0; i < n && !found; i++)
        if (is_file(folder[i]))
            found = text_copy(folder[i]);
    free_all(folder, n);
    return found;
}

/* ---- the experiments ---- */

struct names_found {
    int n;
    char *at[NAMES_MAX + 1]; /* paths below the folder; NULL after the last */
};

static const char *name_found(const void *names, size_t i)
{
    return ((const struct names_found *)names)->at[i];
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* Collects names for suggestions. A folder or file that cannot be read is left out. */
static void collect(struct names_found *names, char *folder)
{
    char *roots[] = {folder, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
    if (!tree)
        return;
    for (FTSENT *f; names->n < NAMES_MAX && (f = fts_read(tree));)
        if (f->fts_info == FTS_D && f->fts_level == 1 && strcmp(f->fts_name, NETWORKS) == 0)
            fts_set(tree, f, FTS_SKIP);
        else if (f->fts_info == FTS_F && ends_in(f->fts_name, ENDING))
            names->at[names->n++] = text_copy(f->fts_path + strlen(folder) + 1);
    fts_close(tree);
}

static _Noreturn void refuse_missing(const char *file)
{
    struct names_found names = {0};
    char *folder[PLACES], *searched = text_format(".");
    int n = folders_of(EXPERIMENTS, folder);
    for (int i = 0; i < n; i++) {
        char *more = text_format("%s, %s", searched, folder[i]);
        free(searched);
        searched = more;
        collect(&names, folder[i]);
    }
    const char *nearest = text_nearest(without_kind(EXPERIMENTS, file), name_found, &names);
    die(EXIT_USAGE, "%s: %s; searched: %s%s%s%s", file, strerror(ENOENT), searched,
        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

static int is_ini(const struct dirent *entry)
{
    return ends_in(entry->d_name, ENDING);
}

/* Names the first inis of a folder, for the message, and the number of the others. */
static char *inis_in(const char *folder)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, is_ini, alphasort);
    char *list = text_copy("");
    for (int i = 0; i < n && i < INIS_SHOWN; i++) {
        char *longer = text_format("%s%s%s", list, i ? ", " : "; in it: ", entry[i]->d_name);
        free(list);
        list = longer;
    }
    for (int i = 0; i < n; i++)
        free(entry[i]);
    if (n >= 0)
        free(entry);
    if (n <= INIS_SHOWN)
        return list;
    char *longer = text_format("%s and %d more", list, n - INIS_SHOWN);
    free(list);
    return longer;
}

static _Noreturn void refuse_folder(const char *folder)
{
    char *resolved = text_format("%s/resolved.ini", folder);
    if (is_file(resolved))
        die(EXIT_USAGE,
            "%s: expected an ini file, got the folder of a run or sweep; use it with --resume, --verify or "
            "--report",
            folder);
    die(EXIT_USAGE, "%s: expected an ini file, got a folder%s", folder, inis_in(folder));
}

char *install_experiment(const char *file)
{
    if (is_folder(file))
        refuse_folder(file);

    bool missing = access(file, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR);
    if (!missing || !is_ours(file))
        return text_copy(file); /* the reader of the ini reports other errors, such as missing rights */
    char *found = install_find(EXPERIMENTS, file);
    if (!found)
        refuse_missing(file);
    return found;
}
