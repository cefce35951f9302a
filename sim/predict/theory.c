/* Feeds the closed forms. The conductor's specification gives sizes, network and compute model; push_form.h makes the
 * time of one exchange of them; the algorithm's predict() makes rounds and virtual time of that. */
#include "sim/predict/theory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/exchange/kind.h"
#include "sim/predict/bounds.h"
#include "sim/predict/exchange_form.h"
#include "sim/predict/push_form.h"

static int64_t exchanges_of(const struct conductor_spec *spec)
{
    return spec->alg->exchanges ? spec->alg->exchanges(spec->params) : 1;
}

/* What is coded in a step of the model, by one of several shards. */
static double coding_of(const struct conductor_spec *spec, const struct coding_time *what, int shards)
{
    double ns = 0;
    for (int64_t i = 0; i < exchanges_of(spec); i++)
        ns += (double)coding_part_ns(what, i, shards);
    return ns;
}

struct theory_coding theory_coding(const struct conductor_spec *spec)
{
    const struct exchange_spec *x = &spec->exchange;
    int shards = x->topology ? x->topology->shards : 1;
    bool serves = !exchange_kind_of(x, EXCHANGE_LATE)->all_workers;
    return (struct theory_coding){.encode = coding_of(spec, &spec->worker_encodes, 1),
                                  .decode = coding_of(spec, &spec->worker_decodes, 1),
                                  .server_decode = serves ? coding_of(spec, &x->server_decodes, shards) : 0,
                                  .server_encode = serves ? coding_of(spec, &x->server_encodes, shards) : 0,
                                  .shards = shards,
                                  .gathers = exchange_kind_of(x, EXCHANGE_LATE) == &exchange_all_gather};
}

/* Of a step of the model with several exchanges. */
static struct closed_form sum_of_exchanges(const struct conductor_spec *spec)
{
    struct closed_form sum = push_form(spec, 0, false);
    for (int64_t i = 1; i < exchanges_of(spec); i++) {
        struct closed_form x = push_form(spec, i, false);
        sum.up += sum.down + x.up; /* the update is that of the last one */
        sum.down = x.down;
        sum.cycle += x.cycle;
        sum.bytes_up += x.bytes_up;
        sum.bytes_down += x.bytes_down;
        sum.bytes_after = x.bytes_after;
        sum.exact &= x.exact;
        sum.even &= x.even;
    }
    return sum;
}

static int64_t fragments_of(const struct conductor_spec *spec)
{
    return spec->buckets ? spec->buckets->fragments : 1;
}

/* Of pushes with fragments that have buckets of their own; exact where these are equal. */
static struct closed_form mean_of_fragments(const struct conductor_spec *spec, bool early)
{
    struct closed_form mean = {.exact = true, .even = true};
    double n = (double)fragments_of(spec);
    for (int64_t i = 0; i < fragments_of(spec); i++) {
        struct closed_form x = push_form(spec, i, early), first = push_form(spec, 0, early);
        mean.up += x.up / n;
        mean.down += x.down / n;
        mean.cycle += x.cycle / n;
        mean.bytes_up += x.bytes_up / n;
        mean.bytes_down += x.bytes_down / n;
        mean.bytes_after += x.bytes_after / n;
        mean.exact &= x.exact && x.up == first.up && x.down == first.down;
        mean.even &= x.even;
    }
    return mean;
}

static struct closed_form form_of(const struct conductor_spec *spec, bool early)
{
    return spec->buckets ? fragments_of(spec) > 1 ? mean_of_fragments(spec, early) : push_form(spec, 0, early)
                         : sum_of_exchanges(spec);
}

struct closed_form theory_exchange(const struct conductor_spec *spec)
{
    return form_of(spec, false);
}

struct closed_form theory_early(const struct conductor_spec *spec)
{
    return form_of(spec, true);
}

struct round_bytes theory_round_bytes(const struct conductor_spec *spec)
{
    struct closed_form x = theory_exchange(spec);
    double rounds = (double)exchanges_of(spec);
    return (struct round_bytes){x.bytes_up / rounds, x.bytes_down / rounds};
}

/* Whether later messages have other sizes than the first ones, which then say little. Exchanges differ from
 * each other in every step, so each is compared with the same exchange of a late step. */
static bool sizes_change(const struct conductor_spec *spec)
{
    const int64_t late = (int64_t)1 << 52; /* steps: later than compress_after can say */
    if (!spec->alg->exchanges)
        return spec->push_size || spec->reply_size;
    bool change = false;
    for (int64_t i = 0; i < exchanges_of(spec); i++) {
        int64_t later = i + late * exchanges_of(spec);
        change |= conductor_push_bytes(spec, i) != conductor_push_bytes(spec, later) ||
                  conductor_reply_bytes(spec, i + 1) != conductor_reply_bytes(spec, later + 1);
    }
    return change;
}

