/* Prints the configuration: resolved.ini and --print-config (config_dump), --list keys and KEYS.md
 * (config_list_keys). */
#include <string.h>

#include "sim/config/keys.h"
#include "sim/config/source.h"
#include "sim/config/values.h"
#include "sim/config/variants.h"

/* A value that each point takes from its preset is a comment: as a given value it would win. */
static void dump_slot(const struct config_source *src, const struct slot *slot, FILE *out, bool with_origin)
{
    char place[512];
    const char *comment = source_is_open(src, slot) ? "; " : "";
    fprintf(out, "%s%s =%s", comment, slot->key->name, value_given(slot->key, slot->field) ? " " : "");
    value_print(slot->key, slot->field, out);
    if (with_origin)
        fprintf(out, " ; %s%s", slot->level == LEVEL_DEFAULT ? "" : "from ",
                source_origin(slot, place, sizeof place));
    fputc('\n', out);
}

/* Rows stand after the keys of their section. A row of a variant that is not used has no effect: its section would
 * not be known to a reader. */
static void dump_rows(const struct config_source *src, const struct sweep_rows *rows, FILE *out,
                      bool with_origin)
{
    for (int i = 0; i < rows->n; i++) {
        const struct sweep_row *row = &rows->row[i];
        if (!source_tuned_by_all(row->key) && config_is_unused(src, row->key))
            continue;
        fprintf(out, "%s = %s", row->key, row->values);
        if (with_origin)
            fprintf(out, " ; from %s", row->place);
        fputc('\n', out);
    }
}

/* A section [compare] makes a comparison of what is none, and [tune] has no effect without rows. */
static bool is_left_out(const struct config_source *src, const struct config_section *section)
{
    return (strcmp(section->name, "compare") == 0 && !config_compares(src)) ||
           (strcmp(section->name, "tune") == 0 && src->tuned.n == 0);
}

static bool is_last_of(const struct config_source *src, int slot)
{
    return slot + 1 == src->n_slots || src->slots[slot + 1].section != src->slots[slot].section;
}

void config_dump(const struct config_source *src, FILE *out, bool with_origin)
{
    const struct config_section *section = NULL;
    for (int i = 0; i < src->n_slots; i++) {
        const struct slot *slot = &src->slots[i];
        if (variants_unused(src, slot->section) || is_left_out(src, slot->section))
            continue;
        if (slot->section != section)
            fprintf(out, "%s[%s]\n", section ? "\n" : "", slot->section->name);
        section = slot->section;
        dump_slot(src, slot, out, with_origin);
        if (!is_last_of(src, i))
            continue;
        if (strcmp(section->name, "sweep") == 0)
            dump_rows(src, &src->swept, out, with_origin);
        if (strcmp(section->name, "tune") == 0)
            dump_rows(src, &src->tuned, out, with_origin);
    }
}

static void list_plain(const struct config_section *section, FILE *out)
{
    for (const struct config_key *key = section->keys; key && key->name; key++) {
        fprintf(out, "%s.%s = %s\n    %s\n    ", section->name, key->name, key->preset ? key->preset : "",
                key->help);
        value_describe(key, out);
        fputc('\n', out);
    }
}

/* ---- Markdown ---- */

static void begin_table(const char *section, const char *above, FILE *out)
{
    fprintf(out, "\n## [%s]\n\n%s%s", section, above, *above ? "\n" : "");
    fputs("| key | meaning | value | default | example |\n|---|---|---|---|---|\n", out);
}

static void list_row(const struct config_key *key, FILE *out)
{
    const char *tick = key->preset ? "`" : "", *preset = key->preset ? key->preset : "left out";
    fprintf(out, "| `%s` | %s | ", key->name, key->help);
    value_describe(key, out);
    fprintf(out, " | %s%s%s | `%s` |\n", tick, preset, tick, key->example ? key->example : preset);
}

