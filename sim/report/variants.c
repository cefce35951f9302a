/* Groups runs into variants: the runs of one variant differ in their seed alone. */
#include "sim/report/variants.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"

/* ---- names ---- */

static bool has(const struct report_run *run, const char *algorithm)
{
    return sheet_find(&run->comparison, "algorithm", algorithm) >= 0;
}

/* The keys that make variants of an algorithm: keys that concern the algorithm and differ between the runs
 * with it. NULL ends the list; the caller frees. */
static const char **keys_of(const struct report_runs *runs, const int *having, int n, const char *algorithm)
{
    const char **keys = need(((size_t)runs->differing + 1) * sizeof *keys), *key;
    int found = 0;
    for (int i = 0; (key = runs_differ_in(runs, i)); i++) {
        bool concerned = false, differ = false;
        const char *first = run_value(&runs->run[having[0]], key);
        for (int r = 0; r < n; r++) {
            const struct report_run *run = &runs->run[having[r]];
            concerned |= key_concerns(run, key, algorithm);
            differ |= strcmp(run_value(run, key), first) != 0;
        }
        if (concerned && differ)
            keys[found++] = key;
    }
    return keys;
}

static char *name_variant(const struct report_run *run, const char *algorithm, const char *const *keys)
{
    char *label = text_copy(algorithm);
    for (; *keys; keys++) {
        if (!key_concerns(run, *keys, algorithm))
            continue;
        const char *value = run_value(run, *keys);
        char *longer = text_format("%s, %s %s%s", label, *keys, *value ? "= " : "left out", value);
        free(label);
        label = longer;
    }
    return label;
}

/* ---- rows ---- */

static struct variant *find(const struct variants *v, const char *label)
{
    for (int i = 0; i < v->n; i++)
        if (strcmp(v->at[i].label, label) == 0)
            return &v->at[i];
    return NULL;
}

/* Two runs may be equal for this algorithm, for example if only a key of another algorithm differs. Only one
 * of them counts. */
static bool is_twin(const struct report_runs *runs, const struct variant *v, int run)
{
    static const char key[] = "experiment.seed";
    for (int i = 0; i < v->n; i++)
        if (strcmp(run_value(&runs->run[v->run[i]], key), run_value(&runs->run[run], key)) == 0)
            return true;
    return false;
}

/* Room for one more element behind n: a full block (n a power of two) is doubled. */
static void *with_room(void *block, int n, size_t each)
{
    bool full = (n & (n - 1)) == 0;
    return full ? need_more(block, (size_t)n * each, (n > 0 ? 2 * (size_t)n : 1) * each) : block;
}

/* Adds a run to its variant. Frees label. */
static void add(struct variants *v, const struct report_runs *runs, int run, char *label,
                const char *algorithm)
{
    struct variant *old = find(v, label);
    if (!old) {
        v->at = with_room(v->at, v->n, sizeof *v->at);
        old = &v->at[v->n++];
        *old = (struct variant){.label = text_copy(label), .algorithm = algorithm};
    }
    if (!is_twin(runs, old, run)) {
        old->run = with_room(old->run, old->n, sizeof *old->run);
        old->run[old->n++] = run;
    }
    free(label);
}

static void add_algorithm(struct variants *v, const struct report_runs *runs, const char *algorithm)
{
    int *having = need((size_t)runs->n * sizeof *having), n = 0;
    for (int i = 0; i < v->n; i++)
        if (strcmp(v->at[i].algorithm, algorithm) == 0) {
            free(having);
            return;
        }
    for (int r = 0; r < runs->n; r++)
        if (has(&runs->run[r], algorithm))
            having[n++] = r;
    const char **keys = keys_of(runs, having, n, algorithm);
    for (int i = 0; i < n; i++)
        add(v, runs, having[i], name_variant(&runs->run[having[i]], algorithm, keys), algorithm);
    free(keys);
    free(having);
}

struct variants variants_find(const struct report_runs *runs)
{
    struct variants v = {0};
    for (int r = 0; r < runs->n; r++)
        for (int i = 0; i < runs->run[r].comparison.rows; i++) {
            const char *algorithm = sheet_cell(&runs->run[r].comparison, i, "algorithm");
            if (algorithm)
                add_algorithm(&v, runs, algorithm);
        }
    return v;
}

void variants_free(struct variants *v)
{
    for (int i = 0; i < v->n; i++) {
        free(v->at[i].label);
        free(v->at[i].run);
    }
    free(v->at);
    *v = (struct variants){0};
}

/* ---- numbers ---- */

static double number(const struct report_runs *runs, const struct variant *v, int i, const char *column)
{
    const struct sheet *s = &runs->run[v->run[i]].comparison;
    return sheet_number(s, sheet_find(s, "algorithm", v->algorithm), column);
}

struct sample variant_sample(const struct report_runs *runs, const struct variant *v, const char *column)
{
    struct sample s = {0};
    double sum = 0, squares = 0;
    for (int i = 0; i < v->n; i++) {
        double x = number(runs, v, i, column);
        s.n += !isnan(x);
        sum += isnan(x) ? 0 : x;
    }
    s.mean = s.n > 0 ? sum / s.n : NAN;
    for (int i = 0; i < v->n; i++) {
        double off = number(runs, v, i, column) - s.mean;
        squares += isnan(off) ? 0 : off * off;
    }
    s.deviation = s.n > 1 ? sqrt(squares / (s.n - 1)) : s.n == 1 ? 0 : NAN;
    return s;
}
