#include "sim/base/signals.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
enum { ENDS = sizeof ends / sizeof *ends };

static bool left_to_parent; /* only SIGUSR1 asks for the end: signals_tell */
static int kept;            /* signals_put_back; 0: none */

static bool is_ignored(int sig)
{
    struct sigaction old;
    return sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

/* As if nothing had caught it; but the kernel spares process 1 of a container what it has no handler for. */
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

/* Blocked signals are kept even while they are ignored, so an ignored one must not be waited for. */
void signals_block(sigset_t *set)
{
    signal(SIGCHLD, SIG_DFL); /* ignored, as some parents leave it, it would bury the children's statuses */
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

/* Signals that come in a moment are one request: GNU timeout sends SIGTERM twice, systemd SIGHUP behind SIGTERM. */
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
    if (sig == SIGUSR1) /* the sweep has seen to it that it is a request of its own */
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
    sigprocmask(SIG_UNBLOCK, &set, NULL); /* it stops here */
    sigprocmask(SIG_BLOCK, &set, NULL);
    tell(context, SIGCONT);
}

void signals_put_back(int sig)
{
    kept = sig;
}

void signals_tell(pid_t pid, int sig)
{
    /* It may just have ended. Where no signal can be queued (RLIMIT_SIGPENDING) a plain one says SIGTERM. */
    if (sigqueue(pid, SIGUSR1, (union sigval){.sival_int = sig}) && errno == EAGAIN)
        kill(pid, SIGUSR1);
}
