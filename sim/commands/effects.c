/* Warns of settings that were given and have no effect, or refuses them: the user expects one, so silence would
 * mislead. A setting at its default is not mentioned. When a key has an effect says effect_table.c; a key that depends
 * on a choice of its own section says so itself (sim/config/key.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/commands/effect_table.h"
#include "sim/commands/program.h"
#include "sim/config/source.h"
#include "sim/config/values.h"
#include "sim/runtime/coding_config.h"

static bool is_at_default(const struct slot *slot)
{
    if (slot->level <= LEVEL_DEFAULT)
        return true;
    return slot->key->preset ? value_is(slot->key, slot->field, slot->key->preset)
                             : !value_given(slot->key, slot->field);
}

static bool is_one_of(const char *words, const char *word)
{
    size_t n = strlen(word), skip;
    for (; *words; words += skip, words += strspn(words, ", ")) {
        skip = strcspn(words, ", ");
        if (skip == n && strncmp(words, word, n) == 0)
            return true;
    }
    return false;
}

/* Whether the choice on which the key depends (sim/config/key.h: with_key) is one that uses the key. */
static bool is_used(const struct config_source *source, const struct slot *slot)
{
    if (!slot->key->with_key)
        return true;
    const struct slot *with = source_find(source, slot->section->name, slot->key->with_key);
    char *word = value_text(with->key, with->field);
    bool used = is_one_of(slot->key->with_words, word);
    free(word);
    return used;
}

/* The parameters of a plug-in's section; of a section of the program: the configuration. */
static const void *params_of(const struct run *run, const struct slot *slot)
{
    const char *algorithm = effect_owner(slot, ANY_ALGORITHM);
    const char *codec = effect_owner(slot, ANY_CODEC);
    return algorithm ? run->params : codec ? config_params(run->cfg, ANY_CODEC, codec) : run->cfg;
}

static bool counts_for(const struct run *run, const struct slot *slot, const struct effect *e)
{
    if (e->counts)
        return e->counts(run);
    return *(const double *)slot->field == 0 || coding_costs_by(run, slot->section->name, slot->key->name);
}

static bool has_codec(const struct run *run, const struct slot *slot)
{
    const void *params = params_of(run, slot);
    return run->layout.push_coding.params == params || run->layout.reply_coding.params == params;
}

/* The settings of an algorithm that is not run are not concerned, nor costs of a codec that none has. */
static enum counts counts_in(const struct program *p, const struct slot *slot, const struct effect *e)
{
    bool used = is_used(p->source, slot), of_codec = e && effect_owner(slot, ANY_CODEC);
    const char *owner = effect_owner(slot, ANY_ALGORITHM);
    enum counts counts = NOT_CONCERNED;
    for (int i = 0; i < p->runs; i++) {
        const struct run *run = &p->run[i];
        if ((owner && strcmp(owner, run->name) != 0) || (of_codec && !has_codec(run, slot)))
            continue;
        counts = counts == COUNTS || (used && (!e || counts_for(run, slot, e))) ? COUNTS : COUNTS_NOT;
    }
    return counts;
}

void effects_note(const struct program *p, enum counts **counts)
{
    if (!*counts)
        *counts = need((size_t)p->source->n_slots * sizeof **counts);
    for (int i = 0; i < p->source->n_slots; i++) {
        const struct effect *e = effect_of(&p->source->slots[i]);
        bool may_not = e || p->source->slots[i].key->with_key;
        enum counts now = may_not ? counts_in(p, &p->source->slots[i], e) : NOT_CONCERNED;
        (*counts)[i] = now > (*counts)[i] ? now : (*counts)[i];
    }
}

/* The choice on which the key depends is the reason; in a sweep perhaps that of each point. */
static bool is_another_choice(const struct config_source *source, const struct slot *slot)
{
    return !is_used(source, slot) || !effect_of(slot);
}

static bool is_refused(const struct config_source *source, const struct slot *slot)
{
    bool of_file = slot->level < LEVEL_COMMAND;
    bool chosen = source_find(source, "experiment", "algorithms")->level == LEVEL_COMMAND;
    switch (effect_of(slot)->refusal) {
    case WARNED:
        return false;
    case REFUSED_ON_COMMAND_LINE:
        return !of_file;
    case REFUSED_UNLESS_CHOSEN:
        return !(of_file && chosen);
    default:
        return true;
    }
}

/* A refusal is the only line, so it comes before all warnings. */
static void refuse(const struct config_source *source, const struct slot *slot)
{
    char place[512];
    const struct config_key *key = slot->key;
    const char *section = slot->section->name;
    source_origin(slot, place, sizeof place);
    if (is_another_choice(source, slot)) {
        if (key->strict)
            die(EXIT_USAGE, "%s: %s.%s: has no effect: only %s.%s = %s uses it; leave it out, or choose that",
                place, section, key->name, section, key->with_key, key->with_words);
    } else if (is_refused(source, slot)) {
        const char *why = effect_of(slot)->otherwise;
        die(EXIT_USAGE, "%s: %s.%s: has no effect: %s", place, section, key->name, why);
    }
}

static void say(const struct config_source *source, const struct slot *slot)
{
    char place[512];
    const struct config_key *key = slot->key;
    const char *section = slot->section->name;
    source_origin(slot, place, sizeof place);
    if (is_another_choice(source, slot))
        warn("%s: %s.%s has no effect: only %s = %s uses it", place, section, key->name, key->with_key,
             key->with_words);
    else
        warn("%s: %s.%s has no effect: %s", place, section, key->name, effect_of(slot)->otherwise);
}

static bool is_idle(const struct config_source *source, const enum counts *counts, int i)
{
    return counts[i] == COUNTS_NOT && !is_at_default(&source->slots[i]);
}

void effects_say(const struct config_source *source, enum counts *counts)
{
    for (int i = 0; counts && i < source->n_slots; i++)
        if (is_idle(source, counts, i))
            refuse(source, &source->slots[i]);
    for (int i = 0; counts && i < source->n_slots; i++)
        if (is_idle(source, counts, i))
            say(source, &source->slots[i]);
    if (counts)
        config_warn_untuned(source);
    free(counts);
}
