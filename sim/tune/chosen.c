/* What the sweep of a tuning has found: the best trial of each algorithm at each setting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/sweep/sweep_file.h"
#include "sim/tune/trials.h"
#include "sim/tune/tuning.h"

static int chosen_of(const struct results *r, int setting, int algorithm)
{
    return r->chosen[setting * r->grid->algorithms + algorithm];
}

/* The row of the grid that a tuned key has become; -1: a key that is set, as it has one value. */
static int row_of(const struct results *r, const struct tuned_key *k)
{
    for (int i = 0; i < r->grid->rows; i++)
        if (strcmp(r->grid->row[i].key, k->key) == 0)
            return i;
    return -1;
}

static const char *value_of(const struct results *r, const struct tuned_key *k, int setting)
{
    int row = row_of(r, k), chosen = chosen_of(r, setting, k->algorithm);
    if (row < 0)
        return k->values.list.value[0];
    const struct point *point = results_at(r, setting, k->algorithm, chosen)[0].point;
    return r->grid->row[row].value[point->value[row]];
}

/* ---- rows for the final runs ---- */

static bool refuse_none(const struct tuning *t, const struct results *r, int setting, int algorithm,
                        char *error, size_t size)
{
    char *where = grid_setting(r->grid, setting);
    bool unfit = chosen_of(r, setting, algorithm) == NONE_FIT;
    snprintf(error, size, "%s: %s has no best trial%s%s: none of %d %s%s", r->sweep->folder,
             t->algorithm[algorithm], *where ? " at " : "", where, t->trials,
             unfit ? unfit_words(r->sweep->tune) : "was trained to its end",
             t->by == TUNE_TARGET || t->by == TUNE_AT ? "; tune.by = accuracy chooses nevertheless"
                                                      : "; smaller values in [tune] may train");
    free(where);
    return false;
}

static bool check_chosen(const struct tuning *t, const struct results *r, char *error, size_t size)
{
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int a = 0; a < t->algorithms; a++)
            if (chosen_of(r, setting, a) < 0)
                return refuse_none(t, r, setting, a, error, size);
    return true;
}

static bool add_key(const struct results *r, const struct tuned_key *k, struct config_source *src,
                    char *error, size_t size)
{
    int n = r->grid->settings;
    char **value = need((size_t)n * sizeof *value);
    for (int i = 0; i < n; i++)
        value[i] = (char *)value_of(r, k, i);
    bool good = trials_add(src, k->key, value, n, error, size);
    free(value);
    return good;
}

bool tuning_choose(const struct tuning *t, const struct results *r, struct config_source *src, char *error,
                   size_t size)
{
    bool good =
        check_chosen(t, r, error, size) && trials_set(src, "sweep.own_values", "settings", error, size);
    for (int i = 0; i < t->keys && good; i++)
        good = add_key(r, &t->key[i], src, error, size);
    return good;
}

/* ---- words ---- */

char *tuning_values(const struct tuning *t, const struct results *r, int setting, int algorithm)
{
    char *text = text_copy("");
    for (int i = 0; i < t->keys; i++) {
        const struct tuned_key *k = &t->key[i];
        if (k->algorithm != algorithm)
            continue;
        char *longer = text_format("%s%s%s = %s", text, *text ? ", " : "", strrchr(k->key, '.') + 1,
                                   value_of(r, k, setting));
        free(text);
        text = longer;
    }
    return text;
}

/* ---- edges ---- */

/* Of words that are drawn from a list the ends are those of the list, drawn or not. */
static bool is_end(const struct tuned_key *k, const struct swept *trials, bool largest)
{
    const struct swept *list = &k->values.list;
    if (k->values.kind != DISTRIBUTION_LIST)
        return true;
    return swept_is_scale(list) && strcmp(list->number[swept_extreme(list, largest)],
                                          trials->number[swept_extreme(trials, largest)]) == 0;
}

static bool is_at_edge(const struct results *r, const struct tuned_key *k, int setting, bool largest)
{
    int row = row_of(r, k);
    return row >= 0 && results_is_edge(r, setting, row, largest) && is_end(k, &r->grid->row[row], largest);
}

static int count_edges(const struct results *r, const struct tuned_key *k, bool largest)
{
    int n = 0;
    for (int setting = 0; setting < r->grid->settings; setting++)
        n += is_at_edge(r, k, setting, largest);
    return n;
}

/* Both edges may be best, each at some settings. */
char *tuning_edge(const struct tuning *t, const struct results *r, int key)
{
    const struct tuned_key *k = &t->key[key];
    char *text = NULL;
    for (int largest = 0; largest < 2; largest++) {
        char *words = count_edges(r, k, largest) > 0 ? edge_words(r, row_of(r, k), largest) : NULL;
        if (!words)
            continue;
        char *longer = text_format("%s%s%s (%s)", text ? text : "", text ? "; " : "", words, k->values.text);
        free(text);
        free(words);
        text = longer;
    }
    return text;
}

char *tuning_warning(const struct tuning *t, const struct results *r, int algorithm)
{
    char *text = NULL;
    for (int i = 0; i < t->keys; i++) {
        char *words = t->key[i].algorithm == algorithm ? tuning_edge(t, r, i) : NULL;
        if (!words)
            continue;
        char *longer = text_format("%s%s%s", text ? text : "", text ? "; " : "", words);
        free(text);
        free(words);
        text = longer;
    }
    return text;
}

/* ---- tune.csv ---- */

const char tuning_file[] = "tune.csv";

static const char *edge_of(const struct results *r, const struct tuned_key *k, int setting)
{
    return is_at_edge(r, k, setting, true)    ? "largest"
           : is_at_edge(r, k, setting, false) ? "smallest"
                                              : "none";
}

static void write_row(struct csv *csv, const struct tuning *t, const struct results *r, int setting,
                      const struct tuned_key *k)
{
    static const char *const method[] = {
        [SEARCH_GRID] = "grid", [SEARCH_RANDOM] = "random", [SEARCH_HALVING] = "halving"};
    int chosen = chosen_of(r, setting, k->algorithm);
    double score = results_score(r, setting, k->algorithm, chosen);
    char *at = grid_setting(r->grid, setting);
    csv_text(csv, at);
    csv_text(csv, t->algorithm[k->algorithm]);
    csv_text(csv, k->key);
    csv_text(csv, k->values.text);
    csv_text(csv, value_of(r, k, setting));
    csv_text(csv, edge_of(r, k, setting));
    csv_text(csv, method[t->method]);
    csv_int(csv, t->trials);
    csv_int(csv, chosen + 1);
    csv_int(csv, r->grid->seeds);
    csv_text(csv, tune_words(r));
    csv_real(csv, t->by == TUNE_LOSS || t->by == TUNE_TARGET ? -score : score);
    csv_end_row(csv);
    free(at);
}

void tuning_write(const struct tuning *t, const struct results *r, const char *folder)
{
    static const char header[] = "at,algorithm,key,values,chosen,edge,method,trials,trial,seeds,by,score";
    struct sweep_file file = sweep_file_open(folder, tuning_file, text_copy(header));
    for (int setting = 0; setting < r->grid->settings; setting++)
        for (int a = 0; a < t->algorithms; a++)
            for (int i = 0; i < t->keys; i++)
                if (t->key[i].algorithm == a && chosen_of(r, setting, a) >= 0)
                    write_row(file.csv, t, r, setting, &t->key[i]);
    sweep_file_close(&file);
}
