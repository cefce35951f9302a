/* Shared memory from tmpfs. An open file in /dev/shm without a name is mapped and closed; the mapping keeps
 * the memory, and the kernel frees it with the last process. */
#define _GNU_SOURCE /* O_TMPFILE */
#include "sim/transport/shm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sim/base/fail.h"

#define FOLDER "/dev/shm" /* where glibc's shm_open makes its objects */

/* For kernels or file systems without O_TMPFILE: makes an object and removes its name at once. If the name
 * exists already, a process of another pid namespace with the same pid has made it; the loop tries the next
 * name. */
static int open_renounced(void)
{
    static unsigned created;
    char name[64];
    int fd;
    do {
        snprintf(name, sizeof name, "/ospsim-%ld-%u", (long)getpid(), created++);
        fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    } while (fd < 0 && (errno == EEXIST || errno == EINTR));
    if (fd < 0)
        die_errno(EXIT_RESOURCE, "shm_open %s", name);
    if (shm_unlink(name))
        die_errno(EXIT_RESOURCE, "shm_unlink %s", name);
    return fd;
}

/* Opens an object without a name, so that neither a crash nor an error leaves it behind. */
static int open_unnamed(void)
{
    int fd = open(FOLDER, O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (fd >= 0)
        return fd;
    if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL && errno != ENOENT)
        die_errno(EXIT_RESOURCE, "opening shared memory in " FOLDER);
    return open_renounced();
}

static _Noreturn void die_full(size_t bytes, int error)
{
    struct statvfs fs;
    const double mib = 1 << 20;
    if (error == EFBIG)
        die(EXIT_RESOURCE, "shared memory: %.1f MiB asked for, more than a file may have (ulimit -f)",
            (double)bytes / mib);
    if (statvfs(FOLDER, &fs))
        die_errno(EXIT_RESOURCE, "shared memory: %.1f MiB asked for: %s; statvfs " FOLDER,
                  (double)bytes / mib, strerror(error));
    die(EXIT_RESOURCE, "shared memory: %.1f MiB asked for, %.1f MiB free in " FOLDER ": %s",
        (double)bytes / mib, (double)fs.f_bavail * (double)fs.f_frsize / mib, strerror(error));
}

void *shm_create(size_t bytes)
{
    int fd = open_unnamed(), error;
    do /* not ftruncate: that succeeds on a full file system, and the first access then ends in SIGBUS */
        error = posix_fallocate(fd, 0, (off_t)bytes);
    while (error == EINTR);
    if (error)
        die_full(bytes, error);
    void *block = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (block == MAP_FAILED)
        die_errno(EXIT_RESOURCE, "mmap of %zu bytes of shared memory", bytes);
    close(fd);
    return block;
}

void shm_destroy(void *block, size_t bytes)
{
    if (block)
        munmap(block, bytes);
}
