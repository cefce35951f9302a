/* Disks: what not every file system can do, and that any of them may stand still. */
#ifndef SIM_BASE_DISK_H
#define SIM_BASE_DISK_H

#include <stdatomic.h>
#include <stdbool.h>

/* ---- what not every file system can do ----
 * Those of clouds, FUSE and memory cards have no hard links, no modes, no fsync of folders. */

/* fsync. true also where the file system has none: more cannot be done there. Otherwise errno says what failed. */
bool disk_sync(int fd);

/* Gives a complete file its name, if no file has it; temporary is gone then. false: errno, EEXIST: one has. */
bool disk_name_new(const char *temporary, const char *path);

/* Makes a new folder with a name that begins with prefix and returns it; its mode is the umask's. The caller frees. NULL:
 * errno. */
char *disk_make_folder(const char *prefix);

/* ---- a disk that stands still ----
 * Between disk_begin and disk_end a process may stand still for as long as a file system, or a reader of what it
 * prints, lets it: that is no hang. Calls may be nested. */

/* Where this process says so, in memory that its launcher sees: above 0 while it waits. Without it the calls do
 * nothing. */
void disk_tell(_Atomic int *waits);

void disk_begin(void);
void disk_end(void);

#endif
