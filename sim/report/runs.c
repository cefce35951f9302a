/* Reads the folders of runs: keys and values from resolved.ini, results from comparison.csv, versions and
 * kernels from run.json; then finds the keys in which the runs differ. */
#define _GNU_SOURCE /* qsort_r, tdestroy */
#include "sim/report/runs.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/ini.h"

enum { FIRST_PAIRS = 256 };

/* ---- asking ---- */

const char *run_value(const struct report_run *run, const char *key)
{
    int from = 0, to = run->pairs; /* binary search for the first pair that is not below key */
    while (from < to) {
        int middle = (from + to) / 2;
        if (strcmp(run->pair[run->sorted[middle]].key, key) < 0)
            from = middle + 1;
        else
            to = middle;
    }
    const struct pair *found = from < run->pairs ? &run->pair[run->sorted[from]] : NULL;
    return found && strcmp(found->key, key) == 0 ? found->value : "";
}

/* Finds `  "name": "text",` as sim/output/json.c writes it. Escapes in the text stay as they are. */
char *run_made_with(const char *folder, const char *name)
{
    char *path = text_format("%s/run.json", folder), *json = sheet_text(path);
    char *begin = text_format("\n  \"%s\": \"", name), *found = json ? strstr(json, begin) : NULL;
    char *value = found ? found + strlen(begin) : NULL;
    char *text = text_format("%.*s", value ? (int)strcspn(value, "\"\n") : 0, value ? value : "");
    free(begin);
    free(json);
    free(path);
    return text;
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- what differs ---- */

bool key_is_of_making(const char *key)
{
    return !strchr(key, '.');
}

/* Keys that make no difference between runs: names, keys about output or the machine only, and the seed,
 * which makes runs of one curve. plots/variants.awk has the same list. */
static bool counts(const char *key)
{
    static const char *const ignored[] = {"experiment.name",
                                          "experiment.seed",
                                          "experiment.algorithms",
                                          "data.path",
                                          "cluster.processes",
                                          "output.path",
                                          "output.trace",
                                          "output.report",
                                          "output.at",
                                          "output.checkpoint_every",
                                          "output.workers_every",
                                          "host.patience",
                                          "host.kernels"};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (strcmp(key, ignored[i]) == 0)
            return false;
    return true;
}

static bool differs(const struct report_runs *runs, const char *key)
{
    const char *first = run_value(&runs->run[0], key);
    for (int i = 1; i < runs->n; i++)
        if (strcmp(run_value(&runs->run[i], key), first) != 0)
            return true;
    return false;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void keep_known(void *key)
{
    (void)key;
}

/* Lists each key that differs, once, in the order of the first run that has the key. */
static void find_differences(struct report_runs *runs)
{
    void *known = NULL;
    for (int r = 0; r < runs->n; r++)
        for (int i = 0; i < runs->run[r].pairs; i++) {
            const char *key = runs->run[r].pair[i].key;
            if (tfind(key, &known, by_text))
                continue;
            if (!tsearch(key, &known, by_text))
                die(EXIT_RESOURCE, "no memory for a report");
            if (!counts(key) || !differs(runs, key))
                continue;
            size_t n = (size_t)runs->differing++;
            runs->differ = need_more(runs->differ, n * sizeof *runs->differ, (n + 1) * sizeof *runs->differ);
            runs->differ[n] = key;
        }
    tdestroy(known, keep_known);
}

const char *runs_differ_in(const struct report_runs *runs, int i)
{
    return i < runs->differing ? runs->differ[i] : NULL;
}

bool key_concerns(const struct report_run *run, const char *key, const char *algorithm)
{
    static const char of_algorithm[] = "algorithm.", of_codec[] = "codec.";
    size_t length = strlen(algorithm);
    if (begins(key, of_algorithm)) {
        const char *name = key + strlen(of_algorithm);
        return strncmp(name, algorithm, length) == 0 && name[length] == '.';
    }
    if (!begins(key, of_codec))
        return true;
    char *codec = text_format("algorithm.%s.codec", algorithm);
    bool concerned = *run_value(run, codec);
    free(codec);
    return concerned;
}

/* ---- reading ---- */

static void add(struct report_run *run, char *key, char *value)
{
    size_t n = (size_t)run->pairs;
    if (n == 0)
        run->pair = need(FIRST_PAIRS * sizeof *run->pair);
    else if (n >= FIRST_PAIRS && (n & (n - 1)) == 0)
        run->pair = need_more(run->pair, n * sizeof *run->pair, 2 * n * sizeof *run->pair);
    run->pair[run->pairs++] = (struct pair){key, value};
}

static bool take(void *user, const struct ini_entry *e, char *error, size_t error_size)
{
    (void)error;
    (void)error_size;
    if (e->key)
        add(user, text_format("%s.%s", e->section, e->key), text_copy(e->value));
    return true;
}

/* Orders by key; equal keys keep their order. */
static int by_key(const void *a, const void *b, void *pairs)
{
    int i = *(const int *)a, j = *(const int *)b;
    const struct pair *pair = pairs;
    int order = strcmp(pair[i].key, pair[j].key);
    return order ? order : i - j;
}

static void sort(struct report_run *run)
{
    run->sorted = need((size_t)run->pairs * sizeof *run->sorted);
    for (int i = 0; i < run->pairs; i++)
        run->sorted[i] = i;
    qsort_r(run->sorted, (size_t)run->pairs, sizeof *run->sorted, by_key, run->pair);
}

static bool read_ini(struct report_run *run, char *error, int size)
{
    char *ini = text_format("%s/resolved.ini", run->folder);
    bool good = ini_visit(ini, take, run, error, (size_t)size);
    free(ini);
    return good;
}

/* What the bits of a run depend on besides the configuration. plots/variants.awk has the same list. */
static void read_making(struct report_run *run)
{
    static const char *const of_json[][2] = {{"version", "program version"},
                                             {"cpu", "CPU"},
                                             {"blas", "BLAS"},
                                             {"blas_core", "BLAS kernels"},
                                             {"small_products", "small products"},
                                             {"compiler", "compiler"},
                                             {"begun_with", "what it was begun with"}};
    for (size_t i = 0; i < sizeof of_json / sizeof *of_json; i++) {
        char *value = run_made_with(run->folder, of_json[i][0]);
        if (strcmp(of_json[i][0], "blas") ==
            0) { /* its name and version; behind them are the kernels once more */
            char *name_end = strchr(value, ' ');
            if (name_end)
                name_end[1 + strcspn(name_end + 1, " ")] = '\0';
        }
        add(run, text_copy(of_json[i][1]), value);
    }
}

static bool read_comparison(struct report_run *run, char *error, int size)
{
    char *table = text_format("%s/comparison.csv", run->folder);
    run->comparison = sheet_read(table);
    bool good = run->comparison.rows > 0;
    if (!good)
        snprintf(error, (size_t)size, "%s: expected a run with a complete algorithm, got no row", table);
    free(table);
    return good;
}

bool runs_read(struct report_runs *runs, const char *const *folders, int n, char *error, int size)
{
    bool good = true;
    *runs = (struct report_runs){.n = n, .run = need((size_t)n * sizeof *runs->run)};
    for (int i = 0; good && i < n; i++) {
        runs->run[i].folder = folders[i];
        good = read_ini(&runs->run[i], error, size) && read_comparison(&runs->run[i], error, size);
        read_making(&runs->run[i]);
        sort(&runs->run[i]);
    }
    if (good)
        find_differences(runs);
    else
        runs_free(runs);
    return good;
}

bool runs_read_sweep(struct report_runs *runs, const char *const *folder, char *error, int size)
{
    *runs = (struct report_runs){.n = 1, .run = need(sizeof *runs->run)};
    runs->run[0].folder = *folder;
    bool good = read_ini(&runs->run[0], error, size);
    sort(&runs->run[0]);
    if (!good)
        runs_free(runs);
    return good;
}

void runs_read_making(struct report_runs *runs, char *const *folders, int n)
{
    *runs = (struct report_runs){.n = n, .run = need((size_t)n * sizeof *runs->run)};
    for (int i = 0; i < n; i++) {
        runs->run[i].folder = folders[i];
        read_making(&runs->run[i]);
        sort(&runs->run[i]);
    }
    find_differences(runs);
}

void runs_free(struct report_runs *runs)
{
    for (int i = 0; i < runs->n; i++) {
        struct report_run *run = &runs->run[i];
        for (int j = 0; j < run->pairs; j++) {
            free(run->pair[j].key);
            free(run->pair[j].value);
        }
        free(run->pair);
        free(run->sorted);
        sheet_free(&run->comparison);
    }
    free(runs->run);
    free(runs->differ);
    *runs = (struct report_runs){0};
}
