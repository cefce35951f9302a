/* --table: a table for a paper from the folder of a sweep or of a comparison, or from folders of runs. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/disk.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/comparison.h"
#include "sim/commands/past_sweep.h"
#include "sim/compare/folder.h"
#include "sim/output/folder.h"
#include "sim/paper/table.h"
#include "sim/sweep/folder.h"
#include "sim/sweep/sweep.h"

static void write_sweep(struct program *p, const char *folder, FILE *out)
{
    struct past_sweep past = past_sweep_open(p, folder);
    table_write_sweep(p->options.format, &past.sweep, p->cfg.experiment.name, out);
    past_sweep_close(&past);
    config_end(p->source);
}

static void write_comparison(struct program *p, const char *folder, FILE *out)
{
    struct comparison c;
    comparison_open(&c, folder, &p->options);
    comparison_expect(&c, "--table");
    table_write_comparison(p->options.format, c.verdict, c.base.cfg.experiment.name, out);
    comparison_close(&c);
}

/* Only runs may stand beside others. */
static void check_folders(char *const *folders)
{
    for (int i = 0; folders[i]; i++) {
        bool comparison = compare_is(folders[i]);
        folder_expect_run("--table", folders[i]);
        if ((comparison || sweep_is(folders[i])) && folders[1])
            die(EXIT_USAGE, "--table: %s is a %s: expected it alone, or folders of runs", folders[i],
                comparison ? "comparison" : "sweep");
    }
}

/* A table in a file is complete, and replaces none. */
static void put_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "wxe");
    if (!file && errno == EEXIST)
        die(EXIT_USAGE, "--table: %s exists; give a new file with -o", path);
    if (!file || fputs(text, file) < 0 || fflush(file) != 0 || !disk_sync(fileno(file)) || fclose(file) != 0)
        die_errno(EXIT_RESOURCE, "writing %s", path);
    printf("%s\n", path);
}

int table(struct program *p)
{
    char *text = NULL;
    size_t size;
    FILE *out = text_begin(&text, &size);
    check_folders(p->options.runs);
    if (compare_is(p->options.runs[0]))
        write_comparison(p, p->options.runs[0], out);
    else if (sweep_is(p->options.runs[0]))
        write_sweep(p, p->options.runs[0], out);
    else
        table_write_runs(p->options.format, p->options.runs, out);
    text_end(out, &text);
    if (p->options.output)
        put_file(p->options.output, text);
    else
        fputs(text, stdout);
    free(text);
    return EXIT_DONE;
}
