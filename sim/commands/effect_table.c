/* Which keys may have no effect, and when: one row a key. */
#include "sim/commands/effect_table.h"

#include <math.h>
#include <string.h>

#include "algorithms/keys.h"
#include "models/model.h"
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

static bool has_validation(const struct run *r)
{
    return r->cfg->data.validation > 0;
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

static bool has_no_own_rows(const struct run *r)
{
    return r->cfg->sweep.own_values == OWN_COMBINE;
}

static bool is_whole(const struct run *r)
{
    return r->cfg->sweep.halving == 0;
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

#define NO_MOMENTUM "adamw has beta1 and beta2 instead, and an algorithm's own key comes first"
#define NOT_SHARDED "no algorithm has a sharded exchange; leave it out, or choose network.exchange = sharded"
#define NO_SERVER   "no algorithm has an exchange with a server; leave it out, or choose one with a server"
#define NO_OVERLAP  "no algorithm has overlap = backward; leave it out, or choose network.overlap = backward"
#define NOT_CODED                                                                                      \
    "no algorithm codes its messages, or each has a cost of its own; leave it out, or choose a codec " \
    "(algorithm.NAME.codec)"
#define CODES_NOTHING "the algorithm codes nothing; leave it out, or choose a codec (codec)"
#define ALL_RAW                                                                                            \
    "the algorithms with this codec send every tensor uncompressed, or each has a cost of its own; leave " \
    "it out"
#define NO_CARD "no algorithm has an exchange with a server that has a link of its own"

static const struct effect effects[] = {
    {"train", "momentum", takes_momentum, NO_MOMENTUM, WARNED},
    {ANY_ALGORITHM, "momentum", takes_momentum, NO_MOMENTUM, WARNED},
    {"train", "beta1", is_adamw, "the optimizer is not adamw", WARNED},
    {"train", "beta2", is_adamw, "the optimizer is not adamw", WARNED},
    {"train", "epsilon", is_adamw, "the optimizer is not adamw", WARNED},
    {"train", "weight_decay_on", decays, "weight_decay is 0", WARNED},
    {"train", "optimizer_at", shapes_gradients,
     "the optimiser has no momentum, decay or clipping, so both places are the same", WARNED},
    {ANY_ALGORITHM, "optimizer_at", shapes_gradients,
     "the optimiser has no momentum, decay or clipping, so both places are the same", WARNED},
    {"train", "state_on_reset", has_worker_state, "no worker has momenta or moments", WARNED},
    {ANY_ALGORITHM, "state_on_reset", has_worker_state, "its workers have no momenta or moments", WARNED},
    {"train", "step_at", steps_down, "the schedule is not step", WARNED},
    {"train", "step_factor", steps_down, "the schedule is not step", WARNED},
    {"train", "power", is_polynomial, "the schedule is not polynomial", WARNED},
    {"train", "list_at", is_list, "the schedule is not list", WARNED},
    {"train", "list_factors", is_list, "the schedule is not list", WARNED},
    {"train", "warmup_from", warms_up, "warmup is 0", WARNED},
    {ANY_ALGORITHM, "error_feedback", codes, "no codec is set, so that no message loses anything", WARNED},
    {ANY_ALGORITHM, "min_dimensions", compresses, "no codec is set", WARNED},
    {ANY_ALGORITHM, "compress_after", compresses, "no codec is set", WARNED},
    {ANY_ALGORITHM, "layout", has_fragments, "the model is one fragment", WARNED},
    {"data", "beta", is_dirichlet, "the partition is not dirichlet", WARNED},
    {"data", "shards_per_worker", is_shards, "the partition is not shards", WARNED},
    {"data", "split_seed", has_validation, "data.validation is 0", WARNED},
    {"data", "set", reads_data, "a profile reads no data", WARNED},
    {"data", "path", reads_data, "a profile reads no data", WARNED},
    {"data", "test_samples", reads_data, "a profile reads no data", WARNED},
    {"profile", "parameters", is_profile, "model.name is not profile", WARNED},
    {"profile", "layers", has_equal_layers, "model.name is not profile, or profile.file has the layers",
     WARNED},
    {"profile", "file", is_profile, "model.name is not profile", WARNED},
    {"data", "shape", is_synthetic, "only the synthetic set has a choice of shapes", WARNED},
    {"compute", "seconds", is_fixed, "compute.model is not fixed", WARNED},
    {"compute", "device", is_flops, "compute.model is not flops", WARNED},
    {"compute", "overhead", is_flops, "compute.model is not flops", WARNED},
    {"compute", "straggler_factor", straggles, "straggler_probability is 0", WARNED},
    {"compute", "straggler_duration", straggles, "straggler_probability is 0", WARNED},
    {"network", "server_bandwidth", has_server_link, NO_CARD, WARNED},
    {"network", "server_bandwidth_up", has_server_link, NO_CARD, WARNED},
    {"network", "server_bandwidth_down", has_server_link, NO_CARD, WARNED},
    {"network", "server_trace", has_server_link, NO_CARD, WARNED},
    {"network", "server_group", has_server_link, NO_CARD, WARNED},
    {"network", "server_site", has_server_link, NO_CARD, WARNED},
    {"faults", "down_time", crashes, "no worker crashes", WARNED},
    {"faults", "detection_time", crashes, "no worker crashes", WARNED},
    {"faults", "retransmit_timeout", loses, "no message is lost", WARNED},
    {"faults", "server_down_time", server_crashes, "the server does not crash", WARNED},
    {"faults", "server_checkpoint_every", server_crashes, "the server does not crash", WARNED},
    {"output", "at", is_trained, "nothing is trained, so there is no accuracy to compare", WARNED},
    {"output", "quality", is_trained, "nothing is trained, so there is no model to measure", WARNED},
    {"sweep", "count_by", is_a_point, "nothing is swept", WARNED},
    {"sweep", "own_values", has_no_own_rows, "nothing is swept", WARNED},
    {"sweep", "halving", is_whole, "nothing is swept", WARNED},
    {"output", "batchnorm_samples", is_precise, "output.batchnorm is not precise", WARNED},
    {"network", "exchange", has_exchange_of_all,
     "no algorithm can use it, or each has an exchange_by of its own; leave it out", REFUSED},
    {"network", "all_gather", has_own_codes,
     "no algorithm has an exchange without a server and codes that do not add up; leave it out", REFUSED},
    {"network", "chunk", has_chunks,
     "no algorithm has an exchange in chunks; leave it out, or choose network.exchange = tree or "
     "hierarchical",
     REFUSED},
    {"network", "collective_overhead", has_none,
     "every algorithm has an exchange with a server; leave it out, or choose another exchange", REFUSED},
    {"network", "overlap", overlaps_like_all,
     "no algorithm can overlap its exchanges with back-propagation, or each has an overlap of its own; leave "
     "it out",
     REFUSED_UNLESS_CHOSEN},
    {"network", "bucket", overlaps, NO_OVERLAP, REFUSED_ON_COMMAND_LINE},
    {"network", "first_bucket", has_limits,
     "no algorithm has overlap = backward, or with network.bucket = 0 every layer is a bucket; leave it out",
     REFUSED_ON_COMMAND_LINE},
    {"compute", "forward", overlaps, NO_OVERLAP, REFUSED_ON_COMMAND_LINE},
    {"server", "cost_per_byte", has_server, NO_SERVER, REFUSED},
    {"compute", "coding_factor", coding_has_cost, "no algorithm has a cost of coding; leave it out",
     REFUSED_UNLESS_CHOSEN},
    {"compute", "encode_cost", NULL, NOT_CODED, REFUSED_UNLESS_CHOSEN},
    {"compute", "decode_cost", NULL, NOT_CODED, REFUSED_UNLESS_CHOSEN},
    {ANY_ALGORITHM, "encode_cost", NULL, CODES_NOTHING, REFUSED},
    {ANY_ALGORITHM, "decode_cost", NULL, CODES_NOTHING, REFUSED},
    {ANY_CODEC, "encode_cost", NULL, ALL_RAW, REFUSED},
    {ANY_CODEC, "decode_cost", NULL, ALL_RAW, REFUSED},
    {"server", "shards", is_sharded, NOT_SHARDED, REFUSED},
    {"server", "colocated", is_sharded, NOT_SHARDED, REFUSED},
};

/* ---- to look a key up ---- */

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

const char *effect_owner(const struct slot *slot, const char *kind)
{
    return name_in(slot->section->name, kind);
}

const struct effect *effect_of(const struct slot *slot)
{
    const char *section = slot->section->name, *key = key_of(slot);
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++)
        if (strcmp(effects[i].key, key) == 0 &&
            (strcmp(effects[i].section, section) == 0 || name_in(section, effects[i].section)))
            return &effects[i];
    return NULL;
}
