/* Collects the rows of [tune] and --tune: keys of algorithms, and the values to search as text. sim/tune/ reads
 * them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/config/values.h"
#include "sim/config/variants.h"

static const char own[] = "algorithm.", each[] = "algorithm.*.";

const struct sweep_row *config_tune_rows(const struct config_source *src, int *n)
{
    *n = src->tuned.n;
    return src->tuned.row;
}

void config_warn_untuned(const struct config_source *src)
{
    char place[512];
    for (int i = 0; i < src->n_slots && src->tuned.n == 0; i++) {
        const struct slot *slot = &src->slots[i];
        if (strcmp(slot->section->name, "tune") == 0 && slot->level > LEVEL_DEFAULT)
            warn("%s: tune.%s has no effect: no row of [tune] says which key to tune",
                 source_origin(slot, place, sizeof place), slot->key->name);
    }
}

/* ---- the key ---- */

/* Key i of all algorithms, for suggestions. */
static const char *name_at(const void *context, size_t i)
{
    const struct config_source *src = context;
    for (int s = 0; s < src->n_slots; s++)
        if (strncmp(src->slots[s].section->name, own, strlen(own)) == 0 && i-- == 0)
            return src->slots[s].key->name;
    return NULL;
}

static struct slot *refuse_unknown(const struct config_source *src, const char *name, char *error,
                                   size_t size)
{
    char quoted[80];
    const char *nearest = text_nearest(name, name_at, src);
    text_quote(quoted, sizeof quoted, name);
    snprintf(error, size, "algorithm.*: expected a key of algorithms, got %s%s%s%s", quoted,
             nearest ? "; did you mean '" : " (--list keys names all)", nearest ? nearest : "",
             nearest ? "'?" : "");
    return NULL;
}

static struct slot *refuse_shared(const char *key, char *error, size_t size)
{
    const char *dot = strrchr(key, '.');
    snprintf(
        error, size,
        "%s: expected a key of an algorithm, algorithm.NAME.%s or algorithm.*.%s: what all algorithms share "
        "is varied by [sweep]",
        key, dot + 1, dot + 1);
    return NULL;
}

const char *source_tuned_by_all(const char *key)
{
    return strncmp(key, each, strlen(each)) == 0 ? key + strlen(each) : NULL;
}

struct slot *source_tuned(const struct config_source *src, const char *key, char *error, size_t size)
{
    const char *name = source_tuned_by_all(key);
    if (name) {
        struct slot *slot = source_of_any(src, name);
        return slot ? slot : refuse_unknown(src, name, error, size);
    }
    struct slot *slot = source_look_up(src, key, error, size);
    return !slot || strncmp(key, own, strlen(own)) == 0 ? slot : refuse_shared(key, error, size);
}

/* ---- the row ---- */

static bool check_values(const struct sweep_row *row, char *error, size_t size)
{
    char quoted[80];
    const char *hint = *row->values ? value_unwritable(row->values) : "";
    if (!hint)
        return true;
    snprintf(
        error, size,
        "%s: expected log(LOW, HIGH), uniform(LOW, HIGH), choice(A, B) or a list of values, got %s%s%s%s",
        row->key, text_quote(quoted, sizeof quoted, row->values), *hint ? " (" : "", hint, *hint ? ")" : "");
    return false;
}

/* A list of names has each variant as declared, so that resolved.ini declares it, too. */
static char *whole_values(const struct config_source *src, const struct config_key *key, const char *text)
{
    if (!key->kind)
        return text_copy(text);
    char *list = source_tuned_values(text), *whole = variants_list(src, key, list);
    free(list);
    return whole;
}

bool source_tune(struct config_source *src, const struct sweep_row *row, char *error, size_t size)
{
    const struct slot *slot = source_tuned(src, row->key, error, size);
    if (!slot || !check_values(row, error, size))
        return false;
    struct sweep_row whole = *row;
    whole.row = slot->key;
    whole.values = whole_values(src, slot->key, row->values);
    bool good = source_put_row(&src->tuned, &whole, error, size);
    free(whole.values);
    return good;
}

/* "choice(none, topk1: topk)": the values without the word, as a list that may declare variants. */
char *source_tuned_values(const char *text)
{
    static const char word[] = "choice";
    const char *rest = text + (strncmp(text, word, strlen(word)) == 0 ? strlen(word) : 0);
    rest += strspn(rest, " ");
    size_t length = strlen(rest);
    bool inside = rest > text && length > 1 && rest[0] == '(' && rest[length - 1] == ')';
    return inside ? text_format("%.*s", (int)length - 2, rest + 1) : text_copy(text);
}
