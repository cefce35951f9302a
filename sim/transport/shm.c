/* Shared memory from tmpfs. An open file in /dev/shm without a name is mapped and closed; the mapping keeps
 * the memory, and the kernel frees it with the last process.
 *
 * A large block consists of huge pages, as far as the kernel has some. Workers read models and add up pushes in
 * this memory; with small pages, misses in the translation cache (TLB) make a round of BSP a tenth longer. tmpfs
 * has small pages as a rule (/sys/kernel/mm/transparent_hugepage/shmem_enabled is "never"), but MADV_COLLAPSE
 * (Linux 6.1) makes huge pages nevertheless, at once, of what there is in each piece of 2 MiB. */
#define _GNU_SOURCE /* O_TMPFILE, fallocate */
#include "sim/transport/shm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "sim/base/fail.h"

#ifndef MADV_COLLAPSE /* glibc before 2.37 */
#define MADV_COLLAPSE 25
#endif

#define PAGE      ((size_t)4096)
#define HUGE_PAGE ((size_t)2 << 20)
#define LARGE     ((size_t)16 << 20) /* more than the translation cache covers with small pages */

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

/* Not ftruncate: that succeeds on a full file system, and the first access then ends in SIGBUS. `bytes`: of the
 * whole block. */
static void allocate(int fd, size_t from, size_t n, size_t bytes)
{
    int error;
    do
        error = posix_fallocate(fd, (off_t)from, (off_t)n);
    while (error == EINTR);
    if (error) {
        int given_back = ftruncate(fd, 0); /* the line tells how much is free without this block */
        (void)given_back;
        die_full(bytes, error);
    }
}

/* Where /dev/shm has no room for the block either, that is what the line says. */
static _Noreturn void die_unmapped(int fd, size_t bytes)
{
    int error = errno;
    allocate(fd, 0, bytes, bytes);
    errno = error;
    die_errno(EXIT_RESOURCE, "mmap of %zu bytes of shared memory", bytes);
}

/* An address for a block, at the start of a huge page if the block has some. */
static char *place_for(int fd, size_t bytes)
{
    size_t spare = bytes < LARGE ? 0 : HUGE_PAGE;
    char *from = mmap(NULL, bytes + spare, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (from == MAP_FAILED)
        die_unmapped(fd, bytes);
    char *at = spare ? from + (HUGE_PAGE - (uintptr_t)from % HUGE_PAGE) % HUGE_PAGE : from;
    if (at > from)
        munmap(from, (size_t)(at - from));
    if (at < from + spare)
        munmap(at + bytes + (-bytes) % PAGE, (size_t)(from + spare - at));
    return at;
}

/* Before the small pages are there: of one small page in each piece, the kernel makes a huge page without
 * copying much. If it cannot, the piece gets its small pages later. */
static void make_huge(int fd, char *block, size_t bytes)
{
    for (size_t i = 0; i + HUGE_PAGE <= bytes; i += HUGE_PAGE)
        (void)fallocate(fd, 0, (off_t)i, 1);
    (void)madvise(block, bytes / HUGE_PAGE * HUGE_PAGE, MADV_COLLAPSE);
}

void *shm_create(size_t bytes)
{
    int fd = open_unnamed();
    allocate(fd, bytes - 1, 1, bytes); /* the file has its size from here on */
    void *block = mmap(place_for(fd, bytes), bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    if (block == MAP_FAILED)
        die_unmapped(fd, bytes);
    if (bytes >= LARGE)
        make_huge(fd, block, bytes);
    allocate(fd, 0, bytes, bytes);
    close(fd);
    return block;
}

void shm_destroy(void *block, size_t bytes)
{
    if (block)
        munmap(block, bytes);
}
