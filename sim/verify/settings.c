/* Reads resolved.ini for the judge. ini.c splits the file into entries; this file keeps every key with its
 * text, and converts a value when a question asks for it. It does not use sim/config/: the judge must also
 * read a resolved.ini that the configuration would refuse, and report the damage as a finding. */
#include "sim/verify/settings.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/number.h"
#include "sim/base/text.h"
#include "sim/config/ini.h"
#include "sim/config/milestones.h"
#include "sim/schema/rows.h"
#include "sim/time/vtime.h"
#include "sim/verify/table.h"

enum { MOST_KEYS = 4096, LONGEST_NAME = 256, LONGEST_WORD = 200 };

struct setting {
    char *key, *value; /* "cluster.workers" */
    int line;
};

struct settings {
    const char *path;
    struct findings *findings;
    int n;
    struct setting at[MOST_KEYS];
    char name[LONGEST_NAME];
};

static bool take(void *settings, const struct ini_entry *e, char *error, size_t error_size)
{
    struct settings *s = settings;
    if (!e->key)
        return true;
    if (s->n == MOST_KEYS) {
        snprintf(error, error_size, "more than %d keys", MOST_KEYS);
        return false;
    }
    s->at[s->n++] = (struct setting){text_join(e->section, ".", e->key), text_copy(e->value), e->line};
    return true;
}

/* error is "path:line: why" or "path: why". finding() prints path and line itself, so both are cut off
 * here. */
static void refuse_file(struct findings *f, const char *error)
{
    char *why;
    size_t named = strlen(f->file);
    const char *rest = strncmp(error, f->file, named) == 0 ? error + named : error;
    f->line = *rest == ':' ? strtoll(rest + 1, &why, 10) : 0;
    finding(f, "%s", f->line > 0 ? why + strspn(why, ": ") : rest + strspn(rest, ": "));
}

struct settings *settings_read(const char *path, struct findings *f)
{
    char error[1024];
    struct settings *s = need(sizeof *s);
    s->path = path;
    s->findings = f;
    f->file = path;
    f->line = 0;
    if (ini_visit(path, take, s, error, sizeof error))
        return s;
    refuse_file(f, error);
    settings_free(s);
    return NULL;
}

void settings_free(struct settings *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->n; i++) {
        free(s->at[i].key);
        free(s->at[i].value);
    }
    free(s);
}

static const struct setting *find(struct settings *s, const char *key)
{
    s->findings->file = s->path;
    s->findings->line = 0;
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->at[i].key, key) == 0) {
            s->findings->line = s->at[i].line;
            return &s->at[i];
        }
    return NULL;
}

static bool refuse(struct settings *s, const char *key, const char *wanted, const char *value)
{
    char quoted[80];
    finding(s->findings, "%s: expected %s, got %s", key, wanted,
            value ? text_quote(quoted, sizeof quoted, value) : "no such key");
    return false;
}

/* A whole number, not negative. A value above LARGEST_CELL counts as LARGEST_CELL: no table holds more. */
static bool whole(const char *text, int64_t *value)
{
    char *end;
    errno = 0;
    *value = strtoll(text, &end, 10);
    bool good = end != text && !*end && !errno && *value >= 0;
    *value = *value < LARGEST_CELL ? *value : LARGEST_CELL;
    return good;
}

/* The largest of some whole numbers. A list may write large ones as 1e+06. */
static bool largest(const char *text, int64_t *value)
{
    *value = 0;
    for (const char *at = text;; at++) {
        char *end;
        double given = strtod(at, &end);
        if (end == at || (*end && *end != ',') || !(given == floor(given) && given >= 0 && isfinite(given)))
            return false;
        int64_t one = given < (double)LARGEST_CELL ? (int64_t)given : LARGEST_CELL;
        *value = one > *value ? one : *value;
        at = end;
        if (!*at)
            return true;
    }
}

bool settings_workers(struct settings *s, int64_t *workers)
{
    enum { MOST_WORKERS = 1 << 20 }; /* far above the key's own bound; limits what a damaged file allocates */
    static const char key[] = "cluster.workers";
    const struct setting *setting = find(s, key);
    if (setting && whole(setting->value, workers) && *workers >= 1 && *workers <= MOST_WORKERS)
        return true;
    return refuse(s, key, "a number of workers", setting ? setting->value : NULL);
}

bool settings_trained(struct settings *s, bool *trained)
{
    static const char key[] = "experiment.train";
    const struct setting *setting = find(s, key);
    *trained = setting && strcmp(setting->value, "yes") == 0;
    if (*trained || (setting && strcmp(setting->value, "no") == 0))
        return true;
    return refuse(s, key, "yes or no", setting ? setting->value : NULL);
}

/* A number of rounds, at least 1; 1 when the key is missing. */
static bool rounds(struct settings *s, const char *key, int64_t *n)
{
    const struct setting *setting = find(s, key);
    *n = 1;
    return !setting || (whole(setting->value, n) && *n >= 1) ||
           refuse(s, key, "a number of rounds", setting->value);
}

