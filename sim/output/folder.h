/* The folder of a run: results/<experiment>/<UTC stamp>-s<seed>/ with a link `latest` beside it, or exactly
 * the one given with -o. Nothing that exists is ever overwritten: an existing -o folder is a usage error (an
 * empty one too). */
#ifndef SIM_OUTPUT_FOLDER_H
#define SIM_OUTPUT_FOLDER_H

#include <stddef.h>
#include <stdint.h>

/* Makes the folder (and its parents) and returns its path (caller frees). given: -o or NULL. Two runs that
 * start in the same second get different folders (-2, -3 ...). */
char *folder_create(const char *given, const char *results, const char *experiment, int64_t seed);

void folder_need(const char *path); /* with all above it; one that is there is as good */
char *folder_create_sweep(const char *given, const char *results,
                          const char *experiment); /* .../<UTC stamp>-sweep/ */

/* Of a folder that others may make at the same time: makes its parents alone and returns its path. */
char *folder_parents(const char *given);

char *folder_make(const char *parent, const char *name); /* parent/name, made; caller frees */
void folder_write(const char *folder, const char *name, const void *bytes, size_t n);
void folder_copy(const char *from, const char *folder, const char *name); /* a byte copy of a file */

/* For this program and its children alone, until all have ended: EXIT_USAGE when another has it, or it is not there. */
void folder_lock(const char *folder);
void folder_share(const char *folder); /* with others that share it, and not with those that lock it */

#endif
