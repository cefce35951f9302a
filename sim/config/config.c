/* Builds struct config in four steps: config_begin fills in the defaults (slots.c), config_read_file and
 * config_read_text read ini files, config_set and config_option take the command line, config_finish
 * (finish.c) checks the whole.
 *
 *   table of keys (keys.c, plug-ins) --> struct slot for each key: row, field, origin of the value
 *   "section.key", text --> look_up.c: slot --> values.c: text into the field */
#include "sim/config/config.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/ini.h"
#include "sim/config/profile_file.h"
#include "sim/config/sites_file.h"
#include "sim/config/source.h"
#include "sim/config/values.h"
#include "sim/config/variants.h"

/* ---- begin and end ---- */

struct config_source *config_begin(struct config *cfg, const struct config_section *extra, int n_extra)
{
    struct config_source *src = need(sizeof *src);
    memset(cfg, 0, sizeof *cfg);
    src->cfg = cfg;
    source_add_all(src, extra, n_extra);
    return src;
}

const char *const config_files[] = {"compute.trace", "network.trace", "network.server_trace",
                                    "network.sites", "profile.file",  NULL};

void config_end(struct config_source *src)
{
    fail_place(NULL, NULL);
    for (int i = 0; i < src->n_slots; i++)
        value_free(src->slots[i].key, src->slots[i].field);
    free(src->cfg->traces.compute);
    free(src->cfg->traces.link);
    free(src->cfg->traces.server);
    sites_free(src->cfg->traces.sites);
    profile_free(src->cfg->traces.profile);
    for (int i = 0; i < src->cfg->plugins.n; i++)
        free(src->cfg->plugins.at[i].params);
    free(src->cfg->plugins.at);
    config_drop_sweep(src);
    source_free_rows(&src->tuned);
    variants_end(src);
    for (int i = 0; i < src->n_paths; i++)
        free(src->paths[i]);
    free(src->paths);
    free(src->preset);
    free(src->sections);
    free(src->slots);
    free(src->first_slot);
    free(src);
}

const void *config_params(const struct config *cfg, const char *kind, const char *name)
{
    const void *found = NULL;
    char *section = text_format("%s.%s", kind, name);
    for (int i = 0; i < cfg->plugins.n && !found; i++)
        if (strcmp(cfg->plugins.at[i].section, section) == 0)
            found = cfg->plugins.at[i].params;
    free(section);
    return found;
}

/* ---- assigning ---- */

static bool assign(struct config_source *src, struct slot *slot, const char *value, char *error,
                   size_t error_size)
{
    char why[512];
    const struct slot at = *slot; /* slots may move when a section is added */
    bool good = value_read(at.key, value, at.field, why, sizeof why) &&
                variants_declare(src, at.key, value, why, sizeof why) &&
                variants_resolve(src, at.key, at.field, why, sizeof why);
    if (!good)
        snprintf(error, error_size, "%s.%s: %s", at.section->name, at.key->name, why);
    return good;
}

/* ---- comparisons ---- */

static bool is_of_comparison(const char *section)
{
    return strcmp(section, "compare") == 0 || strcmp(section, "tune") == 0;
}

bool config_compares(const struct config_source *src)
{
    bool given = src->compares || src->tuned.n > 0;
    for (int i = 0; i < src->n_slots; i++)
        given |= src->slots[i].level > LEVEL_DEFAULT && strcmp(src->slots[i].section->name, "compare") == 0;
    return given;
}

void config_compare(struct config_source *src)
{
    src->compares = true;
}

void config_drop_compare(struct config_source *src)
{
    src->compares = false;
    source_free_rows(&src->tuned);
    for (int i = 0; i < src->n_slots; i++)
        if (is_of_comparison(src->slots[i].section->name))
            src->slots[i].level = LEVEL_DEFAULT;
}

/* ---- files ---- */

/* [sweep] and [tune] have rows beside their keys: lines with the full name of a key. */
static bool is_row(const struct ini_entry *entry)
{
    return (strcmp(entry->section, "sweep") == 0 || strcmp(entry->section, "tune") == 0) &&
           strchr(entry->key, '.');
}

static bool on_row(struct config_source *src, const struct ini_entry *entry, char *error, size_t error_size)
{
    bool tunes = strcmp(entry->section, "tune") == 0;
    char *place = text_format("%s:%d", src->paths[src->n_paths - 1], entry->line);
    struct sweep_row row = {.key = (char *)entry->key,
                            .values = (char *)entry->value,
                            .place = place,
                            .level = src->n_paths,
                            .line = entry->line};
    bool good = (tunes ? source_tune : source_sweep)(src, &row, error, error_size);
    free(place);
    return good;
}

static bool on_entry(void *user, const struct ini_entry *entry, char *error, size_t error_size)
{
    struct config_source *src = user;
    if (!entry->key && source_section(src, entry->section)) {
        src->compares |= strcmp(entry->section, "compare") == 0;
        return true;
    }
    if (!entry->key)
        return source_unknown_section(src, entry->section, error, error_size);
    if (is_row(entry))
        return on_row(src, entry, error, error_size);
    struct slot *slot = source_look_up_in(src, entry->section, entry->key, error, error_size);
    if (!slot)
        return false;
    if (slot->level == src->n_paths) {
        snprintf(error, error_size, "%s.%s: given twice, first in line %d", entry->section, entry->key,
                 slot->line);
        return false;
    }
    assert(slot->level < src->n_paths); /* files are read before the command line */
    slot->level = src->n_paths;
    slot->line = entry->line;
    slot->given = src->paths[src->n_paths - 1];
    return assign(src, slot, entry->value, error, error_size);
}

/* The first passes: variants have sections, which may stand in front of the line that names the variants. Two
 * passes, since the section of a variant may name a variant of a codec. */
