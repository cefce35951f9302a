/* --explain: what the closed forms predict for each algorithm, as a table. Runs nothing, not even the
 * conductor. */
#include "sim/commands/program.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/table.h"
#include "sim/predict/memory.h"
#include "sim/predict/theory.h"

static void head(struct table_line *line)
{
    static const char *const names[] = {"algorithm", "exchange", "K",    "round",  "busy",   "up",
                                        "down",      "rounds",   "time", "shared", "private"};
    table_texts(line, names, sizeof names / sizeof *names);
}

enum { PREDICTED = 7 }; /* columns that come from the closed form of the algorithm */

static void fill_prediction(struct table_line *line, const struct run *run, const struct prediction *p)
{
    table_real(line, "%.4g", p->local_steps);
    table_time(line, p->round_ns);
    table_percent(line, p->utilisation);
    struct sizes sizes = theory_sizes(&run->conductor);
    table_bytes(line, p->pushes * sizes.push);
    table_bytes(line, p->replies * sizes.reply);
    table_real(line, "%.0f", p->rounds);
    table_time(line, p->virtual_ns);
}

static void fill(struct table_line *line, const struct run *run)
{
    struct prediction p;
    struct closed_form x = theory_exchange(&run->conductor);
    table_name(line, run->name, run->label);
    table_time(line, x.up + x.down);
    if (theory_predict(&run->conductor, &p))
        fill_prediction(line, run, &p);
    else
        for (int i = 0; i < PREDICTED; i++)
            table_text(line, NULL);
    table_bytes(line, (double)shared_bytes(run));
    table_bytes(line, (double)memory_private_bytes(run));
}

static void print_compute(const struct conductor_spec *spec)
{
    double least = INFINITY, most = 0;
    char from[32], to[32];
    for (int i = 0; i < spec->workers; i++) {
        double c = theory_compute(spec, i);
        least = fmin(least, c);
        most = fmax(most, c);
    }
    text_duration(from, sizeof from, (int64_t)least);
    text_duration(to, sizeof to, (int64_t)most);
    printf("%" PRId64 " local iterations in all, each %s%s%s%s\n", spec->iterations, from,
           least < most ? " to " : "", least < most ? to : "",
           spec->compute.jitter > 0 ? ", without jitter" : "");
}

static void print_terms(void)
{
    fputs("exchange  time of one exchange: all pushes leave at once, then all replies\n"
          "K         local iterations in one push\n"
          "round     time from one update of the PS's model to the next\n"
          "busy      share of the round in which a worker computes\n"
          "up, down  bytes of a round on the wire\n"
          "time      virtual time of all rounds; exact for equal workers, fair sharing and no jitter\n"
          "shared    shared memory of all processes on this machine\n"
          "private   private memory of all processes on this machine, estimated\n",
          stdout);
}

/* Refuses a configuration that the run would refuse. Only an exact prediction may do that. */
static void refuse_too_long(const struct run *run)
{
    struct prediction p;
    char time[32];
    if (theory_is_exact(&run->conductor) && theory_predict(&run->conductor, &p) &&
        p.virtual_ns > (double)VTIME_LAST)
        die(EXIT_USAGE, "%s: " VTIME_TOO_LONG ": it takes %s", run->name,
            text_duration_real(time, sizeof time, p.virtual_ns));
}

static void print_runs(const struct run *run, int n)
{
    for (int i = 0; i < n; i++)
        refuse_too_long(&run[i]);
    struct table_line *lines = need(((size_t)n + 1) * sizeof *lines);
    print_compute(&run->conductor);
    if (faults_any(&run->conductor.faults))
        puts("faults are left out: only a run shows their cost");
    else if (!run_is_foreseen(run))
        puts("times are those of the compute model; only a run shows the real times");
    print_terms();
    head(&lines[0]);
    for (int i = 0; i < n; i++)
        fill(&lines[i + 1], &run[i]);
    table_print(lines, n + 1, &(struct table_fit){.keys = 1});
    for (int i = 0; i < n; i++)
        if (!theory_predict(&run[i].conductor, &(struct prediction){0}))
            printf("%s: no closed form\n", run[i].name);
    free(lines);
}

void explain(const struct program *p)
{
    int n;
    config_sweep_rows(p->source, &n);
    program_print(p);
    print_runs(p->run, p->runs);
    if (n > 0)
        puts("this is the base of a sweep: --check shows how many points it has and how long they take");
}
