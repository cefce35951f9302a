#include "sim/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/keys.h"
#include "models/optimizer.h"
#include "models/words.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/exchange/kind.h"

struct entry { /* the same view of everything that has a name */
    const char *name, *summary, *source;
};

struct kind {
    const char *what;             /* the word of --list */
    struct entry (*at)(size_t i); /* name NULL: after the last */
};

static struct entry algorithm_at(size_t i)
{
    const struct algorithm *a = alg_list[i];
    return a ? (struct entry){a->name, a->summary, a->paper} : (struct entry){0};
}

static struct entry codec_at(size_t i)
{
    const struct codec *c = codec_list[i];
    return c ? (struct entry){c->name, c->summary, c->paper} : (struct entry){0};
}

static struct entry model_at(size_t i)
{
    const struct model_def *m = model_list[i];
    return m ? (struct entry){m->name, m->summary, m->source} : (struct entry){0};
}

static struct entry dataset_at(size_t i)
{
    const struct dataset_def *d = dataset_list[i];
    return d ? (struct entry){d->name, d->summary, d->source} : (struct entry){0};
}

static struct entry optimizer_at(size_t i)
{
    const struct optimizer *o = optimizer_list[i];
    return o ? (struct entry){o->name, o->summary, o->source} : (struct entry){0};
}

static struct entry exchange_at(size_t i)
{
    const struct exchange_kind *x = exchange_list[i];
    return x ? (struct entry){x->name, x->summary, x->source} : (struct entry){0};
}

static const struct kind algorithms = {"algorithms", algorithm_at}, codecs = {"codecs", codec_at},
                         models = {"models", model_at}, datasets = {"datasets", dataset_at},
                         optimizers = {"optimizers", optimizer_at}, exchanges = {"exchanges", exchange_at};

static const char *name_at(const void *kind, size_t i)
{
    return ((const struct kind *)kind)->at(i).name;
}

