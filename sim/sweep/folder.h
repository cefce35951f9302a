/* The folder of a sweep:
 *
 *   sweep.ini                        the ini as given; only the folder of a sweep has this file
 *   resolved.ini                     every key of the base with its value, and the grid; traces as in a run
 *   0001-bandwidth=1Gbit_s,seed=1/   a run for each point
 *   sweep.csv                        results of the points that are over so far
 *   sweep_summary.csv                written when all points are over
 *   report.html                      written at the end, also if --resume must finish some points
 *
 * The program fills the folder under another name and then renames it: several jobs may make the same folder
 * at the same time, and each sees either none or a complete folder. */
#ifndef SIM_SWEEP_FOLDER_H
#define SIM_SWEEP_FOLDER_H

#include <stdbool.h>

bool sweep_is(const char *folder); /* the folder of a sweep */

/* Makes a temporary folder beside `folder` and returns its path. The caller fills the folder, and frees the
 * path. */
char *sweep_folder_begin(const char *folder);

/* Renames the temporary folder `begun` to `folder`. With `shared`, another job may have made `folder`
 * already: it must be of the same sweep, and `begun` is removed. */
void sweep_folder_end(const char *begun, const char *folder, bool shared);

enum point_state {
    POINT_NEW,      /* not started: there is no run.json */
    POINT_BEGUN,    /* started and not over: it is resumed */
    POINT_DONE,     /* over: all algorithms are complete */
    POINT_DIVERGED, /* over: an algorithm diverged, and all that did not diverge are complete */
    POINT_ENDLESS,  /* over: an algorithm has no end; the others are complete, diverged or endless, too */
    POINT_LEFT,     /* over: its trial is left behind at a rung of sweep.halving */
};

/* Reads the state of a point from the run.json in its folder. */
enum point_state point_state(const char *folder);
bool point_is_over(enum point_state state);

/* Marks a point that has come to its rung as POINT_LEFT, and removes its checkpoints. */
void point_leave(const char *folder, const char *algorithm);

/* Algorithms of a point that have not trained, but have the numbers of another point, by the same file. */
int point_retimed(const char *folder);

/* For a POINT_NEW: removes the files that an interrupted start has left. */
void point_clear(const char *folder);

#endif
