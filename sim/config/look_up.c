/* Finds a key by its name. For an unknown name the error suggests the nearest known name. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/config/values.h"

const struct config_section *source_section(const struct config_source *src, const char *name)
{
    for (int i = 0; i < src->n_sections; i++)
        if (strcmp(src->sections[i].name, name) == 0)
            return &src->sections[i];
    return NULL;
}

struct slot *source_find(const struct config_source *src, const char *section, const char *key)
{
    const struct config_section *known = source_section(src, section);
    struct slot *slot = known ? &src->slots[src->first_slot[known - src->sections]] : NULL;
    for (; known && slot < src->slots + src->n_slots && slot->section == known; slot++)
        if (strcmp(slot->key->name, key) == 0)
            return slot;
    return NULL;
}

struct slot *source_of_any(const struct config_source *src, const char *name)
{
    static const char algorithms[] = "algorithm.";
    for (int i = 0; i < src->n_sections; i++) {
        struct slot *slot = strncmp(src->sections[i].name, algorithms, strlen(algorithms)) == 0
                                ? source_find(src, src->sections[i].name, name)
                                : NULL;
        if (slot)
            return slot;
    }
    return NULL;
}

bool source_is_set(const struct slot *slot)
{
    const char *preset = slot->key->preset;
    return value_given(slot->key, slot->field) && !(preset && value_is(slot->key, slot->field, preset));
}

bool source_is_open(const struct config_source *src, const struct slot *slot)
{
    bool swept = false;
    for (int i = 0; i < src->swept.n; i++)
        swept |= strcmp(src->swept.row[i].key, "network.preset") == 0;
    return swept && slot->level <= LEVEL_DEFAULT && strcmp(slot->section->name, "network") == 0;
}

char *source_origin(const struct slot *slot, char *out, size_t size)
{
    if (slot->level == LEVEL_DEFAULT)
        snprintf(out, size, "default");
    else if (slot->level == LEVEL_COMMAND)
        snprintf(out, size, "%s", slot->given);
    else
        snprintf(out, size, "%s:%d", slot->given, slot->line);
    return out;
}

bool source_place(const void *context, const char *message, char *out, size_t size)
{
    char *key = text_format("%.*s", (int)strcspn(message, ": "), message), *dot = strrchr(key, '.');
    const struct slot *slot = NULL;
    if (dot) {
        *dot = '\0';
        slot = source_find(context, key, dot + 1);
    }
    free(key);
    if (!slot || slot->level == LEVEL_DEFAULT)
        return false;
    source_origin(slot, out, size);
    return true;
}

/* Of the run itself; of the program, as [tune] is, too, which has keys with the names of others (seed, trials); or of a
 * plug-in, too. */
enum reach { OF_RUNS, OF_PROGRAM, OF_ALL };

static bool reaches(enum reach reach, const char *section)
{
    bool of_plug_in = strchr(section, '.'),
         compares = strcmp(section, "tune") == 0 || strcmp(section, "compare") == 0;
    return reach == OF_ALL || (!of_plug_in && !(reach == OF_RUNS && compares));
}

/* The only section within reach that has this key, or NULL. */
static const char *only_section_of(const struct config_source *src, const char *key, enum reach reach)
{
    const char *found = NULL;
    for (int i = 0; i < src->n_slots; i++)
        if (strcmp(src->slots[i].key->name, key) == 0 && reaches(reach, src->slots[i].section->name)) {
            if (found)
                return NULL;
            found = src->slots[i].section->name;
        }
    return found;
}

const char *source_section_of(const struct config_source *src, const char *key)
{
    const char *found = NULL;
    for (enum reach reach = OF_RUNS; reach <= OF_ALL && !found; reach++)
        found = only_section_of(src, key, reach);
    return found;
}

/* The sections of one kind, "algorithm.", or all of them: ""; their names behind the kind. */
struct kind {
    const struct config_source *src;
    const char *prefix;
};

static const char *name_of_section(const void *context, size_t i)
{
    const struct kind *kind = context;
    size_t length = strlen(kind->prefix);
    for (int s = 0; s < kind->src->n_sections; s++)
        if (strncmp(kind->src->sections[s].name, kind->prefix, length) == 0 && i-- == 0)
            return kind->src->sections[s].name + length;
    return NULL;
}

static const char *name_of_own_key(const void *context, size_t i)
{
    const struct config_source *src = context;
    for (int s = 0; s < src->n_slots; s++)
        if (!strchr(src->slots[s].section->name, '.') && i-- == 0)
            return src->slots[s].key->name;
    return NULL;
}

