/* A temporary folder for gnuplot's scripts, with links to runs or room for a sheet. A child of its own removes it,
 * when it is told to or this process has ended, by whatever: also SIGKILL leaves nothing behind. */
#ifndef SIM_REPORT_GATHER_H
#define SIM_REPORT_GATHER_H

#include <sys/types.h>

#include "sim/report/runs.h"

struct gathered {
    char *folder; /* NULL: none could be made, errno says why */
    pid_t remover;
    int alive; /* as long as this end of a pipe is open */
};

/* Links to the first n of the runs, named by their numbers: no script meets a strange path. */
struct gathered gather(const struct report_runs *runs, int n);
void gather_end(struct gathered *g); /* it is removed then */

#endif
