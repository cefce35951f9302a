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

/* Between the runs that have the algorithm. */
static bool differs_for(const struct report_runs *runs, const char *key, const char *algorithm)
{
    const char *first = NULL;
    for (int i = 0; i < runs->n; i++) {
        const char *value = run_value(&runs->run[i], key);
        if (!has(&runs->run[i], algorithm))
            continue;
        if (first && strcmp(first, value) != 0)
            return true;
        first = value;
    }
    return false;
}

static char *name_variant(const struct report_runs *runs, const struct report_run *run, const char *algorithm)
{
    const char *key;
    char *label = text_copy(algorithm);
    for (int i = 0; (key = runs_differ_in(runs, i)); i++) {
        if (!key_concerns(run, key, algorithm) || !differs_for(runs, key, algorithm))
            continue;
        const char *value = run_value(run, key);
        char *longer = text_format("%s, %s %s%s", label, key, *value ? "= " : "left out", value);
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

/* Of runs that differ in nothing, as where a key of another algorithm was changed, one counts. */
static bool is_twin(const struct report_runs *runs, const struct variant *v, int run)
{
    static const char key[] = "experiment.seed";
    for (int i = 0; i < v->n; i++)
        if (strcmp(run_value(&runs->run[v->run[i]], key), run_value(&runs->run[run], key)) == 0)
            return true;
    return false;
}

static void add(struct variants *v, const struct report_runs *runs, int run, const char *algorithm)
{
    char *label = name_variant(runs, &runs->run[run], algorithm);
    struct variant *old = find(v, label);
    if (!old) {
        v->at = need_more(v->at, (size_t)v->n * sizeof *v->at, ((size_t)v->n + 1) * sizeof *v->at);
        old = &v->at[v->n++];
        *old = (struct variant){.label = text_copy(label),
                                .algorithm = algorithm,
                                .run = need((size_t)runs->n * sizeof *old->run)};
    }
    if (!is_twin(runs, old, run))
        old->run[old->n++] = run;
    free(label);
}

static void add_algorithm(struct variants *v, const struct report_runs *runs, const char *algorithm)
{
    for (int i = 0; i < v->n; i++)
        if (strcmp(v->at[i].algorithm, algorithm) == 0)
            return;
    for (int r = 0; r < runs->n; r++)
        if (has(&runs->run[r], algorithm))
            add(v, runs, r, algorithm);
}

struct variants variants_find(const struct report_runs *runs)
{
    struct variants v = {.at = need(1)};
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
