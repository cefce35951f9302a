/* What a run was given, kept in its folder so that it can be repeated from there: the ini as it was, every key with
 * its value, and the traces. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/folder.h"
#include "sim/commands/program.h"

static void write_resolved(const struct program *p)
{
    char *path = text_format("%s/resolved.ini", p->folder);
    FILE *file = fopen(path, "wx");
    if (!file)
        die_errno(EXIT_RESOURCE, "open %s", path);
    config_dump(p->source, file, false);
    if (ferror(file) | fclose(file))
        die_errno(EXIT_RESOURCE, "write %s", path);
    free(path);
}

/* Under the names of their keys. */
static void copy_traces(const struct program *p)
{
    const struct config *cfg = &p->cfg;
    if (cfg->compute.trace)
        folder_copy(cfg->compute.trace, p->folder, "compute.trace.csv");
    if (cfg->network.trace)
        folder_copy(cfg->network.trace, p->folder, "network.trace.csv");
    if (cfg->network.server_trace)
        folder_copy(cfg->network.server_trace, p->folder, "network.server_trace.csv");
}

void program_write_ini(const struct program *p, const char *name)
{
    folder_write(p->folder, name, p->given->bytes, p->given->n);
    write_resolved(p);
    copy_traces(p);
}
