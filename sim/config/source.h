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

struct slot *source_find(const struct config_source *src, const char *section, const char *key); /* or NULL */

/* The same of "section.key", or NULL and what else could have been meant in error. */
struct slot *source_look_up(const struct config_source *src, const char *key, char *error, size_t error_size);

/* Takes the row (its strings are copied); false, with the reason, where it is none. */
bool source_sweep(struct config_source *src, const struct sweep_row *row, char *error, size_t error_size);

/* Where the value came from: "x.ini:12", "--set", "default". Written into out, which is returned. */
char *source_origin(const struct slot *slot, char *out, size_t size);

#endif
