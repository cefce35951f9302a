/* The folder of a run: results/<experiment>/<UTC stamp>-s<seed>/ with a link `latest` beside it, or
 * exactly the folder given with -o. Nothing that exists is overwritten: an existing -o folder is a usage
 * error, even if it is empty. */
#ifndef SIM_OUTPUT_FOLDER_H
#define SIM_OUTPUT_FOLDER_H

#include <stddef.h>
#include <stdint.h>

/* Makes the folder (and its parents) and returns its path (caller frees). given: -o or NULL. Two runs that
 * start in the same second get different folders (-2, -3 ...). */
char *folder_create(const char *given, const char *results, const char *experiment, int64_t seed);

/* Makes the folder and its parents where they are missing. */
void folder_need(const char *path);

/* The same as folder_create for a sweep or a comparison: .../<UTC stamp>-<kind>/ */
char *folder_create_kind(const char *given, const char *results, const char *experiment, const char *kind);

/* Makes only the parents of the folder, and returns the path of the folder. For a folder that several
 * programs may make at the same time. */
char *folder_parents(const char *given);

char *folder_make(const char *parent, const char *name); /* parent/name, made; caller frees */
void folder_write(const char *folder, const char *name, const void *bytes, size_t n);
void folder_copy(const char *from, const char *folder, const char *name); /* a byte copy of a file */
/* The same file under a second name, or a copy where the file system has no links. */
void folder_link(const char *from, const char *folder, const char *name);

/* Locks the folder for this program and its children, until all of them have ended. Ends the program with
 * EXIT_USAGE when another program holds the lock or the folder does not exist. */
void folder_lock(const char *folder);
/* Ends the program with EXIT_USAGE if there is no folder `path`, which the user has given with `option`, or, in
 * the second case, if it is none of a run or sweep. */
void folder_expect(const char *option, const char *path);
void folder_expect_run(const char *option, const char *path);
/* The same with a shared lock: several programs may share the folder, but not with a program that locks
 * it. */
void folder_share(const char *folder);

#endif
