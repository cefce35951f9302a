/* Reads [compare], and refuses what no comparison can be made of. */
#include "sim/compare/rules.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"

static const struct sweep_row *row_of(const struct config_source *src, const char *key)
{
    int n;
    const struct sweep_row *row = config_sweep_rows(src, &n);
    for (int i = 0; i < n; i++)
        if (strcmp(row[i].key, key) == 0)
            return &row[i];
    return NULL;
}

/* ---- names ---- */

static const char *name_of_algorithm(const void *names, size_t i)
{
    const struct names *all = names;
    return i < (size_t)all->n ? all->at[i] : NULL;
}

static const char *name_of_measure(const void *context, size_t i)
{
    (void)context;
    return measure_words[i];
}

/* "bsp, losp". The caller frees. */
static char *list_of(const struct names *names)
{
    char *list = NULL;
    size_t size;
    FILE *out = text_begin(&list, &size);
    for (int i = 0; i < names->n; i++)
        fprintf(out, "%s%s", i > 0 ? ", " : "", names->at[i]);
    text_end(out, &list);
    return list;
}

static bool refuse(char *error, size_t size, const char *begin, const char *got, const char *nearest)
{
    char quoted[80];
    snprintf(error, size, "%s, got %s%s%s%s", begin, text_quote(quoted, sizeof quoted, got),
             nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "?" : "");
    return false;
}

static bool read_reference(struct verdict_rules *rules, const struct config *cfg, char *error, size_t size)
{
    const struct names *names = &cfg->experiment.algorithms;
    const char *name = cfg->compare.reference;
    if (names->n < 2) {
        snprintf(error, size, "experiment.algorithms: expected two or more to compare, got %s",
                 names->n > 0 ? names->at[0] : "none");
        return false;
    }
    rules->reference = 0;
    while (name && rules->reference < names->n && strcmp(names->at[rules->reference], name) != 0)
        rules->reference++;
    if (rules->reference < names->n)
        return true;
    char *list = list_of(names), *begin = text_format("compare.reference: expected one of %s", list);
    refuse(error, size, begin, name, text_nearest(name, name_of_algorithm, names));
    free(begin);
    free(list);
    return false;
}

/* ---- measures ---- */

static bool take_measure(struct verdict_rules *rules, const char *name, char *error, size_t size)
{
    int measure = text_find(measure_words, name);
    if (measure < 0)
        return refuse(error, size, "compare.measures: expected time, accuracy or both", name,
                      text_nearest(name, name_of_measure, NULL));
    if (rules->measure[measure]) {
        snprintf(error, size, "compare.measures: expected each measure once, got %s twice",
                 measure_words[measure]);
        return false;
    }
    rules->measure[measure] = true;
    return true;
}

static bool read_measures(struct verdict_rules *rules, const struct config_source *src, char *error,
                          size_t size)
{
    const struct config *cfg = src->cfg;
    bool target = !isnan(cfg->experiment.target_accuracy) || row_of(src, "experiment.target_accuracy");
    bool good = true;
    if (!cfg->compare.measures) {
        rules->measure[MEASURE_ACCURACY] = true;
        rules->measure[MEASURE_TIME] = target;
        return true;
    }
    char *copy = text_copy(cfg->compare.measures);
    for (char *rest = copy, *next; good && rest; rest = next) {
        next = strchr(rest, ',');
        if (next)
            *next++ = '\0';
        good = take_measure(rules, text_trim(rest), error, size);
    }
    free(copy);
    if (good && rules->measure[MEASURE_TIME] && !target) {
        snprintf(error, size,
                 "compare.measures: time is that to a target accuracy: expected "
                 "experiment.target_accuracy, such as experiment.target_accuracy = 0.9");
        return false;
    }
    return good;
}

/* ---- rows of [sweep] ---- */

static bool check_row(const struct sweep_row *row, char *error, size_t size)
{
    static const char own[] = "algorithm.";
    if (strcmp(row->key, "experiment.seed") == 0)
        snprintf(error, size,
                 "%s: experiment.seed: expected no row in a comparison, which runs compare.seeds of "
                 "them: experiment.seed and the next ones",
                 row->place);
    else if (strncmp(row->key, own, strlen(own)) == 0)
        snprintf(error, size,
                 "%s: %s: expected the row in [tune] (--tune): a comparison chooses an algorithm's own "
                 "values by runs that do not count",
                 row->place, row->key);
    else
        return true;
    return false;
}

