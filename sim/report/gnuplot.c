/* Runs gnuplot as a child process and collects the SVG from a memory file. A deadline and signals of this
 * program end the child, so a report can never hang. */
#define _GNU_SOURCE /* memfd_create */
#include "sim/report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/clock.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/install_paths.h"

/* A figure takes tenths of a second, or seconds if workers.csv has millions of rows. */
#define PATIENCE_NS (INT64_C(120) * 1000000000)

enum { MOST_ARGUMENTS = 8, NOT_FOUND = 127 };

static void complain(struct gnuplot *g, const char *why)
{
    if (!*g->why)
        snprintf(g->why, sizeof g->why, "%s", why);
}

/* ---- scripts ---- */

/* The folder of the scripts; NULL: nowhere. */
static char *find_scripts(void)
{
    char *style = install_find("plots", "style.gp");
    if (style)
        *strrchr(style, '/') = '\0';
    return style;
}

void gnuplot_signals(sigset_t *ends)
{
    struct sigaction hang_up;
    sigemptyset(ends);
    sigaddset(ends, SIGINT);
    sigaddset(ends, SIGTERM);
    if (sigaction(SIGHUP, NULL, &hang_up) == 0 && hang_up.sa_handler != SIG_IGN)
        sigaddset(ends, SIGHUP);
}

void gnuplot_open(struct gnuplot *g, const char *runs)
{
    *g = (struct gnuplot){
        .scripts = find_scripts(), .runs = runs, .data = ".", .deadline = clock_ns() + PATIENCE_NS};
    if (!g->scripts)
        complain(g, "the folder plots is not beside the program");
}

void gnuplot_close(struct gnuplot *g)
{
    free(g->scripts);
}

/* ---- the child ---- */

/* gnuplot gets its own process group, so that the shells that it starts can be ended with it. It dies with
 * this process. */
static _Noreturn void be_gnuplot(const struct gnuplot *g, char *const *words, int out, int err)
{
    sigset_t none;
    int nothing = open("/dev/null", O_RDONLY);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGCHLD, SIG_DFL);
    setenv("LC_ALL", "C", 1); /* the same figures everywhere */
    unsetenv("GNUTERM");
    if (nothing >= 0 && dup2(nothing, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
        dup2(err, STDERR_FILENO) >= 0 && chdir(g->runs) == 0)
        execvp(words[0], words);
    _exit(NOT_FOUND);
}

static void end_group(pid_t child, int *status)
{
    kill(-child, SIGKILL);
    kill(child, SIGKILL); /* in case the child has not made its group yet */
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
}

/* true: gnuplot has ended by itself. false: the deadline or a signal for this program has ended it. */
static bool wait_for(struct gnuplot *g, pid_t child, int *status)
{
    const struct timespec nap = {.tv_nsec = 2000000};
    sigset_t ends;
    gnuplot_signals(&ends);
    while (clock_ns() < g->deadline) {
        pid_t ended = waitpid(child, status, WNOHANG);
        if (ended != 0)
            return ended == child;
        g->signal = sigtimedwait(&ends, NULL, &nap);
        if (g->signal > 0) {
            end_group(child, status);
            complain(g, strsignal(g->signal));
            return false;
        }
        g->signal = 0;
    }
    end_group(child, status);
    complain(g, "gnuplot takes too long");
    return false;
}

/* ---- the output ---- */

static char *contents(int fd)
{
    struct stat st;
    if (fstat(fd, &st) || st.st_size == 0)
        return NULL;
    char *text = need((size_t)st.st_size + 1);
    if (pread(fd, text, (size_t)st.st_size, 0) == st.st_size)
        return text;
    free(text);
    return NULL;
}

/* The last line of gnuplot's messages says what is wrong; the lines before show where. */
static void blame(struct gnuplot *g, int status, int err)
{
    char why[sizeof g->why];
    char *text = contents(err), *last = text;
    for (char *line = text ? strtok(text, "\n") : NULL; line; line = strtok(NULL, "\n"))
        last = line;
    if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND)
        snprintf(why, sizeof why, "gnuplot is not installed");
    else
        snprintf(why, sizeof why, "gnuplot: %.200s", last ? last : "it failed");
    complain(g, why);
    free(text);
}

static char *draw(struct gnuplot *g, char *const *words, int out, int err)
{
    int status = 0;
    char *text = NULL;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        be_gnuplot(g, words, out, err);
    if (child < 0)
        complain(g, "no process for gnuplot");
    else if (wait_for(g, child, &status)) {
        text = WIFEXITED(status) && WEXITSTATUS(status) == 0 ? contents(out) : NULL;
        if (!text)
            blame(g, status, err);
    }
    return text;
}

/* "tables = '/tmp/x'": in gnuplot's quotes a quote is two of them. The caller frees. */
static char *settings(const struct gnuplot *g)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_begin(&text, &size);
    fputs("tables = '", out);
    for (const char *c = g->tables ? g->tables : ""; *c; c++)
        fprintf(out, *c == '\'' ? "%c%c" : "%c", *c, *c);
    fputs("'", out);
    text_end(out, &text);
    return text;
}

char *gnuplot_draw(struct gnuplot *g, const char *script, const char *const *arguments)
{
    char *words[MOST_ARGUMENTS + 8] = {"gnuplot", "-d", "-e"}, *text = NULL;
    int n = 5;
    g->wanted++;
    if (*g->why && (!g->scripts || g->drawn == 0 || g->signal)) /* the next figure would fail, too */
        return NULL;
    words[3] = settings(g);
    words[4] = "-c";
    words[n++] = text_format("%s/%s", g->scripts, script);
    words[n++] = (char *)g->data;
    for (int i = 0; i < MOST_ARGUMENTS && arguments[i]; i++)
        words[n++] = (char *)arguments[i];
    words[n] = "html";
    int out = memfd_create("figure", MFD_CLOEXEC), err = memfd_create("complaints", MFD_CLOEXEC);
    if (out >= 0 && err >= 0)
        text = draw(g, words, out, err);
    else
        complain(g, "no memory for a figure");
    if (out >= 0)
        close(out);
    if (err >= 0)
        close(err);
    free(words[3]);
    free(words[5]);
    g->drawn += text != NULL;
    return text;
}
