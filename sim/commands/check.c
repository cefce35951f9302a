/* --check: a forecast of each run, as a table. The control plane runs alone, so virtual times and bytes are
 * exact. Some gradients are computed and timed, to estimate how long training takes on this machine. */
#include "sim/commands/program.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/data/dataset.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/table.h"
#include "sim/commands/partition.h"
#include "sim/commands/reach.h"
#include "sim/predict/forecast.h"
#include "sim/predict/memory.h"
#include "sim/sweep/room.h"

static void head(struct table_line *line)
{
    static const char *const names[] = {"algorithm", "iterations", "rounds", "time",    "idle",     "push",
                                        "up",        "down",       "shared", "private", "time here"};
    table_texts(line, names, sizeof names / sizeof *names);
}

static void put_memory(struct table_line *line, const struct run *run)
{
    table_bytes(line, (double)shared_bytes(run));
    table_bytes(line, (double)memory_private_bytes(run));
}

/* Returns the estimated seconds on this machine. */
static double fill(struct table_line *line, const struct run *run, const struct totals *t,
                   const struct speed *speed)
{
    double here = run->trains ? forecast_wall_seconds(run, t, speed) : NAN;
    table_int(line, t->iterations);
    table_int(line, t->rounds);
    table_time(line, (double)t->virtual_ns);
    table_percent(line, (double)t->waiting / ((double)t->virtual_ns * run->workers));
    table_bytes(line, (double)run->conductor.push_bytes);
    table_bytes(line, (double)t->bytes_up);
    table_bytes(line, (double)t->bytes_down);
    put_memory(line, run);
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
    put_memory(line, run);
    table_text(line, NULL);
}

static void print_shares(const struct run *run)
{
    uint32_t least, most;
    partition_extremes(run, &least, &most);
    if (most > least + 1)
        printf("shares of the training set: %u to %u samples\n", least, most);
    if (run->data->validation.n > 0)
        printf("validation data: %u samples, beside %u to train on\n", run->data->validation.n,
               run->data->train.n);
}

static size_t data_bytes(const struct dataset *d)
{
    size_t image = (size_t)d->channels * (size_t)d->height * (size_t)d->width + 1; /* and its label */
    return ((size_t)d->train.n + d->validation.n + d->test.n) * image;
}

/* One run has ended before the next one begins, so the largest counts. */
static void print_memory(const struct run *run, int n)
{
    char most[32], left[32];
    const struct run *largest = run;
    for (int i = 1; i < n; i++)
        largest = shared_bytes(&run[i]) > shared_bytes(largest) ? &run[i] : largest;
    printf("shared memory: at most %s at a time (%s); %s are free in /dev/shm\n",
           text_bytes(most, sizeof most, shared_bytes(largest)), largest->name,
           text_bytes(left, sizeof left, room_shared()));
    if (!model_has_only_sizes(run->model))
        printf("data set: %s, once for all processes\n",
               text_bytes(left, sizeof left, data_bytes(run->data)));
}

static void print_time(double seconds, const struct speed *speed)
{
    char all[32], how[160];
    printf("time here: %s in all, %s\n", text_duration_real(all, sizeof all, seconds * NS_PER_S),
           speed_words(speed, how, sizeof how));
}

static int print_runs(const struct run *run, int n)
{
    int status = EXIT_DONE;
    double here = 0;
    struct speed speed = {0};
    struct reach reach = {0};
    if (run[0].trains)
        speed = speed_measure(&run[0], 1, room_memory());
    struct table_line *lines = need(((size_t)n + 1) * sizeof *lines);
    head(&lines[0]);
    for (int i = 0; i < n; i++) {
        struct totals totals;
        struct table_line *line = &lines[i + 1];
        table_name(line, run[i].name, run[i].label);
        if (forecast_totals(&run[i], &totals)) {
            here += fill(line, &run[i], &totals, &speed);
            reach_note(&reach, &run[i], &totals);
        } else {
            fill_endless(line, &run[i]);
            status = EXIT_STUCK;
        }
    }
    table_print(lines, n + 1, &(struct table_fit){.keys = 1});
    if (run[0].conductor.stops_at_target)
        puts("a run that reaches its target ends sooner (experiment.stop)");
    reach_say(&reach, run[0].cfg);
    print_shares(&run[0]);
    print_memory(run, n);
    if (!isnan(here))
        print_time(here, &speed);
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
