#include "sim/runtime/overlap_config.h"

#include <math.h>
#include <stdlib.h>

#include "algorithms/keys.h"
#include "models/model.h"
#include "sim/base/fail.h"
#include "sim/base/part.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/config/profile_file.h"
#include "sim/exchange/words.h"

static const struct alg_common *common(const struct run *run)
{
    return run->params;
}

char *overlap_key(const struct run *run)
{
    return common(run)->overlap >= 0 ? text_format("algorithm.%s.overlap", run->name)
                                     : text_copy("network.overlap");
}

/* ---- the choice ---- */

/* Why the algorithm has no push that could overlap; NULL: it has. */
static const char *hindrance(const struct run *run)
{
    if (!run->protocol->all_workers)
        return "not every update has a push of every worker";
    if (run->protocol->hides_exchanges)
        return "it hides its exchanges behind iterations by itself";
    return run->alg->exchanges ? "a step of the model has several exchanges" : NULL;
}

static bool choose(const struct run *run)
{
    int own = common(run)->overlap;
    if ((own >= 0 ? own : run->cfg->network.overlap) == OVERLAP_NONE)
        return false;
    const char *why = hindrance(run);
    if (why && own >= 0)
        die(EXIT_USAGE, "algorithm.%s.overlap: expected none, got backward: %s", run->name, why);
    return !why;
}

/* ---- what does not go with it ---- */

static void refuse_clipping(const struct run *run)
{
    if (run->training.clip == 0 || run->training.at != AT_WORKER)
        return;
    bool own = !isnan(common(run)->clip_norm);
    die(EXIT_USAGE,
        "%s%s.clip_norm: expected 0 with %s = backward, got %g: a bucket of %s departs before the norm of "
        "the gradient is known; %salgorithm.%s.overlap = none",
        own ? "algorithm." : "", own ? run->name : "train", overlap_key(run), (double)run->training.clip,
        run->name, run->alg->mean ? "optimizer_at = server clips at the server, or " : "choose ", run->name);
}

/* A codec that gets a vector of several tensors needs all of them before it can code the first one. */
static void refuse_codec(const struct run *run, const struct coding *c, const char *name)
{
    if (!c->codec)
        return;
    bool joint = c->codec->joint && c->codec->joint(c->params), part = run->layout.fragments.count > 1;
    if (joint || (part && !c->codec->by_value))
        die(EXIT_USAGE,
            "algorithm.%s.%s: expected one that codes %s with %s = backward, got %s: it codes %s as one "
            "vector, and a bucket departs before all of it is known; choose another, or algorithm.%s.overlap "
            "= none",
            run->name, name, part ? "each value by itself" : "each tensor by itself", overlap_key(run),
            c->codec->name, part ? "a fragment" : "all tensors", run->name);
}

static void refuse_setting(const struct run *run)
{
    refuse_clipping(run);
    refuse_codec(run, &run->layout.push_coding, "codec");
    refuse_codec(run, &run->layout.reply_coding, common(run)->reply_codec ? "reply_codec" : "codec");
    if (run->cfg->compute.model == COMPUTE_MEASURED)
        die(EXIT_USAGE,
            "compute.model: expected flops or fixed with %s = backward, got measured: of a measured "
            "iteration of %s only the end is known; choose one of them, or algorithm.%s.overlap = none",
            overlap_key(run), run->name, run->name);
}

/* ---- operations of back-propagation ---- */

/* The number times 10^-power, to the nearest whole number. */
static int64_t scaled(double x, int power)
{
    int own;
    int128 digits = part_decimal(x, &own);
    for (; own > power; own--)
        digits *= 10;
    int128 divisor = 1;
    for (; own < power && divisor <= digits; own++)
        divisor *= 10;
    return own < power ? 0 : (int64_t)((2 * digits + divisor) / (2 * divisor));
}

/* The power of ten by which the shares of a profile's file are whole numbers; or, if these had more digits than
 * BUCKETS_OPERATIONS allows, the least one by which they do not. */
static int power_of(const struct profile *p)
{
    int power = 0, own;
    long double sum = 0;
    for (int i = 0; i < p->n; i++) {
        part_decimal(p->at[i].backward, &own);
        power = p->at[i].backward > 0 && own < power ? own : power;
        sum += p->at[i].backward;
    }
    while (sum * powl(10, -power) > 1e18L)
        power++;
    return power;
}

