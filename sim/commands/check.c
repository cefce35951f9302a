/* --check: a forecast of each run, as a table. The control plane runs alone, so virtual times and bytes are
 * exact. One gradient is computed and timed, to estimate how long training takes on this machine. */
#include "sim/commands/program.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/table.h"
#include "sim/commands/partition.h"
#include "sim/predict/forecast.h"
#include "sim/predict/memory.h"

static void head(struct table_line *line)
{
    static const char *const names[] = {"algorithm", "iterations", "rounds", "time",        "idle",
                                        "push",      "up",         "down",   "memory here", "time here"};
    table_texts(line, names, sizeof names / sizeof *names);
}

static double memory(const struct run *run)
{
    return (double)(shared_bytes(run) + memory_private_bytes(run));
}

/* Returns the estimated seconds on this machine. */
static double fill(struct table_line *line, const struct run *run, const struct totals *t, double gradient)
{
    double here = run->trains ? forecast_wall_seconds(run, t, gradient) : NAN;
    table_int(line, t->iterations);
    table_int(line, t->rounds);
    table_time(line, (double)t->virtual_ns);
    table_percent(line, (double)t->waiting / ((double)t->virtual_ns * run->workers));
    table_bytes(line, (double)run->conductor.push_bytes);
    table_bytes(line, (double)t->bytes_up);
    table_bytes(line, (double)t->bytes_down);
    table_bytes(line, memory(run));
    table_time(line, here * NS_PER_S);
    return here;
}

/* The run has no end: only the bytes of a push and the memory are known. */
static void fill_endless(struct table_line *line, const struct run *run)
{
    static const char *const before[] = {"-", "-", "no end", "-"}, *const after[] = {"-", "-"};
    table_texts(line, before, sizeof before / sizeof *before);
    table_bytes(line, (double)run->conductor.push_bytes);
    table_texts(line, after, sizeof after / sizeof *after);
    table_bytes(line, memory(run));
    table_text(line, NULL);
}

static void print_shares(const struct run *run)
{
    uint32_t least, most;
    partition_extremes(run, &least, &most);
    if (most > least + 1)
        printf("shares of the training set: %u to %u samples\n", least, most);
}

static int print_runs(const struct run *run, int n)
{
    char all[32];
    int status = EXIT_DONE;
    double gradient = run[0].trains ? forecast_gradient(&run[0]) : 0, here = 0;
    struct table_line *lines = need(((size_t)n + 1) * sizeof *lines);
    head(&lines[0]);
    for (int i = 0; i < n; i++) {
        struct totals totals;
        struct table_line *line = &lines[i + 1];
        table_name(line, run[i].name, run[i].label);
        if (forecast_totals(&run[i], &totals)) {
            here += fill(line, &run[i], &totals, gradient);
        } else {
            fill_endless(line, &run[i]);
            status = EXIT_STUCK;
        }
    }
    table_print(lines, n + 1, &(struct table_fit){.keys = 1});
    print_shares(&run[0]);
    if (!isnan(here))
        printf("time here is estimated from one gradient: %s in all\n",
               text_duration_real(all, sizeof all, here * NS_PER_S));
    free(lines);
    return status;
}

int check(const struct program *p)
{
    program_print(p);
    int status = print_runs(p->run, p->runs);
    program_try_memory(p);
    return status;
}
