/* For tests that write files: each runs inside a new folder, so all paths are relative. Also for tests that
 * expect a child process to end with an error. Include after cmocka.h. */
#ifndef TESTS_RIGS_SCRATCH_H
#define TESTS_RIGS_SCRATCH_H

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char home[] = "/tmp/ospsim_test.XXXXXX";

static inline int scratch_enter(void **state)
{
    (void)state;
    strcpy(home + strlen(home) - 6, "XXXXXX");
    return mkdtemp(home) && chdir(home) == 0 ? 0 : -1;
}

static inline int scratch_leave(void **state)
{
    (void)state;
    char command[64];
    snprintf(command, sizeof command, "rm -rf %s", home);
    return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static char text[16384]; /* of the file or output looked at last */

static inline const char *contents(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}

static inline bool there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* The wait status of a child that calls action, with stderr in a file. */
static inline int run_child(void (*action)(void))
{
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        int log = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(log, STDERR_FILENO);
        signal(SIGABRT, SIG_DFL);
        action();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static inline void assert_dies(void (*action)(void), int exit_status, const char *message)
{
    int status = run_child(action);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), exit_status);
    if (!strstr(contents("stderr"), message))
        fail_msg("expected \"%s\" in: %s", message, text);
}

static inline void assert_aborts(void (*action)(void))
{
    int status = run_child(action);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

#endif
