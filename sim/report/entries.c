/* Groups runs into entries: the runs of one entry differ in their seed alone. */
#include "sim/report/entries.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/base/texts.h"

static const char seed_key[] = "experiment.seed";

/* ---- names ---- */

static bool has(const struct report_run *run, const char *algorithm)
{
    return sheet_find(&run->comparison, "algorithm", algorithm) >= 0;
}

/* The keys that are in the names of an algorithm's entries: shared keys that differ between any runs, and
 * own keys that differ between the runs with the algorithm. NULL ends the list; the caller frees. */
static const char **keys_of(const struct report_runs *runs, const int *having, int n, const char *algorithm)
{
    const char **keys = need(((size_t)runs->differing + 1) * sizeof *keys), *key;
    int found = 0;
    for (int i = 0; (key = runs_differ_in(runs, i)); i++) {
        const char *first = NULL;
        bool differ = key_is_shared(key);
        for (int r = 0; r < n && !differ; r++) {
            const struct report_run *run = &runs->run[having[r]];
            if (!key_concerns(run, key, algorithm))
                continue;
            differ = first && strcmp(run_value(run, key), first) != 0;
            first = run_value(run, key);
        }
        if (differ)
            keys[found++] = key;
    }
    return keys;
}

/* Appends to a text that was allocated. Takes `more`, too. */
static void append(char **text, char *more)
{
    char *longer = text_format("%s%s", *text, more);
    free(*text);
    free(more);
    *text = longer;
}

/* shorts: the keys' short names. */
static char *name_entry(const struct report_run *run, const char *algorithm, const char *const *keys,
                        const char *const *shorts)
{
    char *label = text_copy(algorithm);
    for (; *keys; keys++, shorts++) {
        const char *value = run_value(run, *keys);
        if (key_concerns(run, *keys, algorithm))
            append(&label, text_format(", %s %s%s", *shorts, *value ? "= " : "left out", value));
    }
    return label;
}

/* ---- rows ---- */

struct making { /* the entries while they are made */
    struct entries *v;
    const struct report_runs *runs;
    struct texts labels, seeds; /* label -> its entry; entry and seed -> a run of both is there */
};

/* Two runs may be equal for this algorithm, for example if only a key of another algorithm differs. Only one
 * of them counts. */
static bool is_twin(struct making *m, int entry, int run)
{
    int *there =
        texts_number(&m->seeds, text_format("%d %s", entry, run_value(&m->runs->run[run], seed_key)));
    bool twin = *there > 0;
    *there = 1;
    return twin;
}

/* Adds a run to its entry. Takes the label. */
static void add(struct making *m, int run, char *label, const char *algorithm)
{
    struct entries *v = m->v;
    char *own = text_copy(label);
    int *number = texts_number(&m->labels, label);
    if (*number < 0) {
        *number = v->n;
        v->at = need_one_more(v->at, (size_t)v->n, sizeof *v->at);
        v->at[v->n++] = (struct entry){.label = own, .algorithm = algorithm};
    } else
        free(own);
    struct entry *entry = &v->at[*number];
    if (!is_twin(m, *number, run)) {
        entry->run = need_one_more(entry->run, (size_t)entry->n, sizeof *entry->run);
        entry->run[entry->n++] = run;
    }
}

static void add_algorithm(struct making *m, const char *algorithm)
{
    const struct report_runs *runs = m->runs;
    int *having = need((size_t)runs->n * sizeof *having), n = 0;
    for (int r = 0; r < runs->n; r++)
        if (has(&runs->run[r], algorithm))
            having[n++] = r;
    const char **keys = keys_of(runs, having, n, algorithm);
    const char **shorts = need(((size_t)runs->differing + 1) * sizeof *shorts);
    for (int i = 0; keys[i]; i++)
        shorts[i] = key_short(runs, keys[i], algorithm);
    for (int i = 0; i < n; i++)
        add(m, having[i], name_entry(&runs->run[having[i]], algorithm, keys, shorts), algorithm);
    free(shorts);
    free(keys);
    free(having);
}

/* ---- seeds ---- */

static int by_number(const void *a, const void *b)
{
    unsigned long long x = *(const unsigned long long *)a, y = *(const unsigned long long *)b;
    return (x > y) - (x < y);
}

