/* --explain: what the closed forms predict for each algorithm, as a table. Runs nothing, not even the
 * conductor. */
#include "sim/commands/program.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/commands/explain_push.h"
#include "sim/exchange/kind.h"
#include "sim/output/table.h"
#include "sim/predict/memory.h"
#include "sim/predict/push_form.h"
#include "sim/predict/theory.h"
#include "sim/runtime/exchange_config.h"

/* How the updates of a run come about. */
static const char *kind_of(const struct run *run)
{
    return exchange_kind_of(&run->conductor.exchange, EXCHANGE_LATE)->name;
}

static bool any_without_server(const struct run *run, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any |= run[i].exchange != exchange_list[0];
    return any;
}

static bool has_budget(const struct conductor_spec *spec)
{
    return spec->budget.ns > 0 || spec->budget.bytes > 0;
}

/* Columns of the table besides the usual ones. */
struct columns_shown {
    bool kinds, iterations;
};

static void head(struct table_line *line, struct columns_shown shown)
{
    static const char *const prediction[] = {"K", "round", "busy", "up", "down", "rounds"};
    table_text(line, "algorithm");
    if (shown.kinds)
        table_text(line, "by");
    table_text(line, "exchange");
    table_texts(line, prediction, sizeof prediction / sizeof *prediction);
    if (shown.iterations)
        table_text(line, "iterations");
    table_text(line, "time");
    table_text(line, "shared");
    table_text(line, "private");
}

enum { PREDICTED = 7 }; /* columns that come from the closed form of the algorithm, without iterations */

static void fill_prediction(struct table_line *line, const struct run *run, const struct prediction *p,
                            struct columns_shown shown)
{
    table_real(line, "%.4g", p->local_steps);
    table_time(line, p->round_ns);
    table_percent(line, p->utilisation);
    struct round_bytes bytes = theory_round_bytes(&run->conductor);
    table_bytes(line, bytes.up);
    table_bytes(line, bytes.down);
    table_real(line, "%.0f", p->rounds);
    if (shown.iterations)
        table_real(line, "%.0f", p->iterations);
    table_time(line, p->virtual_ns);
}

static void fill(struct table_line *line, const struct run *run, struct columns_shown shown)
{
    struct prediction p;
    struct closed_form x = theory_exchange(&run->conductor);
    table_name(line, run->name, run->label);
    if (shown.kinds) {
        char *name = exchange_name(run);
        table_text(line, name);
        free(name);
    }
    table_time(line, x.up + x.down);
    if (theory_predict(&run->conductor, &p))
        fill_prediction(line, run, &p, shown);
    else
        for (int i = 0; i < PREDICTED + shown.iterations; i++)
            table_text(line, NULL);
    table_bytes(line, (double)shared_bytes(run));
    table_bytes(line, (double)memory_private_bytes(run));
}

/* "400 local iterations in all", or "at most 400 local iterations, 1.00 s, 4.00 MiB". */
static void print_bounds(const struct conductor_spec *spec)
{
    char iterations[48] = "", time[32] = "", bytes[32] = "";
    const char *const bound[] = {iterations, time, bytes}, *before = "at most ";
    bool budget = has_budget(spec);
    if (spec->iterations > 0)
        snprintf(iterations, sizeof iterations, "%" PRId64 " local iterations", spec->iterations);
    if (spec->budget.ns > 0)
        text_duration(time, sizeof time, spec->budget.ns);
    if (spec->budget.bytes > 0)
        text_bytes(bytes, sizeof bytes, (uint64_t)spec->budget.bytes);
    for (size_t i = 0; budget && i < sizeof bound / sizeof *bound; i++) {
        printf("%s%s", *bound[i] ? before : "", bound[i]);
        before = *bound[i] ? ", " : before;
    }
    if (!budget && spec->iterations == 0) /* the base of a sweep over budgets */
        printf("local iterations until a bound of the sweep");
    else if (!budget)
        printf("%s in all", iterations);
}

