/* The signals of one process: the default actions before a run, blocked and read in the launcher, ignored in
 * its children. Signals are read with sigtimedwait, so no handler runs while the launcher works. */
#include "sim/base/signals.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDS = sizeof ends / sizeof *ends };

static bool left_to_parent; /* this process takes requests from its parent alone, by SIGUSR1: signals_tell */
static int kept;            /* the signal of signals_put_back; 0: none */

static bool is_ignored(int sig)
{
    struct sigaction old;
    return sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

/* Takes the default action of the signal. The kernel ignores a signal without handler in process 1 of a
 * container, so that process exits itself. */
static void end_now(int sig)
{
    signal(sig, SIG_DFL);
    raise(sig); /* blocked until this handler returns */
    if (getpid() == 1)
        _exit(128 + sig);
}

void signals_open(void)
{
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < ENDS; i++) {
        sigaddset(&set, ends[i]);
        if (!is_ignored(ends[i]))
            signal(ends[i], end_now);
    }
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* A blocked signal becomes pending even if it is ignored. So a signal that was ignored at the start must not
 * be in the set, or sigtimedwait would return it. */
void signals_block(sigset_t *set)
{
    signal(SIGCHLD, SIG_DFL); /* some parents leave SIGCHLD ignored; waitpid would then find no statuses */
    sigemptyset(set);
    sigaddset(set, SIGCHLD);
    if (!is_ignored(SIGTSTP))
        sigaddset(set, SIGTSTP);
    if (left_to_parent)
        sigaddset(set, SIGUSR1);
    for (int i = 0; i < ENDS && !left_to_parent; i++)
        if (ends[i] == SIGINT || !is_ignored(ends[i]))
            sigaddset(set, ends[i]);
    sigprocmask(SIG_BLOCK, set, NULL);
}

void signals_leave(const sigset_t *set)
{
    for (int i = 0; i < ENDS; i++)
        signal(ends[i], SIG_IGN);
    signal(SIGUSR1, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, set, NULL);
    left_to_parent = true;
    kept = 0;
}

static bool asks(int sig)
{
    for (int i = 0; i < ENDS; i++)
        if (ends[i] == sig)
            return true;
    return false;
}

/* Signals within 50 ms are one request: GNU timeout sends SIGTERM twice, systemd sends SIGHUP after
 * SIGTERM. */
static void settle(void)
{
    const struct timespec moment = {.tv_nsec = 50000000}, nothing = {0};
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < ENDS; i++)
        sigaddset(&set, ends[i]);
    nanosleep(&moment, NULL);
    while (sigtimedwait(&set, NULL, &nothing) > 0)
        ;
}

int signals_next(const sigset_t *set)
{
    const struct timespec tick = {.tv_nsec = 100000000};
    siginfo_t info;
    int sig = kept;
    kept = 0;
    if (sig)
        return sig;
    sig = sigtimedwait(set, &info, &tick);
    if (sig == SIGUSR1) /* from the sweep, which has settled already: each SIGUSR1 is one request */
        return info.si_code == SI_QUEUE && asks(info.si_value.sival_int) ? info.si_value.sival_int : SIGTERM;
    if (!asks(sig))
        return sig == SIGTSTP ? sig : 0;
    settle();
    return sig;
}

void signals_stop(void (*tell)(const void *context, int sig), const void *context)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    tell(context, SIGTSTP);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, NULL); /* the process stops here, and goes on here after SIGCONT */
    sigprocmask(SIG_BLOCK, &set, NULL);
    tell(context, SIGCONT);
}

void signals_put_back(int sig)
{
    kept = sig;
}

void signals_tell(pid_t pid, int sig)
{
    /* Other errors are ignored: the process may just have ended. If no signal can be queued
     * (RLIMIT_SIGPENDING), a plain SIGUSR1 stands for SIGTERM. */
    if (sigqueue(pid, SIGUSR1, (union sigval){.sival_int = sig}) && errno == EAGAIN)
        kill(pid, SIGUSR1);
}
