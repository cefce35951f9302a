/* Signals that ask for the end: SIGINT, SIGTERM, SIGHUP. Batch systems, init systems and terminals send them to
 * every process, and some of them twice. So they are the affair of one process alone, the launcher of a run or the
 * sweep:
 *
 *   main        signals_open(): before there is anything to keep, such a signal ends the program at once
 *   launcher    signals_block() before its first fork; then signals_next() in its loop says who asks
 *   children    signals_leave(): deaf to all three from here on
 *   sweep       signals_tell() hands the signal on to a point, which is a child and then a launcher
 *
 * SIGTSTP (Ctrl-Z) reaches a whole process group, or the launcher alone: signals_next() returns it too, and
 * signals_stop() stops the children with it.
 *
 * SIGHUP and SIGTERM that are ignored when the program starts (nohup) stay ignored. SIGINT does not: a shell ignores
 * it for every command in the background. */
#ifndef SIM_BASE_SIGNALS_H
#define SIM_BASE_SIGNALS_H

#include <signal.h>
#include <sys/types.h>

/* First in main. Also lets in what has been held back since the program was started (first.c), and takes away the
 * deadly effect of SIGPIPE and SIGXFSZ: the call that writes fails instead, and says why. */
void signals_open(void);

/* Blocks SIGCHLD, SIGTSTP and the signals that ask for the end, for signals_next; *set: these. */
void signals_block(sigset_t *set);

/* A child, after fork: those of *set, which it inherited, are let in; those that ask for the end are ignored. */
void signals_leave(const sigset_t *set);

/* Waits for one of the set, a tenth of a second at most. Returns the signal that asks for the end, SIGTSTP, or 0.
 * What comes in the same moment is the same request. */
int signals_next(const sigset_t *set);

/* Stops this process until SIGCONT, and the children, who get both through tell. Where a shell would not let it go
 * on the kernel stops none of them. */
void signals_stop(void (*tell)(const void *context, int sig), const void *context);

/* The next signals_next returns it: the run was over already, and the signal is for what comes next. */
void signals_put_back(int sig);

/* To a process that has called signals_leave: its signals_next returns it. One that is not a launcher yet ends. */
void signals_tell(pid_t pid, int sig);

#endif
