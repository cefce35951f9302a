/* The slots of a configuration: one for each key of each section, with the place of its value and its default. */
#include <assert.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/config/keys.h"
#include "sim/config/source.h"
#include "sim/config/values.h"

static int count_sections(const struct config_section *sections)
{
    int n = 0;
    while (sections[n].name)
        n++;
    return n;
}

static int count_keys(const struct config_section *section)
{
    int n = 0;
    while (section->keys && section->keys[n].name)
        n++;
    return n;
}

static void add_sections(struct config_source *src, const struct config_section *extra, int n_extra)
{
    int own = count_sections(config_sections);
    src->n_sections = own + n_extra;
    src->sections = need(((size_t)src->n_sections + MOST_VARIANTS) * sizeof *src->sections);
    src->first_slot = need(((size_t)src->n_sections + MOST_VARIANTS) * sizeof *src->first_slot);
    for (int i = 0; i < src->n_sections; i++) {
        src->sections[i] = i < own ? config_sections[i] : extra[i - own];
        src->n_slots += count_keys(&src->sections[i]);
    }
}

static void add_params(struct config *cfg, const struct config_section *extra, int n_extra)
{
    cfg->plugins.n = n_extra;
    cfg->plugins.at = need(((size_t)n_extra + MOST_VARIANTS) * sizeof *cfg->plugins.at);
    for (int i = 0; i < n_extra; i++)
        cfg->plugins.at[i] = (struct section_params){extra[i].name, need(extra[i].params_size)};
}

/* The struct from which the offsets of the section's keys count: struct config for the program's sections,
 * the parameters of the plug-in for others. */
static char *base_of(const struct config_source *src, int section)
{
    int own = src->n_sections - src->cfg->plugins.n;
    return section < own ? (char *)src->cfg : src->cfg->plugins.at[section - own].params;
}

/* Sets the default. A default that does not parse is a mistake in a table: the message names the row. */
static void preset(const struct slot *slot)
{
    char why[512];
    value_unset(slot->key, slot->field);
    if (slot->key->preset && !value_read(slot->key, slot->key->preset, slot->field, why, sizeof why))
        die(EXIT_FAILED, "preset of %s.%s: %s", slot->section->name, slot->key->name, why);
}

/* The slots of section i, from `slot` on. Returns the place behind the last. */
static struct slot *fill_slots(struct config_source *src, int i, struct slot *slot)
{
    const struct config_section *section = &src->sections[i];
    src->first_slot[i] = (int)(slot - src->slots);
    for (int k = 0; section->keys && section->keys[k].name; k++, slot++) {
        char *field = base_of(src, i) + section->keys[k].offset;
        *slot = (struct slot){.section = section, .key = &section->keys[k], .field = field};
        preset(slot);
    }
    return slot;
}

static void add_slots(struct config_source *src)
{
    src->slots = need((unsigned long)src->n_slots * sizeof *src->slots);
    struct slot *slot = src->slots;
    for (int i = 0; i < src->n_sections; i++)
        slot = fill_slots(src, i, slot);
}

void source_add_section(struct config_source *src, const struct config_section *section)
{
    struct config *cfg = src->cfg;
    size_t before = (size_t)src->n_slots, added = (size_t)count_keys(section), each = sizeof *src->slots;
    src->sections[src->n_sections++] = *section;
    cfg->plugins.at[cfg->plugins.n++] = (struct section_params){section->name, need(section->params_size)};
    src->slots = need_more(src->slots, before * each, (before + added) * each);
    fill_slots(src, src->n_sections - 1, src->slots + before);
    src->n_slots += (int)added;
}

void source_add_all(struct config_source *src, const struct config_section *extra, int n_extra)
{
    add_sections(src, extra, n_extra);
    add_params(src->cfg, extra, n_extra);
    add_slots(src);
}
