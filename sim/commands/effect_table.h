/* Keys that may have no effect. A row names a key and a condition, and the key has an effect if the condition holds in at
 * least one run (a key of an algorithm's section: in this algorithm's run). */
#ifndef SIM_COMMANDS_EFFECT_TABLE_H
#define SIM_COMMANDS_EFFECT_TABLE_H

#include "sim/config/source.h"
#include "sim/runtime/run.h"

#define ANY_ALGORITHM "algorithm" /* the section of each algorithm */
#define ANY_CODEC     "codec"

/* What a key without effect leads to. An ini may have keys for algorithms that are not run this time: some of them are
 * warned of then. */
enum refusal {
    WARNED,
    REFUSED,
    REFUSED_ON_COMMAND_LINE, /* a key of a file: warned of */
    REFUSED_UNLESS_CHOSEN    /* a key of a file: warned of if the command line chooses the algorithms */
};

struct effect {
    const char *section, *key;
    bool (*counts)(const struct run *run); /* NULL: of a cost of coding: whether the run has it from there */
    const char *otherwise;
    enum refusal refusal;
};

/* NULL: the key always has an effect, or a choice of its own section says when (sim/config/key.h). */
const struct effect *effect_of(const struct slot *slot);

/* The algorithm, or the codec, that the key's section is of; NULL: the section is of another kind. */
const char *effect_owner(const struct slot *slot, const char *kind);

#endif
