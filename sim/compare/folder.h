/* The folder of a comparison:
 *
 *   compare.ini                 the ini as given; only the folder of a comparison has this file
 *   resolved.ini                every key with its value; traces as in a run
 *   tune.ini, tune/, tune.csv   with [tune]: the trials of each algorithm, a sweep (sim/sweep/folder.h); chosen values
 *   final.ini, final/           the final runs, a sweep; anyone could run both inis by hand
 *   verdict.json, verdict.csv   what follows from them, written at the end
 *   report.html                 likewise */
#ifndef SIM_COMPARE_FOLDER_H
#define SIM_COMPARE_FOLDER_H

#include <stdbool.h>

bool compare_is(const char *folder); /* the folder of a comparison */

/* Writes folder/name as a whole: under another name, which is then renamed. Jobs that share the folder may write the
 * same file at the same time. */
void compare_write(const char *folder, const char *name, const char *text);

#endif
