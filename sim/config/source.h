/* Shared by the files that build, check and print the configuration: every key, with the place of its
 * value in memory and the origin of the value. */
#ifndef SIM_CONFIG_SOURCE_H
#define SIM_CONFIG_SOURCE_H

#include "sim/config/config.h"

/* The origin of a value: a preset, which is as good as the default, the default, a file (the n-th file read has
 * level n), the command line. The higher level wins; above the default the user has given the value. */
enum level { LEVEL_PRESET = -1, LEVEL_DEFAULT, LEVEL_FILE, LEVEL_COMMAND = 1000000 };

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
    const char *given; /* path of the file, or the option; NULL: the default */
};

struct section_variant { /* of an algorithm or a codec (variants.c) */
    const char *kind;    /* "algorithm" or "codec" */
    char *name, *of;     /* "topk1", "bsp" */
};

struct sweep_rows {
    int n;
    struct sweep_row *row;
};

enum { MOST_VARIANTS = 64 };

struct config_source {
    struct config *cfg;
    int n_sections, n_slots, n_paths;
    /* The program's, the plug-ins', then the variants'; keys by pointer. There is room for all variants, since
     * slots point to their section. */
    struct config_section *sections;
    int n_variants;
    struct section_variant variant[MOST_VARIANTS];
    struct slot *slots;             /* in the order of sections and keys */
    int *first_slot;                /* of each section; n_slots if it has none */
    char **paths;                   /* (n_paths) of the files read */
    char *preset;                   /* path of the preset read; NULL: none */
    struct sweep_rows swept, tuned; /* of [sweep] and of [tune] */
    bool compares;                  /* there is a section [compare], or --compare */
};

/* ---- look_up.c ---- */

const struct config_section *source_section(const struct config_source *src, const char *name);  /* or NULL */
struct slot *source_find(const struct config_source *src, const char *section, const char *key); /* or NULL */

/* The key of this name of the first algorithm that has it; NULL: none has it. */
struct slot *source_of_any(const struct config_source *src, const char *name);

bool source_is_set(const struct slot *slot); /* the value is not the one that the key has by default */

/* The grid sweeps network.preset, and this key of [network] has a value that is not given: each point's preset
 * may give it another. */
bool source_is_open(const struct config_source *src, const struct slot *slot);

/* The same. NULL for an unknown name; error suggests the nearest known name. */
struct slot *source_look_up_in(const struct config_source *src, const char *section, const char *key,
                               char *error, size_t error_size);
/* The same for "section.key". */
struct slot *source_look_up(const struct config_source *src, const char *key, char *error, size_t error_size);

/* false, with the nearest known section in error. */
bool source_unknown_section(const struct config_source *src, const char *name, char *error,
                            size_t error_size);
/* The only section of the program that has this key, or else the only one of all; or NULL. */
const char *source_section_of(const struct config_source *src, const char *key);

/* For fail_place(): the origin of the value of the key that the message begins with ("network.latency: ...").
 * context: the struct config_source. false: there is no such key, or it has its default. */
bool source_place(const void *context, const char *message, char *out, size_t size);

/* "train.batch" for a key without its section: the same in the only section that has it, or else the nearest
 * key of the program. Fresh memory, or NULL. */
char *source_nearest_key(const struct config_source *src, const char *key);

/* ---- slots.c ---- */

/* Adds all sections of a new configuration, their parameters and their slots, with their presets. */
void source_add_all(struct config_source *src, const struct config_section *extra, int n_extra);

/* Adds a section of a plug-in, its parameters and its slots, with their presets. Slots may move. */
void source_add_section(struct config_source *src, const struct config_section *section);

/* ---- sweep_rows.c ---- */

/* Adds a row to the grid; its strings are copied. false, with the reason in error: it is no valid row. */
bool source_sweep(struct config_source *src, const struct sweep_row *row, char *error, size_t error_size);

/* Puts a copy of a checked row in the place of the one with its key, or at the end. false: a file has it twice. */
bool source_put_row(struct sweep_rows *rows, const struct sweep_row *row, char *error, size_t error_size);
void source_free_rows(struct sweep_rows *rows);

/* ---- tune_rows.c ---- */

/* The same for a row of [tune]. */
bool source_tune(struct config_source *src, const struct sweep_row *row, char *error, size_t error_size);

/* The slot of a key that may be tuned: "algorithm.NAME.KEY", or "algorithm.*.KEY", then of the first algorithm that has
 * it. NULL, with the reason in error: there is none. */
struct slot *source_tuned(const struct config_source *src, const char *key, char *error, size_t error_size);

/* "learning_rate" of "algorithm.*.learning_rate"; NULL: the key names an algorithm. */
const char *source_tuned_by_all(const char *key);

/* The values of a row of [tune] as a list: "a, b" of "choice(a, b)"; else the text itself. The caller frees. */
char *source_tuned_values(const char *text);

/* Writes the origin of the value into out, and returns out: "x.ini:12", "--set", "default". */
char *source_origin(const struct slot *slot, char *out, size_t size);

#endif
