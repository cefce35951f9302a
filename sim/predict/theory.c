/* Feeds the closed forms. The conductor's specification gives sizes, network and compute model; closed_form.h, or
 * exchange_form.h for what is not a server over a star, makes the time of one exchange of them; the algorithm's
 * predict() makes rounds and virtual time of that. */
#include "sim/predict/theory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/exchange/kind.h"
#include "sim/predict/exchange_form.h"

static int64_t exchanges_of(const struct conductor_spec *spec)
{
    return spec->alg->exchanges ? spec->alg->exchanges(spec->params) : 1;
}

/* A shard serves its part of a push, the PS all of it. */
static vtime service_of(const struct conductor_spec *spec, uint64_t push)
{
    const struct exchange_spec *x = &spec->exchange;
    int shards = x->topology ? x->topology->shards : 1;
    if (shards == 1)
        return conductor_service(spec, push);
    uint64_t header = (uint64_t)x->header;
    return conductor_service(spec, (push - header + (uint64_t)shards - 1) / (uint64_t)shards + header);
}

static struct closed_form exchange_number(const struct conductor_spec *spec, int64_t number)
{
    struct closed_form x = {.up = NAN, .down = NAN, .cycle = NAN};
    uint64_t push = conductor_push_bytes(spec, number), reply = conductor_reply_bytes(spec, number + 1);
    struct closed_form_direction up = {&spec->exchange.up, push}, down = {&spec->exchange.down, reply};
    vtime service = service_of(spec, push);
    if (!spec->exchange.topology)
        return closed_form_of(&up, &down, service);
    exchange_form_of(
        &spec->exchange, number,
        &(struct exchange_part){.push = (double)push, .reply = (double)reply, .service = service}, 1, &x);
    return x;
}

struct closed_form theory_exchange(const struct conductor_spec *spec)
{
    struct closed_form sum = exchange_number(spec, 0);
    for (int64_t i = 1; i < exchanges_of(spec); i++) {
        struct closed_form x = exchange_number(spec, i);
        sum.up += x.up;
        sum.down += x.down;
        sum.cycle += x.cycle;
        sum.bytes_up += x.bytes_up;
        sum.bytes_down += x.bytes_down;
        sum.exact &= x.exact;
        sum.even &= x.even;
    }
    return sum;
}

struct round_bytes theory_round_bytes(const struct conductor_spec *spec)
{
    struct closed_form x = theory_exchange(spec);
    double rounds = (double)exchanges_of(spec);
    return (struct round_bytes){x.bytes_up / rounds, x.bytes_down / rounds};
}

/* Jitter, stragglers and traces are left out: the closed forms know only constant compute times. */
double theory_compute(const struct conductor_spec *spec, int worker)
{
    return (double)compute_calm(&spec->compute, worker);
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

/* As exchange_is_whole(), before there is an exchange. */
static bool is_whole(const struct exchange_spec *x)
{
    return x->kind && (x->kind->all_workers || (x->kind->may_be_whole && x->all_workers));
}

bool theory_predict(const struct conductor_spec *spec, struct prediction *out)
{
    *out = (struct prediction){0};
    struct closed_form x = theory_exchange(spec);
    if (!spec->alg->predict || sizes_change(spec) || isnan(x.up) || spec->budget.ns || spec->budget.bytes)
        return false;
    double *compute = need((size_t)spec->workers * sizeof *compute);
    double *epoch = need((size_t)spec->workers * sizeof *epoch);
    for (int i = 0; i < spec->workers; i++) {
        compute[i] = theory_compute(spec, i);
        epoch[i] = spec->samples ? ceil((double)spec->samples[i] / (double)spec->batch) : 1;
    }
    struct prediction_input in = {.workers = spec->workers,
                                  .iterations = (double)spec->iterations,
                                  .compute_ns = compute,
                                  .epoch = spec->sampling ? NULL : epoch,
                                  .up_ns = x.up,
                                  .down_ns = x.down,
                                  .cycle_ns = x.cycle,
                                  .early_up_ns = x.up,
                                  .early_down_ns = x.down,
                                  .in_order = spec->exchange.kind && spec->exchange.kind->has_order,
                                  .whole = is_whole(&spec->exchange)};
    spec->alg->predict(spec->params, &in, out);
    /* predict() counts steps of the model; every exchange of a step is a round. */
    out->rounds *= (double)exchanges_of(spec);
    out->round_ns /= (double)exchanges_of(spec);
    free(compute);
    free(epoch);
    return out->rounds > 0;
}

static bool are_equal(const struct conductor_spec *spec)
{
    bool equal = true;
    for (int i = 1; equal && i < spec->workers; i++)
        equal = theory_compute(spec, i) == theory_compute(spec, 0);
    return equal;
}

const char *theory_doubt(const struct conductor_spec *spec)
{
    struct prediction p;
    struct closed_form x = theory_exchange(spec);
    const char *kind = exchange_kind_of(&spec->exchange, EXCHANGE_LATE)->name;
    if (!theory_predict(spec, &p))
        return "no closed form";
    if (spec->compute.jitter > 0)
        return "iterations jitter";
    if (!are_equal(spec))
        return "workers are not equal";
    if (!x.exact && strcmp(kind, "tree") == 0)
        return "of a tree there is an estimate alone";
    if (!x.exact && strcmp(kind, "halving_doubling") == 0 && (spec->workers & (spec->workers - 1)))
        return "the number of workers is not a power of two";
    if (!x.exact)
        return "links, or groups, are not equal";
    if (p.meets)
        return "messages of two rounds may meet on a link";
    return x.even || p.waits ? NULL : "workers have the result at different times";
}

int64_t theory_ns(const struct conductor_spec *spec)
{
    struct prediction p;
    bool any = theory_predict(spec, &p) && p.virtual_ns < 0x1p63;
    return any ? (int64_t)round(p.virtual_ns) : -1;
}
