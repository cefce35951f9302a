/* The folder of a sweep:
 *
 *   sweep.ini                          as given; what tells it from the folder of a run
 *   resolved.ini                       every key of the base with its value, and the grid; traces beside it, as in a run
 *   0001-bandwidth=1Gbit_s,seed=1/     a run for each point
 *   sweep.csv                          of the points that are over so far
 *   sweep_summary.csv, report.html     when all are; the latter also when some will only be with --resume
 *
 * It comes into being complete, by one rename, so that several jobs may make it at the same time. */
#ifndef SIM_SWEEP_FOLDER_H
#define SIM_SWEEP_FOLDER_H

#include <stdbool.h>

bool sweep_is(const char *folder); /* the folder of a sweep */

/* A new folder beside the one that it will be, for what the latter shall hold. The caller frees. */
char *sweep_folder_begin(const char *folder);

/* Moves it to its place. Where there is one already, which only `shared` allows, it must be of the same sweep, and what
 * was begun is removed. */
void sweep_folder_end(const char *begun, const char *folder, bool shared);

enum point_state {
    POINT_NEW,      /* nothing that cannot be made anew: what there may be has been removed */
    POINT_BEGUN,    /* --resume goes on with it */
    POINT_DONE,     /* all its algorithms are complete */
    POINT_DIVERGED, /* and so are those that did not diverge */
    POINT_ENDLESS, /* and so are those that neither diverge nor come to no end, the first of which came to none */
};

/* Of the folder of a point, by its run.json. */
enum point_state point_state(const char *folder);
bool point_is_over(enum point_state state);
void point_clear(const char *folder); /* of one that is POINT_NEW: removes what is left of its beginning */

#endif
