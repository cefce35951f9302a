#include "sim/commands/networks.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/source.h"
#include "sim/install_paths.h"

static const char FOLDER[] = "experiments/networks", ENDING[] = ".ini", SECTION[] = "network",
                  SOURCE[] = "Source: ";

static void free_names(char **names)
{
    for (int i = 0; names[i]; i++)
        free(names[i]);
    free(names);
}

static char *path_of(const char *name)
{
    char *file = text_format("%s%s", name, ENDING), *path = install_find(FOLDER, file);
    free(file);
    return path;
}

/* As with models and algorithms, case, hyphens and underscores of the word do not count. */
static char *path_of_word(const char *word)
{
    char **names = install_names(FOLDER, ENDING);
    int found = text_find((const char *const *)names, word);
    char *path = found >= 0 ? path_of(names[found]) : NULL;
    free_names(names);
    return path;
}

/* The text of the file's next line, a comment, without what makes it one; "": it is none. The caller frees. */
static char *next_comment(FILE *file)
{
    char *line = NULL;
    size_t room = 0;
    bool good = getline(&line, &room, file) > 0 && line[0] == ';';
    char *text = text_copy(good ? text_trim(line + 1) : "");
    free(line);
    return text;
}

static void list_one(const char *name)
{
    char *path = path_of(name);
    FILE *file = path ? fopen(path, "re") : NULL;
    if (file) {
        char *summary = next_comment(file), *source = next_comment(file);
        size_t begin = strncmp(source, SOURCE, strlen(SOURCE)) == 0 ? strlen(SOURCE) : 0;
        printf("%-20s %s (%s)\n", name, summary, source + begin);
        free(summary);
        free(source);
        fclose(file);
    }
    free(path);
}

void networks_list(void)
{
    char **names = install_names(FOLDER, ENDING);
    for (int i = 0; names[i]; i++)
        list_one(names[i]);
    free_names(names);
}

static const char *name_at(const void *names, size_t i)
{
    return ((char *const *)names)[i];
}

static bool refuse_unknown(const struct slot *slot, char *error, size_t error_size)
{
    char place[512], quoted[80], **names = install_names(FOLDER, ENDING);
    const char *name = *(char *const *)slot->field, *nearest = text_nearest(name, name_at, names);
    snprintf(error, error_size, "%s: network.preset: expected a name from --list networks, got %s%s%s%s",
             source_origin(slot, place, sizeof place), text_quote(quoted, sizeof quoted, name),
             nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'?" : "");
    free_names(names);
    return false;
}

static bool any_is_left(const struct config_source *src)
{
    for (int i = 0; i < src->n_slots; i++)
        if (strcmp(src->slots[i].section->name, SECTION) == 0 && src->slots[i].level == LEVEL_DEFAULT)
            return true;
    return false;
}

static void say(const struct slot *slot, const char *given)
{
    static bool said;
    char place[512];
    if (!said)
        warn("%s: network.preset = %s: given keys win: %s", source_origin(slot, place, sizeof place),
             *(char *const *)slot->field, given);
    said = true;
}

bool networks_apply(struct config_source *src, char *error, size_t error_size)
{
    const struct slot *slot = source_find(src, SECTION, "preset");
    const char *name = *(char *const *)slot->field;
    bool left = any_is_left(src);
    if (name && !left && slot->level == LEVEL_COMMAND && strcmp(slot->given, "--set") == 0)
        say(slot, "all of them");
    if (!name || !left)
        return true;
    char *path = path_of_word(name);
    if (!path)
        return refuse_unknown(slot, error, error_size);
    struct preset_file preset = {.section = SECTION, .path = path, .level = slot->level};
    bool good = config_read_preset(src, &preset, error, error_size);
    if (good && preset.given)
        say(slot, preset.given);
    free(preset.given);
    free(path);
    return good;
}
