/* Makes the folders of runs and sweeps, writes small files into them, and locks them.
 *
 *   results/<experiment>/20260102T030405Z-s1/     a run
 *   results/<experiment>/20260102T030410Z-sweep/  a sweep
 *   results/<experiment>/latest -> 20260102T030410Z-sweep */
#include "sim/output/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

/* Makes path and every folder above it that is missing. */
static void make_all(char *path)
{
    for (char *slash = path;; slash++) {
        slash += strcspn(slash, "/");
        char kept = *slash;
        *slash = '\0';
        if (*path && mkdir(path, 0777) && errno != EEXIST)
            die_errno(EXIT_RESOURCE, "making %s", path);
        *slash = kept;
        if (!kept)
            return;
    }
}

void folder_need(const char *path)
{
    char *copy = text_copy(path);
    make_all(copy);
    free(copy);
}

/* false: the path exists. mkdir decides, so two programs never make the same folder. */
static bool make_new(const char *path)
{
    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST)
        die_errno(EXIT_RESOURCE, "making %s", path);
    return false;
}

static char *without_slashes(const char *given)
{
    char *path = text_copy(given);
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
    return path;
}

static void make_parents(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash && slash != path) {
        *slash = '\0';
        make_all(path);
        *slash = '/';
    }
}

static char *create_given(const char *given)
{
    if (!*given)
        die(EXIT_USAGE, "-o: expected a folder, got an empty name");
    char *path = without_slashes(given);
    make_parents(path);
    if (!make_new(path))
        die(EXIT_USAGE, "%s exists: -o needs the name of a new folder, results are never overwritten", path);
    return path;
}

/* Points parent/latest at name in one step (rename): a reader of the link finds the old run or the new
 * run, never no run. The link is a convenience: a failure is a warning and not an error. */
static void link_latest(const char *parent, const char *name)
{
    char *link = text_format("%s/latest", parent);
    char *temporary = text_format("%s/.latest-%ld", parent, (long)getpid());
    struct stat old;
    if (lstat(link, &old) == 0 && !S_ISLNK(old.st_mode)) {
        warn("%s is not a symbolic link, left as it is", link);
    } else {
        unlink(temporary); /* left by an earlier process with this id that was killed at this line */
        if (symlink(name, temporary) || rename(temporary, link)) {
            warn("cannot link %s to %s: %s", link, name, strerror(errno));
            unlink(temporary);
        }
    }
    free(temporary);
    free(link);
}

static char *create_stamped(const char *results, const char *experiment, const char *kind)
{
    char stamp[32];
    time_t now = time(NULL);
    struct tm utc;
    strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &utc));

    char *parent = text_format("%s/%s", results, experiment);
    make_all(parent);
    char *path = text_format("%s/%s-%s", parent, stamp, kind);
    for (int again = 2; !make_new(path); again++) {
        free(path);
        path = text_format("%s/%s-%s-%d", parent, stamp, kind, again);
    }
    link_latest(parent, path + strlen(parent) + 1);
    free(parent);
    return path;
}

char *folder_create(const char *given, const char *results, const char *experiment, int64_t seed)
{
    char *kind = text_format("s%lld", (long long)seed);
    char *path = given ? create_given(given) : create_stamped(results, experiment, kind);
    free(kind);
    return path;
}

char *folder_create_kind(const char *given, const char *results, const char *experiment, const char *kind)
{
    return given ? create_given(given) : create_stamped(results, experiment, kind);
}

char *folder_parents(const char *given)
{
    char *path = without_slashes(given);
    make_parents(path);
    return path;
}

char *folder_make(const char *parent, const char *name)
{
    char *path = text_format("%s/%s", parent, name);
    if (!make_new(path))
        die(EXIT_RESOURCE, "making %s: it exists", path);
    return path;
}

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "wxe");
    if (!file)
        die_errno(EXIT_RESOURCE, "making %s", path);
    return file;
}

void folder_write(const char *folder, const char *name, const void *bytes, size_t n)
{
    char *path = text_format("%s/%s", folder, name);
    FILE *file = create(path);
    if (fwrite(bytes, 1, n, file) != n || fclose(file))
        die_errno(EXIT_RESOURCE, "writing %s", path);
    free(path);
}

void folder_copy(const char *from, const char *folder, const char *name)
{
    char *to = text_format("%s/%s", folder, name);
    FILE *source = fopen(from, "re");
    if (!source)
        die_errno(EXIT_RESOURCE, "reading %s", from);
    FILE *copy = create(to);

    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, source)) > 0)
        if (fwrite(block, 1, got, copy) != got)
            die_errno(EXIT_RESOURCE, "writing %s", to);
    if (ferror(source))
        die_errno(EXIT_RESOURCE, "reading %s", from);
    if (fclose(copy))
        die_errno(EXIT_RESOURCE, "writing %s", to);
    fclose(source);
    free(to);
}

void folder_link(const char *from, const char *folder, const char *name)
{
    char *to = text_format("%s/%s", folder, name);
    if (link(from, to))
        folder_copy(from, folder, name);
    free(to);
}

/* The children of a killed program live a moment longer, and hold its lock. So the lock is tried for
 * PATIENCE_MS. */
#define PATIENCE_MS 2000
#define NAP_MS      20

static bool lock(int fd, int operation)
{
    const struct timespec nap = {.tv_nsec = NAP_MS * 1000000};
    for (int ms = 0; ms < PATIENCE_MS; ms += NAP_MS) {
        if (flock(fd, operation | LOCK_NB) == 0)
            return true;
        if (errno != EWOULDBLOCK)
            return false;
        nanosleep(&nap, NULL);
    }
    return false;
}

static void take(const char *folder, int operation)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* stays open: the lock ends with it */
    if (fd < 0) {
        die_if_short("opening the folder %s", folder);
        die_errno(EXIT_USAGE, "opening the folder %s", folder);
    }
    if (lock(fd, operation))
        return;
    if (errno == EWOULDBLOCK)
        die(EXIT_USAGE, "%s: another program is running in this folder", folder);
    warn("%s cannot be locked (%s): see that no other program runs in it", folder, strerror(errno));
}

void folder_expect(const char *option, const char *path)
{
    struct stat status;
    char quoted[200];
    text_quote(quoted, sizeof quoted, path);
    if (stat(path, &status)) {
        die_if_short("%s: %s", option, path);
        if (errno == EACCES)
            die_errno(EXIT_USAGE, "%s: %s", option, path);
        die(EXIT_USAGE, "%s: expected the folder of a run or sweep, got %s: %s", option, quoted,
            strerror(errno));
    }
    if (!S_ISDIR(status.st_mode))
        die(EXIT_USAGE, "%s: expected the folder of a run or sweep, got the file %s", option, quoted);
}

static bool has(const char *folder, const char *file)
{
    char *path = text_format("%s/%s", folder, file);
    bool there = access(path, F_OK) == 0;
    free(path);
    return there;
}

void folder_expect_run(const char *option, const char *path)
{
    char quoted[200];
    folder_expect(option, path);
    if (!has(path, "resolved.ini") && !has(path, "sweep.ini"))
        die(EXIT_USAGE, "%s: expected the folder of a run or sweep, with a resolved.ini or sweep.ini, got %s",
            option, text_quote(quoted, sizeof quoted, path));
}

void folder_lock(const char *folder)
{
    take(folder, LOCK_EX);
}

void folder_share(const char *folder)
{
    take(folder, LOCK_SH);
}