static void shares_of_profile(const struct profile *p, int128 *operations)
{
    int power = power_of(p);
    int128 sum = 0;
    for (int i = p->n - 1; i >= 0; i--)
        operations[i] = sum += scaled(p->at[i].backward, power);
}

/* (tensors) of backward from the last layer through that of each tensor. The caller frees. */
static int128 *operations_of(const struct run *run)
{
    const struct model *m = run->model;
    size_t n = (size_t)model_tensors(m);
    int128 *operations = need(n * sizeof *operations);
    if (run->cfg->traces.profile) {
        shares_of_profile(run->cfg->traces.profile, operations);
        return operations;
    }
    uint64_t *macs = need(n * sizeof *macs);
    model_macs_from(m, macs);
    for (size_t i = 0; i < n; i++)
        operations[i] = (int128)macs[i];
    free(macs);
    return operations;
}

/* ---- the buckets of each fragment ---- */

struct cutter {
    const struct run *run;
    struct bucket_rule rule;
    int128 *operations;       /* (tensors) */
    int *layer;               /* (tensors) number of its layer */
    struct bucket_part *part; /* (tensors) of the present fragment, in the order of backward */
    int n;
};

static int *layers_of(const struct model *m)
{
    int *layer = need((size_t)model_tensors(m) * sizeof *layer);
    for (int t = 0, l = 0, next; t < model_tensors(m); t = next, l++) {
        next = model_next_layer(m, t);
        for (int i = t; i < next; i++)
            layer[i] = l;
    }
    return layer;
}

/* The last tensor that begins at `place` or before. */
static int tensor_at(const struct model *m, size_t place)
{
    int low = 0, high = model_tensors(m) - 1;
    while (low < high) {
        int middle = low + (high - low + 1) / 2;
        if (model_tensor(m, middle)->offset <= place)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

static void add_stretch(struct cutter *c, struct stretch s)
{
    const struct model *m = c->run->model;
    size_t end = s.first + s.n < c->run->n ? s.first + s.n : c->run->n; /* filler belongs to no tensor */
    while (end > s.first) {
        int t = tensor_at(m, end - 1);
        size_t first = model_tensor(m, t)->offset > s.first ? model_tensor(m, t)->offset : s.first;
        c->part[c->n++] = (struct bucket_part){
            .floats = (int64_t)(end - first), .tensor = t, .operations = c->operations[t]};
        end = first;
    }
}

static void add_parts(struct cutter *c, int64_t fragment)
{
    const struct fragments *f = &c->run->layout.fragments;
    c->n = 0;
    if (f->stretch)
        for (int i = f->begin[fragment + 1] - 1; i >= f->begin[fragment]; i--)
            add_stretch(c, f->stretch[i]);
    else
        add_stretch(c, (struct stretch){(size_t)fragment * f->each, f->each});
    for (int i = 0; i < c->n; i++)
        c->part[i].ends_layer =
            i + 1 == c->n || c->layer[c->part[i].tensor] != c->layer[c->part[i + 1].tensor];
}

static struct bucket_rule rule_of(const struct config *cfg, int128 operations)
{
    return (struct bucket_rule){.limit = (int64_t)ceil(cfg->network.bucket),
                                .first_limit = (int64_t)ceil(cfg->network.first_bucket),
                                .forward = cfg->compute.forward.numerator,
                                .forward_of = cfg->compute.forward.denominator,
                                .batches = cfg->train.accumulate,
                                .operations = operations};
}

static struct buckets *buckets_of(const struct run *run)
{
    int64_t fragments = run->layout.fragments.count;
    struct cutter c = {.run = run, .operations = operations_of(run), .layer = layers_of(run->model)};
    c.rule = rule_of(run->cfg, c.operations[0]);
    c.part = need((size_t)model_tensors(run->model) * sizeof *c.part);
    struct buckets *b = buckets_create(&c.rule, fragments);
    b->header = WIRE_HEADER;
    b->statistics = run->stats * sizeof(float);
    for (int64_t i = 0; i < fragments; i++) {
        add_parts(&c, i);
        buckets_add(b, &c.rule, i, c.part, c.n);
    }
    free(c.operations);
    free(c.layer);
    free(c.part);
    return b;
}

void overlap_prepare(struct run *run)
{
    run->overlaps = choose(run);
    if (!run->overlaps)
        return;
    refuse_setting(run);
    run->conductor.buckets = buckets_of(run);
}

void overlap_release(struct run *run)
{
    buckets_destroy((struct buckets *)run->conductor.buckets);
}
