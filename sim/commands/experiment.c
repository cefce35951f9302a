/* The commands that need a configuration: run, --check, --explain, --advise and --print-config, for one run, a sweep or
 * a comparison.
 *
 *   options, ini --> configuration --> has [compare]? yes: compare.c
 *                                      has [sweep]?   yes: sweep.c      no: run.c, check.c, explain.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/commands/program.h"
#include "sim/commands/retime.h"
#include "sim/install_paths.h"
#include "sim/output/folder.h"

/* The path of FILE, which may be the name of an installed experiment. The caller frees. */
static char *find_ini(struct options *o)
{
    if (!o->file)
        return NULL;
    char *path = install_experiment(o->file);
    if (strcmp(path, o->file) != 0 && !o->quiet)
        fprintf(stderr, "simulate: reading %s\n", path);
    o->file = path;
    return path;
}

static void read_ini(struct program *p, struct ini_text *given)
{
    char error[1024];
    if (!p->options.file)
        return;
    need_ok(ini_read(given, p->options.file, error, sizeof error), error);
    p->given = given;
}

/* The folder of --resume is locked before anything is read from it: another program could be writing
 * there. */
int experiment(struct program *p, char **argv)
{
    int status = EXIT_DONE;
    struct ini_text given = {0};
    if (p->options.action == ACT_RUN && !p->options.file && !p->options.resume && !p->options.retime)
        die(EXIT_USAGE, "no experiment given; try '%s experiments/quickstart.ini' or '%s --help'", argv[0],
            argv[0]);
    if (p->options.resume) {
        folder_expect_run("--resume", p->options.resume);
        folder_lock(p->options.resume);
    }
    char *ini = find_ini(&p->options);
    read_ini(p, &given);
    if (p->options.retime)
        retime_open(p, &given);
    program_configure(p);
    if (compares(p)) {
        status = compare(p, argv);
    } else if (sweeps(p)) {
        status = sweep(p, argv);
    } else if (p->options.action == ACT_PRINT_CONFIG) {
        config_dump(p->source, stdout, true);
    } else {
        enum counts *counts = NULL;
        program_open(p);
        if (!p->options.resume &&
            p->options.action != ACT_ADVISE) /* said before; nothing runs, and its --compare has [tune] */
            effects_note(p, &counts);
        effects_say(p->source, counts);
        if (p->options.action == ACT_RUN || p->options.action == ACT_CHECK)
            retime(p);
        if (p->options.action == ACT_CHECK)
            status = check(p);
        else if (p->options.action == ACT_EXPLAIN)
            explain(p);
        else if (p->options.action == ACT_ADVISE)
            status = advise(p, argv);
        else
            status = program_run(p, argv);
        program_close(p);
    }
    config_end(p->source);
    free(given.bytes);
    free(ini);
    return status;
}
