/* A row of the table of configuration keys. The table drives parsing, bounds, --list keys, KEYS.md and the
 * resolved dump. An algorithm or codec has rows for its section, which fill its own parameter struct.
 *
 *   static const struct config_key keys[] = {
 *       {"max_local_steps", KEY_INT, offsetof(struct params, max_local_steps), "16", .min = 1, .max = 1e9,
 *        .help = "most local iterations between two pushes"},
 *       {NULL}}; */
#ifndef SIM_CONFIG_KEY_H
#define SIM_CONFIG_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The comment gives the type of the field, and examples of values in an ini. */
enum key_type {
    KEY_INT,            /* int64_t: 16, 1e6 where whole */
    KEY_REAL,           /* double: 0.1 */
    KEY_FRACTION,       /* struct fraction: 1/3, 0.25; not a key that may be left out */
    KEY_BOOL,           /* bool: yes/no, true/false, on/off, 1/0 */
    KEY_TEXT,           /* char *, owned: any text; with .choices: one of them */
    KEY_CHOICE,         /* an enumeration: one of its words, .choices[value] */
    KEY_SECONDS,        /* double: 10ms, 1.5 s, 20us, 3ns, 0; other bare numbers are refused */
    KEY_SECONDS_OR_INF, /* double: the same, or inf */
    KEY_BANDWIDTH,      /* double, bytes/s: 1Gbit/s, 125MB/s, inf; decimal prefixes, B bytes, bit bits */
    KEY_BYTES,          /* double: 64KiB, 10MB, 512 */
    KEY_FLOPS,          /* double, FLOP/s: 70GFLOP/s, 1TFLOP/s */
    KEY_REALS,          /* struct reals: 0.5, 0.75 */
    KEY_SECONDS_LIST,   /* struct reals: 10ms, 20ms; one value, or a list */
    KEY_BANDWIDTH_LIST, /* struct reals: 1Gbit/s, 100Mbit/s */
    KEY_NAME,           /* char *, owned: topk, or topk1: topk (.kind) */
    KEY_NAMES,     /* struct names: bsp, losp, topk1: bsp (.kind); with .choices: some of them, each once */
    KEY_MILESTONES /* struct milestones: 60s, 10GiB; times and amounts of bytes, each once and with a unit */
};

struct fraction { /* in lowest terms, >= 0; denominator > 0 */
    int64_t numerator, denominator;
};
#define MOST_COST 1 /* seconds per byte: more than any sensible cost of coding */

struct reals { /* owned by the configuration */
    int n;
    double *at;
};

struct names {
    int n;
    char **at; /* (n) */
    char **of; /* (n) of "topk1: bsp": "bsp"; of a bare name: NULL, except of a declared variant */
};

struct milestone { /* a moment of a run (milestones.h) */
    double at;     /* seconds or bytes; > 0 */
    bool bytes;
};

struct milestones {
    int n;
    struct milestone *at;
};

struct config_key {
    const char *name;
    enum key_type type;
    size_t offset; /* offset of the field in the section's struct */
    /* The default, written as in an ini. NULL: the key may be left out, or given empty; the field is then
     * NULL, NAN, n = 0, or -1 (KEY_INT, KEY_CHOICE). Not for KEY_BOOL. */
    const char *preset;
    const char *help; /* one phrase, lower case, no full stop */
    /* The words, ended by NULL; KEY_CHOICE: word i stands for value i. Case, hyphens and underscores of a
     * value do not count where it fits one word alone. */
    const char *const *choices;
    const char *choice; /* "a name from --list models", for messages that would otherwise list all words */
    double min, max; /* of numbers, in base units; both 0: no bounds; max < min or INFINITY: no upper bound */
    int above_min;   /* 1: min itself is refused; with both bounds 0: "> 0" */
    const char *example; /* for documentation only; NULL: the default */
    int below_max;       /* 1: max itself is refused */
    /* The key has an effect only where the choice with_key of the same section is one of with_words,
     * "adam, yogi". NULL: always. A setting without effect is said, not refused: another point of a sweep may
     * use it. */
    const char *with_key, *with_words;
    bool
        strict; /* (with_key) A setting without effect is refused, unless another point of the sweep uses it. */
    /* Of KEY_NAME and KEY_NAMES: "algorithm" where the names are those of sections [algorithm.NAME]. Then
     * "topk1: bsp" is a variant of bsp, and has the section [algorithm.topk1]. NULL: there are no variants. */
    const char *kind;
};

#endif