bool settings_every(struct settings *s, int64_t *every)
{
    return rounds(s, "output.workers_every", every);
}

bool settings_server_every(struct settings *s, int64_t *every)
{
    return rounds(s, "faults.server_checkpoint_every", every);
}

int64_t settings_eval_every(struct settings *s)
{
    static const char key[] = "output.eval_every";
    const struct setting *setting = find(s, key);
    int64_t every = 0;
    if (setting && *setting->value && !(whole(setting->value, &every) && every >= 1))
        refuse(s, key, "a number of local iterations", setting->value);
    return every;
}

const char *settings_milestones(struct settings *s)
{
    const struct setting *setting = find(s, "output.at");
    return setting ? setting->value : "";
}

quality_set settings_quality(struct settings *s)
{
    const struct setting *setting = find(s, "output.quality");
    return setting ? quality_read(setting->value) : 0;
}

/* Reads the promised bound into *value; of several numbers, the largest. section is "algorithm.NAME" or
 * "codec.NAME"; name is NULL when the plug-in promises nothing, and *value stays as it is. */
static void bound(struct settings *s, const char *section, const char *name, int64_t *value)
{
    char key[2 * LONGEST_NAME];
    int64_t given;
    if (!name)
        return;
    snprintf(key, sizeof key, "%s.%s", section, name);
    const struct setting *setting = find(s, key);
    if (!setting || !*setting->value)
        return;
    if (largest(setting->value, &given))
        *value = given;
    else
        refuse(s, key, "a whole number", setting->value);
}

static const struct setting *codec_of_pushes(struct settings *s, const char *section)
{
    char key[2 * LONGEST_NAME];
    snprintf(key, sizeof key, "%s.codec", section);
    return find(s, key);
}

/* reply_codec, or codec when reply_codec is empty. section is "algorithm.NAME". */
static const struct setting *codec_of_replies(struct settings *s, const char *section)
{
    char key[2 * LONGEST_NAME];
    snprintf(key, sizeof key, "%s.reply_codec", section);
    const struct setting *codec = find(s, key);
    return codec && *codec->value ? codec : codec_of_pushes(s, section);
}

/* "topk1: bsp" -> "topk1" of "bsp"; "bsp" -> "bsp" of "bsp". */
struct named {
    char name[LONGEST_WORD], of[LONGEST_WORD];
};

/* Copies the word at the beginning of the text, and returns what follows. */
static const char *take_word(char *word, const char *text)
{
    text += strspn(text, " ");
    size_t length = strcspn(text, " ,:");
    snprintf(word, LONGEST_WORD, "%.*s", (int)length, text);
    return text + length + strspn(text + length, " ");
}

static struct named take_named(const char *text)
{
    struct named n;
    const char *rest = take_word(n.name, text);
    take_word(n.of, *rest == ':' ? rest + 1 : text);
    return n;
}

/* Element i of experiment.algorithms; its name is empty behind the last. */
static struct named element(struct settings *s, int i)
{
    const struct setting *setting = find(s, "experiment.algorithms");
    const char *at = setting ? setting->value : "";
    for (; i > 0 && *at; i--) {
        at += strcspn(at, ",");
        at += *at == ',';
    }
    return take_named(at);
}

/* The element with this name; without one, the name stands for itself. */
static struct named named_as(struct settings *s, const char *algorithm)
{
    struct named n;
    for (int i = 0; *(n = element(s, i)).name; i++)
        if (strcmp(n.name, algorithm) == 0)
            return n;
    return take_named(algorithm);
}

/* How many first messages of a sender with this codec may be larger than the later ones. */
static int64_t warmup_of(struct settings *s, const struct promised_by *by, const struct setting *codec)
{
    char codec_section[LONGEST_NAME];
    int64_t warmup = 0;
    if (codec) {
        const struct named named = take_named(codec->value);
        snprintf(codec_section, sizeof codec_section, "codec.%s", named.name);
        bound(s, codec_section, by->codec_warmup(named.of), &warmup);
    }
    return warmup;
}

static bool is_strided(struct settings *s, const char *section, const char *key)
{
    char name[2 * LONGEST_NAME];
    if (!key)
        return false;
    snprintf(name, sizeof name, "%s.%s", section, key);
    const struct setting *layout = find(s, name);
    return layout && strcmp(layout->value, "strided") == 0;
}

