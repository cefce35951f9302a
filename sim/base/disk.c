/* File operations for file systems with few features. */
#include "sim/base/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

bool disk_sync(int fd)
{
    return fsync(fd) == 0 || errno == EINVAL || errno == ENOSYS || errno == ENOTSUP;
}

/* For file systems without hard links. O_EXCL claims the name with an empty file, so that of two processes
 * one fails; rename then replaces that file. */
static bool claim_and_rename(const char *temporary, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    close(fd);
    if (rename(temporary, path) == 0)
        return true;
    int reason = errno;
    unlink(path);
    errno = reason;
    return false;
}

bool disk_name_new(const char *temporary, const char *path)
{
    if (link(temporary, path) == 0) {
        unlink(temporary);
        return true;
    }
    return errno != EEXIST && claim_and_rename(temporary, path);
}

/* Not mkdtemp: that makes a folder for the user alone, and not every file system lets a mode be changed. */
char *disk_make_folder(const char *prefix)
{
    for (int i = 0;; i++) {
        char *path = text_format("%s.%ld-%d", prefix, (long)getpid(), i);
        if (mkdir(path, 0777) == 0)
            return path;
        int reason = errno;
        free(path);
        errno = reason;
        if (reason != EEXIST)
            return NULL;
    }
}

bool disk_has(const char *path)
{
    if (access(path, F_OK) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR)
        die_errno(EXIT_RESOURCE, "looking for %s", path);
    return false;
}
