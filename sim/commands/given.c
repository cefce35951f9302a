/* Copies the input of a run into its folder: the ini as given, every key with its value (resolved.ini), the
 * traces, the sites and the profile. So the run can be repeated from its folder alone; and so can a sweep and a
 * comparison. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/program.h"
#include "sim/config/source.h"
#include "sim/output/folder.h"
#include "sim/sweep/folder.h"

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

/* ---- the folder of a sweep or a comparison ---- */

static bool names_files(const char *key)
{
    const char *const *file = config_files;
    while (*file && strcmp(*file, key) != 0)
        file++;
    return *file;
}

/* Copies the files that a row of the grid names without a folder: the sweep goes on from its own folder alone, where
 * config_find_file() looks, too. */
static void copy_swept(const struct program *p, const struct grid *grid)
{
    for (int i = 0; i < grid->rows; i++)
        for (int v = 0; v < grid->row[i].n && names_files(grid->row[i].key); v++) {
            const char *name = grid->row[i].value[v];
            char *path = config_find_file(p->source, name);
            if (!strchr(name, '/'))
                folder_copy(path, p->folder, name);
            free(path);
        }
}

void program_make_folder(struct program *p, const struct grid *grid, const char *kind)
{
    const struct options *o = &p->options;
    char *folder = o->of ? folder_parents(o->output)
                         : folder_create_kind(o->output, p->cfg.output.path, p->cfg.experiment.name, kind);
    char *given = text_format("%s.ini", kind);
    p->folder = sweep_folder_begin(folder);
    program_write_ini(p, given);
    copy_swept(p, grid);
    sweep_folder_end(p->folder, folder, o->of > 0);
    free(given);
    free(p->folder);
    p->folder = folder;
    if (o->of)
        folder_share(folder);
    else
        folder_lock(folder);
}
