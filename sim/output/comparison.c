/* The algorithms of one run side by side: a table for the terminal, comparison.csv and time.csv for the
 * plots. Every struct summary becomes a struct comparison_row; the columns of sim/schema/ say which
 * members are printed, and how. */
#include "sim/output/summary.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/fields.h"
#include "sim/output/table.h"
#include "sim/schema/judged.h"

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

/* A budget has ended the run before all iterations were in the model. */
static bool is_cut(const struct summary *s, const struct comparison_terms *terms)
{
    return *terms->budget && (terms->iterations == 0 || s->iterations < terms->iterations);
}

/* How many times sooner than the first algorithm: at the target, or, without a target, at the end, unless a budget has
 * ended one of the two: times of different work say nothing. */
static double speed_up(const struct summary *s, const struct summary *first,
                       const struct comparison_terms *terms)
{
    if (isnan(terms->target))
        return is_cut(s, terms) || is_cut(first, terms)
                   ? NAN
                   : ratio(seconds(first->virtual_ns), seconds(s->virtual_ns));
    double before = target_seconds(first, terms->target), now = target_seconds(s, terms->target);
    return before == now ? 1 : ratio(before, now); /* 0 / 0: both are at the target before the first step */
}

static int64_t count_of(const struct summary *s, int64_t faults)
{
    return s->faulty ? faults : -1;
}

static struct comparison_row row_of(const struct summary *s, const struct summary *first,
                                    const struct comparison_terms *terms)
{
    double target = terms->target;
    bool reached = !isnan(target) && s->target_ns >= 0;
    struct comparison_row row = {
        .algorithm = s->algorithm,
        .test_accuracy = s->test_accuracy,
        .best_accuracy = s->best_accuracy,
        .test_loss = s->test_loss,
        .iterations = s->iterations,
        .rounds = s->rounds,
        .virtual_ns = s->virtual_ns,
        .predicted_ns = s->predicted_ns,
        .target_accuracy = target,
        .target_ns = reached ? s->target_ns : -1,
        .speedup = speed_up(s, first, terms),
        .bytes_up = s->bytes_up,
        .bytes_down = s->bytes_down,
        .bytes_initial = s->bytes_initial,
        .communication_s = mean_seconds(s->communication_ns, s),
        .idle_share = ratio((double)s->waiting_ns, (double)s->workers * (double)s->virtual_ns),
        .crashes = count_of(s, s->faults.crashes),
        .messages_lost = count_of(s, s->faults.lost),
        .server_crashes = count_of(s, s->faults.server_crashes),
        .undone_iterations = count_of(s, s->faults.undone),
        .down_s = s->faulty ? mean_seconds(s->faults.down_ns, s) : NAN,
        .trained = s->trained,
        .synthetic = s->synthetic,
        .label = s->label,
        .variant_of = s->variant_of,
        .target_bytes_up = reached ? s->target_bytes_up : -1,
        .target_bytes_down = reached ? s->target_bytes_down : -1,
        .exchange = s->exchange,
        .overlap = s->overlap,
        .utilisation = s->utilisation,
        .coding_s = mean_seconds(s->coding_ns, s),
        .validation_accuracy = s->validation_accuracy,
        .validation_loss = s->validation_loss,
        .judged_on = s->judged_on,
        .before_target_ns = reached ? s->before_target_ns : -1,
    };
    memcpy(row.accuracy_at, s->accuracy_at, sizeof row.accuracy_at);
    memcpy(row.validation_at, s->validation_at, sizeof row.validation_at);
    return row;
}

/* How much longer a run took than the closed form says, as a share. Rounded to 1e-4, so that the table
 * never shows -0. */
static double off_theory(const struct comparison_row *r)
{
    double off = ratio((double)r->virtual_ns, (double)r->predicted_ns) - 1;
    return round(off * 1e4) / 1e4 + 0.0;
}

static bool any_faulty(const struct summary *s, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any = any || s[i].faulty;
    return any;
}

/* f: a column of words. */
static bool any_unusual(const struct field *f, const struct summary *s, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++) {
        struct comparison_row row = row_of(&s[i], s, &(struct comparison_terms){.target = NAN, .budget = ""});
        const char *word;
        memcpy(&word, (const char *)&row + f->offset, sizeof word);
        any = any || strcmp(word, f->usual) != 0;
    }
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

/* A column without numbers is left out, where the configuration says that there can be none, and so is a column of
 * words where all have the usual one. */