static void list_section(const struct config_section *section, FILE *out)
{
    bool sweeps = strcmp(section->name, "sweep") == 0, tunes = strcmp(section->name, "tune") == 0;
    begin_table(section->name, sweeps ? keys_sweep : tunes ? keys_tune : "", out);
    for (const struct config_key *key = section->keys; key->name; key++)
        list_row(key, out);
}

/* Sections of plug-ins, of which the algorithms' have most of their keys in common. */
struct extra {
    const struct config_section *at;
    int n;
};

static bool is_algorithm(const struct config_section *section)
{
    return section->keys && strncmp(section->name, "algorithm.", strlen("algorithm.")) == 0;
}

static const struct config_section *first_algorithm(const struct extra *extra)
{
    for (int i = 0; i < extra->n; i++)
        if (is_algorithm(&extra->at[i]))
            return &extra->at[i];
    return NULL;
}

/* The row of the section with this name and meaning; NULL: it has none. */
static const struct config_key *same_row(const struct config_section *section, const struct config_key *key)
{
    for (const struct config_key *row = section->keys; row->name; row++)
        if (strcmp(row->name, key->name) == 0 && strcmp(row->help, key->help) == 0)
            return row;
    return NULL;
}

static bool every_algorithm_has(const struct extra *extra, const struct config_key *key)
{
    int algorithms = 0;
    for (int i = 0; i < extra->n; i++) {
        if (is_algorithm(&extra->at[i]) && !same_row(&extra->at[i], key))
            return false;
        algorithms += is_algorithm(&extra->at[i]);
    }
    return algorithms > 1;
}

static bool equal_presets(const char *one, const char *other)
{
    return one && other ? strcmp(one, other) == 0 : one == other;
}

/* A common key stands in the section of an algorithm only where its default is another one. */
static bool is_listed_before(const struct extra *extra, const struct config_key *key)
{
    const struct config_key *common = same_row(first_algorithm(extra), key);
    return common && every_algorithm_has(extra, common) && equal_presets(common->preset, key->preset);
}

static void list_common(const struct extra *extra, FILE *out)
{
    const struct config_section *first = first_algorithm(extra);
    if (!first || !every_algorithm_has(extra, first->keys))
        return;
    begin_table("algorithm.NAME", "Every algorithm has these keys, each in its own section.\n", out);
    for (const struct config_key *key = first->keys; key->name; key++)
        if (every_algorithm_has(extra, key))
            list_row(key, out);
}

static void list_algorithm(const struct extra *extra, const struct config_section *section, FILE *out)
{
    int own = 0;
    for (const struct config_key *key = section->keys; key->name; key++)
        own += !is_listed_before(extra, key);
    if (own == 0)
        return;
    begin_table(section->name, "", out);
    for (const struct config_key *key = section->keys; key->name; key++)
        if (!is_listed_before(extra, key))
            list_row(key, out);
}

static void list_markdown(const struct extra *extra, FILE *out)
{
    fputs("<!-- Written by simulate --markdown keys: change the tables in the code, not this file. -->\n"
          "# Configuration keys\n\n"
          "An empty value means \"left out\". Of several places the later wins: defaults, the ini file, "
          "the command\n"
          "line (`--set section.key=value`).\n",
          out);
    for (const struct config_section *section = config_sections; section->name; section++)
        list_section(section, out);
    list_common(extra, out);
    for (int i = 0; i < extra->n; i++)
        if (is_algorithm(&extra->at[i]))
            list_algorithm(extra, &extra->at[i], out);
        else if (extra->at[i].keys)
            list_section(&extra->at[i], out);
}

void config_list_keys(const struct config_section *extra, int n_extra, FILE *out, bool markdown)
{
    if (markdown) {
        list_markdown(&(struct extra){extra, n_extra}, out);
        return;
    }
    for (const struct config_section *section = config_sections; section->name; section++)
        list_plain(section, out);
    for (int i = 0; i < n_extra; i++)
        list_plain(&extra[i], out);
}
