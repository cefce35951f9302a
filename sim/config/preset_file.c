/* A preset gives values to the keys of one section that are not given: an ini with that section alone. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/text.h"
#include "sim/config/ini.h"
#include "sim/config/source.h"
#include "sim/config/values.h"

struct reader {
    struct config_source *src;
    struct preset_file *preset;
};

/* The slot of "bandwidth" for that of "bandwidth_up": where the user has given the one for both directions, the
 * preset's value for one direction must not come before it. NULL: there is none. */
static const struct slot *both_of(const struct config_source *src, const struct slot *slot)
{
    const char *name = slot->key->name, *last = strrchr(name, '_');
    if (!last || (strcmp(last, "_up") != 0 && strcmp(last, "_down") != 0))
        return NULL;
    char *both = text_format("%.*s", (int)(last - name), name);
    const struct slot *found = source_find(src, slot->section->name, both);
    free(both);
    return found;
}

static bool is_given(const struct slot *slot)
{
    return slot && slot->level > LEVEL_DEFAULT;
}

static void note(struct preset_file *preset, const struct slot *slot)
{
    char *name = text_format("%s.%s", slot->section->name, slot->key->name);
    bool known = preset->given && strstr(preset->given, name);
    if (slot->level < preset->level && !known) {
        char *longer =
            text_format("%s%s%s", preset->given ? preset->given : "", preset->given ? ", " : "", name);
        free(preset->given);
        preset->given = longer;
    }
    free(name);
}

/* The key, or that for both directions, is given. */
static bool wins(const struct reader *r, const struct slot *slot, const char *value)
{
    const struct slot *both = both_of(r->src, slot);
    if (is_given(slot) && !value_is(slot->key, slot->field, value))
        note(r->preset, slot);
    else if (!is_given(slot) && is_given(both))
        note(r->preset, both);
    return is_given(slot) || is_given(both);
}

/* The choice on which the key depends is another one: the user has given it. */
static bool is_idle(const struct config_source *src, const struct slot *slot)
{
    if (!slot->key->with_key)
        return false;
    const struct slot *with = source_find(src, slot->section->name, slot->key->with_key);
    int chosen = *(const int *)with->field;
    return chosen < 0 || strcmp(with->key->choices[chosen], slot->key->with_words) != 0;
}

/* A file that the preset names lies beside it. */
static char *value_of(const struct reader *r, const struct slot *slot, const char *value)
{
    const char *path = r->src->preset, *slash = strrchr(path, '/');
    if (slot->field != &r->src->cfg->network.sites || !slash)
        return text_copy(value);
    return text_format("%.*s/%s", (int)(slash - path), path, value);
}

static bool take(const struct reader *r, struct slot *slot, const struct ini_entry *entry, char *why,
                 size_t size)
{
    char *value = value_of(r, slot, entry->value);
    bool good = value_read(slot->key, value, slot->field, why, size);
    free(value);
    slot->level = LEVEL_PRESET;
    slot->line = entry->line;
    slot->given = r->src->preset;
    return good;
}

static bool on_entry(void *user, const struct ini_entry *entry, char *error, size_t error_size)
{
    const struct reader *r = user;
    char why[512];
    if (strcmp(entry->section, r->preset->section) != 0) {
        snprintf(error, error_size, "expected the section [%s] alone, got [%s]", r->preset->section,
                 entry->section);
        return false;
    }
    if (!entry->key)
        return true;
    struct slot *slot = source_look_up_in(r->src, entry->section, entry->key, error, error_size);
    if (!slot)
        return false;
    if (wins(r, slot, entry->value) || is_idle(r->src, slot) || take(r, slot, entry, why, sizeof why))
        return true;
    snprintf(error, error_size, "%s.%s: %s", entry->section, entry->key, why);
    return false;
}

bool config_read_preset(struct config_source *src, struct preset_file *preset, char *error, size_t error_size)
{
    struct reader r = {src, preset};
    free(src->preset);
    src->preset = text_copy(preset->path); /* slots keep their origin by pointer */
    return ini_visit(src->preset, on_entry, &r, error, error_size);
}
