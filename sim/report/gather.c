#define _GNU_SOURCE /* mkdtemp, realpath, pipe2 */
#include "sim/report/gather.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/base/text.h"

/* ---- the child that removes it ---- */

/* No folder is in it. */
static void remove_folder(const char *folder)
{
    const struct dirent *entry;
    DIR *all = opendir(folder);
    while (all && (entry = readdir(all)))
        unlinkat(dirfd(all), entry->d_name, 0); /* not "." and ".." */
    if (all)
        closedir(all);
    rmdir(folder);
}

/* In a session of its own, so that no terminal ends it, and deaf to what ends programs. The other end is closed when
 * the parent has ended. */
static _Noreturn void be_remover(const char *folder, const int pipe_ends[2])
{
    sigset_t all;
    char nothing;
    setsid();
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
        dup2(null, fd); /* whoever reads what the parent writes waits for the parent alone */
    close(pipe_ends[1]);
    while (read(pipe_ends[0], &nothing, 1) < 0 && errno == EINTR)
        ;
    remove_folder(folder);
    _exit(0);
}

static bool start_remover(struct gathered *g)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return false;
    fflush(NULL);
    g->remover = fork();
    if (g->remover == 0)
        be_remover(g->folder, ends);
    int reason = errno;
    close(ends[0]);
    if (g->remover < 0)
        close(ends[1]);
    else
        g->alive = ends[1];
    errno = reason;
    return g->remover > 0;
}

/* ---- making it ---- */

static bool link_runs(const char *folder, const struct report_runs *runs, int n)
{
    bool good = true;
    for (int i = 0; good && i < n; i++) {
        char *link = text_format("%s/%05d", folder, i + 1), *run = realpath(runs->run[i].folder, NULL);
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
    if (start_remover(g))
        return true;
    int reason = errno;
    rmdir(g->folder);
    errno = reason;
    return false;
}

struct gathered gather(const struct report_runs *runs, int n)
{
    struct gathered g = {0};
    bool made = make(&g);
    if (made && link_runs(g.folder, runs, n))
        return g;
    int reason = errno;
    if (made)
        gather_end(&g);
    free(g.folder);
    errno = reason;
    return (struct gathered){0};
}

void gather_end(struct gathered *g)
{
    if (!g->folder)
        return;
    close(g->alive);
    while (waitpid(g->remover, NULL, 0) < 0 && errno == EINTR)
        ;
    free(g->folder);
    g->folder = NULL;
}
