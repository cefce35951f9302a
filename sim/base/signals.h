/* Signals that ask for the end: SIGINT, SIGTERM, SIGHUP. Batch systems, init systems and terminals send these
 * signals to every process, and some send them twice. So one process alone handles them: the launcher of a
 * run, or the sweep.
 *
 *   main        signals_open(): a signal ends the program at once, since there is no result yet to save
 *   launcher    signals_block() before the first fork; then signals_next() in the main loop returns signals
 *   children    signals_leave(): they ignore all three signals from here on
 *   sweep       signals_tell() passes the signal on to a point, which is a child and then a launcher
 *
 * SIGTSTP (Ctrl-Z) reaches a whole process group, or the launcher alone. signals_next() returns SIGTSTP too,
 * and signals_stop() stops the children together with the launcher.
 *
 * SIGHUP and SIGTERM that are ignored when the program starts (nohup) stay ignored. SIGINT does not: a shell
 * ignores it for every command in the background. */
#ifndef SIM_BASE_SIGNALS_H
#define SIM_BASE_SIGNALS_H

#include <signal.h>
#include <sys/types.h>

/* Call first in main. Unblocks the signals that first.c has blocked since the start of the program. Ignores
 * SIGPIPE and SIGXFSZ: the call that writes fails instead, and errno says why. */
void signals_open(void);

/* Blocks SIGCHLD, SIGTSTP and the signals that ask for the end, and returns them in *set for signals_next. */
void signals_block(sigset_t *set);

/* Call in a child after fork. Unblocks *set, which the child has inherited, and ignores the signals that ask
 * for the end. */
void signals_leave(const sigset_t *set);

/* Waits for a signal of the set, for at most a tenth of a second. Returns a signal that asks for the end,
 * SIGTSTP, or 0. Signals within 50 ms count as one request. */
int signals_next(const sigset_t *set);

/* Stops this process until SIGCONT, and its children too: `tell` must send each of them SIGTSTP and SIGCONT.
 * If no shell could continue the process group (an orphaned group), the kernel stops none of them. */
void signals_stop(void (*tell)(const void *context, int sig), const void *context);

/* The next signals_next returns sig. For a signal that came after the end of a run: the caller that follows
 * gets it. */
void signals_put_back(int sig);

/* Sends sig to a process that has called signals_leave: signals_next returns sig there. A process that is not
 * yet a launcher ends. */
void signals_tell(pid_t pid, int sig);

#endif
