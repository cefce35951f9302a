/* Keys of runs: which count in a comparison, which concern an algorithm, in which the runs differ, and their
 * short names. plots/list_curves.awk has the same rules; tests/cli/test_merged.sh compares the two. */
#define _GNU_SOURCE /* tdestroy */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/report/runs.h"

static const char of_algorithm[] = "algorithm.", of_codec[] = "codec.";

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static bool is_one_of(const char *text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], text) == 0)
            return true;
    return false;
}

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

/* The same where the key mostly is pair `place`: runs of one version have the same keys in the same order. */
static const char *value_near(const struct report_run *run, const char *key, int place)
{
    bool there = place < run->pairs && strcmp(run->pair[place].key, key) == 0;
    return there ? run->pair[place].value : run_value(run, key);
}

/* The part behind the last dot. */
static const char *last_part(const char *key)
{
    const char *dot = strrchr(key, '.');
    return dot ? dot + 1 : key;
}

/* ---- which keys count ---- */

bool key_is_of_making(const char *key)
{
    return !strchr(key, '.');
}

/* Keys that make no difference between runs: names, keys about output or the machine only, and the seed,
 * which makes runs of one curve. */
static bool counts(const char *key)
{
    static const char *const ignored[] = {
        "experiment.name",     "experiment.seed", "experiment.algorithms", "data.path",
        "cluster.processes",   "output.path",     "output.trace",          "output.report",
        "output.at",           "host.patience",   "host.kernels",          "output.checkpoint_every",
        "output.workers_every"};
    if (begins(key, of_algorithm) && strcmp(last_part(key), "label") == 0)
        return false;
    return !is_one_of(key, ignored, sizeof ignored / sizeof *ignored);
}

/* ---- which keys concern an algorithm ---- */

bool key_is_shared(const char *key)
{
    return !begins(key, of_algorithm) && !begins(key, of_codec);
}

/* The key stands in the section "algorithm.losp" or "codec.topk", as `kind` and `name` say. */
static bool in_section(const char *key, const char *kind, const char *name)
{
    size_t length = strlen(name);
    const char *rest = key + strlen(kind);
    return begins(key, kind) && strncmp(rest, name, length) == 0 && rest[length] == '.';
}

/* The key stands in the section of the codec. The section of the variant "one: topk" is "codec.one". */
static bool in_codec(const char *key, const char *codec)
{
    const char *colon = strchr(codec, ':');
    char *name = text_format("%.*s", colon ? (int)(colon - codec) : (int)strlen(codec), codec);
    bool in = in_section(key, of_codec, text_trim(name));
    free(name);
    return in;
}

/* The algorithm has the codec of this key, for its pushes or for its replies. */
static bool is_of_its_codec(const struct report_run *run, const char *key, const char *algorithm)
{
    static const char *const places[] = {"codec", "reply_codec"};
    bool has = false;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char *place = text_format("algorithm.%s.%s", algorithm, places[i]);
        has |= in_codec(key, run_value(run, place));
        free(place);
    }
    return has;
}

bool key_concerns(const struct report_run *run, const char *key, const char *algorithm)
{
    return key_is_shared(key) || in_section(key, of_algorithm, algorithm) ||
           is_of_its_codec(run, key, algorithm);
}

bool key_is_used(const struct report_run *run, const char *key)
{
    bool used = key_is_shared(key);
    for (int i = 0; !used && i < run->comparison.rows; i++) {
        const char *algorithm = sheet_cell(&run->comparison, i, "algorithm");
        used = algorithm && key_concerns(run, key, algorithm);
    }
    return used;
}

/* ---- what differs ---- */

/* Some run has another value than the first: most keys have none, and then it does not count where they have an
 * effect. */
static bool varies(const struct report_runs *runs, const char *key, int place)
{
    const char *first = value_near(&runs->run[0], key, place);
    for (int i = 1; i < runs->n; i++)
        if (strcmp(value_near(&runs->run[i], key, place), first) != 0)
            return true;
    return false;
}

/* The key has several values in the runs in which it has an effect. */
static bool differs(const struct report_runs *runs, const char *key, int place)
{
    const char *first = NULL;
    if (!varies(runs, key, place))
        return false;
    for (int i = 0; i < runs->n; i++) {
        if (!key_is_used(&runs->run[i], key))
            continue;
        const char *value = run_value(&runs->run[i], key);
        if (first && strcmp(value, first) != 0)
            return true;
        first = value;
    }
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

/* Adds a text to a list of *n. */
static const char **longer(const char **list, int *n, const char *text)
{
    list = need_one_more(list, (size_t)*n, sizeof *list);
    list[(*n)++] = text;
    return list;
}

/* The run before has this key at the same place. */
static bool is_as_before(const struct report_runs *runs, int r, int place)
{
    const struct report_run *before = r > 0 ? &runs->run[r - 1] : NULL;
    return before && place < before->pairs &&
           strcmp(before->pair[place].key, runs->run[r].pair[place].key) == 0;
}

void runs_find_differences(struct report_runs *runs)
{
    void *known = NULL;
    for (int r = 0; r < runs->n; r++)
        for (int i = 0; i < runs->run[r].pairs; i++) {
            const char *key = runs->run[r].pair[i].key;
            if (is_as_before(runs, r, i) || tfind(key, &known, by_text))
                continue;
            if (!tsearch(key, &known, by_text))
                die(EXIT_RESOURCE, "no memory for a report");
            runs->known = longer(runs->known, &runs->keys, key);
            if (counts(key) && differs(runs, key, i))
                runs->differ = longer(runs->differ, &runs->differing, key);
        }
    tdestroy(known, keep_known);
}

const char *runs_differ_in(const struct report_runs *runs, int i)
{
    return i < runs->differing ? runs->differ[i] : NULL;
}

/* ---- short names ---- */

/* Last parts of shared keys that say nothing without their section. */
static bool is_vague(const char *part)
{
    static const char *const vague[] = {"set",    "name",   "model",      "shape",         "seconds",
                                        "device", "factor", "overhead",   "spread",        "trace",
                                        "power",  "beta",   "clock",      "sharing",       "train",
                                        "report", "path",   "efficiency", "trace contents"};
    return is_one_of(part, vague, sizeof vague / sizeof *vague);
}

/* Some other key that may stand beside this one in a label has the same last part and a value. */
static bool is_ambiguous(const struct report_runs *runs, const char *key, const char *algorithm)
{
    const char *part = last_part(key);
    for (int i = 0; i < runs->keys; i++) {
        const char *other = runs->known[i];
        if (strcmp(last_part(other), part) != 0 || strcmp(other, key) == 0)
            continue;
        for (int r = 0; r < runs->n; r++) {
            const struct report_run *run = &runs->run[r];
            if (*run_value(run, other) &&
                (key_is_shared(key) ? key_is_used(run, other) : key_concerns(run, other, algorithm)))
                return true;
        }
    }
    return false;
}

const char *key_short(const struct report_runs *runs, const char *key, const char *algorithm)
{
    const char *part = last_part(key), *at = part;
    if (key_is_of_making(key))
        return key;
    if (!(key_is_shared(key) && is_vague(part)) && !is_ambiguous(runs, key, algorithm))
        return part;
    for (at--; at > key && at[-1] != '.';) /* one part more */
        at--;
    return at;
}
