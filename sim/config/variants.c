/* Variants: a name of experiment.algorithms such as "topk1: bsp" has a section [algorithm.topk1] with the keys
 * and presets of [algorithm.bsp]; a codec such as "topk1: topk" has a section [codec.topk1]. The sections are
 * declared before the file is read, wherever the line with the names stands. A variant takes nothing but the
 * presets from the section of its algorithm or codec.
 *
 *   "bsp, topk1: bsp" --variants_declare--> section algorithm.topk1, its parameters, its slots
 *   a later "topk1" --variants_resolve--> "topk1: bsp", as declared */
#include "sim/config/variants.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/values.h"

/* ---- what is declared ---- */

static const struct section_variant *find(const struct config_source *src, const char *kind, const char *name)
{
    for (int i = 0; i < src->n_variants; i++)
        if (strcmp(src->variant[i].kind, kind) == 0 && strcmp(src->variant[i].name, name) == 0)
            return &src->variant[i];
    return NULL;
}

static const struct config_section *section_of(const struct config_source *src, const char *kind,
                                               const char *name)
{
    char *whole = text_format("%s.%s", kind, name);
    const struct config_section *section = source_section(src, whole);
    free(whole);
    return section;
}

struct kind_of {
    const struct config_source *src;
    const char *kind;
};

/* Name i of this kind, for suggestions. */
static const char *name_at(const void *context, size_t i)
{
    const struct kind_of *all = context;
    size_t length = strlen(all->kind);
    for (int s = 0; s < all->src->n_sections; s++) {
        const char *name = all->src->sections[s].name;
        if (strncmp(name, all->kind, length) == 0 && name[length] == '.' && i-- == 0)
            return name + length + 1;
    }
    return NULL;
}

/* "Local-SGD" becomes "local_sgd" where one section of the kind alone has such a name; *name is owned. */
static void normalise(const struct config_source *src, const char *kind, char **name)
{
    const struct kind_of all = {src, kind};
    const char **words = need(((size_t)src->n_sections + 1) * sizeof *words);
    for (size_t i = 0; (words[i] = name_at(&all, i)); i++)
        continue;
    int found = text_find(words, *name);
    if (found >= 0 && strcmp(words[found], *name) != 0) {
        free(*name);
        *name = text_copy(words[found]);
    }
    free(words);
}

/* ---- declaring ---- */

struct declaration { /* "topk1: bsp", of the kind "algorithm" */
    const char *kind, *name, *of;
    char *error;
    size_t error_size;
};

static bool refuse(const struct declaration *d, const char *why, const char *end)
{
    snprintf(d->error, d->error_size, "%s: %s%s", d->name, why, end);
    return false;
}

static bool refuse_unknown(const struct config_source *src, const struct declaration *d)
{
    char quoted[80];
    const char *nearest = text_nearest(d->of, name_at, &(struct kind_of){src, d->kind});
    snprintf(d->error, d->error_size, "%s: expected a variant of a name from --list %ss, got one of %s%s%s%s",
             d->name, d->kind, text_quote(quoted, sizeof quoted, d->of), nearest ? "; did you mean '" : "",
             nearest ? nearest : "", nearest ? "'?" : "");
    return false;
}

static bool check(const struct config_source *src, const struct declaration *d)
{
    const struct section_variant *old = find(src, d->kind, d->name);
    if (!section_of(src, d->kind, d->of))
        return refuse_unknown(src, d);
    if (find(src, d->kind, d->of))
        return refuse(d, "expected no variant of a variant, got one of ", d->of);
    if (old && strcmp(old->of, d->of) != 0)
        return refuse(d, "is declared twice, also as a variant of ", old->of);
    if (!old && section_of(src, d->kind, d->name))
        return refuse(d, "expected a variant with another name than --list has, got one of ", d->of);
    if (!old && src->n_variants == MOST_VARIANTS)
        return refuse(d, "there are too many variants", "");
    return true;
}

static void declare(struct config_source *src, const struct declaration *d)
{
    const struct config_section *model = section_of(src, d->kind, d->of);
    struct config_section own = *model;
    own.name = text_format("%s.%s", d->kind, d->name);
    own.of = model->name;
    src->variant[src->n_variants++] =
        (struct section_variant){.kind = d->kind, .name = text_copy(d->name), .of = text_copy(d->of)};
    source_add_section(src, &own);
}

static bool take(struct config_source *src, const struct declaration *d)
{
    if (!check(src, d))
        return false;
    if (!find(src, d->kind, d->name))
        declare(src, d);
    return true;
}

bool variants_declare(struct config_source *src, const struct config_key *key, const char *text, char *error,
                      size_t size)
{
    const struct config_key list = {.name = key->name, .type = KEY_NAMES, .kind = key->kind};
    struct names names = {0};
    bool good = !key->kind || value_read(&list, text, &names, error, size);
    for (int i = 0; good && i < names.n; i++)
        if (names.of[i]) {
            normalise(src, key->kind, &names.of[i]);
            good = take(src, &(struct declaration){key->kind, names.at[i], names.of[i], error, size});
        }
    value_free(&list, &names);
    return good;
}

