/* Calls that fail where nothing else makes them fail: the linker puts the functions here in the place of those of the C
 * library (Makefile, SCARCE). Each end is a child's, with its status and its line. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <ini.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <time.h>

#include "sim/base/fail.h"
#include "sim/config/trace_file.h"
#include "sim/transport/bell.h"
#include "sim/transport/shm.h"
#include "tests/rigs/config_fixture.h"
#include "tests/rigs/scratch.h"

/* ---- the calls that fail ---- */

static struct failure {
    const char *call;
    int reason;
    int times; /* that it fails; -1: always */
} failure[2];
static bool armed; /* in the children alone */

static bool fails(const char *call)
{
    for (int i = 0; armed && i < 2; i++) {
        struct failure *f = &failure[i];
        if (f->call && strcmp(f->call, call) == 0 && f->times != 0) {
            f->times -= f->times > 0;
            errno = f->reason;
            return true;
        }
    }
    return false;
}

static void let_fail(int place, const char *call, int reason, int times)
{
    failure[place] = (struct failure){call, reason, times};
}

#define WRAP(type, name, parameters, arguments, failed)         \
    type __real_##name parameters;                              \
    type __wrap_##name parameters;                              \
    type __wrap_##name parameters                               \
    {                                                           \
        return fails(#name) ? failed : __real_##name arguments; \
    }

WRAP(int, sem_init, (sem_t * sem, int shared, unsigned value), (sem, shared, value), -1)
WRAP(int, sem_post, (sem_t * sem), (sem), -1)
WRAP(int, sem_clockwait, (sem_t * sem, clockid_t clock, const struct timespec *end), (sem, clock, end), -1)
WRAP(int, shm_open, (const char *name, int flags, mode_t mode), (name, flags, mode), -1)
WRAP(int, shm_unlink, (const char *name), (name), -1)
WRAP(int, posix_fallocate, (int fd, off_t from, off_t bytes), (fd, from, bytes), errno)
WRAP(void *, mmap, (void *at, size_t bytes, int protection, int flags, int fd, off_t from),
     (at, bytes, protection, flags, fd, from), MAP_FAILED)
WRAP(int, statvfs, (const char *path, struct statvfs *fs), (path, fs), -1)
WRAP(int, posix_memalign, (void **memory, size_t alignment, size_t bytes), (memory, alignment, bytes), ENOMEM)
WRAP(FILE *, open_memstream, (char **to, size_t *length), (to, length), NULL)
WRAP(FILE *, fopen, (const char *path, const char *mode), (path, mode), NULL)
WRAP(ssize_t, getline, (char **line, size_t *room, FILE *file), (line, room, file), -1)
WRAP(int, ini_parse_stream, (ini_reader reader, void *stream, ini_handler handler, void *user),
     (reader, stream, handler, user), errno)

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(args, mode_t) : 0;
    va_end(args);
    return strcmp(path, "/dev/shm") == 0 && fails("open") ? -1 : __real_open(path, flags, mode);
}

static void (*to_do)(void);

static void act(void)
{
    armed = true;
    to_do();
}

/* With this call failing, the action ends with EXIT_RESOURCE and this line. */
static void ends(const char *call, int reason, void (*action)(void), const char *line)
{
    let_fail(0, call, reason, -1);
    to_do = action;
    assert_dies(act, EXIT_RESOURCE, line);
}

/* It goes on. */
static void survives(void (*action)(void))
{
    to_do = action;
    assert_int_equal(run_child(act), 0);
}

/* ---- memory ---- */

static void ask(void)
{
    need(100);
}

static void memory(void **state)
{
    (void)state;
    ends("posix_memalign", ENOMEM, ask, "simulate: no memory: 100 bytes asked for\n");
}

/* ---- bells ---- */

static void make_bell(void)
{
    struct bell bell;
    bell_init(&bell);
}

static void sleep_on_bell(void)
{
    struct bell bell;
    bell_init(&bell);
    bell_wait_for(&bell, bell_ticket(&bell), 1000);
}

static void ring_sleeper(void)
{
    struct bell bell;
    bell_init(&bell);
    atomic_store(&bell.sleeping, 1);
    bell_notify(&bell);
}

static void bells(void **state)
{
    (void)state;
    ends("sem_init", EINVAL, make_bell, "simulate: sem_init: Invalid argument\n");
    ends("sem_post", EOVERFLOW, ring_sleeper, "simulate: sem_post: Value too large");
    ends("sem_clockwait", EINVAL, sleep_on_bell, "simulate: sem_clockwait: Invalid argument\n");
    let_fail(0, "sem_clockwait", EINTR, -1); /* a signal: awake, too */
    survives(sleep_on_bell);
}

/* ---- shared memory ---- */