char *source_nearest_key(const struct config_source *src, const char *key)
{
    const char *section = source_section_of(src, key);
    const char *nearest = section ? key : text_nearest(key, name_of_own_key, src);
    for (int s = 0; s < src->n_slots && nearest && !section; s++)
        if (src->slots[s].key->name == nearest)
            section = src->slots[s].section->name;
    return nearest ? text_format("%s.%s", section, nearest) : NULL;
}

static const char *name_of_key(const void *context, size_t i)
{
    const struct config_section *section = context;
    return section->keys ? section->keys[i].name : NULL;
}

static const char *const kinds[] = {"algorithm.", "codec."};

/* "algorithm." of "algorithm.lsp"; "" of a section of any other kind. */
static const char *kind_of(const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
            return kinds[i];
    return "";
}

/* The section that the user may have meant: of an algorithm or codec without its kind ([bsp]), or else
 * the nearest of the same kind. Fresh memory; NULL: there is none. */
static char *nearest_section(const struct config_source *src, const char *name)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char *whole = text_format("%s%s", kinds[i], name);
        if (source_section(src, whole))
            return whole;
        free(whole);
    }
    const char *prefix = kind_of(name);
    const char *nearest = text_nearest(name + strlen(prefix), name_of_section, &(struct kind){src, prefix});
    return nearest ? text_format("%s%s", prefix, nearest) : NULL;
}

bool source_unknown_section(const struct config_source *src, const char *name, char *error, size_t error_size)
{
    char quoted[80], *nearest = nearest_section(src, name);
    const char *prefix = kind_of(name);
    text_quote(quoted, sizeof quoted, name);
    static const char algorithm[] = "algorithm.";
    if (strcmp(prefix, algorithm) == 0)
        snprintf(error, error_size,
                 "unknown section %s%s%s%s (%sexperiment.algorithms = %s: ALGORITHM would declare it)",
                 quoted, nearest ? "; did you mean [" : "", nearest ? nearest : "", nearest ? "]?" : "",
                 nearest ? "" : "--list algorithms names all; ", name + strlen(algorithm));
    else if (nearest)
        snprintf(error, error_size, "unknown section %s; did you mean [%s]?", quoted, nearest);
    else if (*prefix)
        snprintf(error, error_size, "unknown section %s (--list %.*ss names all)", quoted,
                 (int)strlen(prefix) - 1, prefix);
    else
        snprintf(error, error_size, "unknown section %s (--list keys names all)", quoted);
    free(nearest);
    return false;
}

static bool unknown_key(const struct config_source *src, const struct config_section *section,
                        const char *key, char *error, size_t error_size)
{
    char quoted[80];
    text_quote(quoted, sizeof quoted, key);
    const char *home = source_section_of(src, key), *nearest = text_nearest(key, name_of_key, section);
    if (strcmp(section->name, "tune") == 0 && source_of_any(src, key))
        snprintf(error, error_size, "unknown key %s in [tune]; did you mean 'algorithm.*.%s'?", quoted, key);
    else if (home && strcmp(section->name, "sweep") == 0) /* a row of the grid without its section */
        snprintf(error, error_size, "unknown key %s in [sweep]; did you mean '%s.%s'?", quoted, home, key);
    else if (home)
        snprintf(error, error_size, "unknown key %s in [%s]; it belongs to [%s]", quoted, section->name,
                 home);
    else if (nearest)
        snprintf(error, error_size, "unknown key %s in [%s]; did you mean '%s'?", quoted, section->name,
                 nearest);
    else
        snprintf(error, error_size, "unknown key %s in [%s] (--list keys names all)", quoted, section->name);
    return false;
}

struct slot *source_look_up_in(const struct config_source *src, const char *section, const char *key,
                               char *error, size_t error_size)
{
    const struct config_section *known = source_section(src, section);
    if (!known) {
        source_unknown_section(src, section, error, error_size);
        return NULL;
    }
    struct slot *slot = source_find(src, section, key);
    if (!slot)
        unknown_key(src, known, key, error, error_size);
    return slot;
}

struct slot *source_look_up(const struct config_source *src, const char *key, char *error, size_t error_size)
{
    const char *dot = strrchr(key, '.'); /* "algorithm.losp" is a section */
    assert(dot);
    char *section = text_format("%.*s", (int)(dot - key), key);
    struct slot *slot = source_look_up_in(src, section, dot + 1, error, error_size);
    free(section);
    return slot;
}
