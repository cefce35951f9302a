/* Copies the input of a run into its folder: the ini as given, every key with its value (resolved.ini), the
 * traces and the sites. So the run can be repeated from its folder alone. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/folder.h"
#include "sim/commands/program.h"
#include "sim/config/source.h"

/* By rename: a resolved.ini that exists is complete, also if a signal ends the program here. */
static void write_resolved(const struct program *p)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_begin(&text, &size);
    config_dump(p->source, out, false);
    text_end(out, &text);
    folder_write(p->folder, "resolved.ini.tmp", text, size);
    char *from = text_format("%s/resolved.ini.tmp", p->folder),
         *to = text_format("%s/resolved.ini", p->folder);
    if (rename(from, to))
        die_errno(EXIT_RESOURCE, "renaming %s", from);
    free(from);
    free(to);
    free(text);
}

/* Each file gets the name of its key. */
static void copy_tables(const struct program *p)
{
    const struct config *cfg = &p->cfg;
    if (cfg->compute.trace)
        folder_copy(cfg->compute.trace, p->folder, "compute.trace.csv");
    if (cfg->network.trace)
        folder_copy(cfg->network.trace, p->folder, "network.trace.csv");
    if (cfg->network.server_trace)
        folder_copy(cfg->network.server_trace, p->folder, "network.server_trace.csv");
    if (cfg->network.sites && !source_is_open(p->source, source_find(p->source, "network", "sites")))
        folder_copy(cfg->network.sites, p->folder, "network.sites.csv");
}

void program_write_ini(const struct program *p, const char *name)
{
    folder_write(p->folder, name, p->given->bytes, p->given->n);
    write_resolved(p);
    copy_tables(p);
}
