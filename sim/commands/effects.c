/* Warns of settings that were given and have no effect, or refuses them: the user expects one, so silence would
 * mislead. A setting at its default is not mentioned. One table: a row names a key and a condition, and the key has
 * an effect if the condition holds in at least one run (a key of an algorithm's section: in this algorithm's
 * run). A key that depends on a choice of its own section says so itself (sim/config/key.h). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/keys.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/commands/program.h"
#include "sim/config/source.h"
#include "sim/config/values.h"
#include "sim/exchange/kind.h"
#include "sim/runtime/coding_config.h"
#include "sim/runtime/exchange_config.h"

/* ---- conditions ---- */

static bool is_adamw(const struct run *r)
{
    return strcmp(r->training.name, "adamw") == 0;
}

/* Whether the algorithm has a key for its own momentum, and the key is given: it comes before the general
 * ones. */
static bool has_own_momentum(const struct run *r)
{
    size_t key = r->alg->momentum.key;
    double value = NAN;
    if (key > 0 && key != offsetof(struct alg_common, momentum))
        memcpy(&value, (const char *)r->params + key, sizeof value);
    return !isnan(value);
}

static bool takes_momentum(const struct run *r)
{
    return !is_adamw(r) && !has_own_momentum(r);
}

static bool decays(const struct run *r)
{
    return r->training.optimizing.weight_decay > 0 || r->setup.weight_decay > 0;
}

static bool shapes_gradients(const struct run *r)
{
    return r->training.optimizer || r->training.clip > 0;
}

static bool has_worker_state(const struct run *r)
{
    return r->training.at == AT_WORKER && r->training.states > 0;
}

static bool steps_down(const struct run *r)
{
    return r->conductor.rate.form == FORM_STEP;
}

static bool is_polynomial(const struct run *r)
{
    return r->conductor.rate.form == FORM_POLYNOMIAL;
}

static bool is_list(const struct run *r)
{
    return r->conductor.rate.form == FORM_LIST;
}

static bool warms_up(const struct run *r)
{
    return r->conductor.rate.warmup > 0;
}

static bool codes(const struct run *r)
{
    return r->layout.push_coding.codec || r->layout.reply_coding.codec;
}

static bool compresses(const struct run *r)
{
    return codes(r) || r->alg->exchanges;
}

static bool has_fragments(const struct run *r)
{
    return r->layout.fragments.count > 1;
}

static bool is_dirichlet(const struct run *r)
{
    return r->cfg->data.partition == PARTITION_DIRICHLET;
}

static bool is_shards(const struct run *r)
{
    return r->cfg->data.partition == PARTITION_SHARDS;
}

static bool is_synthetic(const struct run *r)
{
    return strcmp(r->cfg->data.set, "synthetic") == 0;
}

static bool reads_data(const struct run *r)
{
    return !model_has_only_sizes(r->model);
}

static bool is_profile(const struct run *r)
{
    return model_has_only_sizes(r->model);
}

static bool has_equal_layers(const struct run *r)
{
    return is_profile(r) && !r->cfg->profile.file;
}

static bool is_fixed(const struct run *r)
{
    return r->cfg->compute.model == COMPUTE_FIXED;
}

static bool is_flops(const struct run *r)
{
    return r->cfg->compute.model == COMPUTE_FLOPS;
}

static bool straggles(const struct run *r)
{
    return r->cfg->compute.straggler_probability > 0;
}

static bool crashes(const struct run *r)
{
    return r->cfg->faults.crash_at.n > 0 || r->cfg->faults.crash_probability > 0;
}

static bool loses(const struct run *r)
{
    return r->cfg->faults.loss_probability > 0;
}

static bool server_crashes(const struct run *r)
{
    return r->cfg->faults.server_crash_at.n > 0;
}

static bool has_server(const struct run *r)
{
    return !r->exchange->all_workers;
}

static bool has_none(const struct run *r)
{
    return !has_server(r);
}

static bool is_sharded(const struct run *r)
{
    return r->exchange->has_shards;
}

static bool has_server_link(const struct run *r)
{
    return has_server(r) && !(is_sharded(r) && r->cfg->server.colocated);
}

static bool has_chunks(const struct run *r)
{
    return r->exchange->has_chunks;
}

static bool has_own_codes(const struct run *r)
{
    return exchange_has_own_codes(r);
}

static bool has_exchange_of_all(const struct run *r)
{
    return !((const struct alg_common *)r->params)->exchange_by &&
           strcmp(r->exchange->name, r->cfg->network.exchange) == 0;
}

static bool overlaps(const struct run *r)
{
    return r->overlaps;
}

static bool overlaps_like_all(const struct run *r)
{
    return ((const struct alg_common *)r->params)->overlap < 0 && r->overlaps;
}

static bool has_limits(const struct run *r)
{
    return r->overlaps && r->cfg->network.bucket > 0;
}

/* Of a sweep that counts: its points have the key no more. */
static bool is_a_point(const struct run *r)
{
    return !r->cfg->sweep.count_by;
}