static bool check_rows(const struct config_source *src, char *error, size_t size)
{
    int n;
    const struct sweep_row *row = config_sweep_rows(src, &n);
    for (int i = 0; i < n; i++)
        if (!check_row(&row[i], error, size))
            return false;
    return true;
}

static bool check_rest(const struct config *cfg, char *error, size_t size)
{
    if (!cfg->experiment.train)
        snprintf(error, size,
                 "experiment.train: expected yes: without training there is no accuracy to compare");
    else if (cfg->experiment.seed > INT64_MAX - cfg->compare.seeds)
        snprintf(error, size,
                 "experiment.seed: expected at most %lld, as compare.seeds counts on from it, got %lld",
                 (long long)(INT64_MAX - cfg->compare.seeds), (long long)cfg->experiment.seed);
    else
        return true;
    return false;
}

static bool check_use(const struct verdict_rules *rules, const struct config_source *src, char *error,
                      size_t size)
{
    static const char *const keys[][MEASURES] = {
        {[MEASURE_TIME] = "time_resolution", [MEASURE_ACCURACY] = "accuracy_resolution"},
        {[MEASURE_TIME] = "time_margin", [MEASURE_ACCURACY] = "accuracy_margin"}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        for (int m = 0; m < MEASURES; m++)
            if (!rules->measure[m] && source_is_set(source_find(src, "compare", keys[i][m]))) {
                snprintf(error, size, "compare.%s: has no effect: %s is not compared (compare.measures%s)",
                         keys[i][m], measure_words[m],
                         m == MEASURE_TIME ? ", experiment.target_accuracy" : "");
                return false;
            }
    return true;
}

bool rules_read(struct verdict_rules *rules, const struct config_source *src, char *error, size_t size)
{
    const struct config *cfg = src->cfg;
    *rules = (struct verdict_rules){.all_pairs = cfg->compare.pairs == PAIRS_ALL};
    rules->resolution[MEASURE_TIME] = cfg->compare.time_resolution;
    rules->resolution[MEASURE_ACCURACY] = cfg->compare.accuracy_resolution;
    rules->margin[MEASURE_TIME] = cfg->compare.time_margin;
    rules->margin[MEASURE_ACCURACY] = cfg->compare.accuracy_margin;
    return read_reference(rules, cfg, error, size) && read_measures(rules, src, error, size) &&
           check_use(rules, src, error, size) && check_rows(src, error, size) && check_rest(cfg, error, size);
}

/* ---- when accuracy is measured ---- */

static bool ends_vary(const struct config_source *src)
{
    static const char *const bounds[] = {"experiment.iterations", "experiment.epochs",
                                         "experiment.virtual_time", "experiment.bytes"};
    bool varies = src->cfg->experiment.stop == STOP_TARGET;
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++)
        varies |= row_of(src, bounds[i]) != NULL;
    return varies;
}

char *rules_after(const struct config_source *src)
{
    const struct config *cfg = src->cfg;
    bool time = !isnan(cfg->experiment.virtual_time), bytes = !isnan(cfg->experiment.bytes);
    bool iterations = cfg->experiment.iterations >= 0, epochs = !isnan(cfg->experiment.epochs);
    char text[32];
    if (ends_vary(src))
        return text_copy("at the end of each run");
    if (time + bytes + iterations + epochs > 1)
        return text_copy("at the first of the bounds");
    if (time)
        return text_format("after %s of virtual time",
                           text_duration_real(text, sizeof text, 1e9 * cfg->experiment.virtual_time));
    if (bytes)
        return text_format("after %s of messages", text_bytes_real(text, sizeof text, cfg->experiment.bytes));
    if (iterations)
        return text_format("after %lld iterations", (long long)cfg->experiment.iterations);
    return text_format("after %.6g epoch%s", cfg->experiment.epochs, cfg->experiment.epochs == 1 ? "" : "s");
}
