/* Reads the folders of runs: keys and values from resolved.ini, results from comparison.csv, versions and
 * kernels from run.json. */
#define _GNU_SOURCE /* qsort_r */
#include "sim/report/runs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/config/ini.h"

enum { FIRST_PAIRS = 256 };

/* ---- reading ---- */

/* The text of run.json; NULL: there is none. The caller frees. */
static char *json_of(const char *folder)
{
    char *path = text_join(folder, "/", "run.json"), *json = sheet_text(path);
    free(path);
    return json;
}

/* Finds `  "name": "text",` as sim/output/json.c writes it. Escapes in the text stay as they are. */
static char *member_of(const char *json, const char *name)
{
    char *begin = text_join("\n  \"", name, "\": \"");
    const char *found = json ? strstr(json, begin) : NULL, *value = found ? found + strlen(begin) : "";
    char *text = text_copy(value);
    text[strcspn(text, "\"\n")] = '\0';
    free(begin);
    return text;
}

char *run_made_with(const char *folder, const char *name)
{
    char *json = json_of(folder), *text = member_of(json, name);
    free(json);
    return text;
}

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
        add(user, text_join(e->section, ".", e->key), text_copy(e->value));
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

static bool same_keys(const struct report_run *a, const struct report_run *b)
{
    bool same = a->pairs == b->pairs;
    for (int i = 0; same && i < a->pairs; i++)
        same = strcmp(a->pair[i].key, b->pair[i].key) == 0;
    return same;
}

/* before: another run, mostly of the same keys in the same order, which then need no sorting; NULL: none. */
static void sort(struct report_run *run, const struct report_run *before)
{
    size_t bytes = (size_t)run->pairs * sizeof *run->sorted;
    run->sorted = need(bytes);
    if (before && same_keys(run, before)) {
        memcpy(run->sorted, before->sorted, bytes);
        return;
    }
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

/* What the bits of a run depend on besides the configuration. plots/list_curves.awk has the same list. */
static void read_making(struct report_run *run, const char *json)
{
    static const char *const of_json[][2] = {{"version", "program version"},
                                             {"cpu", "CPU"},
                                             {"blas", "BLAS"},
                                             {"blas_core", "BLAS kernels"},
                                             {"small_products", "small products"},
                                             {"compiler", "compiler"},
                                             {"begun_with", "what it was begun with"}};
    for (size_t i = 0; i < sizeof of_json / sizeof *of_json; i++) {
        char *value = member_of(json, of_json[i][0]);
        if (strcmp(of_json[i][0], "blas") ==
            0) { /* its name and version; behind them are the kernels once more */
            char *name_end = strchr(value, ' ');
            if (name_end)
                name_end[1 + strcspn(name_end + 1, " ")] = '\0';
        }
        add(run, text_copy(of_json[i][1]), value);
    }
}

/* Whether the data were synthetic stands in the results, and counts like a key. */
static void read_origin(struct report_run *run)
{
    bool synthetic = sheet_number(&run->comparison, 0, "synthetic") != 0; /* no such column: NAN */
    add(run, text_copy("data.synthetic"), text_copy(synthetic ? "yes" : "no"));
}

/* The files of data.path may be others, or have changed. A sweep's points, which have one path, are not asked. */
static void read_data(struct report_run *run, const char *json)
{
    add(run, text_copy("data contents"), member_of(json, "data_contents"));
}

/* A trace of the same name may hold other rows. The run has a copy of it. */
static void read_traces(struct report_run *run)
{
    for (const char *const *key = config_files; *key; key++) {
        char *path = text_format("%s/%s.csv", run->folder, *key);
        add(run, text_format("%s contents", *key), file_contents(path));
        free(path);
    }
}

/* "bsp, topk1: bsp": the plug-in of a variant counts like a key of the variant. */
static void read_plug_ins(struct report_run *run)
{
    char *names = text_copy("");
    for (int i = 0; i < run->pairs; i++) /* the keys are not sorted yet */
        if (strcmp(run->pair[i].key, "experiment.algorithms") == 0) {
            free(names);
            names = text_copy(run->pair[i].value);
            break;
        }
    for (char *name = strtok(names, ","); name; name = strtok(NULL, ",")) {
        char *colon = strchr(name, ':');
        if (!colon)
            continue;
        *colon = '\0';
        add(run, text_format("algorithm.%s.variant of", text_trim(name)), text_copy(text_trim(colon + 1)));
    }
    free(names);
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

static bool read_run(struct report_run *run, const struct report_run *before, char *error, int size)
{
    bool good = read_ini(run, error, size) && read_comparison(run, error, size);
    read_origin(run);
    read_plug_ins(run);
    read_traces(run);
    char *json = json_of(run->folder);
    read_data(run, json);
    read_making(run, json);
    free(json);
    sort(run, before);
    return good;
}

bool runs_read(struct report_runs *runs, const char *const *folders, int n, char *error, int size)
{
    bool good = true;
    *runs = (struct report_runs){.n = n, .run = need((size_t)n * sizeof *runs->run)};
    for (int i = 0; good && i < n; i++) {
        runs->run[i].folder = folders[i];
        good = read_run(&runs->run[i], i > 0 ? &runs->run[i - 1] : NULL, error, size);
    }
    if (good)
        runs_find_differences(runs);
    else
        runs_free(runs);
    return good;
}

bool runs_read_sweeps(struct report_runs *runs, const char *const *folders, int n, char *error, int size)
{
    bool good = true;
    *runs = (struct report_runs){.n = n, .run = need((size_t)n * sizeof *runs->run)};
    for (int i = 0; i < n; i++)
        runs->run[i].folder = folders[i];
    for (int i = 0; good && i < n; i++) {
        good = read_ini(&runs->run[i], error, size);
        sort(&runs->run[i], i > 0 ? &runs->run[i - 1] : NULL);
    }
    if (!good)
        runs_free(runs);
    return good;
}

bool runs_read_sweep(struct report_runs *runs, const char *const *folder, char *error, int size)
{
    return runs_read_sweeps(runs, folder, 1, error, size);
}

void runs_read_making(struct report_runs *runs, char *const *folders, int n)
{
    *runs = (struct report_runs){.n = n, .run = need((size_t)n * sizeof *runs->run)};
    for (int i = 0; i < n; i++) {
        runs->run[i].folder = folders[i];
        char *json = json_of(folders[i]);
        read_making(&runs->run[i], json);
        free(json);
        sort(&runs->run[i], i > 0 ? &runs->run[i - 1] : NULL);
    }
    runs_find_differences(runs);
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
    free(runs->known);
    free(runs->differ);
    *runs = (struct report_runs){0};
}

struct report_runs runs_part(const struct report_runs *all, const int *index, int n)
{
    struct report_runs part = {.n = n, .run = need((size_t)n * sizeof *part.run)};
    for (int i = 0; i < n; i++)
        part.run[i] = all->run[index[i]];
    runs_find_differences(&part);
    return part;
}

void runs_part_free(struct report_runs *part)
{
    free(part->run);
    free(part->known);
    free(part->differ);
    *part = (struct report_runs){0};
}

double runs_target(const struct report_runs *runs)
{
    double target = sheet_number(&runs->run[0].comparison, 0, "target_accuracy");
    for (int i = 1; i < runs->n; i++)
        if (sheet_number(&runs->run[i].comparison, 0, "target_accuracy") != target)
            return NAN;
    return target;
}