static bool can_have_numbers(const struct field *f, const struct summary *s, int n,
                             const struct comparison_terms *terms)
{
    double target = terms->target;
    bool no_times = isnan(target) && is_cut(s, terms);
    bool of_training = f->when == AT_A_MILESTONE ||
                       f->offset == offsetof(struct comparison_row, test_accuracy) ||
                       f->offset == offsetof(struct comparison_row, test_loss);
    return !(of_training && !s->trained) && (f->form != FORM_WORD || any_unusual(f, s, n)) &&
           !(f->when == WITH_VALIDATION && (!s->trained || !judged_on_validation(s->judged_on))) &&
           !(f->when == WITH_FAULTS && !any_faulty(s, n)) && !(f->when == WITH_TARGET && isnan(target)) &&
           !(f->form == FORM_TIMES && no_times);
}

/* The columns that the terminal shows; NULL ends them. The caller frees. */
static const struct field **shown_columns(const struct columns *columns, const struct summary *s, int n,
                                          const struct comparison_terms *terms)
{
    const struct field **shown = columns_shown(columns), **at = shown;
    for (const struct field **f = shown; *f; f++)
        if (!(*f)->report_only && can_have_numbers(*f, s, n, terms))
            *at++ = *f;
    *at = NULL;
    return shown;
}

/* The order in which the terminal leaves columns out if it is too narrow; the others always stay. By the names
 * of comparison.csv, but for the wall time, which is not there. */
static const char *const leave_out[] = {
    "wall",          "predicted_s", "rounds",  "iterations", "undone_iterations", "server_crashes",
    "messages_lost", "down_s",      "crashes", "idle_share", "test_loss"};
enum { LEFT_MOST = sizeof leave_out / sizeof *leave_out };

/* The headings of these columns; NULL ends them. */
static void headings_to_leave(const struct columns *columns, const char *headings[LEFT_MOST + 1])
{
    for (int i = 0; i < LEFT_MOST; i++) {
        headings[i] = leave_out[i];
        for (int c = 0; c < columns->n; c++)
            if (strcmp(columns->field[c].name, leave_out[i]) == 0)
                headings[i] = columns->field[c].head;
    }
    headings[LEFT_MOST] = NULL;
}

static void head(struct table_line *line, const struct field *const *shown, double target,
                 const char *judged_on)
{
    table_text(line, "algorithm");
    for (; *shown; shown++) {
        char *heading = columns_heading(*shown, target, judged_on);
        table_text(line, heading);
        free(heading);
    }
    table_text(line, "wall");
}

/* The value of the column: whole numbers as they are, times in ns, means of times in seconds; NAN: no
 * value. */
static double value_of(const struct comparison_row *r, const struct field *f)
{
    const void *value = (const char *)r + f->offset;
    if (f->kind == FIELD_REAL)
        return *(const double *)value;
    int64_t whole = *(const int64_t *)value;
    bool missing = whole < 0 && (f->kind == FIELD_SECONDS_OR_NAN || f->kind == FIELD_COUNT_OR_NAN);
    return missing ? NAN : (double)whole;
}

static void fill_cell(struct table_line *line, const struct comparison_row *r, const struct field *f)
{
    double value = f->form == FORM_WORD ? NAN : value_of(r, f);
    switch (f->form) {
    case FORM_SHARE:
        table_percent(line, value);
        break;
    case FORM_REAL:
        table_real(line, "%.4f", value);
        break;
    case FORM_COUNT:
        table_real(line, "%.0f", value);
        break;
    case FORM_TIME:
        table_time(line, f->kind == FIELD_REAL ? 1e9 * value : value);
        break;
    case FORM_OFF:
        table_real(line, "%+.2f %%", 100 * off_theory(r));
        break;
    case FORM_TIMES:
        table_real(line, "%.2fx", value);
        break;
    case FORM_BYTES:
        table_bytes(line, value);
        break;
    case FORM_WORD:
        table_text(line, *(const char *const *)((const char *)r + f->offset));
        break;
    }
}

static void fill(struct table_line *line, const struct summary *s, const struct comparison_row *row,
                 const struct field *const *shown)
{
    table_name(line, s->algorithm, s->label);
    for (; *shown; shown++)
        fill_cell(line, row, *shown);
    table_time(line, s->wall_seconds * 1e9);
}

/* Says why an algorithm has no accuracy at a milestone: "at 60 s: bsp, losp ended before". */
static void print_ends(const struct summary *s, int n, const struct columns *columns)
{
    for (int c = comparison_columns.n; c < columns->n && columns->field[c].when == AT_A_MILESTONE; c++) {
        const char *between = ": ";
        for (int i = 0; i < n; i++)
            if (isnan(s[i].accuracy_at[c - comparison_columns.n])) {
                printf("%s%s%s", *between == ':' ? columns->field[c].head : "", between, s[i].algorithm);
                between = ", ";
            }
        fputs(*between == ',' ? " ended before\n" : "", stdout);
    }
}

