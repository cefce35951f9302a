/* CPU time of each kind of process of a run, in user and in system mode: the PS, the evaluator, all workers.
 *
 * usage: shares COMMAND [ARGUMENT...]   a run of one algorithm
 *
 * The launcher forks the PS, the evaluator, then the workers. It reaps them itself, so this program reads their
 * CPU clocks until they are gone. It prints what they had used at the last look. */
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/bench.h"

enum { MOST = 1024, LOOK_US = 2000 };

struct child {
    pid_t pid;
    double seconds;
};

struct children {
    int n;
    struct child at[MOST];
};

/* In the order of their forks. */
static void find(struct children *c, pid_t launcher)
{
    char path[64];
    int pid;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", launcher, launcher);
    FILE *file = fopen(path, "r");
    while (file && fscanf(file, "%d", &pid) == 1) {
        bool known = false;
        for (int i = 0; i < c->n; i++)
            known |= c->at[i].pid == pid;
        if (!known && c->n < MOST)
            c->at[c->n++].pid = pid;
    }
    if (file)
        fclose(file);
}

static void look(struct child *c)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(c->pid, &clock) == 0 && clock_gettime(clock, &t) == 0)
        c->seconds = (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

int main(int argc, char **argv)
{
    static struct children c;
    int status;
    if (argc < 2)
        die(EXIT_USAGE, "usage: shares COMMAND [ARGUMENT...]");
    pid_t launcher = fork();
    if (launcher < 0)
        die_errno(EXIT_RESOURCE, "fork");
    if (launcher == 0) {
        if (!freopen("/dev/null", "w", stdout))
            die_errno(EXIT_RESOURCE, "/dev/null");
        execvp(argv[1], argv + 1);
        die_errno(EXIT_USAGE, "%s", argv[1]);
    }
    while (waitpid(launcher, &status, WNOHANG) == 0) {
        find(&c, launcher);
        for (int i = 0; i < c.n; i++)
            look(&c.at[i]);
        usleep(LOOK_US);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_DONE || c.n < 3)
        die(EXIT_FAILED, "%s: expected a run of a PS, an evaluator and workers", argv[1]);
    double workers = 0;
    for (int i = 2; i < c.n; i++)
        workers += c.at[i].seconds;
    report(c.at[0].seconds, "s", "cpu.server");
    report(c.at[1].seconds, "s", "cpu.evaluator");
    report(workers, "s", "cpu.workers");
    return EXIT_DONE;
}
