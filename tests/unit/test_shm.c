/* Shared memory: zeroed, shared, without a name, and a clear end when there is not enough. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/transport/shm.h"
#include "tests/rigs/child.h"

enum { PLENTY = 1 << 22, HUGE_PAGE = 2 << 20, LARGE_BLOCK = (33 << 20) + 12345 };

/* Only names with this process's id: other programs may come and go meanwhile. */
static int names_left(pid_t pid)
{
    char start[64];
    int found = 0;
    DIR *folder = opendir("/dev/shm");
    assert_non_null(folder);
    snprintf(start, sizeof start, "ospsim-%ld-", (long)pid);
    for (struct dirent *entry; (entry = readdir(folder));)
        found += !strncmp(entry->d_name, start, strlen(start));
    closedir(folder);
    return found;
}

static void shm_is_zero_shared_and_nameless(void **state)
{
    size_t bytes = 1000 * 1000;
    (void)state;
    uint8_t *a = shm_create(bytes), *b = shm_create(bytes);
    assert_ptr_not_equal(a, b);
    assert_int_equal((uintptr_t)a % (size_t)sysconf(_SC_PAGESIZE), 0);
    for (size_t i = 0; i < bytes; i++)
        assert_int_equal(a[i] | b[i], 0);
    assert_int_equal(names_left(getpid()), 0);
    shm_destroy(a, bytes);
    shm_destroy(b, bytes);
    shm_destroy(NULL, 0);
}

static void write_last_byte(void *end)
{
    ((uint8_t *)end)[-1] = 7;
    _exit(0);
}

/* A large block starts on a huge page, has no page beyond its end, and is shared with a child. */
static void large_block_is_zero_and_shared(void **state)
{
    size_t bytes = LARGE_BLOCK;
    (void)state;
    uint8_t *a = shm_create(bytes), *b = shm_create(bytes);
    assert_int_equal((uintptr_t)a % HUGE_PAGE, 0);
    assert_int_equal((uintptr_t)b % HUGE_PAGE, 0);
    for (size_t i = 0; i < bytes; i += 512)
        assert_int_equal(a[i] | b[i], 0);
    pid_t pid = start_child(write_last_byte, a + bytes);
    assert_int_equal(end_of(pid), 0);
    assert_int_equal(a[bytes - 1], 7);
    assert_int_equal(b[bytes - 1], 0);
    shm_destroy(a, bytes);
    shm_destroy(b, bytes);
}

static void create_and_hang(void *arg)
{
    char *block = shm_create(PLENTY);
    memset(block, 1, PLENTY);
    CHECK(write(*(int *)arg, "x", 1) == 1);
    pause();
}

static void killed_creator_leaves_nothing(void **state)
{
    int pipes[2];
    char byte;
    (void)state;
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = start_child(create_and_hang, &pipes[1]);
    assert_int_equal(read(pipes[0], &byte, 1), 1);
    kill(pid, SIGKILL);
    assert_int_equal(end_of(pid), 128 + SIGKILL);
    assert_int_equal(names_left(pid), 0);
    close(pipes[0]);
    close(pipes[1]);
}

static void ask_too_much(void *arg)
{
    dup2(*(int *)arg, STDERR_FILENO);
    shm_create((size_t)1 << 50);
}

static void more_than_free_is_said_clearly(void **state)
{
    int pipes[2];
    char line[512] = "";
    (void)state;
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = start_child(ask_too_much, &pipes[1]);
    close(pipes[1]);
    assert_int_equal(end_of(pid), EXIT_RESOURCE);
    assert_true(read(pipes[0], line, sizeof line - 1) > 0);
    assert_non_null(strstr(line, "1073741824.0 MiB asked for"));
    assert_non_null(strstr(line, "MiB free in /dev/shm"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1); /* one line */
    assert_int_equal(names_left(pid), 0);
    close(pipes[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shm_is_zero_shared_and_nameless),
        cmocka_unit_test(large_block_is_zero_and_shared),
        cmocka_unit_test(killed_creator_leaves_nothing),
        cmocka_unit_test(more_than_free_is_said_clearly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
