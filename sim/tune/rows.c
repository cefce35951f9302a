/* From the rows of [tune] to the keys of each algorithm, and what is refused. fair.c has the rules that make a tuning
 * fair. */
#include "sim/tune/tuning.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/tune/fair.h"

static const char own[] = "algorithm.";

struct reader {
    struct tuning *tuning;
    const struct config_source *src;
    char *error;
    size_t size;
};

/* ---- the rows of an algorithm ---- */

static const struct sweep_row *find_row(const struct config_source *src, const char *key)
{
    int n;
    const struct sweep_row *row = config_tune_rows(src, &n);
    for (int i = 0; i < n; i++)
        if (strcmp(row[i].key, key) == 0)
            return &row[i];
    return NULL;
}

/* A value on the command line for a tuned key would have no effect. */
static bool check_alone(const struct reader *r, const struct sweep_row *row, const struct slot *slot)
{
    int n;
    const struct sweep_row *swept = config_sweep_rows(r->src, &n);
    for (int i = 0; i < n; i++)
        if (strncmp(swept[i].key, own, strlen(own)) == 0) {
            snprintf(r->error, r->size,
                     "%s: %s: expected the row in [tune] (--tune): a comparison chooses an algorithm's own "
                     "values by "
                     "runs that do not count",
                     swept[i].place, swept[i].key);
            return false;
        }
    if (slot->level != LEVEL_COMMAND || strcmp(slot->given, "--resume") == 0)
        return true;
    snprintf(r->error, r->size, "%s: %s.%s is tuned (%s): expected --tune %s.%s=... to change its values",
             slot->given, slot->section->name, slot->key->name, row->place, slot->section->name,
             slot->key->name);
    return false;
}

static bool add_key(const struct reader *r, const struct sweep_row *row, const char *key, int algorithm)
{
    char why[1024];
    struct tuning *t = r->tuning;
    const struct slot *slot = source_look_up(r->src, key, r->error, r->size);
    if (!slot || !check_alone(r, row, slot))
        return false;
    struct tuned_key *k = &t->key[t->keys++];
    *k = (struct tuned_key){.algorithm = algorithm, .key = text_copy(key), .place = text_copy(row->place)};
    bool good = distribution_read(&k->values, slot->key, row->values, why, sizeof why);
    if (!good)
        snprintf(r->error, r->size, "%s: %s: %s", row->place, row->key, why);
    return good;
}

static bool refuse_lacking(const struct reader *r, const struct sweep_row *row, const char *name,
                           const char *algorithm)
{
    snprintf(r->error, r->size,
             "%s: %s: expected a key that each algorithm has, got one that %s lacks; name the others "
             "(algorithm.NAME.%s)",
             row->place, row->key, algorithm, name);
    return false;
}

/* A row of all algorithms, for one of them: a row of its own comes first. */
static bool add_shared(const struct reader *r, const struct sweep_row *row, const char *name, int algorithm)
{
    const char *of = r->tuning->algorithm[algorithm];
    char *key = text_format("%s%s.%s", own, of, name), *section = text_format("%s%s", own, of);
    bool good = find_row(r->src, key) != NULL;
    if (!good)
        good = source_find(r->src, section, name) ? add_key(r, row, key, algorithm)
                                                  : refuse_lacking(r, row, name, of);
    free(section);
    free(key);
    return good;
}

/* The row names this algorithm. */
static bool is_of(const struct tuning *t, const struct sweep_row *row, int algorithm)
{
    const char *name = t->algorithm[algorithm], *rest = row->key + strlen(own);
    return strncmp(rest, name, strlen(name)) == 0 && rest[strlen(name)] == '.';
}

static bool add_rows(const struct reader *r, int algorithm)
{
    int n;
    const struct sweep_row *row = config_tune_rows(r->src, &n);
    bool good = true;
    for (int i = 0; i < n && good; i++) {
        const char *name = source_tuned_by_all(row[i].key);
        if (name)
            good = add_shared(r, &row[i], name, algorithm);
        else if (is_of(r->tuning, &row[i], algorithm))
            good = add_key(r, &row[i], row[i].key, algorithm);
    }
    return good;
}

static void warn_of_absent(const struct tuning *t, const struct config_source *src)
{
    int n;
    const struct sweep_row *row = config_tune_rows(src, &n);
    for (int i = 0; i < n; i++) {
        bool runs = source_tuned_by_all(row[i].key) != NULL;
        for (int a = 0; a < t->algorithms; a++)
            runs |= is_of(t, &row[i], a);
        if (!runs)
            warn("%s: %s: its algorithm is not among experiment.algorithms: left out", row[i].place,
                 row[i].key);
    }
}

/* ---- the whole ---- */

/* Lists are a grid; a distribution has no end of values. */
static enum search_kind method_of(const struct tuning *t, int given)
{
    if (given >= 0)
        return (enum search_kind)given;
    for (int i = 0; i < t->keys; i++)
        if (t->key[i].values.kind != DISTRIBUTION_LIST)
            return SEARCH_RANDOM;
    return SEARCH_GRID;
}

static void begin(struct tuning *t, const struct config_source *src)
{
    int n;
    const struct config *cfg = src->cfg;
    const struct names *names = &cfg->experiment.algorithms;
    config_tune_rows(src, &n);
    *t = (struct tuning){.given = cfg->tune.method >= 0,
                         .trials = (int)cfg->tune.trials,
                         .seed = cfg->tune.seed,
                         .seeds = cfg->tune.seeds,
                         .eta = cfg->tune.eta,
                         .by = cfg->tune.by,
                         .algorithms = names->n};
    t->key = need(((size_t)n * (size_t)names->n + 1) * sizeof *t->key);
    t->algorithm = need((size_t)names->n * sizeof *t->algorithm);
    for (int a = 0; a < names->n; a++)
        t->algorithm[a] = text_copy(names->at[a]);
}

bool tuning_read(struct tuning *t, const struct config_source *src, char *error, size_t size)
{
    const struct reader r = {t, src, error, size};
    bool good = true;
    begin(t, src);
    for (int a = 0; a < t->algorithms && good; a++)
        good = add_rows(&r, a);
    if (good)
        warn_of_absent(t, src);
    if (good)
        config_warn_untuned(src);
    t->method = method_of(t, src->cfg->tune.method);
    return good && (t->keys == 0 || fair_check(t, src, error, size));
}

void tuning_free(struct tuning *t)
{
    for (int i = 0; i < t->keys; i++) {
        distribution_free(&t->key[i].values);
        free(t->key[i].key);
        free(t->key[i].place);
    }
    for (int a = 0; a < t->algorithms; a++)
        free(t->algorithm[a]);
    free(t->key);
    free(t->algorithm);
    *t = (struct tuning){0};
}
