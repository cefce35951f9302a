/* Copies the input of a run into its folder: the ini as given, every key with its value (resolved.ini), the
 * traces, the sites and the profile. So the run can be repeated from its folder alone. */
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/program.h"
#include "sim/config/source.h"
#include "sim/output/folder.h"

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

static void copy_tables(const struct program *p)
{
    char error[256];
    for (const char *const *key = config_files; *key; key++) {
        const struct slot *slot = source_look_up(p->source, *key, error, sizeof error);
        const char *path = *(char *const *)slot->field;
        char *name = text_format("%s.csv", *key);
        if (path && !source_is_open(p->source, slot))
            folder_copy(path, p->folder, name);
        free(name);
    }
}

void program_write_ini(const struct program *p, const char *name)
{
    folder_write(p->folder, name, p->given->bytes, p->given->n);
    write_resolved(p);
    copy_tables(p);
}