static size_t find(const struct kind *kind, const char *key, const char *name)
{
    for (size_t i = 0; kind->at(i).name; i++)
        if (strcmp(kind->at(i).name, name) == 0)
            return i;
    const char *nearest = text_nearest(name, name_at, kind);
    die(EXIT_USAGE, "%s: expected a name from --list %s, got '%s'%s%s%s", key, kind->what, name,
        nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
}

/* ---- sections ---- */

#define MAX_SECTIONS 128

/* Made once, at the first call; const after that: the parameters belong to each configuration. */
static struct config_section section[MAX_SECTIONS];
static int sections;

static bool row_of_algorithm(const void *alg, int i, struct config_key *row)
{
    return alg_key(alg, i, row);
}

static bool row_of_codec(const void *codec, int i, struct config_key *row)
{
    return codec_key(codec, i, row);
}

/* The rows of all the plug-in's tables as one. */
static const struct config_key *rows_of(bool (*row_of)(const void *, int, struct config_key *),
                                        const void *plug_in)
{
    int n = 0;
    struct config_key row;
    while (row_of(plug_in, n, &row))
        n++;
    struct config_key *rows = need((size_t)(n + 1) * sizeof *rows); /* the last one: no name */
    for (int i = 0; i < n; i++)
        row_of(plug_in, i, &rows[i]);
    return rows;
}

static void add_section(const char *kind, const char *name, const struct config_key *keys, size_t params_size)
{
    if (sections == MAX_SECTIONS)
        die(EXIT_FAILED, "more than %d algorithms and codecs", MAX_SECTIONS);
    section[sections++] = (struct config_section){text_format("%s.%s", kind, name), keys, params_size, NULL};
}

/* What no compiler sees: a plug-in without something that its contract requires. */
static void require(const char *kind, const char *name, const char *contract, const char *lacks)
{
    if (lacks)
        die(EXIT_FAILED, "%s %s has no %s: %s requires it", kind, name, lacks, contract);
}

static void require_callbacks_of_codecs(void)
{
    for (int i = 0; codec_list[i]; i++) {
        const struct codec *c = codec_list[i];
        require("codec", codec_words[i + 1], "algorithms/codecs/codec.h",
                !c->name       ? "name"
                : !c->summary  ? "summary"
                : !c->size     ? "size"
                : !c->feedback ? "feedback"
                : !c->bytes    ? "bytes"
                : !c->encode   ? "encode"
                : !c->decode   ? "decode"
                               : NULL);
    }
}

static void require_callbacks_of_others(void)
{
    for (int i = 0; optimizer_list[i]; i++) {
        const struct optimizer *o = optimizer_list[i];
        require("optimizer", optimizer_words[i], "models/optimizer.h",
                !o->name        ? "name"
                : !o->summary   ? "summary"
                : !o->states    ? "states"
                : !o->direction ? "direction"
                                : NULL);
    }
    for (int i = 0; dataset_list[i]; i++) {
        const struct dataset_def *d = dataset_list[i];
        require("data set", dataset_words[i], "models/data/dataset.h",
                !d->name                  ? "name"
                : !d->load                ? "load"
                : d->folders && !d->probe ? "probe"
                                          : NULL);
    }
    for (int i = 0; model_list[i]; i++)
        require("model", model_words[i], "models/model.h",
                !model_list[i]->name                              ? "name"
                : !model_list[i]->layers && !model_list[i]->sizes ? "layers"
                                                                  : NULL);
}

const struct config_section *registry_sections(int *n)
{
    if (!sections) {
        require_callbacks_of_codecs();
        require_callbacks_of_others();
        for (int i = 0; alg_list[i]; i++) {
            if (alg_list[i]->keys[0] != alg_common_keys ||
                alg_list[i]->params_size < sizeof(struct alg_common))
                die(EXIT_FAILED,
                    "algorithm %s: its keys must begin with alg_common_keys, and its parameters with "
                    "struct alg_common: algorithms/keys.h requires it",
                    alg_list[i]->name);
            add_section("algorithm", alg_list[i]->name, rows_of(row_of_algorithm, alg_list[i]),
                        alg_list[i]->params_size);
        }
        for (int i = 0; codec_list[i]; i++)
            add_section("codec", codec_list[i]->name, rows_of(row_of_codec, codec_list[i]),
                        codec_section_size(codec_list[i]));
    }
    *n = sections;
    return section;
}

const struct algorithm *registry_algorithm(const struct config *cfg, const char *name, const void **params)
{
    *params = config_params(cfg, "algorithm", name);
    return alg_list[find(&algorithms, "experiment.algorithms", name)];
}

struct variant registry_variant(const struct config *cfg, int i)
{
    const struct names *names = &cfg->experiment.algorithms;
    const char *name = names->at[i], *of = names->of[i];
    struct variant v = {.name = name};
    v.alg = registry_algorithm(cfg, of ? of : name, &v.params);
    v.params = config_params(cfg, "algorithm", name);
    v.label = ((const struct alg_common *)v.params)->label;
    if (!v.label)
        v.label = !of && v.alg->label ? v.alg->label : name;
    return v;
}

const struct codec *registry_codec(const struct config *cfg, const char *key, const char *name,
                                   const void **params)
{
    char *variant = text_copy(name), *colon = strstr(variant, ": ");
    const char *of = colon ? colon + strlen(": ") : variant;
    if (colon)
        *colon = '\0';
    *params = config_params(cfg, "codec", variant);
    const struct codec *codec = codec_list[find(&codecs, key, of)];
    free(variant);
    return codec;
}

const struct model_def *registry_model(const char *name)
{
    return model_list[find(&models, "model.name", name)];
}

/* ---- promises ---- */

/* The word of the row that fills the parameter at this offset; 0: nothing is promised. */
static const char *key_at(const struct algorithm *alg, size_t offset)
{
    struct config_key row;
    for (int i = 0; offset && alg_key(alg, i, &row); i++)
        if (row.offset == offset)
            return row.name;
    return NULL;
}

static struct promised_keys promised_by_algorithm(const char *name)
{
    int i = 0;
    while (alg_list[i] && strcmp(alg_list[i]->name, name) != 0)
        i++;
    const struct algorithm *alg = alg_list[i];
    if (!alg || !alg->promises)
        return (struct promised_keys){0};
    const struct promises *p = alg->promises;
    return (struct promised_keys){.fewest_steps = key_at(alg, p->fewest_steps),
                                  .most_steps = key_at(alg, p->most_steps),
                                  .update_pushes = key_at(alg, p->update_pushes),
                                  .slack = key_at(alg, p->slack),
                                  .exchanges = key_at(alg, p->exchanges),
                                  .fragments = key_at(alg, p->fragments),
                                  .delay = key_at(alg, p->delay),
                                  .layout = key_at(alg, p->layout)};
}

static const char *promised_by_codec(const char *name)
{
    int i = 0;
    while (codec_list[i] && strcmp(codec_list[i]->name, name) != 0)
        i++;
    const struct codec *codec = codec_list[i];
    for (const struct config_key *row = codec && codec->warmup ? codec->keys : NULL; row && row->name; row++)
        if (row->offset == codec->warmup)
            return row->name;
    return NULL;
}

const struct promised_by registry_promises = {promised_by_algorithm, promised_by_codec};

/* ---- lists ---- */

static void list_kind(const struct kind *kind)
{
    struct entry e;
    for (size_t i = 0; (e = kind->at(i)).name; i++)
        printf(e.source ? "%-16s %s (%s)\n" : "%-16s %s\n", e.name, e.summary, e.source);
}

void registry_list(const char *what)
{
    static const struct kind *const kinds[] = {&algorithms, &models,     &datasets,
                                               &codecs,     &optimizers, &exchanges};
    int n;
    if (strcmp(what, "keys") == 0) {
        const struct config_section *s = registry_sections(&n);
        config_list_keys(s, n, stdout, false);
        return;
    }
    size_t i = 0;
    while (i + 1 < sizeof kinds / sizeof *kinds && strcmp(kinds[i]->what, what) != 0)
        i++;
    list_kind(kinds[i]);
}
