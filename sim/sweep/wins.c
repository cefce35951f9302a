/* Counts the points of a sweep at which an algorithm is faster than the first one, for each combination of values of
 * the keys in sweep.count_by. A combination is a number in a mixed radix, of which the first key is the most
 * significant digit, as in points.c. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/output/table.h"
#include "sim/sweep/results.h"
#include "sim/sweep/sweep_file.h"

/* ---- combinations ---- */

static const struct swept *key_of(const struct results *r, int i)
{
    return &r->grid->row[r->grid->counted[i]];
}

int wins_combinations(const struct results *r)
{
    int n = r->grid->counts > 0;
    for (int i = 0; i < r->grid->counts; i++)
        n *= key_of(r, i)->n;
    return n;
}

static int digit(const struct results *r, int combination, int i)
{
    for (int j = r->grid->counts - 1; j > i; j--)
        combination /= key_of(r, j)->n;
    return combination % key_of(r, i)->n;
}

const char *wins_value(const struct results *r, int combination, int i)
{
    return key_of(r, i)->value[digit(r, combination, i)];
}

char *wins_words(const struct results *r, int combination)
{
    char *words = text_copy("");
    for (int i = 0; i < r->grid->counts; i++) {
        char *longer = text_format("%s%s%s=%s", words, *words ? ", " : "", swept_label(r->grid, key_of(r, i)),
                                   wins_value(r, combination, i));
        free(words);
        words = longer;
    }
    return words;
}

/* ---- counts ---- */

static bool is_at(const struct results *r, const struct point *p, int combination)
{
    for (int i = 0; i < r->grid->counts; i++)
        if (p->value[r->grid->counted[i]] != digit(r, combination, i))
            return false;
    return true;
}

/* Whether this combination of the algorithm's own values is shown at the setting. */
static bool is_shown(const struct results *r, int setting, int algorithm, int own)
{
    return r->chosen[setting * r->grid->algorithms + algorithm] < 0 ||
           results_is_best(r, setting, algorithm, own);
}

static void count(const struct results *r, int setting, int algorithm, struct wins *wins)
{
    for (int own = 0; own < results_combinations(r, algorithm); own++) {
        double speedup = results_spread(r, results_at(r, setting, algorithm, own), r->at.speedup).mean;
        if (isnan(speedup) || !is_shown(r, setting, algorithm, own))
            continue;
        wins->points++;
        wins->faster += speedup > 1;
    }
}

struct wins wins_of(const struct results *r, int combination, int algorithm)
{
    struct wins wins = {0};
    int done = -1; /* points come in the order of their settings, but for the seeds */
    for (int i = 0; i < r->grid->points; i++) {
        const struct point *p = &r->grid->point[i];
        bool first = p->seed == 0 && p->setting > done;
        if (!first || !is_at(r, p, combination))
            continue;
        done = p->setting;
        for (int a = 1; a < r->grid->algorithms; a++)
            if (algorithm < 0 || a == algorithm)
                count(r, p->setting, a, &wins);
    }
    return wins;
}

static double share_of(struct wins w)
{
    return w.points > 0 ? (double)w.faster / w.points : -1;
}

int *wins_order(const struct results *r)
{
    int n = wins_combinations(r), *order = need((size_t)(n + 1) * sizeof *order);
    double *share = need((size_t)(n + 1) * sizeof *share);
    for (int i = 0; i < n; i++) {
        share[i] = share_of(wins_of(r, i, -1));
        int at = i;
        for (; at > 0 && share[order[at - 1]] < share[i]; at--)
            order[at] = order[at - 1];
        order[at] = i;
    }
    free(share);
    return order;
}

/* ---- sweep_wins.csv ---- */

static char *header_of(const struct results *r)
{
    char *header = text_copy("");
    for (int i = 0; i < r->grid->counts; i++) {
        char *longer = text_format("%s%s,", header, key_of(r, i)->key);
        free(header);
        header = longer;
    }
    char *whole = text_format("%sat,algorithm,label,faster,points", header);
    free(header);
    return whole;
}

const char wins_file[] = "sweep_wins.csv";

void wins_write(const struct results *r, const char *folder)
{
    if (r->grid->counts == 0)
        return;
    int n = wins_combinations(r), *order = wins_order(r);
    struct sweep_file file = sweep_file_open(folder, wins_file, header_of(r));
    for (int c = 0; c < n; c++)
        for (int a = 1; a < r->grid->algorithms; a++) {
            struct wins wins = wins_of(r, order[c], a);
            char *words = wins_words(r, order[c]);
            for (int i = 0; i < r->grid->counts; i++)
                csv_text(file.csv, key_of(r, i)->number[digit(r, order[c], i)]);
            csv_text(file.csv, words);
            csv_text(file.csv, r->grid->algorithm[a]);
            csv_text(file.csv, results_label(r, a));
            csv_int(file.csv, wins.faster);
            csv_int(file.csv, wins.points);
            csv_end_row(file.csv);
            free(words);
        }
    sweep_file_close(&file);
    free(order);
}

/* ---- the table ---- */

static void fill(struct table_line *line, const struct results *r, int combination)
{
    char cell[64];
    for (int i = 0; i < r->grid->counts; i++)
        table_text(line, wins_value(r, combination, i));
    for (int a = 1; a < r->grid->algorithms; a++)
        table_int(line, wins_of(r, combination, a).faster);
    struct wins all = wins_of(r, combination, -1);
    snprintf(cell, sizeof cell, "%d of %d", all.faster, all.points);
    table_text(line, cell);
}

static void head(struct table_line *line, const struct results *r)
{
    for (int i = 0; i < r->grid->counts; i++)
        table_text(line, swept_label(r->grid, key_of(r, i)));
    for (int a = 1; a < r->grid->algorithms; a++)
        table_text(line, r->grid->algorithm[a]);
    table_text(line, "all");
}

void wins_print(const struct results *r)
{
    if (r->grid->counts == 0)
        return;
    int n = wins_combinations(r), *order = wins_order(r);
    struct table_line *lines = need((size_t)(n + 1) * sizeof *lines);
    const struct table_fit fit = {.keys = r->grid->counts, .where = wins_file};
    printf("points at which an algorithm is faster than %s\n", r->grid->algorithm[0]);
    head(&lines[0], r);
    for (int c = 0; c < n; c++)
        fill(&lines[c + 1], r, order[c]);
    table_print(lines, n + 1, &fit);
    free(lines);
    free(order);
}
