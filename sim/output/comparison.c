/* The algorithms of one run side by side: a table for the terminal, comparison.csv and time.csv for the
 * plots. */
#include "sim/output/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/csv.h"
#include "sim/output/table.h"

/* Shared by the table and the CSV. */

static double seconds(int128 ns)
{
    return (double)ns / 1e9;
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

static double mean_seconds(int128 sum_ns, const struct summary *s)
{
    return ratio(seconds(sum_ns), (double)s->workers);
}

static double target_seconds(const struct summary *s, double target)
{
    return isnan(target) || s->target_ns < 0 ? NAN : seconds(s->target_ns);
}

/* How many times sooner than the first: at the target, or at the end where there is none. */
static double speed_up(const struct summary *s, const struct summary *first, double target)
{
    if (isnan(target))
        return ratio(seconds(first->virtual_ns), seconds(s->virtual_ns));
    double before = target_seconds(first, target), now = target_seconds(s, target);
    return before == now ? 1 : ratio(before, now); /* 0 / 0: both there before the first step */
}

static double idle_share(const struct summary *s)
{
    return ratio((double)s->waiting_ns, (double)s->workers * (double)s->virtual_ns);
}

/* How much longer it took than the closed form says, as a share; to 1e-4, so that noise never shows as -0. */
static double off_theory(const struct summary *s)
{
    double off = ratio((double)s->virtual_ns, (double)s->predicted_ns) - 1;
    return round(off * 1e4) / 1e4 + 0.0;
}

/* Columns of comparison.csv behind idle_share, under these heads in the table, which has them only where there may have
 * been faults. Times are means over the workers. */
static const struct fault_column {
    const char *head;
    size_t at;
    bool time; /* a wide sum */
} fault_columns[] = {{"crashes", offsetof(struct fault_totals, crashes), false},
                     {"lost", offsetof(struct fault_totals, lost), false},
                     {"restarts", offsetof(struct fault_totals, server_crashes), false},
                     {"undone", offsetof(struct fault_totals, undone), false},
                     {"away", offsetof(struct fault_totals, down_ns), true}};
enum { FAULT_COLUMNS = sizeof fault_columns / sizeof *fault_columns };

static int64_t fault_value(const struct summary *s, const struct fault_column *c)
{
    return *(const int64_t *)((const char *)&s->faults + c->at);
}

static double fault_seconds(const struct summary *s, const struct fault_column *c)
{
    return mean_seconds(*(const int128 *)((const char *)&s->faults + c->at), s);
}

static bool any_faulty(const struct summary *s, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any = any || s[i].faulty;
    return any;
}

static bool any_synthetic(const struct summary *s, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any = any || s[i].synthetic;
    return any;
}

/* The table. */

static void head(struct table_line *line, double target, bool faulty)
{
    static const char *const names[] = {"algorithm", "accuracy",  "loss",     "iterations", "rounds", "time",
                                        "vs theory", "to target", "speed-up", "up",         "down",   "idle"};
    for (size_t c = 0; c < sizeof names / sizeof *names; c++)
        if (strcmp(names[c], "to target") == 0 && !isnan(target))
            table_real(line, "to %.4g %%", 100 * target);
        else
            table_text(line, names[c]);
    for (int c = 0; faulty && c < FAULT_COLUMNS; c++)
        table_text(line, fault_columns[c].head);
    table_text(line, "wall");
}

static void fill_faults(struct table_line *line, const struct summary *s)
{
    for (const struct fault_column *c = fault_columns; c < fault_columns + FAULT_COLUMNS; c++)
        if (!s->faulty)
            table_text(line, NULL);
        else if (c->time)
            table_time(line, 1e9 * fault_seconds(s, c));
        else
            table_int(line, fault_value(s, c));
}

static void fill(struct table_line *line, const struct summary *s, const struct summary *all, int n,
                 double target)
{
    table_text(line, s->algorithm);
    table_percent(line, s->test_accuracy);
    table_real(line, "%.4f", s->test_loss);
    table_int(line, s->iterations);
    table_int(line, s->rounds);
    table_time(line, (double)s->virtual_ns);
    table_real(line, "%+.2f %%", 100 * off_theory(s));
    table_time(line, isnan(target) ? -1 : (double)s->target_ns);
    table_real(line, "%.2fx", speed_up(s, &all[0], target));
    table_bytes(line, (double)s->bytes_up);
    table_bytes(line, (double)s->bytes_down);
    table_percent(line, idle_share(s));
    if (any_faulty(all, n))
        fill_faults(line, s);
    table_time(line, s->wall_seconds * 1e9);
}

static void print_remarks(const struct summary *s, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(s[i].status, "done") != 0)
            printf("%s: %s\n", s[i].algorithm, s[i].status);
        if (s[i].replicas_equal == REPLICAS_DIFFER)
            printf("%s: a worker's replica DIFFERED from the server's model\n", s[i].algorithm);
    }
    if (s->clocked != CLOCKED_BY_MODEL)
        printf("*** %s: another run gives other figures ***\n",
               s->clocked == CLOCKED_REALLY ? "REAL CLOCK" : "MEASURED COMPUTE TIME");
    if (!s->trained)
        printf("*** NOTHING WAS TRAINED (experiment.train = no): times and bytes only ***\n");
    else if (any_synthetic(s, n))
        printf("*** SYNTHETIC DATA: these accuracies say nothing about a real data set ***\n");
}

