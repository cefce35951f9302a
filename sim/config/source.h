/* What config.c, finish.c and dump.c share: every key with its place in memory and its value's origin. */
#ifndef SIM_CONFIG_SOURCE_H
#define SIM_CONFIG_SOURCE_H

#include "sim/config/config.h"

/* Where a value comes from: the preset, a file (the n-th one read has level n), the command line. The higher
 * level wins. */
enum level { LEVEL_DEFAULT, LEVEL_FILE, LEVEL_COMMAND = 1000000 };

struct section_params { /* the parameters of a plug-in */
    const char *section;
    void *params;
};

struct slot { /* a key */
    const struct config_section *section;
    const struct config_key *key;
    void *field;
    int level;
    int line;          /* in the file */
    const char *given; /* the file's path, "--set"; NULL: by default */
};

struct config_source {
    struct config *cfg;
    int n_sections, n_slots, n_paths;
    struct config_section *sections; /* own ones first; keys by pointer */
    struct slot *slots;              /* in the order of sections and keys */
    char **paths;                    /* of the files read */
    int n_swept;
    struct sweep_row *swept;
};

/* ---- look_up.c ---- */

const struct config_section *source_section(const struct config_source *src, const char *name);  /* or NULL */
struct slot *source_find(const struct config_source *src, const char *section, const char *key); /* or NULL */

/* The same; for an unknown name NULL, and in error what else could have been meant. */
struct slot *source_look_up_in(const struct config_source *src, const char *section, const char *key,
                               char *error, size_t error_size);
/* The same of "section.key". */
struct slot *source_look_up(const struct config_source *src, const char *key, char *error, size_t error_size);

/* false, with the nearest known section in error. */
bool source_unknown_section(const struct config_source *src, const char *name, char *error,
                            size_t error_size);
/* The only section that has this key, or NULL. */
const char *source_section_of(const struct config_source *src, const char *key);

/* ---- sweep_rows.c ---- */

/* Takes the row (its strings are copied); false, with the reason, where it is none. */
bool source_sweep(struct config_source *src, const struct sweep_row *row, char *error, size_t error_size);

/* Where the value came from: "x.ini:12", "--set", "default". Written into out, which is returned. */
char *source_origin(const struct slot *slot, char *out, size_t size);

#endif
