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

/* What the PS, or each shard, decodes of a push, and encodes of the replies to an update. */
static vtime server_coding(const struct conductor_spec *spec, const struct coding_time *what, int64_t number)
{
    const struct exchange_spec *x = &spec->exchange;
    return coding_part_ns(what, number, x->topology ? x->topology->shards : 1);
}

/* What a worker encodes for a step of the model, or decodes. */
static double worker_coding(const struct conductor_spec *spec, const struct coding_time *what)
{
    double ns = 0;
    for (int64_t i = 0; i < exchanges_of(spec); i++)
        ns += (double)coding_ns(what, i);
    return ns;
}

static struct closed_form over_star(const struct conductor_spec *spec, const struct exchange_part *part)
{
    struct closed_form_direction up = {&spec->exchange.up, (uint64_t)part->push},
                                 down = {&spec->exchange.down, (uint64_t)part->reply};
    struct closed_form x = closed_form_of(&up, &down, part->service);
    x.down += (double)part->answer;
    x.cycle += (double)part->answer;
    return x;
}

static struct closed_form exchange_number(const struct conductor_spec *spec, int64_t number)
{
    struct closed_form x = {.up = NAN, .down = NAN, .cycle = NAN};
    const struct exchange_spec *exchange = &spec->exchange;
    uint64_t push = conductor_push_bytes(spec, number);
    struct exchange_part part = {.push = (double)push,
                                 .reply = (double)conductor_reply_bytes(spec, number + 1),
                                 .service = service_of(spec, push) +
                                            server_coding(spec, &exchange->server_decodes, number),
                                 .answer = server_coding(spec, &exchange->server_encodes, number)};
    if (!exchange->topology)
        return over_star(spec, &part);
    exchange_form_of(exchange, number, &part, 1, &x);
    return x;
}

struct closed_form theory_exchange(const struct conductor_spec *spec)
{
    struct closed_form sum = exchange_number(spec, 0);
    for (int64_t i = 1; i < exchanges_of(spec); i++) {
        struct closed_form x = exchange_number(spec, i);
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

/* ---- a run ---- */

struct cluster { /* the input of the algorithm's form, and what it points to */
    struct prediction_input in;
    double *compute, *epoch; /* (workers) */
};

static void cluster_open(struct cluster *c, const struct conductor_spec *spec, const struct closed_form *x)
{
    c->compute = need((size_t)spec->workers * sizeof *c->compute);
    c->epoch = need((size_t)spec->workers * sizeof *c->epoch);
    for (int i = 0; i < spec->workers; i++) {
        c->compute[i] = theory_compute(spec, i);
        c->epoch[i] = spec->samples ? ceil((double)spec->samples[i] / (double)spec->batch) : 1;
    }
    c->in = (struct prediction_input){.workers = spec->workers,
                                      .iterations = (double)spec->iterations,
                                      .compute_ns = c->compute,
                                      .epoch = spec->sampling ? NULL : c->epoch,
                                      .up_ns = x->up,
                                      .down_ns = x->down,
                                      .cycle_ns = x->cycle,
                                      .early_up_ns = x->up,
                                      .early_down_ns = x->down,
                                      .encode_ns = worker_coding(spec, &spec->worker_encodes),
                                      .decode_ns = worker_coding(spec, &spec->worker_decodes),
                                      .in_order = spec->exchange.kind && spec->exchange.kind->has_order,
                                      .whole = exchange_form_is_whole(&spec->exchange)};
}

static void cluster_close(struct cluster *c)
{
    free(c->compute);
    free(c->epoch);
}

/* A run with this bound of iterations. */
static void predict(const struct conductor_spec *spec, struct cluster *c, double iterations,
                    struct prediction *out)
{
    *out = (struct prediction){0};
    c->in.iterations = iterations;
    spec->alg->predict(spec->params, &c->in, out);
}

/* What has departed when the last update is made; its replies have not. */
static double bytes_of(const struct prediction *p, const struct closed_form *x)
{
    return (p->rounds - p->rounds_after) * (x->bytes_up + x->bytes_down) - x->bytes_after;
}

static bool is_past(const struct conductor_spec *spec, const struct prediction *p,
                    const struct closed_form *x)
{
    const struct budget *b = &spec->budget;
    return (b->ns > 0 && p->update_ns >= (double)b->ns) ||
           (b->bytes > 0 && bytes_of(p, x) >= (double)b->bytes);
}

/* The run ends with the first update at or past a bound, so the form of the shortest run that comes to one is that of
 * the whole. */
static void predict_budget(const struct conductor_spec *spec, struct cluster *c, const struct closed_form *x,
                           struct prediction *out)
{
    double all = spec->iterations > 0 ? (double)spec->iterations : 0x1p62, most = 1, least = 0;
    for (predict(spec, c, most, out); out->rounds > 0 && most < all && !is_past(spec, out, x); most *= 2) {
        least = most;
        predict(spec, c, fmin(2 * most, all), out);
    }
    for (most = fmin(most, all); most - least > 1;) {
        double middle = floor(least + (most - least) / 2);
        predict(spec, c, middle, out);
        *(is_past(spec, out, x) ? &most : &least) = middle;
    }
    predict(spec, c, most, out);
}

bool theory_predict(const struct conductor_spec *spec, struct prediction *out)
{
    struct cluster c;
    struct closed_form x = theory_exchange(spec);
    *out = (struct prediction){0};
    if (!spec->alg->predict || spec->buckets || sizes_change(spec) || isnan(x.up))
        return false;
    cluster_open(&c, spec, &x);
    if (spec->budget.ns > 0 || spec->budget.bytes > 0)
        predict_budget(spec, &c, &x, out);
    else
        predict(spec, &c, (double)spec->iterations, out);
    cluster_close(&c);
    /* predict() counts steps of the model; every exchange of a step is a round. */
    out->rounds *= (double)exchanges_of(spec);
    out->round_ns /= (double)exchanges_of(spec);
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
