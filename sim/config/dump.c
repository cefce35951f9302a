/* Prints the configuration: resolved.ini and --print-config (config_dump), --list keys and KEYS.md
 * (config_list_keys). */
#include <string.h>

#include "sim/config/keys.h"
#include "sim/config/source.h"
#include "sim/config/values.h"

static void dump_slot(const struct slot *slot, FILE *out, bool with_origin)
{
    char place[512];
    fprintf(out, "%s =%s", slot->key->name, value_given(slot->key, slot->field) ? " " : "");
    value_print(slot->key, slot->field, out);
    if (with_origin)
        fprintf(out, " ; %s%s", slot->level == LEVEL_DEFAULT ? "" : "from ",
                source_origin(slot, place, sizeof place));
    fputc('\n', out);
}

/* The rows of the grid belong to [sweep], and stand after its keys. */
static void dump_sweep(const struct config_source *src, FILE *out, bool with_origin)
{
    for (int i = 0; i < src->n_swept; i++) {
        const struct sweep_row *row = &src->swept[i];
        fprintf(out, "%s = %s", row->key, row->values);
        if (with_origin)
            fprintf(out, " ; from %s", row->place);
        fputc('\n', out);
    }
}

void config_dump(const struct config_source *src, FILE *out, bool with_origin)
{
    const struct config_section *section = NULL;
    for (int i = 0; i < src->n_slots; i++) {
        const struct slot *slot = &src->slots[i];
        if (slot->section != section)
            fprintf(out, "%s[%s]\n", section ? "\n" : "", slot->section->name);
        section = slot->section;
        dump_slot(slot, out, with_origin);
        if (slot->field == &src->cfg->sweep.tune)
            dump_sweep(src, out, with_origin);
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

static void list_markdown(const struct config_section *section, FILE *out)
{
    if (!section->keys)
        return;
    fprintf(out, "\n## [%s]\n\n", section->name);
    if (strcmp(section->name, "sweep") == 0)
        fprintf(out, "%s\n", keys_sweep);
    fputs("| key | meaning | value | default | example |\n|---|---|---|---|---|\n", out);
    for (const struct config_key *key = section->keys; key->name; key++) {
        const char *tick = key->preset ? "`" : "", *preset = key->preset ? key->preset : "left out";
        fprintf(out, "| `%s` | %s | ", key->name, key->help);
        value_describe(key, out);
        fprintf(out, " | %s%s%s | `%s` |\n", tick, preset, tick, key->example ? key->example : preset);
    }
}

void config_list_keys(const struct config_section *extra, int n_extra, FILE *out, bool markdown)
{
    void (*list)(const struct config_section *, FILE *) = markdown ? list_markdown : list_plain;
    if (markdown)
        fputs("<!-- Written by simulate --markdown keys: change the tables in the code, not this file. -->\n"
              "# Configuration keys\n\n"
              "An empty value means \"left out\". Of several places the later wins: defaults, the ini file, "
              "the command\n"
              "line (`--set section.key=value`).\n",
              out);
    for (const struct config_section *section = config_sections; section->name; section++)
        list(section, out);
    for (int i = 0; i < n_extra; i++)
        list(&extra[i], out);
}