static bool is_precise(const struct run *r)
{
    return r->cfg->output.batchnorm == BATCHNORM_PRECISE;
}

static bool is_trained(const struct run *r)
{
    return r->trains;
}

/* ---- the table ---- */

#define NO_MOMENTUM   "adamw has beta1 and beta2 instead, and an algorithm's own key comes first"
#define ANY_ALGORITHM "algorithm" /* the section of each algorithm */
#define ANY_CODEC     "codec"
#define NOT_SHARDED   "no algorithm has a sharded exchange; leave it out, or choose network.exchange = sharded"
#define NO_SERVER     "no algorithm has an exchange with a server; leave it out, or choose one with a server"
#define NO_OVERLAP    "no algorithm has overlap = backward; leave it out, or choose network.overlap = backward"
#define BY_OWN_COST   ", or each has a cost of its own; leave it out"
#define TO_CODE       ", or choose a codec (algorithm.NAME.codec)"
#define NOT_CODED     "no algorithm codes its messages" BY_OWN_COST TO_CODE
#define CODES_NOTHING "the algorithm codes nothing; leave it out, or choose a codec (codec)"
#define ALL_RAW       "the algorithms with this codec send every tensor uncompressed" BY_OWN_COST
#define NO_CARD       "no algorithm has an exchange with a server that has a link of its own"

static const struct effect {
    const char *section, *key;
    bool (*counts)(const struct run *run); /* NULL: of a cost of coding: whether the run has it from there */
    const char *otherwise;
} effects[] = {
    {"train", "momentum", takes_momentum, NO_MOMENTUM},
    {ANY_ALGORITHM, "momentum", takes_momentum, NO_MOMENTUM},
    {"train", "beta1", is_adamw, "the optimizer is not adamw"},
    {"train", "beta2", is_adamw, "the optimizer is not adamw"},
    {"train", "epsilon", is_adamw, "the optimizer is not adamw"},
    {"train", "weight_decay_on", decays, "weight_decay is 0"},
    {"train", "optimizer_at", shapes_gradients,
     "the optimiser has no momentum, decay or clipping, so both places are the same"},
    {ANY_ALGORITHM, "optimizer_at", shapes_gradients,
     "the optimiser has no momentum, decay or clipping, so both places are the same"},
    {"train", "state_on_reset", has_worker_state, "no worker has momenta or moments"},
    {ANY_ALGORITHM, "state_on_reset", has_worker_state, "its workers have no momenta or moments"},
    {"train", "step_at", steps_down, "the schedule is not step"},
    {"train", "step_factor", steps_down, "the schedule is not step"},
    {"train", "power", is_polynomial, "the schedule is not polynomial"},
    {"train", "list_at", is_list, "the schedule is not list"},
    {"train", "list_factors", is_list, "the schedule is not list"},
    {"train", "warmup_from", warms_up, "warmup is 0"},
    {ANY_ALGORITHM, "error_feedback", codes, "no codec is set, so that no message loses anything"},
    {ANY_ALGORITHM, "min_dimensions", compresses, "no codec is set"},
    {ANY_ALGORITHM, "compress_after", compresses, "no codec is set"},
    {ANY_ALGORITHM, "layout", has_fragments, "the model is one fragment"},
    {"data", "beta", is_dirichlet, "the partition is not dirichlet"},
    {"data", "shards_per_worker", is_shards, "the partition is not shards"},
    {"data", "set", reads_data, "a profile reads no data"},
    {"data", "path", reads_data, "a profile reads no data"},
    {"data", "test_samples", reads_data, "a profile reads no data"},
    {"profile", "parameters", is_profile, "model.name is not profile"},
    {"profile", "layers", has_equal_layers, "model.name is not profile, or profile.file has the layers"},
    {"profile", "file", is_profile, "model.name is not profile"},
    {"data", "shape", is_synthetic, "only the synthetic set has a choice of shapes"},
    {"compute", "seconds", is_fixed, "compute.model is not fixed"},
    {"compute", "device", is_flops, "compute.model is not flops"},
    {"compute", "overhead", is_flops, "compute.model is not flops"},
    {"compute", "straggler_factor", straggles, "straggler_probability is 0"},
    {"compute", "straggler_duration", straggles, "straggler_probability is 0"},
    {"network", "server_bandwidth", has_server_link, NO_CARD},
    {"network", "server_bandwidth_up", has_server_link, NO_CARD},
    {"network", "server_bandwidth_down", has_server_link, NO_CARD},
    {"network", "server_trace", has_server_link, NO_CARD},
    {"network", "server_group", has_server_link, NO_CARD},
    {"network", "server_site", has_server_link, NO_CARD},
    {"faults", "down_time", crashes, "no worker crashes"},
    {"faults", "detection_time", crashes, "no worker crashes"},
    {"faults", "retransmit_timeout", loses, "no message is lost"},
    {"faults", "server_down_time", server_crashes, "the server does not crash"},
    {"faults", "server_checkpoint_every", server_crashes, "the server does not crash"},
    {"output", "at", is_trained, "nothing is trained, so there is no accuracy to compare"},
    {"sweep", "count_by", is_a_point, "nothing is swept"},
    {"output", "batchnorm_samples", is_precise, "output.batchnorm is not precise"},
};

