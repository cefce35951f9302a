/* The sweep of a tuning, and that of the chosen values, as keys and rows of [sweep]. */
#include "sim/tune/trials.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/source.h"

static const char option[] = "[tune]"; /* the origin of all that is set here */

bool trials_set(struct config_source *src, const char *key, const char *value, char *error, size_t size)
{
    return config_option(src, option, key, value, error, size);
}

static bool add_row(struct config_source *src, const char *key, const char *values, char *error, size_t size)
{
    char *assignment = text_format("%s=%s", key, values);
    bool good = config_sweep(src, assignment, error, size);
    free(assignment);
    return good;
}

static bool any_has_comma(char *const *value, int n)
{
    bool any = false;
    for (int i = 0; i < n; i++)
        any |= strchr(value[i], ',') != NULL;
    return any;
}

/* A value that is itself a list needs another separator. One such value alone cannot be told from several, and needs no
 * row: it is set. */
bool trials_add(struct config_source *src, const char *key, char *const *value, int n, char *error,
                size_t size)
{
    bool lists = any_has_comma(value, n);
    char *all = text_copy(value[0]);
    for (int i = 1; i < n; i++) {
        char *longer = text_join(all, lists ? " | " : ", ", value[i]);
        free(all);
        all = longer;
    }
    bool good =
        lists && n == 1 ? trials_set(src, key, all, error, size) : add_row(src, key, all, error, size);
    free(all);
    return good;
}

/* ---- the trials ---- */

static const char *last_part(const char *key)
{
    return strrchr(key, '.') + 1;
}

static bool add_trials(const struct tuning *t, const struct tuned_key *k, struct config_source *src,
                       char *error, size_t size)
{
    const struct distribution *d = &k->values;
    if (t->method == SEARCH_GRID)
        return trials_add(src, k->key, d->list.value, d->list.n, error, size);
    char *value[MOST_TRIALS];
    for (int i = 0; i < t->trials; i++)
        value[i] = distribution_draw(d, last_part(k->key), (uint64_t)t->seed, i);
    bool good = trials_add(src, k->key, value, t->trials, error, size);
    for (int i = 0; i < t->trials; i++)
        free(value[i]);
    return good;
}

static bool add_seeds(const struct tuning *t, struct config_source *src, char *error, size_t size)
{
    char range[64];
    snprintf(range, sizeof range, "%" PRId64 "..%" PRId64, t->seed, t->seed + t->seeds - 1);
    return add_row(src, "experiment.seed", range, error, size);
}

static const char *word_of(struct config_source *src, const char *key, int value)
{
    char why[256];
    return source_look_up(src, key, why, sizeof why)->key->choices[value];
}

bool tuning_sweep(const struct tuning *t, struct config_source *src, char *error, size_t size)
{
    char eta[32];
    const char *own = word_of(src, "sweep.own_values", t->method == SEARCH_GRID ? OWN_COMBINE : OWN_TRIALS),
               *by = word_of(src, "sweep.tune", t->by);
    snprintf(eta, sizeof eta, "%" PRId64, t->eta);
    bool good = trials_set(src, "sweep.own_values", own, error, size) &&
                trials_set(src, "sweep.tune", by, error, size) && add_seeds(t, src, error, size);
    if (good && t->method == SEARCH_HALVING)
        good = trials_set(src, "sweep.halving", eta, error, size);
    for (int i = 0; i < t->keys && good; i++)
        good = add_trials(t, &t->key[i], src, error, size);
    return good;
}

/* ---- words ---- */

/* What the user may not know: why it is this method, or how many trials halving keeps. The caller frees. */
static char *method_words(const struct tuning *t)
{
    static const char *const method[] = {[SEARCH_GRID] = "grid search",
                                         [SEARCH_RANDOM] = "random search",
                                         [SEARCH_HALVING] = "successive halving"};
    if (t->method == SEARCH_HALVING)
        return text_format("%s (of each rung one trial in %" PRId64 " goes on)", method[t->method], t->eta);
    return text_format("%s%s", method[t->method],
                       t->given                   ? ""
                       : t->method == SEARCH_GRID ? " (all rows are lists)"
                                                  : " (not all rows are lists)");
}

char *tuning_words(const struct tuning *t)
{
    static const char *const by[] = {[TUNE_ACCURACY] = "validation accuracy",
                                     [TUNE_LOSS] = "validation loss",
                                     [TUNE_TARGET] = "time to the target accuracy (validation)",
                                     [TUNE_AT] = "validation accuracy at the first value of output.at"};
    char *method = method_words(t);
    char *words = text_format("%s: %d trials of each algorithm, %" PRId64 " seed%s (%s%" PRId64 "), by %s",
                              method, t->trials, t->seeds, t->seeds > 1 ? "s" : "",
                              t->seeds > 1 ? "from " : "", t->seed, by[t->by]);
    free(method);
    return words;
}
