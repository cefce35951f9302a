/* Preloaded into simulate (LD_PRELOAD): lets tests/faults/check.py make it fail.
 *
 *   FAULT_HALT=main, fork   the launcher stops itself (SIGSTOP) when its libraries are there, or before it forks its first
 *                           process of a run, so that strace can take hold of it
 *   FAULT_COUNT=FILE        every process appends a line when it ends: "launcher" or "child", and how many allocations it made
 *   FAULT_IN=launcher, child
 *   FAULT_AT=n              there the n-th allocation fails (children count from their fork); with FAULT_EVER all that follow */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static pid_t launcher;
static bool begun; /* main is near: what libraries need to start is not counted */
static pid_t counted_for;
static long count, at;
static bool in_child, ever;

static bool is(const char *name, const char *value)
{
    const char *given = getenv(name);
    return given && strcmp(given, value) == 0;
}

__attribute__((constructor)) static void loaded(void)
{
    const char *n = getenv("FAULT_AT");
    launcher = counted_for = getpid();
    at = n ? atol(n) : 0;
    in_child = is("FAULT_IN", "child");
    ever = getenv("FAULT_EVER") != NULL;
    if (is("FAULT_HALT", "main"))
        raise(SIGSTOP);
    begun = true;
}

/* ---- allocations ---- */

static bool fails(void)
{
    if (!begun)
        return false;
    if (counted_for != getpid()) {
        counted_for = getpid();
        count = 0;
    }
    count++;
    bool here = in_child == (counted_for != launcher);
    return here && at && (ever ? count >= at : count == at);
}

static void *none(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return fails() ? none() : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
    return fails() ? none() : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
    return fails() ? none() : __libc_realloc(old, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? none() : __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    if (fails() || !(*memory = __libc_memalign(alignment, size)))
        return ENOMEM;
    return 0;
}

/* ---- processes ---- */

pid_t fork(void)
{
    static bool halted;
    pid_t (*next)(void) = (pid_t(*)(void))dlsym(RTLD_NEXT, "fork");
    if (!halted && is("FAULT_HALT", "fork")) {
        halted = true;
        raise(SIGSTOP);
    }
    return next();
}

__attribute__((destructor)) static void tell(void)
{
    char line[64];
    const char *path = getenv("FAULT_COUNT");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND, 0600) : -1;
    if (fd < 0)
        return;
    int n = snprintf(line, sizeof line, "%s %ld\n", getpid() == launcher ? "launcher" : "child",
                     counted_for == getpid() ? count : 0);
    if (write(fd, line, (size_t)n) != n)
        abort();
    close(fd);
}

void _exit(int status)
{
    void (*next)(int) = (void (*)(int))dlsym(RTLD_NEXT, "_exit");
    tell();
    next(status);
    __builtin_unreachable();
}
