/* The points of a grid in their order, and their names. Points are numbers in a mixed radix: each row is a
 * digit, and the first row is the most significant digit, so it varies slowest. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/sweep/grid.h"

enum { LONGEST_NAME = 160 }; /* file systems take 255 bytes */

/* ---- how many ---- */

/* A product that saturates at one more than the maximum, so that no product of rows overflows. */
static int product(int a, int b)
{
    return (long long)a * b > MOST_POINTS ? MOST_POINTS + 1 : a * b;
}

/* Number of combinations, or trials, of the values of one algorithm's own rows; algorithm -1: of the shared rows. */
static int combinations(const struct grid *grid, int algorithm)
{
    int n = 1;
    for (int i = 0; i < grid->rows && algorithm >= 0 && grid->own == OWN_TRIALS; i++)
        if (grid->row[i].algorithm == algorithm)
            return grid->row[i].n;
    for (int i = 0; i < grid->rows; i++)
        if (grid->row[i].algorithm == algorithm)
            n = product(n, grid->row[i].n);
    return n;
}

static bool has_rows(const struct grid *grid, int algorithm)
{
    for (int i = 0; i < grid->rows; i++)
        if (grid->row[i].algorithm == algorithm)
            return true;
    return false;
}

/* Number of points that one point of the shared grid becomes. Fills in grid->combinations. */
static int count_groups(struct grid *grid)
{
    int groups = 0;
    bool any_plain = false;
    for (int i = 0; i < grid->algorithms; i++) {
        bool chooses = grid->own != OWN_SETTINGS && has_rows(grid, i);
        grid->combinations[i] = chooses ? combinations(grid, i) : 0;
        any_plain |= grid->combinations[i] == 0;
        groups += grid->combinations[i];
        if (groups > MOST_POINTS)
            return MOST_POINTS + 1;
    }
    return groups + any_plain;
}

/* ---- names ---- */

static const char *last_part(const char *key)
{
    return strrchr(key, '.') + 1;
}

const char *swept_label(const struct grid *grid, const struct swept *s)
{
    if (s->algorithm >= 0)
        return strchr(s->key, '.') + 1;
    for (int i = 0; i < grid->rows; i++)
        if (&grid->row[i] != s && grid->row[i].algorithm < 0 &&
            strcmp(last_part(grid->row[i].key), last_part(s->key)) == 0)
            return s->key;
    return last_part(s->key);
}

char *swept_values(const struct swept *s)
{
    char *list = text_copy(s->value[0]);
    for (int v = 1; v < s->n; v++) {
        char *longer = text_format("%s, %s", list, s->value[v]);
        free(list);
        list = longer;
    }
    return list;
}

char *grid_setting(const struct grid *grid, int setting)
{
    const struct point *p = grid->point;
    char *text = text_copy("");
    while (p->setting != setting)
        p++;
    for (int i = 0; i < grid->rows; i++) {
        const struct swept *s = &grid->row[i];
        if (s->algorithm >= 0 || i == grid->seed_row)
            continue;
        char *longer =
            text_format("%s%s%s=%s", text, *text ? ", " : "", swept_label(grid, s), s->value[p->value[i]]);
        free(text);
        text = longer;
    }
    return text;
}

/* Keeps only characters that every file system and shell accepts. If two names become equal, their indices
 * still differ. */
