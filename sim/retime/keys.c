#include "sim/retime/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/values.h"
#include "sim/config/variants.h"

/* A key that is not here decides numbers, or is taken to: a new key is refused until it is found not to. "*": all keys
 * of the section. A section "algorithm" stands for that of each algorithm. */
static const struct {
    const char *section, *key;
} free_keys[] = {
    {"compute", "*"},
    {"network", "*"},
    {"server", "*"},
    {"sweep", "*"},
    {"host", "patience"},
    {"cluster", "processes"},
    {"data", "path"}, /* the data themselves are compared */
    {"experiment", "name"},
    {"experiment", "algorithms"},
    {"experiment", "target_accuracy"},
    {"output", "path"},
    {"output", "at"},
    {"output", "checkpoint_every"},
    {"output", "workers_every"},
    {"output", "trace"},
    {"output", "report"},
    {"algorithm", "label"},
    {"algorithm", "exchange_by"},
    {"algorithm", "overlap"},
    {"algorithm", "encode_cost"},
    {"algorithm", "decode_cost"},
    {"codec", "encode_cost"},
    {"codec", "decode_cost"},
};

static bool is_section(const char *section, const char *pattern)
{
    size_t n = strlen(pattern);
    return strncmp(section, pattern, n) == 0 && (section[n] == '\0' || section[n] == '.');
}

bool keys_may_differ(const struct slot *slot)
{
    for (size_t i = 0; i < sizeof free_keys / sizeof *free_keys; i++)
        if (is_section(slot->section->name, free_keys[i].section) &&
            (strcmp(free_keys[i].key, "*") == 0 || strcmp(free_keys[i].key, slot->key->name) == 0))
            return true;
    return false;
}

/* The name of the algorithm of which the section is; NULL: the section is of none. */
static const char *owner_of(const struct config_section *section)
{
    static const char kind[] = "algorithm.";
    return strncmp(section->name, kind, strlen(kind)) == 0 ? section->name + strlen(kind) : NULL;
}

static bool is_of(const struct config_section *section, const char *algorithm)
{
    const char *owner = owner_of(section);
    return owner && algorithm ? strcmp(owner, algorithm) == 0 : !owner && !algorithm;
}

static bool counts(const struct config_source *src, const struct slot *slot, const char *algorithm)
{
    return is_of(slot->section, algorithm) && !keys_may_differ(slot) && !variants_unused(src, slot->section);
}

struct values { /* of a key */
    char *got, *expected;
};

static void say(const struct slot *here, const struct values *v, const char *folder, char *error, size_t size)
{
    char place[512];
    bool given = here->level > LEVEL_DEFAULT;
    snprintf(
        error, size,
        "%s%s%s.%s: expected %s as in %s, got %s: it decides what is computed, and --retime changes times "
        "and bytes alone",
        given ? source_origin(here, place, sizeof place) : "", given ? ": " : "", here->section->name,
        here->key->name, *v->expected ? v->expected : "nothing", folder, *v->got ? v->got : "nothing");
}

bool keys_agree(const struct keys_pair *pair, const char *algorithm, char *error, size_t size)
{
    bool good = true;
    const struct config_source *here = pair->here;
    for (int i = 0; i < here->n_slots && good; i++) {
        const struct slot *slot = &here->slots[i];
        const struct slot *other = source_find(pair->there, slot->section->name, slot->key->name);
        if (!counts(here, slot, algorithm))
            continue;
        struct values v = {value_text(slot->key, slot->field),
                           other ? value_text(other->key, other->field) : text_copy("")};
        good = strcmp(v.got, v.expected) == 0;
        if (!good)
            say(slot, &v, pair->folder, error, size);
        free(v.got);
        free(v.expected);
    }
    return good;
}

uint64_t keys_hash(const struct config_source *src, const char *algorithm)
{
    char *text = NULL;
    size_t length;
    FILE *out = text_begin(&text, &length);
    if (algorithm)
        fprintf(out, "%s\n", algorithm);
    for (int i = 0; i < src->n_slots; i++) {
        const struct slot *slot = &src->slots[i];
        if (!counts(src, slot, algorithm))
            continue;
        fprintf(out, "%s.%s=", slot->section->name, slot->key->name);
        value_print(slot->key, slot->field, out);
        fputc('\n', out);
    }
    text_end(out, &text);
    uint64_t hash = XXH3_64bits(text, length);
    free(text);
    return hash;
}
