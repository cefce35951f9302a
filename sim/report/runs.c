#include "sim/report/runs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/ini.h"

enum { FIRST_PAIRS = 256 };

/* ---- reading ---- */

static bool take(void *user, const struct ini_entry *e, char *error, size_t error_size)
{
    (void)error;
    (void)error_size;
    struct report_run *run = user;
    size_t n = (size_t)run->pairs;
    if (!e->key)
        return true;
    if (n == 0)
        run->pair = need(FIRST_PAIRS * sizeof *run->pair);
    else if (n >= FIRST_PAIRS && (n & (n - 1)) == 0)
        run->pair = need_more(run->pair, n * sizeof *run->pair, 2 * n * sizeof *run->pair);
    run->pair[run->pairs++] = (struct pair){text_format("%s.%s", e->section, e->key), text_copy(e->value)};
    return true;
}

static bool read_ini(struct report_run *run, char *error, int size)
{
    char *ini = text_format("%s/resolved.ini", run->folder);
    bool good = ini_visit(ini, take, run, error, (size_t)size);
    free(ini);
    return good;
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
    }
    if (!good)
        runs_free(runs);
    return good;
}

bool runs_read_sweep(struct report_runs *runs, const char *const *folder, char *error, int size)
{
    *runs = (struct report_runs){.n = 1, .run = need(sizeof *runs->run)};
    runs->run[0].folder = *folder;
    bool good = read_ini(&runs->run[0], error, size);
    if (!good)
        runs_free(runs);
    return good;
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
        sheet_free(&run->comparison);
    }
    free(runs->run);
    *runs = (struct report_runs){0};
}

/* ---- asking ---- */

const char *run_value(const struct report_run *run, const char *key)
{
    for (int i = 0; i < run->pairs; i++)
        if (strcmp(run->pair[i].key, key) == 0)
            return run->pair[i].value;
    return "";
}

/* `  "name": "text",` as sim/output/json.c writes it; what is escaped in it stays so. */
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

/* Names, what is only written or only about the machine, and what makes seeds of one curve: as plots/variants.awk says. */
static bool counts(const char *key)
{
    static const char *const ignored[] = {"experiment.name", "experiment.seed", "experiment.algorithms",
                                          "data.path", "cluster.processes"};
    for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
        if (strcmp(key, ignored[i]) == 0)
            return false;
    return !begins(key, "output.") && !begins(key, "host.");
}

static bool differs(const struct report_runs *runs, const char *key)
{
    for (int i = 1; i < runs->n; i++)
        if (strcmp(run_value(&runs->run[i], key), run_value(&runs->run[0], key)) != 0)
            return true;
    return false;
}

/* Seen in a run before this one. */
static bool is_known(const struct report_runs *runs, int run, const char *key)
{
    for (int r = 0; r < run; r++)
        for (int i = 0; i < runs->run[r].pairs; i++)
            if (strcmp(runs->run[r].pair[i].key, key) == 0)
                return true;
    return false;
}

const char *runs_differ_in(const struct report_runs *runs, int i)
{
    for (int r = 0; r < runs->n; r++)
        for (int j = 0; j < runs->run[r].pairs; j++) {
            const char *key = runs->run[r].pair[j].key;
            if (counts(key) && differs(runs, key) && !is_known(runs, r, key) && i-- == 0)
                return key;
        }
    return NULL;
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