struct limits settings_limits(struct settings *s, const struct promised_by *by, const char *algorithm)
{
    struct limits limits = {
        .least_k = 1, .most_k = LARGEST_CELL, .group = 0, .slack = -1, .exchanges = 1, .out = 1};
    const struct named named = named_as(s, algorithm);
    const struct promised_keys keys = by->algorithm(named.of);
    char section[LONGEST_NAME];
    int64_t fragments = 1, delay = 0, dense = 0;
    snprintf(section, sizeof section, "algorithm.%s", algorithm);
    bound(s, section, keys.fewest_steps, &limits.least_k);
    bound(s, section, keys.most_steps, &limits.most_k);
    bound(s, section, keys.update_pushes, &limits.group);
    bound(s, section, keys.slack, &limits.slack);
    bound(s, section, keys.exchanges, &limits.exchanges);
    bound(s, section, keys.fragments, &fragments);
    bound(s, section, keys.delay, &delay);
    bound(s, section, "compress_after", &dense);
    if (fragments > 1) { /* most_k is for all of them together, and each push has nearly the same part */
        int64_t steps = limits.most_k;
        limits.least_k = steps / fragments;
        limits.most_k = steps / fragments + (steps % fragments != 0);
        limits.out = delay > limits.least_k ? fragments : 1;
    }
    limits.sizes_differ = limits.exchanges > 1 || dense > 0 ||
                          warmup_of(s, by, codec_of_replies(s, section)) > 0 ||
                          (fragments > 1 && is_strided(s, section, keys.layout));
    limits.pushes_differ = limits.exchanges > 1 || dense > 0 || fragments > 1 ||
                           warmup_of(s, by, codec_of_pushes(s, section)) > 0;
    return limits;
}

const char *settings_algorithm(struct settings *s, int i)
{
    struct named n = element(s, i);
    snprintf(s->name, sizeof s->name, "%s", n.name);
    return *s->name ? s->name : NULL;
}

static const char *value_of(struct settings *s, const char *key)
{
    const struct setting *setting = find(s, key);
    return setting && *setting->value ? setting->value : NULL;
}

static bool is(struct settings *s, const char *key, const char *word)
{
    const char *value = value_of(s, key);
    return value && strcmp(value, word) == 0;
}

/* A number above 0; 0: the key is left out. */
static double above_zero(struct settings *s, const char *key)
{
    const char *text = value_of(s, key);
    double value = 0;
    if (text && (!number_real(text, strlen(text), &value) || !(value > 0 && isfinite(value)))) {
        refuse(s, key, "a number above 0", text);
        return 0;
    }
    return value;
}

/* A duration in ns, or a number of bytes, rounded up; 0: the key is left out. */
static int64_t budget(struct settings *s, const char *key, bool bytes)
{
    struct milestone m;
    const char *text = value_of(s, key);
    if (!text)
        return 0;
    if (!milestone_read(text, &m) && m.bytes == bytes)
        return bytes ? (int64_t)ceil(m.at) : vtime_from_seconds(m.at, 0);
    refuse(s, key, bytes ? "an amount of bytes" : "a duration", text);
    return 0;
}

struct ends settings_ends(struct settings *s, const char *algorithm)
{
    char drain[2 * LONGEST_NAME];
    const char *iterations = value_of(s, "experiment.iterations");
    snprintf(drain, sizeof drain, "algorithm.%s.drain", algorithm);
    struct ends ends = {.ns = budget(s, "experiment.virtual_time", false),
                        .bytes = budget(s, "experiment.bytes", true),
                        .epochs = above_zero(s, "experiment.epochs"),
                        .at_target = is(s, "experiment.stop", "target"),
                        .drains = is(s, drain, "yes")};
    if (iterations && !whole(iterations, &ends.iterations))
        refuse(s, "experiment.iterations", "a number of local iterations", iterations);
    return ends;
}

double settings_target(struct settings *s)
{
    return above_zero(s, "experiment.target_accuracy");
}

bool settings_halving(struct settings *s, int64_t *eta, bool *by_loss)
{
    const char *halving = value_of(s, "sweep.halving");
    *by_loss = value_of(s, "sweep.tune") && is(s, "sweep.tune", "loss");
    return halving && whole(halving, eta) && *eta > 1;
}

bool settings_validates(struct settings *s)
{
    return value_of(s, "data.validation") && !is(s, "data.validation", "0");
}

const char *settings_exchange(struct settings *s, const char *algorithm, bool *own)
{
    char key[2 * LONGEST_NAME];
    snprintf(key, sizeof key, "algorithm.%s.exchange_by", algorithm);
    const char *by = value_of(s, key), *all = value_of(s, "network.exchange");
    *own = by;
    return by ? by : all ? all : EXCHANGE_USUAL;
}

bool settings_colocated(struct settings *s)
{
    return is(s, "server.colocated", "yes");
}

bool settings_overlap(struct settings *s, const char *algorithm, bool *own)
{
    static const char backward[] = "backward";
    char key[2 * LONGEST_NAME];
    snprintf(key, sizeof key, "algorithm.%s.overlap", algorithm);
    *own = is(s, key, backward);
    return *own || (!value_of(s, key) && is(s, "network.overlap", backward));
}

bool settings_codes(struct settings *s)
{
    bool any = false;
    for (int i = 0; i < s->n; i++) {
        struct milestone m;
        const char *name = strrchr(s->at[i].key, '.');
        bool cost = name && (strcmp(name, ".encode_cost") == 0 || strcmp(name, ".decode_cost") == 0);
        any |= cost && !milestone_read(s->at[i].value, &m);
    }
    return any;
}
