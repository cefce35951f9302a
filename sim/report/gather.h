/* A temporary folder for gnuplot's scripts. It has links to runs, or the sheet of a sweep. gather_end
 * removes the folder. If this process ends earlier, a child process, the remover, removes the folder: even
 * SIGKILL leaves nothing behind. */
#ifndef SIM_REPORT_GATHER_H
#define SIM_REPORT_GATHER_H

#include <stdbool.h>
#include <sys/types.h>

#include "sim/report/runs.h"

struct gathered {
    char *folder; /* NULL: the folder could not be made, see errno */
    pid_t remover;
};

struct gathered gather(void); /* the folder is empty */

/* Puts links to these runs in place of older ones. The links have numbers as names, "00001" first, so no
 * script has to handle a path with strange characters. false: errno says why not. */
bool gather_show(const struct gathered *g, const struct report_runs *runs);
void gather_end(struct gathered *g);

#endif
