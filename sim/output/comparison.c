/* The algorithms of one run side by side: a table for the terminal, comparison.csv and time.csv for the
 * plots. */
#include "sim/output/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/csv.h"

/* Shared by the table and the CSV. */

static double seconds(int64_t ns)
{
    return (double)ns / 1e9;
}

static double ratio(double a, double b)
{
    return b > 0 ? a / b : NAN;
}

static double mean_seconds(int64_t sum_ns, const struct summary *s)
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

static bool any_synthetic(const struct summary *s, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any = any || s[i].synthetic;
    return any;
}

/* The table: all cells are made first, so that each column is as wide as its widest. */

enum { COLUMNS = 12, CELL = 72 };

struct line {
    char cell[COLUMNS][CELL];
};

static void put_percent(char *cell, double share)
{
    snprintf(cell, CELL, isnan(share) ? "-" : "%.2f %%", 100 * share);
}

static void put_real(char *cell, const char *format, double value)
{
    if (isnan(value))
        snprintf(cell, CELL, "-");
    else
        snprintf(cell, CELL, format, value);
}

static void put_time(char *cell, int64_t ns)
{
    if (ns < 0)
        snprintf(cell, CELL, "-");
    else
        text_duration(cell, CELL, ns);
}

static void head(struct line *line, double target)
{
    static const char *const names[COLUMNS] = {"algorithm", "accuracy", "loss",      "iterations",
                                               "rounds",    "time",     "to target", "speed-up",
                                               "up",        "down",     "idle",      "wall"};
    for (int c = 0; c < COLUMNS; c++)
        snprintf(line->cell[c], CELL, "%s", names[c]);
    if (!isnan(target))
        snprintf(line->cell[6], CELL, "to %.4g %%", 100 * target);
}

static void fill(struct line *line, const struct summary *s, const struct summary *first, double target)
{
    int c = 0;
    snprintf(line->cell[c++], CELL, "%s", s->algorithm);
    put_percent(line->cell[c++], s->test_accuracy);
    put_real(line->cell[c++], "%.4f", s->test_loss);
    snprintf(line->cell[c++], CELL, "%" PRId64, s->iterations);
    snprintf(line->cell[c++], CELL, "%" PRId64, s->rounds);
    put_time(line->cell[c++], s->virtual_ns);
    put_time(line->cell[c++], isnan(target) ? -1 : s->target_ns);
    put_real(line->cell[c++], "%.2fx", speed_up(s, first, target));
    text_bytes(line->cell[c++], CELL, (uint64_t)s->bytes_up);
    text_bytes(line->cell[c++], CELL, (uint64_t)s->bytes_down);
    put_percent(line->cell[c++], idle_share(s));
    text_duration(line->cell[c++], CELL, (int64_t)(s->wall_seconds * 1e9));
}

/* The name to the left, numbers to the right. */
static void print_lines(const struct line *lines, int n)
{
    int width[COLUMNS] = {0};
    for (int i = 0; i < n; i++)
        for (int c = 0; c < COLUMNS; c++)
            if ((int)strlen(lines[i].cell[c]) > width[c])
                width[c] = (int)strlen(lines[i].cell[c]);
    for (int i = 0; i < n; i++) {
        printf("%-*s", width[0], lines[i].cell[0]);
        for (int c = 1; c < COLUMNS; c++)
            printf("  %*s", width[c], lines[i].cell[c]);
        putchar('\n');
    }
}

static void print_remarks(const struct summary *s, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(s[i].status, "done") != 0)
            printf("%s: %s\n", s[i].algorithm, s[i].status);
        if (s[i].replicas_equal == REPLICAS_DIFFER)
            printf("%s: a worker's replica DIFFERED from the server's model\n", s[i].algorithm);
    }
    if (any_synthetic(s, n))
        printf("*** SYNTHETIC DATA: these accuracies say nothing about a real data set ***\n");
}

void comparison_print(const struct summary *s, int n, double target)
{
    if (n == 0)
        return;
    struct line *lines = need(((size_t)n + 1) * sizeof *lines);
    head(&lines[0], target);
    for (int i = 0; i < n; i++)
        fill(&lines[i + 1], &s[i], &s[0], target);
    printf("%s on %s%s, %" PRId64 " workers, seed %" PRId64 "; time is virtual, speed-up over %s\n", s->model,
           s->dataset, any_synthetic(s, n) ? " (SYNTHETIC DATA)" : "", s->workers, s->seed, s->algorithm);
    print_lines(lines, n + 1);
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

static void write_row(struct csv *csv, const struct summary *s, const struct summary *first, double target)
{
    csv_text(csv, s->algorithm);
    csv_real(csv, s->test_accuracy);
    csv_real(csv, s->best_accuracy);
    csv_real(csv, s->test_loss);
    csv_int(csv, s->iterations);
    csv_int(csv, s->rounds);
    csv_seconds(csv, s->virtual_ns);
    csv_real(csv, target);
    if (isnan(target_seconds(s, target)))
        csv_real(csv, NAN);
    else
        csv_seconds(csv, s->target_ns);
    csv_real(csv, speed_up(s, first, target));
    csv_int(csv, s->bytes_up);
    csv_int(csv, s->bytes_down);
    csv_int(csv, s->bytes_initial);
    csv_real(csv, mean_seconds(s->communication_ns, s));
    csv_real(csv, idle_share(s));
    csv_int(csv, s->synthetic);
    csv_end_row(csv);
}

void comparison_write(const struct summary *s, int n, double target, const char *folder)
{
    struct csv *csv = create(folder, "comparison.csv",
                             "algorithm,test_accuracy,best_accuracy,test_loss,iterations,rounds,virtual_s,"
                             "target_accuracy,target_s,speedup,bytes_up,bytes_down,bytes_initial,"
                             "communication_s,idle_share,synthetic");
    for (int i = 0; i < n; i++)
        write_row(csv, &s[i], &s[0], target);
    csv_close(csv);
}

void time_split_write(const struct summary *s, int n, const char *folder)
{
    struct csv *csv = create(folder, "time.csv", "algorithm,compute_s,communication_s,waiting_s,virtual_s");
    for (int i = 0; i < n; i++) {
        csv_text(csv, s[i].algorithm);
        csv_real(csv, mean_seconds(s[i].compute_ns, &s[i]));
        csv_real(csv, mean_seconds(s[i].communication_ns, &s[i]));
        csv_real(csv, mean_seconds(s[i].waiting_ns, &s[i]));
        csv_seconds(csv, s[i].virtual_ns);
        csv_end_row(csv);
    }
    csv_close(csv);
}