/* Those that are refused. */
static const struct effect strict[] = {
    {"network", "exchange", has_exchange_of_all,
     "no algorithm can use it, or each has an exchange_by of its own; leave it out"},
    {"network", "all_gather", has_own_codes,
     "no algorithm has an exchange without a server and codes that do not add up; leave it out"},
    {"network", "chunk", has_chunks,
     "no algorithm has an exchange in chunks; leave it out, or choose network.exchange = tree or "
     "hierarchical"},
    {"network", "collective_overhead", has_none,
     "every algorithm has an exchange with a server; leave it out, or choose another exchange"},
    {"network", "overlap", overlaps_like_all,
     "no algorithm can overlap its exchanges with back-propagation, or each has an overlap of its own; leave "
     "it out"},
    {"network", "bucket", overlaps, NO_OVERLAP},
    {"network", "first_bucket", has_limits,
     "no algorithm has overlap = backward, or with network.bucket = 0 every layer is a bucket; leave it out"},
    {"compute", "forward", overlaps, NO_OVERLAP},
    {"server", "cost_per_byte", has_server, NO_SERVER},
    {"compute", "coding_factor", coding_has_cost, "no algorithm has a cost of coding; leave it out"},
    {"compute", "encode_cost", NULL, NOT_CODED},
    {"compute", "decode_cost", NULL, NOT_CODED},
    {ANY_ALGORITHM, "encode_cost", NULL, CODES_NOTHING},
    {ANY_ALGORITHM, "decode_cost", NULL, CODES_NOTHING},
    {ANY_CODEC, "encode_cost", NULL, ALL_RAW},
    {ANY_CODEC, "decode_cost", NULL, ALL_RAW},
    {"server", "shards", is_sharded, NOT_SHARDED},
    {"server", "colocated", is_sharded, NOT_SHARDED},
};

/* ---- the check ---- */

static bool is_at_default(const struct slot *slot)
{
    if (slot->level <= LEVEL_DEFAULT)
        return true;
    return slot->key->preset ? value_is(slot->key, slot->field, slot->key->preset)
                             : !value_given(slot->key, slot->field);
}

/* What follows "KIND." in the section's name; NULL: the section is of another kind. */
static const char *name_in(const char *section, const char *kind)
{
    size_t n = strlen(kind);
    return strncmp(section, kind, n) == 0 && section[n] == '.' ? section + n + 1 : NULL;
}

/* An algorithm's own key may do what state_on_reset does, and has an effect where that one has. */
static const char *key_of(const struct slot *slot)
{
    const char *section = slot->section->of ? slot->section->of : slot->section->name;
    const char *owner = name_in(section, ANY_ALGORITHM);
    for (const struct algorithm *const *alg = alg_list; owner && *alg; alg++)
        if (strcmp((*alg)->name, owner) == 0 && (*alg)->reset_key &&
            strcmp((*alg)->reset_key, slot->key->name) == 0)
            return "state_on_reset";
    return slot->key->name;
}

static const struct effect *find(const struct effect *e, size_t n, const char *section, const char *key)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(e[i].key, key) == 0 &&
            (strcmp(e[i].section, section) == 0 || name_in(section, e[i].section)))
            return &e[i];
    return NULL;
}

static const struct effect *effect_of(const struct slot *slot)
{
    const char *key = key_of(slot);
    const struct effect *found = find(effects, sizeof effects / sizeof *effects, slot->section->name, key);
    return found ? found : find(strict, sizeof strict / sizeof *strict, slot->section->name, key);
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
    const char *algorithm = name_in(slot->section->name, ANY_ALGORITHM);
    const char *codec = name_in(slot->section->name, ANY_CODEC);
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
    bool used = is_used(p->source, slot), of_codec = e && name_in(slot->section->name, ANY_CODEC);
    const char *owner = name_in(slot->section->name, ANY_ALGORITHM);
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

/* An ini may have keys for algorithms that are not run this time (--algorithm); it is warned of them. */
static bool is_refused(const struct config_source *source, const struct slot *slot)
{
    const struct effect *e = effect_of(slot);
    bool in_part = source_find(source, "experiment", "algorithms")->level == LEVEL_COMMAND;
    bool of_cost = e->counts ? e->counts == coding_has_cost : strcmp(slot->section->name, "compute") == 0;
    bool of_all = in_part && (of_cost || e->counts == overlaps_like_all);
    bool may_wait = of_all || e->counts == overlaps || e->counts == has_limits;
    bool is_strict = e >= strict && e < strict + sizeof strict / sizeof *strict;
    return is_strict && !(may_wait && slot->level < LEVEL_COMMAND);
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
    free(counts);
}
