/* Disks: operations that not every file system supports, and waits for a disk that does not answer. */
#ifndef SIM_BASE_DISK_H
#define SIM_BASE_DISK_H

#include <stdatomic.h>
#include <stdbool.h>

/* ---- operations that not every file system supports ----
 * File systems of clouds, FUSE and memory cards may have no hard links, no modes and no fsync of folders. */

/* fsync. Also true if the file system has no fsync, since nothing more can be done there. false: see
 * errno. */
bool disk_sync(int fd);

/* Gives the complete file `temporary` the name `path`, if no file has that name; `temporary` is then gone.
 * false: see errno; EEXIST: another file has the name. */
bool disk_name_new(const char *temporary, const char *path);

/* Makes a new folder with a name that begins with prefix, and returns the name. The umask decides the
 * folder's mode. The caller frees. NULL: see errno. */
char *disk_make_folder(const char *prefix);

/* Whether the file exists. Any other error than that it is missing ends the program: a missing file is written again
 * from its start, and that must not happen to one that cannot be reached. */
bool disk_has(const char *path);

/* ---- a disk that stands still ----
 * Between disk_begin and disk_end a process may wait for a file system, or for the reader of its output, as
 * long as these take. The launcher does not count such a wait as a hang. Calls may be nested. */

/* Sets the counter in shared memory that the launcher reads: it is above 0 while this process waits. Without
 * a counter disk_begin and disk_end do nothing. */
void disk_tell(_Atomic int *waits);

void disk_begin(void);
void disk_end(void);

#endif
