/* The signals that a process which has children waits for: the end of one, and those that ask for the end of all. */
#ifndef SIM_BASE_SIGNALS_H
#define SIM_BASE_SIGNALS_H

#include <signal.h>

/* Blocks SIGCHLD, SIGINT, SIGTERM and SIGHUP, for sigtimedwait; *set: these. Before the first fork. */
void signals_block(sigset_t *set);

#endif
