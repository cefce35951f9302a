#include "sim/sweep/sweep_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

struct sweep_file sweep_file_open(const char *folder, const char *name, char *header)
{
    struct sweep_file file = {.path = text_format("%s/%s", folder, name)};
    file.temporary = text_format("%s.tmp", file.path);
    if (unlink(file.temporary) && errno != ENOENT)
        die_errno(EXIT_RESOURCE, "removing %s", file.temporary);
    file.csv = csv_create(file.temporary, header);
    free(header);
    return file;
}

void sweep_file_close(struct sweep_file *file)
{
    csv_sync(file->csv);
    csv_close(file->csv);
    if (rename(file->temporary, file->path))
        die_errno(EXIT_RESOURCE, "making %s", file->path);
    free(file->temporary);
    free(file->path);
}