static void print_compute(const struct conductor_spec *spec)
{
    double least = INFINITY, most = 0;
    char from[32], to[32];
    for (int i = 0; i < spec->workers; i++) {
        double c = push_form_compute(spec, i);
        least = fmin(least, c);
        most = fmax(most, c);
    }
    text_duration(from, sizeof from, (int64_t)least);
    text_duration(to, sizeof to, (int64_t)most);
    print_bounds(spec);
    printf("%s%s%s%s%s\n", has_budget(spec) ? "; a local iteration takes " : ", each ", from,
           least < most ? " to " : "", least < most ? to : "",
           spec->compute.jitter > 0 ? ", without jitter" : "");
}

static void print_terms(struct columns_shown shown)
{
    if (shown.kinds)
        puts("by        how pushes become an update; --list exchanges says more");
    fputs("exchange  time of one exchange: all pushes leave at once, then all replies\n"
          "K         local iterations in one push\n"
          "round     time from one update of the PS's model to the next\n"
          "busy      share of the round in which a worker computes\n"
          "up, down  bytes of a round on the wire\n",
          stdout);
    if (shown.iterations)
        puts("rounds, iterations: until the budget is used up");
    fputs("time      virtual time of all rounds; exact for equal workers, fair sharing and no jitter\n"
          "shared    shared memory of all processes on this machine\n"
          "private   private memory of all processes on this machine, estimated\n",
          stdout);
}

/* Refuses a configuration that the run would refuse. Only an exact prediction may do that. */
static void refuse_too_long(const struct run *run)
{
    struct prediction p;
    char time[32];
    if (!theory_doubt(&run->conductor) && theory_predict(&run->conductor, &p) &&
        p.virtual_ns > (double)VTIME_LAST)
        die(EXIT_USAGE, "%s: " VTIME_TOO_LONG ": it takes %s", run->name,
            text_duration_real(time, sizeof time, p.virtual_ns));
}

/* The closed forms of the exchanges that are there. t is the time of one message with these bytes. */
static void print_forms(const struct run *run, int n)
{
    static const struct {
        const char *kind, *form;
    } forms[] = {{"ring", "2 (N - 1) t(P / N)"},
                 {"halving_doubling",
                  "2 (t(P / 2) + t(P / 4) + ... + t(P / N)); N no power of two: 2 t(P) more, about"},
                 {"tree", "about 2 log2(N) t(chunk) + 2 P / b"},
                 {"hierarchical", "2 chains through a group + 2 (G - 1) t(P / G) through G groups"},
                 {"all_gather", "(N - 1) t(P): the codes do not add up"}};
    bool any = false;
    for (size_t f = 0; f < sizeof forms / sizeof *forms; f++) {
        bool there = false;
        for (int i = 0; i < n; i++)
            there |= strcmp(kind_of(&run[i]), forms[f].kind) == 0;
        if (there && !any)
            puts("t(x)      time of a message of x bytes: latency + (x + 64) / b, rounded; P: bytes of "
                 "a push");
        if (there)
            printf("%s: an exchange takes %s\n", forms[f].kind, forms[f].form);
        any |= there;
    }
}

static void print_pushes(const struct run *run, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any |= run[i].conductor.buckets != NULL;
    if (any)
        puts(
            "buckets: exchange b takes x_b, and is over at e_b = max(ready_b, e_(b-1)) + x_b; with a server\n"
            "         pushes, services and replies are three such queues");
    for (int i = 0; i < n; i++)
        explain_push(run, &run[i]);
}

/* With a server over a star the line about the time says enough. */
static void print_doubts(const struct run *run, int n)
{
    for (int i = 0; i < n; i++) {
        const char *doubt = theory_doubt(&run[i].conductor);
        if (!theory_predict(&run[i].conductor, &(struct prediction){0}))
            printf("%s: %s\n", run[i].name, doubt);
        else if (doubt && run[i].conductor.exchange.topology)
            printf("%s: time is an estimate: %s\n", run[i].name, doubt);
    }
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
    struct columns_shown shown = {any_without_server(run, n), has_budget(&run->conductor)};
    print_terms(shown);
    print_forms(run, n);
    print_pushes(run, n);
    head(&lines[0], shown);
    for (int i = 0; i < n; i++)
        fill(&lines[i + 1], &run[i], shown);
    table_print(lines, n + 1, &(struct table_fit){.keys = 1});
    if (run[0].conductor.stops_at_target)
        puts("a run that reaches its target ends sooner (experiment.stop)");
    print_doubts(run, n);
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