/* ", seed 1", ", seeds 1 to 3 and 7"; if they are in more than three pieces: ", 9 seeds from 1 to 40". */
static char *name_seeds(const struct report_runs *runs, const struct entry *v)
{
    unsigned long long *seed = need((size_t)v->n * sizeof *seed);
    char *text = text_copy(v->n > 1 ? ", seeds" : ", seed");
    int pieces = 0;
    for (int i = 0; i < v->n; i++)
        seed[i] = strtoull(run_value(&runs->run[v->run[i]], seed_key), NULL, 10);
    qsort(seed, (size_t)v->n, sizeof *seed, by_number);
    for (int i = 0, end; i < v->n; i = end) {
        for (end = i + 1; end < v->n && seed[end] == seed[end - 1] + 1;)
            end++;
        append(&text, text_format(pieces++ > 0 ? " and %llu" : " %llu", seed[i]));
        if (end > i + 1)
            append(&text, text_format(" to %llu", seed[end - 1]));
    }
    if (pieces > 3) {
        free(text);
        text = text_format(", %d seeds from %llu to %llu", v->n, seed[0], seed[v->n - 1]);
    }
    free(seed);
    return text;
}

/* Entries with other seeds are not alike, so their labels then say which they have. */
static void name_all_seeds(struct entries *v, const struct report_runs *runs)
{
    bool differ = false;
    char **seeds = need(((size_t)v->n + 1) * sizeof *seeds);
    for (int i = 0; i < v->n; i++) {
        seeds[i] = name_seeds(runs, &v->at[i]);
        differ |= strcmp(seeds[i], seeds[0]) != 0;
    }
    for (int i = 0; i < v->n; i++)
        if (differ)
            append(&v->at[i].label, seeds[i]);
        else
            free(seeds[i]);
    free(seeds);
}

struct entries entries_find(const struct report_runs *runs)
{
    struct entries v = {0};
    struct making m = {.v = &v, .runs = runs};
    struct texts algorithms = {0};
    for (int r = 0; r < runs->n; r++)
        for (int i = 0; i < runs->run[r].comparison.rows; i++) {
            const char *algorithm = sheet_cell(&runs->run[r].comparison, i, "algorithm");
            int *known = algorithm ? texts_number(&algorithms, text_copy(algorithm)) : NULL;
            if (known && *known < 0)
                add_algorithm(&m, algorithm);
            if (known)
                *known = 1;
        }
    texts_free(&algorithms);
    texts_free(&m.labels);
    texts_free(&m.seeds);
    name_all_seeds(&v, runs);
    return v;
}

void entries_free(struct entries *v)
{
    for (int i = 0; i < v->n; i++) {
        free(v->at[i].label);
        free(v->at[i].run);
    }
    free(v->at);
    *v = (struct entries){0};
}

/* ---- numbers ---- */

static double number(const struct report_runs *runs, const struct entry *v, int i, const char *column)
{
    const struct sheet *s = &runs->run[v->run[i]].comparison;
    return sheet_number(s, sheet_find(s, "algorithm", v->algorithm), column);
}

struct sample sample_over(const double *x, int n)
{
    struct sample s = {.mean = NAN, .deviation = NAN};
    double sum = 0, squares = 0; /* sum of differences from the first: equal values have a deviation of 0 */
    for (int i = 0; i < n; i++) {
        s.n += !isnan(x[i]);
        sum += x[i] - x[0]; /* so that equal values have a deviation of exactly 0 */
    }
    if (s.n == 0 || s.n < n)
        return s;
    s.mean = x[0] + sum / n;
    for (int i = 0; i < n; i++)
        squares += (x[i] - s.mean) * (x[i] - s.mean);
    s.deviation = n > 1 ? sqrt(squares / (n - 1)) : 0;
    return s;
}

struct sample entry_sample(const struct report_runs *runs, const struct entry *v, const char *column)
{
    double *x = need((size_t)v->n * sizeof *x);
    for (int i = 0; i < v->n; i++)
        x[i] = number(runs, v, i, column);
    struct sample s = sample_over(x, v->n);
    free(x);
    return s;
}
