/* Makes and removes the temporary folder of a report.
 *
 *   report --fork--> remover: sleeps until the report's process ends, then removes the folder
 *     |
 *   gather_end: kills the remover and removes the folder itself
 */
#define _GNU_SOURCE /* mkdtemp, realpath */
#include "sim/report/gather.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/text.h"

/* ---- removing it ---- */

/* The folder contains no other folder. */
static void remove_files(const char *folder)
{
    const struct dirent *entry;
    DIR *all = opendir(folder);
    while (all && (entry = readdir(all)))
        unlinkat(dirfd(all), entry->d_name, 0); /* not "." and ".." */
    if (all)
        closedir(all);
}

static void remove_folder(const char *folder)
{
    remove_files(folder);
    rmdir(folder);
}

enum { PARENT_ENDED = SIGUSR1 }; /* the kernel sends this signal when the parent ends (PR_SET_PDEATHSIG) */

/* The remover has its own session, so that no terminal signal reaches it, and blocks all signals that can be
 * blocked. */
static _Noreturn void be_remover(const char *folder, pid_t parent)
{
    sigset_t all;
    int sig = 0;
    setsid();
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd); /* otherwise a reader of the parent's output would wait for the remover, too */
    prctl(PR_SET_PDEATHSIG, PARENT_ENDED);
    while (getppid() == parent && sig != PARENT_ENDED)
        if (sigwait(&all, &sig))
            _exit(1);
    remove_folder(folder);
    _exit(0);
}

static bool start_remover(struct gathered *g)
{
    pid_t parent = getpid();
    fflush(NULL);
    g->remover = fork();
    if (g->remover == 0)
        be_remover(g->folder, parent);
    return g->remover > 0;
}

/* ---- making it ---- */

bool gather_show(const struct gathered *g, const struct report_runs *runs)
{
    bool good = true;
    remove_files(g->folder);
    for (int i = 0; good && i < runs->n; i++) {
        char *link = text_format("%s/%05d", g->folder, i + 1), *run = realpath(runs->run[i].folder, NULL);
        good = run && symlink(run, link) == 0;
        int reason = errno;
        free(run);
        free(link);
        errno = reason;
    }
    return good;
}

static bool make(struct gathered *g)
{
    const char *where = getenv("TMPDIR");
    g->folder = text_format("%s/ospsim-report-XXXXXX", where && *where ? where : "/tmp");
    if (!mkdtemp(g->folder))
        return false;
    char *whole = realpath(g->folder, NULL); /* gnuplot works in another folder */
    if (whole) {
        free(g->folder);
        g->folder = whole;
        if (start_remover(g))
            return true;
    }
    int reason = errno;
    rmdir(g->folder);
    errno = reason;
    return false;
}

struct gathered gather(void)
{
    struct gathered g = {0};
    if (make(&g))
        return g;
    int reason = errno;
    free(g.folder);
    errno = reason;
    return (struct gathered){0};
}

void gather_end(struct gathered *g)
{
    if (!g->folder)
        return;
    kill(g->remover, SIGKILL);
    while (waitpid(g->remover, NULL, 0) < 0 && errno == EINTR)
        ;
    remove_folder(g->folder);
    free(g->folder);
    g->folder = NULL;
}
