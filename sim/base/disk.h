/* What not every file system can do: those of clouds, FUSE and memory cards have no hard links, no modes, no fsync of folders. */
#ifndef SIM_BASE_DISK_H
#define SIM_BASE_DISK_H

#include <stdbool.h>

/* fsync. true also where the file system has none: more cannot be done there. Otherwise errno says what failed. */
bool disk_sync(int fd);

/* Gives a complete file its name, if no file has it; temporary is gone then. false: errno, EEXIST: one has. */
bool disk_name_new(const char *temporary, const char *path);

/* Makes a new folder whose name begins with prefix and returns it; its mode is the umask's. The caller frees. NULL: errno. */
char *disk_make_folder(const char *prefix);

#endif
