/* A temporary folder for gnuplot's scripts. It has links to the runs, or the sheet of a sweep. gather_end
 * removes the folder. If this process ends earlier, a child process, the remover, removes the folder: even
 * SIGKILL leaves nothing behind. */
#ifndef SIM_REPORT_GATHER_H
#define SIM_REPORT_GATHER_H

#include <sys/types.h>

#include "sim/report/runs.h"

struct gathered {
    char *folder; /* NULL: the folder could not be made, see errno */
    pid_t remover;
};

/* Links to the first n runs. The links have numbers as names, so no script has to handle a path with strange
 * characters. */
struct gathered gather(const struct report_runs *runs, int n);
void gather_end(struct gathered *g);

#endif