static char *made_safe(const char *value)
{
    char *safe = text_copy(value);
    for (char *c = safe; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-+._", *c))
            *c = '_';
    return safe;
}

static char *name_of(const struct grid *grid, const struct point *p)
{
    char name[LONGEST_NAME + 1];
    size_t used = (size_t)snprintf(name, sizeof name, "%04d", p->index);
    const char *before = "-";
    for (int i = 0; i < grid->rows && used < sizeof name; i++) {
        const struct swept *s = &grid->row[i];
        if (p->value[i] < 0 || (s->algorithm >= 0 && grid->own == OWN_SETTINGS))
            continue;
        char *value = made_safe(s->value[p->value[i]]);
        used +=
            (size_t)snprintf(name + used, sizeof name - used, "%s%s=%s", before, swept_label(grid, s), value);
        before = ",";
        free(value);
    }
    return text_copy(name);
}

/* ---- the points ---- */

static void take_trial(const struct grid *grid, int algorithm, int trial, int *value)
{
    for (int i = 0; i < grid->rows; i++)
        if (grid->row[i].algorithm == algorithm)
            value[i] = trial;
}

static void take_setting(const struct grid *grid, int setting, int *value)
{
    for (int i = 0; i < grid->rows; i++)
        if (grid->row[i].algorithm >= 0)
            value[i] = grid->row[i].n > 1 ? setting : 0;
}

/* Writes the digits of `number` into the values of the rows of one algorithm (-1: of the shared rows). */
static void decode(const struct grid *grid, int algorithm, int number, int *value)
{
    for (int i = grid->rows - 1; i >= 0; i--)
        if (grid->row[i].algorithm == algorithm) {
            value[i] = number % grid->row[i].n;
            number /= grid->row[i].n;
        }
}

/* The inverse of decode for the shared rows, without the digit of the seed. */
static int setting_of(const struct grid *grid, const int *value)
{
    int setting = 0;
    for (int i = 0; i < grid->rows; i++)
        if (grid->row[i].algorithm < 0 && i != grid->seed_row)
            setting = setting * grid->row[i].n + value[i];
    return setting;
}

static void add_point(struct grid *grid, int shared, int alone, int combination)
{
    struct point *p = &grid->point[grid->points++];
    *p = (struct point){.index = grid->points,
                        .alone = alone,
                        .combination = combination,
                        .value = need((size_t)grid->rows * sizeof *p->value)};
    for (int i = 0; i < grid->rows; i++)
        p->value[i] = -1;
    decode(grid, -1, shared, p->value);
    p->setting = setting_of(grid, p->value);
    if (alone >= 0)
        (grid->own == OWN_TRIALS ? take_trial : decode)(grid, alone, combination, p->value);
    if (grid->own == OWN_SETTINGS)
        take_setting(grid, p->setting, p->value);
    p->seed = grid->seed_row >= 0 ? p->value[grid->seed_row] : 0;
    p->name = name_of(grid, p);
}

/* One point for all algorithms without own rows, if there are any; then the others, each alone. */
static void add_group(struct grid *grid, int shared)
{
    for (int a = 0; a < grid->algorithms; a++)
        if (grid->combinations[a] == 0) {
            add_point(grid, shared, -1, 0);
            break;
        }
    for (int a = 0; a < grid->algorithms; a++)
        for (int v = 0; v < grid->combinations[a]; v++)
            add_point(grid, shared, a, v);
}

/* ---- own values that belong together ---- */

static bool check_trials(const struct grid *grid, const struct swept *s, char *error, size_t size)
{
    const struct swept *first = grid->row;
    while (first->algorithm != s->algorithm)
        first++;
    if (s->n == first->n)
        return true;
    snprintf(error, size,
             "%s: %s: expected %d value%s, as many as %s has (%s), since with sweep.own_values = trials they "
             "belong together, got %d",
             s->place, s->key, first->n, first->n > 1 ? "s" : "", first->key, first->place, s->n);
    return false;
}

static bool check_settings(const struct grid *grid, const struct swept *s, char *error, size_t size)
{
    char several[96] = "since there is one combination of the other keys";
    if (s->n == 1 || s->n == grid->settings)
        return true;
    if (grid->settings > 1)
        snprintf(several, sizeof several, "or %d, one for each combination of the other keys",
                 grid->settings);
    snprintf(error, size, "%s: %s: expected one value, %s (sweep.own_values = settings), got %d", s->place,
             s->key, several, s->n);
    return false;
}

static bool check_own(const struct grid *grid, char *error, size_t size)
{
    bool good = true;
    for (int i = 0; i < grid->rows && good && grid->own != OWN_COMBINE; i++)
        if (grid->row[i].algorithm >= 0)
            good =
                (grid->own == OWN_TRIALS ? check_trials : check_settings)(grid, &grid->row[i], error, size);
    return good;
}

bool grid_enumerate(struct grid *grid, char *error, size_t size)
{
    int shared = combinations(grid, -1), points = product(shared, count_groups(grid));
    if (points > MOST_POINTS) {
        snprintf(error, size, "[sweep]: expected at most %d points, got more", MOST_POINTS);
        return false;
    }
    grid->seeds = grid->seed_row >= 0 ? grid->row[grid->seed_row].n : 1;
    grid->settings = shared / grid->seeds;
    if (!check_own(grid, error, size))
        return false;
    grid->point = need((size_t)points * sizeof *grid->point);
    for (int i = 0; i < shared; i++)
        add_group(grid, i);
    return true;
}
