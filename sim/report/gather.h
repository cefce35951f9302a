/* A temporary folder for gnuplot's scripts, with links to runs or room for a sheet. gather_end removes the folder. A
 * child process, the remover, removes the folder when this process ends before that: SIGKILL leaves nothing behind. */
#ifndef SIM_REPORT_GATHER_H
#define SIM_REPORT_GATHER_H

#include <sys/types.h>

#include "sim/report/runs.h"

struct gathered {
    char *folder; /* NULL: none could be made, errno says why */
    pid_t remover;
};

/* Links to the first n of the runs, named by their numbers: no script meets a strange path. */
struct gathered gather(const struct report_runs *runs, int n);
void gather_end(struct gathered *g);

#endif
