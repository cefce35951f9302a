/* Where a file is that a key names. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/text.h"
#include "sim/config/checks.h"
#include "sim/config/source.h"
#include "sim/config/values.h"

/* "experiments/a.ini", "b.csv" -> "experiments/b.csv" */
static char *beside(const char *ini, const char *path)
{
    const char *slash = strrchr(ini, '/');
    return text_format("%.*s%s", slash ? (int)(slash + 1 - ini) : 0, ini, path);
}

char *config_find_file(const struct config_source *src, const char *path)
{
    for (int i = src->n_paths - 1; i >= 0 && *path != '/' && access(path, F_OK) != 0; i--) {
        char *near = beside(src->paths[i], path);
        if (access(near, F_OK) == 0)
            return near;
        free(near);
    }
    return text_copy(path);
}

void find_files(const struct finish *f)
{
    char error[256];
    for (const char *const *key = config_files; *key; key++) {
        const struct slot *slot = source_look_up(f->src, *key, error, sizeof error);
        char **path = slot->field;
        if (!*path)
            continue;
        char *found = config_find_file(f->src, *path);
        free(*path);
        *path = found;
    }
}
