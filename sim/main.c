/* ospsim: compares distributed-training algorithms on one machine. Read this first.
 *
 *   command line --> options --> one command: experiment, report, verify, export, ...   sim/commands
 *
 *   experiment   ini --> configuration --> data set, model, first parameters            sim/config, models
 *                    --> for each algorithm: prepare, launch, summary                   sim/runtime
 *                    --> comparison of the summaries                                    sim/output
 *
 * A run has two planes. The control plane decides which worker computes, sends or waits, and when, in virtual
 * time: sim/engine, with the clock and the network of sim/time. The data plane computes gradients and models
 * in processes that exchange messages over rings: sim/runtime, with sim/transport. An algorithm has callbacks
 * in both planes: algorithms/.
 *
 * sim/predict says before a run how long it takes. sim/verify checks that the files of a run agree.
 * sim/report draws them, sim/export converts them for other programs, and sim/sweep runs grids of
 * experiments. sim/registry.c knows every algorithm, codec, model and data set by name. docs/architecture.md
 * has the rest. */
#include <stdio.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/signals.h"
#include "sim/commands/markdown.h"
#include "sim/commands/networks.h"
#include "sim/commands/program.h"
#include "sim/commands/standard_files.h"
#include "sim/export/export.h"
#include "sim/host.h"
#include "sim/output/folder.h"
#include "sim/registry.h"

/* Presets of networks are files, which the registry does not know. */
static void list(const char *what)
{
    if (strcmp(what, "networks") == 0)
        networks_list();
    else
        registry_list(what);
}

static int act(struct program *p, char **argv)
{
    const struct options *o = &p->options;
    switch (o->action) {
    case ACT_HELP:
        options_help();
        return EXIT_DONE;
    case ACT_VERSION:
        printf("simulate %s\n", PROGRAM_VERSION);
        return EXIT_DONE;
    case ACT_LIST:
        list(o->list);
        return EXIT_DONE;
    case ACT_MARKDOWN:
        markdown_print(o->list, stdout);
        return EXIT_DONE;
    case ACT_VERIFY:
        return verify_folders(o);
    case ACT_EXPORT:
        folder_expect("--export", o->runs[0]);
        return export_run(o->format, o->runs[0], o->output);
    case ACT_REPORT:
        comparison_check_set(o);
        return report(p);
    case ACT_TABLE:
        comparison_check_set(o);
        return table(p);
    case ACT_PRINT_CONFIG:
        return experiment(p, argv);
    default: /* run, check, explain: they compute, so they need the right kernels */
        host_choose_blas(argv);
        return experiment(p, argv);
    }
}

int main(int argc, char **argv)
{
    struct program p = {0};
    signals_open();
    standard_files_open();
    options_parse(&p.options, argc, argv);
    int status = act(&p, argv);
    options_free(&p.options);
    standard_output_close();
    return status;
}