static void share(void)
{
    enum { BYTES = 10000 };
    char *block = shm_create(BYTES);
    memset(block, 1, BYTES);
    shm_destroy(block, BYTES);
}

static void shared_memory(void **state)
{
    (void)state;
    ends("open", EACCES, share, "simulate: opening shared memory in /dev/shm: Permission denied\n");
    ends("mmap", ENOMEM, share, "simulate: mmap of 10000 bytes of shared memory: Cannot allocate memory\n");
    ends("posix_fallocate", ENOSPC, share, "MiB free in /dev/shm: No space left on device\n");
    let_fail(1, "statvfs", EIO, -1);
    ends("posix_fallocate", ENOSPC, share,
         "asked for: No space left on device; statvfs /dev/shm: Input/output error\n");
    let_fail(1, NULL, 0, 0);
    let_fail(0, "posix_fallocate", EINTR, 2);
    survives(share);
}

/* On a file system that has no files without a name. */
static void shared_memory_with_a_name(void **state)
{
    static const int reasons[] = {EOPNOTSUPP, EISDIR, EINVAL,
                                  ENOENT}; /* open(2), "BUGS": old ones say other things */
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        let_fail(0, "open", reasons[i], -1);
        survives(share);
    }
    let_fail(0, "open", EOPNOTSUPP, -1);
    let_fail(1, "shm_open", EEXIST, 3); /* names that are taken */
    survives(share);
    let_fail(1, "shm_open", EINTR, 1);
    survives(share);
    let_fail(1, "open", EOPNOTSUPP, -1);
    ends("shm_open", EMFILE, share, "simulate: shm_open /ospsim-");
    ends("shm_unlink", EACCES, share, "simulate: shm_unlink /ospsim-");
    let_fail(1, NULL, 0, 0);
    assert_int_equal(system("rm -f /dev/shm/ospsim-*-0"), 0); /* what could not be unlinked */
}

/* ---- configuration ---- */

static struct fixture *now;

static void read_ini(void)
{
    read_text(now, "[train]\nbatch = 8\n");
    fputs(now->error, stderr);
}

static void refuse_value(void)
{
    config_set(now->src, "train.batch=x", now->error, sizeof now->error);
}

static void configuration(void **state)
{
    now = *state;
    char line[200];
    ends("open_memstream", ENOMEM, refuse_value, "simulate: open_memstream: Cannot allocate memory\n");
    snprintf(line, sizeof line, "simulate: no memory to read %s\n", now->path);
    ends("ini_parse_stream", -2, read_ini, line);
    let_fail(0, "ini_parse_stream", -7, -1);
    survives(read_ini);
    assert_non_null(strstr(contents("stderr"), "inih cannot read this (its status is -7)"));
}

static void open_ini(void)
{
    config_read_file(now->src, now->path, now->error, sizeof now->error);
    fputs(now->error, stderr);
}

static void files_of_the_configuration(void **state)
{
    now = *state;
    char line[200];
    accepts(now, "[train]\n"); /* the file is there */
    snprintf(line, sizeof line, "simulate: opening %s: Too many open files\n", now->path);
    ends("fopen", EMFILE, open_ini, line);
    snprintf(line, sizeof line, "simulate: opening %s: Too many open files in system\n", now->path);
    ends("fopen", ENFILE, open_ini, line);
    let_fail(0, "fopen", EIO, -1); /* the file's fault */
    survives(open_ini);
    snprintf(line, sizeof line, "%s: Input/output error", now->path);
    assert_string_equal(contents("stderr"), line);
}

static void read_trace(void)
{
    char error[200] = "";
    trace_read("trace.csv", 2, error, sizeof error);
    fputs(error, stderr);
}

static void traces(void **state)
{
    (void)state;
    FILE *file = fopen("trace.csv", "w");
    fputs("seconds,factor\n1,2\n", file);
    fclose(file);
    ends("fopen", ENOMEM, read_trace, "simulate: opening trace.csv: Cannot allocate memory\n");
    ends("getline", ENOMEM, read_trace, "simulate: reading trace.csv: Cannot allocate memory\n");
    let_fail(0, "getline", EIO, -1);
    survives(read_trace);
    assert_string_equal(contents("stderr"), "trace.csv:0: Input/output error");
}

static int enter(void **state)
{
    return begin(state) || scratch_enter(state);
}

static int leave(void **state)
{
    return scratch_leave(state) || end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(memory, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(bells, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(shared_memory, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(shared_memory_with_a_name, scratch_enter, scratch_leave),
        cmocka_unit_test_setup_teardown(configuration, enter, leave),
        cmocka_unit_test_setup_teardown(files_of_the_configuration, enter, leave),
        cmocka_unit_test_setup_teardown(traces, scratch_enter, scratch_leave),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