/* ---- a run ---- */

struct cluster { /* the input of the algorithm's form, and what it points to */
    struct prediction_input in;
    double *compute, *epoch; /* (workers) */
};

static void cluster_open(struct cluster *c, const struct conductor_spec *spec, const struct closed_form *x)
{
    struct closed_form early = theory_early(spec);
    struct theory_coding coding = theory_coding(spec);
    c->compute = need((size_t)spec->workers * sizeof *c->compute);
    c->epoch = need((size_t)spec->workers * sizeof *c->epoch);
    for (int i = 0; i < spec->workers; i++) {
        c->compute[i] = push_form_compute(spec, i);
        c->epoch[i] = spec->samples ? ceil((double)spec->samples[i] / (double)spec->batch) : 1;
    }
    c->in = (struct prediction_input){.workers = spec->workers,
                                      .compute_ns = c->compute,
                                      .epoch = spec->sampling ? NULL : c->epoch,
                                      .up_ns = x->up,
                                      .down_ns = x->down,
                                      .cycle_ns = x->cycle,
                                      .early_up_ns = early.up,
                                      .early_down_ns = early.down,
                                      .encode_ns = coding.encode,
                                      .decode_ns = coding.decode,
                                      .in_order = spec->exchange.kind && spec->exchange.kind->has_order,
                                      .whole = exchange_form_is_whole(&spec->exchange)};
}

static void cluster_close(struct cluster *c)
{
    free(c->compute);
    free(c->epoch);
}

bool theory_predict(const struct conductor_spec *spec, struct prediction *out)
{
    struct cluster c;
    struct closed_form x = theory_exchange(spec);
    *out = (struct prediction){0};
    if (!spec->alg->predict || sizes_change(spec) || isnan(x.up))
        return false;
    cluster_open(&c, spec, &x);
    bool any = bounds_predict(spec, &x, &c.in, out);
    cluster_close(&c);
    /* predict() counts steps of the model; every exchange of a step is a round. */
    out->rounds *= (double)exchanges_of(spec);
    out->round_ns /= (double)exchanges_of(spec);
    return any;
}

static bool are_equal(const struct conductor_spec *spec)
{
    bool equal = true;
    for (int i = 1; equal && i < spec->workers; i++)
        equal = push_form_compute(spec, i) == push_form_compute(spec, 0);
    return equal;
}

/* Why the exchange may take another time. */
static const char *doubt_of_exchange(const struct conductor_spec *spec)
{
    struct closed_form x = theory_exchange(spec), early = theory_early(spec);
    struct conductor_spec whole = *spec;
    const char *kind = exchange_kind_of(&spec->exchange, EXCHANGE_LATE)->name;
    whole.buckets = NULL;
    if (x.exact && early.exact)
        return NULL;
    if (!x.exact && strcmp(kind, "tree") == 0)
        return "of a tree there is an estimate alone";
    if (!x.exact && strcmp(kind, "halving_doubling") == 0 && (spec->workers & (spec->workers - 1)))
        return "the number of workers is not a power of two";
    if (!theory_exchange(&whole).exact)
        return "links, or groups, are not equal";
    return fragments_of(spec) > 1 && push_form(spec, 0, true).exact
               ? "fragments have unequal buckets"
               : "messages of two buckets may meet on a link";
}

/* The base of a sweep over budgets has no bound; with one there may be a closed form. */
static const char *why_none(const struct conductor_spec *spec)
{
    struct prediction p;
    struct conductor_spec bounded = *spec;
    bool unbounded = spec->iterations <= 0 && spec->budget.ns <= 0 && spec->budget.bytes <= 0;
    bounded.iterations = 1;
    return unbounded && theory_predict(&bounded, &p)
               ? "no closed form: the base of the sweep has no bound, only its points have one"
               : "no closed form";
}

const char *theory_doubt(const struct conductor_spec *spec)
{
    struct prediction p;
    if (!theory_predict(spec, &p))
        return why_none(spec);
    if (spec->compute.jitter > 0)
        return "iterations jitter";
    if (!are_equal(spec))
        return "workers are not equal";
    const char *doubt = doubt_of_exchange(spec);
    if (doubt)
        return doubt;
    if (p.meets)
        return "messages of two rounds may meet on a link";
    if (p.ahead && spec->budget.bytes > 0)
        return "how much of the budget in bytes an update has used is an estimate";
    return theory_exchange(spec).even || p.waits ? NULL : "workers have the result at different times";
}

int64_t theory_ns(const struct conductor_spec *spec)
{
    struct prediction p;
    bool any = theory_predict(spec, &p) && p.virtual_ns < 0x1p63;
    return any ? (int64_t)round(p.virtual_ns) : -1;
}