void comparison_print(const struct summary *s, int n, double target)
{
    if (n == 0)
        return;
    struct table_line *lines = need(((size_t)n + 1) * sizeof *lines);
    head(&lines[0], target, any_faulty(s, n));
    for (int i = 0; i < n; i++)
        fill(&lines[i + 1], &s[i], s, n, target);
    printf("%s on %s%s, %" PRId64 " workers, seed %" PRId64 "; time is %s, speed-up over %s\n", s->model,
           s->dataset, any_synthetic(s, n) ? " (SYNTHETIC DATA)" : "", s->workers, s->seed,
           s->clocked == CLOCKED_REALLY ? "real" : "virtual", s->algorithm);
    table_print(lines, n + 1);
    print_remarks(s, n);
    free(lines);
}

/* The files. */

static struct csv *create(const char *folder, const char *name, const char *header)
{
    char *path = text_format("%s/%s", folder, name);
    struct csv *csv = csv_create(path, header);
    free(path);
    return csv;
}

static void seconds_or_nan(struct csv *csv, int64_t ns)
{
    if (ns < 0)
        csv_real(csv, NAN);
    else
        csv_seconds(csv, ns);
}

/* NaN where there were none to count, as in summary.json, which leaves them out. */
static void write_faults(struct csv *csv, const struct summary *s)
{
    for (const struct fault_column *c = fault_columns; c < fault_columns + FAULT_COLUMNS; c++)
        if (!s->faulty)
            csv_real(csv, NAN);
        else if (c->time)
            csv_real(csv, fault_seconds(s, c));
        else
            csv_int(csv, fault_value(s, c));
}

static void write_row(struct csv *csv, const struct summary *s, const struct summary *first, double target)
{
    csv_text(csv, s->algorithm);
    csv_real(csv, s->test_accuracy);
    csv_real(csv, s->best_accuracy);
    csv_real(csv, s->test_loss);
    csv_int(csv, s->iterations);
    csv_int(csv, s->rounds);
    csv_seconds(csv, s->virtual_ns);
    seconds_or_nan(csv, s->predicted_ns);
    csv_real(csv, target);
    seconds_or_nan(csv, isnan(target) ? -1 : s->target_ns);
    csv_real(csv, speed_up(s, first, target));
    csv_int(csv, s->bytes_up);
    csv_int(csv, s->bytes_down);
    csv_int(csv, s->bytes_initial);
    csv_real(csv, mean_seconds(s->communication_ns, s));
    csv_real(csv, idle_share(s));
    write_faults(csv, s);
    csv_int(csv, s->trained);
    csv_int(csv, s->synthetic);
    csv_end_row(csv);
}

const char comparison_header[] =
    "algorithm,test_accuracy,best_accuracy,test_loss,iterations,rounds,virtual_s,predicted_s,"
    "target_accuracy,target_s,speedup,bytes_up,bytes_down,bytes_initial,"
    "communication_s,idle_share,crashes,messages_lost,server_crashes,undone_iterations,down_s,trained,"
    "synthetic";

void comparison_write(const struct summary *s, int n, double target, const char *folder)
{
    struct csv *csv = create(folder, "comparison.csv", comparison_header);
    for (int i = 0; i < n; i++)
        write_row(csv, &s[i], &s[0], target);
    csv_close(csv);
}

void time_split_write(const struct summary *s, int n, const char *folder)
{
    struct csv *csv =
        create(folder, "time.csv", "algorithm,compute_s,communication_s,waiting_s,overlapped_s,virtual_s");
    for (int i = 0; i < n; i++) {
        csv_text(csv, s[i].algorithm);
        csv_real(csv, mean_seconds(s[i].compute_ns, &s[i]));
        csv_real(csv, mean_seconds(s[i].communication_ns, &s[i]));
        csv_real(csv, mean_seconds(s[i].waiting_ns, &s[i]));
        csv_real(csv, mean_seconds(s[i].overlapped_ns, &s[i]));
        csv_seconds(csv, s[i].virtual_ns);
        csv_end_row(csv);
    }
    csv_close(csv);
}