static bool any_untrue(const struct summary *s, int n)
{
    for (int i = 0; i < n; i++)
        if (exchange_is_untrue(s[i].exchange))
            return true;
    return false;
}

static void print_remarks(const struct summary *s, int n)
{
    for (int i = 0; i < n; i++) {
        if (strcmp(s[i].status, "done") != 0)
            printf("%s: %s\n", s[i].algorithm, s[i].status);
        if (s[i].replicas_equal == REPLICAS_DIFFER)
            printf("%s: a worker's replica DIFFERED from the server's model\n", s[i].algorithm);
    }
    if (any_untrue(s, n))
        puts("*** CODES TRAVEL AS IF THEY ADDED UP (network.all_gather = no): no cluster can do this ***");
    if (s->clocked != CLOCKED_BY_MODEL)
        printf("*** %s: another run gives other figures ***\n",
               s->clocked == CLOCKED_REALLY ? "REAL CLOCK" : "MEASURED COMPUTE TIME");
    if (!s->trained)
        printf("*** NOTHING WAS TRAINED (experiment.train = no): times and bytes only ***\n");
    else if (any_synthetic(s, n))
        printf("*** SYNTHETIC DATA: these accuracies say nothing about a real data set ***\n");
}

static bool shows(const struct field *const *shown, enum field_form form)
{
    for (; *shown; shown++)
        if ((*shown)->form == form)
            return true;
    return false;
}

void comparison_print(const struct summary *s, int n, const struct comparison_terms *terms)
{
    if (n == 0)
        return;
    struct table_line *lines = need(((size_t)n + 1) * sizeof *lines);
    struct columns columns = columns_of_comparison(s[0].milestones);
    const struct field **shown = shown_columns(&columns, s, n, terms);
    const char *left[LEFT_MOST + 1];
    headings_to_leave(&columns, left);
    head(&lines[0], shown, terms->target, s[0].judged_on);
    for (int i = 0; i < n; i++) {
        struct comparison_row row = row_of(&s[i], &s[0], terms);
        fill(&lines[i + 1], &s[i], &row, shown);
    }
    printf("%s on %s%s, %" PRId64 " workers, seed %" PRId64 "%s%s; time is %s%s%s%s\n", s->model, s->dataset,
           any_synthetic(s, n) ? " (SYNTHETIC DATA)" : "", s->workers, s->seed,
           *terms->budget ? ", budget " : "", terms->budget,
           s->clocked == CLOCKED_REALLY ? "real" : "virtual",
           shows(shown, FORM_TIMES) ? ", speed-up over " : "", shows(shown, FORM_TIMES) ? s->algorithm : "",
           shows(shown, FORM_OFF) ? ", formula of --explain" : "");
    table_print(
        lines, n + 1,
        &(struct table_fit){.keys = 1, .leave_out = left, .where = "comparison.csv and summary.json"});
    if (s->trained)
        print_ends(s, n, &columns);
    print_remarks(s, n);
    free(shown);
    columns_end(&columns);
    free(lines);
}

/* The files. */

void comparison_write(const struct summary *s, int n, const struct comparison_terms *terms,
                      const char *folder)
{
    struct columns columns = columns_of_comparison(s[0].milestones);
    struct csv *csv = fields_open(folder, &columns, NULL);
    for (int i = 0; i < n; i++) {
        struct comparison_row row = row_of(&s[i], &s[0], terms);
        fields_write(csv, &columns, &row);
    }
    csv_close(csv);
    columns_end(&columns);
}

void time_split_write(const struct summary *s, int n, const char *folder)
{
    struct csv *csv = fields_open(folder, &time_columns, NULL);
    for (int i = 0; i < n; i++)
        fields_write(csv, &time_columns,
                     &(struct time_row){.algorithm = s[i].algorithm,
                                        .compute_s = mean_seconds(s[i].compute_ns, &s[i]),
                                        .communication_s = mean_seconds(s[i].communication_ns, &s[i]),
                                        .waiting_s = mean_seconds(s[i].waiting_ns, &s[i]),
                                        .overlapped_s = mean_seconds(s[i].overlapped_ns, &s[i]),
                                        .virtual_ns = s[i].virtual_ns});
    csv_close(csv);
}