/* ---- using ---- */

/* `text` is "topk", "Top-K" or "topk1: topk". */
static void resolve_name(const struct config_source *src, const char *kind, char **text)
{
    char *name = text_format("%.*s", (int)strcspn(*text, ":"), *text);
    if (strlen(name) == strlen(*text))
        normalise(src, kind, &name);
    const struct section_variant *v = find(src, kind, name);
    free(*text);
    *text = v ? text_format("%s: %s", v->name, v->of) : text_copy(name);
    free(name);
}

static void resolve_names(const struct config_source *src, const char *kind, struct names *names)
{
    for (int i = 0; i < names->n; i++) {
        if (!names->of[i])
            normalise(src, kind, &names->at[i]);
        const struct section_variant *v = find(src, kind, names->at[i]);
        if (!v)
            continue;
        free(names->of[i]);
        names->of[i] = text_copy(v->of);
    }
}

/* Names that differ only in case, hyphens and underscores have become equal. */
static bool check_each_once(const struct names *names, char *error, size_t size)
{
    for (int i = 0; i < names->n; i++)
        for (int j = 0; j < i; j++)
            if (strcmp(names->at[i], names->at[j]) == 0) {
                snprintf(error, size, "expected each name once, got '%s' twice", names->at[i]);
                return false;
            }
    return true;
}

bool variants_resolve(const struct config_source *src, const struct config_key *key, void *field, char *error,
                      size_t size)
{
    if (!key->kind || !value_given(key, field))
        return true;
    if (key->type == KEY_NAME) {
        resolve_name(src, key->kind, field);
        return true;
    }
    resolve_names(src, key->kind, field);
    return check_each_once(field, error, size);
}

char *variants_list(const struct config_source *src, const struct config_key *key, const char *text)
{
    const struct config_key list = {.name = key->name, .type = KEY_NAMES, .kind = key->kind};
    struct names names = {0};
    char why[1024], *whole = NULL;
    size_t size;
    if (!key->kind || !value_read(&list, text, &names, why, sizeof why))
        return text_copy(text);
    variants_resolve(src, &list, &names, why,
                     sizeof why); /* a name given twice is found by sim/sweep/grid.c */
    FILE *out = text_begin(&whole, &size);
    value_print(&list, &names, out);
    text_end(out, &whole);
    value_free(&list, &names);
    return whole;
}

static bool names_have(const struct names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (strcmp(names->at[i], name) == 0)
            return true;
    return false;
}

/* The list of a row names this variant; variants_list has made its text. */
static bool is_in(const struct sweep_rows *rows, const struct section_variant *v)
{
    char *whole = text_format("%s: %s", v->name, v->of);
    bool found = false;
    for (int i = 0; i < rows->n && !found; i++) {
        const struct sweep_row *row = &rows->row[i];
        const char *at = row->row->kind && strcmp(row->row->kind, v->kind) == 0 ? row->values : "";
        for (; *at && !found; at += strcspn(at, ","), at += strspn(at, ", "))
            found = strcspn(at, ",") == strlen(whole) && strncmp(at, whole, strlen(whole)) == 0;
    }
    free(whole);
    return found;
}

static bool is_searched(const struct config_source *src, const struct section_variant *v)
{
    return is_in(&src->swept, v) || is_in(&src->tuned, v);
}

/* The slot of a printed section names this codec. */
static bool is_named(const struct config_source *src, const struct section_variant *v)
{
    size_t length = strlen(v->name);
    for (const struct slot *slot = src->slots; slot < src->slots + src->n_slots; slot++) {
        if (slot->key->type != KEY_NAME || !value_given(slot->key, slot->field) ||
            strcmp(slot->key->kind, v->kind) != 0 || variants_unused(src, slot->section))
            continue;
        const char *name = *(char *const *)slot->field;
        if (strncmp(name, v->name, length) == 0 && name[length] == ':')
            return true;
    }
    return false;
}

bool variants_unused(const struct config_source *src, const struct config_section *section)
{
    const struct names *names = &src->cfg->experiment.algorithms;
    for (int i = 0; i < src->n_variants; i++) {
        const struct section_variant *v = &src->variant[i];
        if (section_of(src, v->kind, v->name) == section)
            return strcmp(v->kind, "algorithm") == 0 ? !names_have(names, v->name)
                                                     : !is_named(src, v) && !is_searched(src, v);
    }
    return false;
}

bool config_is_unused(const struct config_source *src, const char *key)
{
    char why[1024];
    const struct slot *slot = source_look_up(src, key, why, sizeof why);
    return !slot || variants_unused(src, slot->section);
}

void variants_end(struct config_source *src)
{
    for (int i = 0; i < src->n_variants; i++) {
        free(src->variant[i].name);
        free(src->variant[i].of);
        free((char *)src->sections[src->n_sections - src->n_variants + i].name);
    }
}
