#include "sim/tune/fair.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/config/source.h"

struct checker {
    struct tuning *tuning;
    const struct config_source *src;
    char *error;
    size_t size;
};

/* "x.ini:7: tune.KEY: ...": the place is that of the key's value, if the user has given one. */
static bool refuse(const struct checker *c, const char *section, const char *key, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static bool refuse(const struct checker *c, const char *section, const char *key, const char *format, ...)
{
    char place[512], why[1024];
    const struct slot *slot = source_find(c->src, section, key);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    bool given = slot && slot->level != LEVEL_DEFAULT;
    snprintf(c->error, c->size, "%s%s%s.%s: %s", given ? source_origin(slot, place, sizeof place) : "",
             given ? ": " : "", section, key, why);
    return false;
}

static bool is_swept(const struct config_source *src, const char *key)
{
    int n;
    const struct sweep_row *row = config_sweep_rows(src, &n);
    for (int i = 0; i < n; i++)
        if (strcmp(row[i].key, key) == 0)
            return true;
    return false;
}

/* ---- equal trials ---- */

static const struct tuned_key *first_key(const struct tuning *t, int algorithm)
{
    for (int i = 0; i < t->keys; i++)
        if (t->key[i].algorithm == algorithm)
            return &t->key[i];
    return NULL;
}

static bool check_all_tuned(const struct checker *c)
{
    const struct tuning *t = c->tuning;
    for (int a = 0; a < t->algorithms; a++)
        if (!first_key(t, a)) {
            snprintf(
                c->error, c->size,
                "%s: %s: expected rows of all algorithms or of none, got none of %s: its rivals would have "
                "an advantage (algorithm.*.KEY is a row of each)",
                t->key[0].place, t->key[0].key, t->algorithm[a]);
            return false;
        }
    return true;
}

static int combinations(const struct tuning *t, int algorithm)
{
    int n = 1;
    for (int i = 0; i < t->keys; i++)
        if (t->key[i].algorithm == algorithm && n <= MOST_TRIALS)
            n *= t->key[i].values.list.n;
    return n;
}

static bool check_lists(const struct checker *c)
{
    const struct tuning *t = c->tuning;
    for (int i = 0; i < t->keys; i++)
        if (t->key[i].values.kind != DISTRIBUTION_LIST) {
            snprintf(
                c->error, c->size,
                "%s: %s: expected choice(A, B) or a list with tune.method = grid, got %s (random and halving "
                "draw from it)",
                t->key[i].place, t->key[i].key, t->key[i].values.text);
            return false;
        }
    return true;
}

/* More trials find a better value by chance alone. */
static bool check_grid(const struct checker *c)
{
    struct tuning *t = c->tuning;
    if (!check_lists(c))
        return false;
    int trials = combinations(t, 0);
    for (int a = 1; a < t->algorithms; a++)
        if (combinations(t, a) != trials)
            return refuse(c, "tune", "method",
                          "expected equal numbers of combinations with grid, got %d of %s and %d of %s: set "
                          "tune.method = random, which gives each algorithm tune.trials",
                          trials, t->algorithm[0], combinations(t, a), t->algorithm[a]);
    if (trials < 2 || trials > MOST_TRIALS) {
        snprintf(c->error, c->size, "%s: %s: expected 2 to %d combinations of values to choose from, got %s",
                 t->key[0].place, t->key[0].key, MOST_TRIALS, trials < 2 ? "one" : "more");
        return false;
    }
    t->trials = trials;
    return true;
}

/* Each trial would be the same. */
static bool check_draws(const struct checker *c)
{
    const struct tuning *t = c->tuning;
    for (int a = 0; a < t->algorithms; a++) {
        bool varies = false;
        for (int i = 0; i < t->keys; i++)
            varies |= t->key[i].algorithm == a &&
                      (t->key[i].values.kind != DISTRIBUTION_LIST || t->key[i].values.list.n > 1);
        if (!varies) {
            const struct tuned_key *k = first_key(t, a);
            snprintf(c->error, c->size, "%s: %s: expected several values to choose from, got %s", k->place,
                     k->key, k->values.text);
            return false;
        }
    }
    return true;
}

/* ---- nothing is chosen by what counts ---- */

static bool check_validation(const struct checker *c)
{
    if (c->src->cfg->data.validation > 0 || is_swept(c->src, "data.validation"))
        return true;
    return refuse(
        c, "data", "validation",
        "expected a part of the training samples to tune by (data.validation = 0.1), got none: values "
        "that the test data choose look better there than they are");
}

static bool check_rule(const struct checker *c)
{
    const struct config *cfg = c->src->cfg;
    if (c->tuning->by == TUNE_TARGET && isnan(cfg->experiment.target_accuracy) &&
        !is_swept(c->src, "experiment.target_accuracy"))
        return refuse(c, "tune", "by", "target needs experiment.target_accuracy");
    if (c->tuning->by == TUNE_AT && cfg->output.at.n == 0)
        return refuse(c, "tune", "by", "at needs output.at, such as output.at = 60s");
    return true;
}

/* "1 to 5", or "1". */
static const char *range(char *out, size_t size, int64_t first, int64_t n)
{
    snprintf(out, size, n > 1 ? "%" PRId64 " to %" PRId64 : "%" PRId64, first, first + n - 1);
    return out;
}

/* A seed that has chosen the values has its luck in them. */
static bool check_seeds(const struct checker *c)
{
    char tuned[64], counted[64];
    const struct tuning *t = c->tuning;
    int64_t first = c->src->cfg->experiment.seed, n = c->src->cfg->compare.seeds;
    if (t->seed > INT64_MAX - t->seeds)
        return refuse(c, "tune", "seed",
                      "expected at most %" PRId64 ", as tune.seeds counts on from it, got %" PRId64,
                      INT64_MAX - t->seeds, t->seed);
    if (t->seed > first + (n - 1) || first > t->seed + (t->seeds - 1))
        return true;
    return refuse(
        c, "tune", "seed",
        "expected other seeds than those of the final runs (%s: experiment.seed and compare.seeds), got "
        "%s",
        range(counted, sizeof counted, first, n), range(tuned, sizeof tuned, t->seed, t->seeds));
}

/* ---- settings without effect ---- */

/* Only a value other than the default: resolved.ini gives all of them. */
static bool is_other(const struct checker *c, const char *key, int64_t value)
{
    const struct slot *slot = source_find(c->src, "tune", key);
    char preset[32];
    snprintf(preset, sizeof preset, "%" PRId64, value);
    return strcmp(slot->key->preset, preset) != 0;
}

static bool check_effects(const struct checker *c)
{
    const struct config *cfg = c->src->cfg;
    enum search_kind method = c->tuning->method;
    if (method == SEARCH_GRID && is_other(c, "trials", cfg->tune.trials))
        return refuse(c, "tune", "trials",
                      "has no effect with tune.method = grid%s: the lists say how many; leave it out, or set "
                      "tune.method = random",
                      c->tuning->given ? "" : " (the rows are lists)");
    if (method != SEARCH_HALVING && is_other(c, "eta", cfg->tune.eta))
        return refuse(c, "tune", "eta",
                      "has no effect: only tune.method = halving uses it; leave it out, or choose halving");
    return true;
}

bool fair_check(struct tuning *t, const struct config_source *src, char *error, size_t size)
{
    const struct checker c = {t, src, error, size};
    return check_all_tuned(&c) && (t->method == SEARCH_GRID ? check_grid(&c) : check_draws(&c)) &&
           check_effects(&c) && check_validation(&c) && check_rule(&c) && check_seeds(&c);
}
