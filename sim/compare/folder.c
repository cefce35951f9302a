#include "sim/compare/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/folder.h"

/* A folder that cannot be looked into is none: whatever reads it next names the reason. */
bool compare_is(const char *folder)
{
    char *path = text_format("%s/compare.ini", folder);
    bool found = access(path, F_OK) == 0;
    free(path);
    return found;
}

void compare_write(const char *folder, const char *name, const char *text)
{
    char *other = text_format("%s.%ld.tmp", name, (long)getpid());
    char *from = text_format("%s/%s", folder, other), *to = text_format("%s/%s", folder, name);
    if (unlink(from) && errno != ENOENT) /* left by a process with this number that was killed */
        die_errno(EXIT_RESOURCE, "removing %s", from);
    folder_write(folder, other, text, strlen(text));
    if (rename(from, to))
        die_errno(EXIT_RESOURCE, "making %s", to);
    free(to);
    free(from);
    free(other);
}