enum { NAMING_PASSES = 2 };

static bool on_names(void *user, const struct ini_entry *entry, char *error, size_t error_size)
{
    struct config_source *src = user;
    char why[1024];
    if (!entry->key)
        return true;
    bool row = is_row(entry), tunes = row && strcmp(entry->section, "tune") == 0;
    char *whole = row ? text_copy(entry->key) : text_format("%s.%s", entry->section, entry->key);
    const struct slot *slot = (tunes ? source_tuned : source_look_up)(src, whole, why, sizeof why);
    char *value = tunes ? source_tuned_values(entry->value) : text_copy(entry->value);
    bool good = !slot || variants_declare(src, slot->key, value, why, sizeof why);
    free(value);
    if (!good)
        snprintf(error, error_size, "%s: %s", whole, why);
    free(whole);
    return good;
}

static void add_path(struct config_source *src, const char *path)
{
    size_t n = (size_t)src->n_paths, each = sizeof *src->paths;
    src->paths = need_more(src->paths, n * each, (n + 1) * each);
    src->paths[src->n_paths++] = text_copy(path);
}

bool config_read_file(struct config_source *src, const char *path, char *error, size_t error_size)
{
    struct ini_text text;
    if (!ini_read(&text, path, error, error_size)) {
        add_path(src, path);
        return false;
    }
    bool good = config_read_text(src, path, &text, error, error_size);
    free(text.bytes);
    return good;
}

bool config_read_text(struct config_source *src, const char *path, const struct ini_text *text, char *error,
                      size_t error_size)
{
    add_path(src, path);
    for (int i = 0; i < NAMING_PASSES; i++)
        if (!ini_visit_text(path, text, on_names, src, error, error_size))
            return false;
    return ini_visit_text(path, text, on_entry, src, error, error_size);
}

/* ---- the command line ---- */

bool config_option(struct config_source *src, const char *option, const char *key, const char *value,
                   char *error, size_t error_size)
{
    char why[1024];
    struct slot *slot = source_look_up(src, key, why, sizeof why);
    ptrdiff_t number = slot ? slot - src->slots : 0;
    bool good = slot && assign(src, slot, value, why, sizeof why);
    if (good) {
        src->slots[number].level = LEVEL_COMMAND;
        src->slots[number].given = option;
    } else {
        snprintf(error, error_size, "%s: %s", option, why);
    }
    return good;
}

/* Cuts a copy of an assignment at its '='. Returns the key; *value: NULL when the assignment has no '='. */
static char *split(char *copy, char **value)
{
    *value = strchr(copy, '=');
    if (*value)
        *(*value)++ = '\0';
    return text_trim(copy);
}

static void explain_assignment(const struct config_source *src, const char *option, const char *assignment,
                               char *error, size_t error_size)
{
    char quoted[80], *copy = text_copy(assignment), *value, *key = split(copy, &value);
    char *nearest = strchr(key, '.') ? NULL : source_nearest_key(src, key);
    text_quote(quoted, sizeof quoted, assignment);
    snprintf(error, error_size, "%s: expected section.key=value, got %s%s%s%s", option, quoted,
             nearest ? "; did you mean " : "", nearest ? nearest : "", nearest ? "=...?" : "");
    free(nearest);
    free(copy);
}

bool config_declare(struct config_source *src, const char *option, const char *assignment, char *error,
                    size_t error_size)
{
    char why[1024];
    char *copy = text_copy(assignment), *value, *key = split(copy, &value), *dot = strrchr(key, '.');
    bool good = true, tunes = strcmp(option, "--tune") == 0;
    if (value && dot) {
        struct ini_entry entry = {.section = tunes ? "tune" : key,
                                  .key = tunes ? key : dot + 1,
                                  .value = tunes ? text_trim(value) : value};
        *dot = tunes ? '.' : '\0';
        good = on_names(src, &entry, why, sizeof why);
    }
    if (!good)
        snprintf(error, error_size, "%s: %s", option, why);
    free(copy);
    return good;
}

bool config_set(struct config_source *src, const char *assignment, char *error, size_t error_size)
{
    char *copy = text_copy(assignment), *value, *key = split(copy, &value);
    bool good = value && strchr(key, '.');
    if (good)
        good = config_option(src, "--set", key, value, error, error_size);
    else
        explain_assignment(src, "--set", assignment, error, error_size);
    free(copy);
    return good;
}

struct message { /* where an error goes */
    char *text;
    size_t size;
};

typedef bool row_taker(struct config_source *src, const struct sweep_row *row, char *error,
                       size_t error_size);

static bool take_row(struct config_source *src, const char *option, const char *assignment, row_taker *take,
                     struct message *m)
{
    char why[1024];
    char *copy = text_copy(assignment), *values, *key = split(copy, &values);
    bool good = values && strchr(key, '.');
    if (!good) {
        explain_assignment(src, option, assignment, m->text, m->size);
    } else {
        struct sweep_row row = {
            .key = key, .values = text_trim(values), .place = (char *)option, .level = LEVEL_COMMAND};
        good = take(src, &row, why, sizeof why);
        if (!good)
            snprintf(m->text, m->size, "%s: %s", option, why);
    }
    free(copy);
    return good;
}

bool config_sweep(struct config_source *src, const char *assignment, char *error, size_t error_size)
{
    return take_row(src, "--sweep", assignment, source_sweep, &(struct message){error, error_size});
}

bool config_tune(struct config_source *src, const char *assignment, char *error, size_t error_size)
{
    return take_row(src, "--tune", assignment, source_tune, &(struct message){error, error_size});
}

double reals_at(const struct reals *list, int64_t i)
{
    return list->at[list->n == 1 ? 0 : i];
}
