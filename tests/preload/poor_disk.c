/* Preloaded into simulate (LD_PRELOAD): a file system as clouds, FUSE and memory cards have it, without hard links,
 * symbolic links outside of the temporary folder, modes, locks, fsync of folders and mmap. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int refused(int reason)
{
    errno = reason;
    return -1;
}

int link(const char *from, const char *to)
{
    (void)from;
    (void)to;
    return refused(EPERM);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    (void)from_folder;
    (void)to_folder;
    (void)flags;
    return link(from, to);
}

int symlink(const char *target, const char *path)
{
    static int (*real)(const char *, const char *);
    const char *temporary = getenv("TMPDIR");
    if (!temporary || strncmp(path, temporary, strlen(temporary)) != 0)
        return refused(EPERM);
    if (!real)
        real = dlsym(RTLD_NEXT, "symlink");
    return real(target, path);
}

int chmod(const char *path, mode_t mode)
{
    (void)path;
    (void)mode;
    return refused(EPERM);
}

int fchmod(int fd, mode_t mode)
{
    (void)fd;
    (void)mode;
    return refused(EPERM);
}

int fchmodat(int folder, const char *path, mode_t mode, int flags)
{
    (void)folder;
    (void)flags;
    return chmod(path, mode);
}

int flock(int fd, int operation)
{
    (void)fd;
    (void)operation;
    return refused(ENOLCK);
}

int fsync(int fd)
{
    static int (*real)(int);
    struct stat st;
    if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
        return refused(EINVAL);
    if (!real)
        real = dlsym(RTLD_NEXT, "fsync");
    return real(fd);
}

void *mmap(void *at, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    static void *(*real)(void *, size_t, int, int, int, off_t);
    if (fd >= 0 && flags == MAP_PRIVATE && protection == PROT_READ) {
        errno = ENODEV;
        return MAP_FAILED;
    }
    if (!real)
        real = dlsym(RTLD_NEXT, "mmap");
    return real(at, bytes, protection, flags, fd, offset);
}
