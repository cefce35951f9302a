/* Tests in processes of their own: what hangs is ended by SIGALRM, what fails gives a status. Include after
 * cmocka.h. */
#ifndef TESTS_RIGS_CHILD_H
#define TESTS_RIGS_CHILD_H

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TIME_OUT = 600 }; /* seconds; generous, for sanitizers on busy machines */

/* Usable in children and threads, where cmocka's assertions are not. */
#define CHECK(condition)                                                    \
    do                                                                      \
        if (!(condition)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            _exit(99);                                                      \
        }                                                                   \
    while (0)

static inline pid_t start_child(void (*body)(void *), void *arg)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        alarm(TIME_OUT);
        body(arg);
        _exit(0);
    }
    assert_true(pid > 0);
    return pid;
}

/* Its exit status, or 128 + the signal that ended it. */
static inline int end_of(pid_t pid)
{
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#endif
