/* What runs before everything else: before main, and before the constructors of all libraries
 * (.preinit_array). The dynamic linker has finished; of libc only system calls work.
 *
 *   1. Signals that ask for the end are blocked, so that process 1 of a container loses none before main can
 *      handle them.
 *   2. OpenBLAS gets one thread. When OpenBLAS is loaded it starts a thread for each core, takes memory for
 *      each, and ends the program if there is no memory. OpenBLAS reads only OPENBLAS_NUM_THREADS, and the
 *      environment is fixed when a program starts. So the program starts itself once more with that variable.
 *      Everything else stays: arguments, process id, open files.
 *
 * Sanitizers and coverage are not initialised yet: no function here may be instrumented, or call a function
 * that they replace. */
#include <elf.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fcntl.h>
#include <linux/stat.h>

#ifdef __clang__
#define BARE __attribute__((no_sanitize("all"), no_profile_instrument_function))
#else
#define BARE                                                                                      \
    __attribute__((no_sanitize("address", "undefined", "thread"), no_profile_instrument_function, \
                   optimize("no-tree-loop-distribute-patterns")))
#endif

#define VARIABLE "OPENBLAS_NUM_THREADS="
#define ITSELF   "/proc/self/exe"

enum { KERNEL_SET_BYTES = 8 }; /* size of a signal set for the system call; sigset_t of libc is larger */

/* The text behind a prefix; NULL: the text does not begin with the prefix. */
BARE static const char *behind(const char *text, const char *prefix)
{
    for (; *prefix; text++, prefix++)
        if (*text != *prefix)
            return NULL;
    return text;
}

BARE static bool contains(const char *text, const char *part)
{
    for (; *text; text++)
        if (behind(text, part))
            return true;
    return false;
}

BARE static void hold_signals_back(void)
{
    const unsigned long set = 1UL << (SIGINT - 1) | 1UL << (SIGTERM - 1) | 1UL << (SIGHUP - 1);
    (void)syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, KERNEL_SET_BYTES);
}

/* The variable is set exactly once, to "1": the program has started itself already, or the user has set
 * it. */
BARE static bool has_one_thread(char *const *environment)
{
    int given = 0;
    bool one = false;
    for (; *environment; environment++) {
        const char *value = behind(*environment, VARIABLE);
        given += value != NULL;
        one |= value && value[0] == '1' && !value[1];
    }
    return one && given == 1;
}

/* valgrind does not follow a program that starts itself again: the program would run outside valgrind. */
BARE static bool is_in_valgrind(char *const *environment)
{
    for (; *environment; environment++) {
        const char *value = behind(*environment, "LD_PRELOAD=");
        if (value && contains(value, "vgpreload"))
            return true;
    }
    return false;
}

struct place { /* the identity of a file */
    unsigned major, minor;
    unsigned long long inode;
};

BARE static bool find_place(const char *path, struct place *place)
{
    struct statx s;
    if (syscall(SYS_statx, AT_FDCWD, path, 0, STATX_INO, &s))
        return false;
    *place = (struct place){s.stx_dev_major, s.stx_dev_minor, s.stx_ino};
    return true;
}

/* The path of the program's file: the real name, so that ps shows the name and not "exe". If another file has
 * that name by now, the link in /proc. If /proc is not mounted, the name under which the program was started.
 * NULL: that name is unknown, too. */
BARE static const char *own_path(char *room, size_t size)
{
    struct place here, named;
    union {
        unsigned long number;
        const char *text;
    } started_as = {.number = getauxval(AT_EXECFN)};
    long length = syscall(SYS_readlinkat, AT_FDCWD, ITSELF, room, size - 1);
    if (length <= 0)
        return started_as.text;
    room[length] = '\0';
    bool same = find_place(ITSELF, &here) && find_place(room, &named) && here.inode == named.inode &&
                here.major == named.major && here.minor == named.minor;
    return same ? room : ITSELF;
}

BARE static void complain(const char *why)
{
    size_t length = 0;
    while (why[length])
        length++;
    (void)!syscall(SYS_write, STDERR_FILENO, why, length);
}

BARE static void start_again(char **argv, char *const *environment)
{
    char room[PATH_MAX];
    size_t n = 0;
    while (environment[n])
        n++;
    char *changed[n + 2], **at = changed;
    *at++ = (char *)VARIABLE "1";
    for (size_t i = 0; i < n; i++)
        if (!behind(environment[i], VARIABLE))
            *at++ = environment[i];
    *at = NULL;
    const char *path = own_path(room, sizeof room);
    if (path)
        (void)syscall(SYS_execve, path, argv, changed); /* returns only after an error */
}

/* The user started the dynamic linker with the program as argument (ld.so ./simulate). For the kernel the
 * linker is then the program, and starting it again would lose the argument. */
BARE static bool is_linkers(void)
{
    return getauxval(AT_BASE) == 0;
}

BARE static void first(int argc, char **argv, char **environment)
{
    (void)argc;
    hold_signals_back();
    if (has_one_thread(environment) || is_in_valgrind(environment))
        return;
    if (!is_linkers())
        start_again(argv, environment);
    complain("simulate: warning: could not start again with " VARIABLE
             "1: OpenBLAS starts a thread for each core; set the variable yourself\n");
}

__attribute__((section(".preinit_array"), used)) static void (*const run_first)(int, char **,
                                                                                char **) = first;
