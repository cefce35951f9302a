/* Who codes what, in a push and in its way back:
 *
 *                        a server, or shards                      an exchange without a server
 *    worker encodes      its push                                 its push
 *    PS decodes          each push                                -
 *    PS encodes          coded replies, after the update          -
 *    worker decodes      coded replies                            the result, or, where codes do not add up, the
 *                                                                 pushes of all others
 *
 * Where an algorithm has exchanges (PowerSGD), it codes for itself: each worker encodes the compressed tensors before
 * the first exchange of a step, and decodes them after the last one. */
#include "sim/runtime/coding_config.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algorithms/keys.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/exchange/kind.h"
#include "sim/runtime/fragments.h"

/* ---- uncoded bytes ---- */

struct message { /* a push, or a reply */
    const struct span *span;
    int spans;
    const struct coding *coding;
};

static struct message push_of(const struct run *run)
{
    return (struct message){run->protocol->push, run->protocol->push_spans, &run->layout.push_coding};
}

static struct message reply_of(const struct run *run)
{
    return (struct message){run->protocol->reply, run->protocol->reply_spans, &run->layout.reply_coding};
}

/* Of this number of floats in each coded vector. */
static uint64_t bytes_of(const struct message *m, size_t floats)
{
    uint64_t vectors = 0;
    for (int i = 0; i < m->spans; i++)
        vectors += m->span[i].coded;
    return vectors * floats * sizeof(float);
}

static uint64_t coded_bytes(const struct message *m, int64_t number)
{
    return bytes_of(m, coding_floats(m->coding, number));
}

static uint64_t of_push(const void *context, int64_t number)
{
    struct message m = push_of(context);
    return coded_bytes(&m, number);
}

static uint64_t of_reply(const void *context, int64_t number)
{
    struct message m = reply_of(context);
    return coded_bytes(&m, number);
}

/* ---- of buckets ---- */

/* The coded bytes of the buckets 0 .. bucket. Those of the last one are the whole message's: a fragment may be coded with
 * filler behind it. */
static uint64_t until_bucket(const struct run *run, const struct message *m, int64_t number, int bucket)
{
    const struct buckets *b = run->conductor.buckets;
    const struct bucket_list *list = &b->list[number % b->fragments];
    uint64_t whole = coded_bytes(m, number);
    if (bucket == list->n - 1 || whole == 0)
        return whole;
    size_t floats = b->fragments > 1 ? (size_t)list->at[bucket].floats
                                     : coding_floats_from(m->coding, list->at[bucket].first_tensor, number);
    uint64_t bytes = bytes_of(m, floats);
    return bytes < whole ? bytes : whole;
}

static uint64_t of_push_until(const void *context, int64_t number, int bucket)
{
    struct message m = push_of(context);
    return until_bucket(context, &m, number, bucket);
}

/* Of the bucket that this exchange carries; without buckets an exchange carries all of a message. */
static uint64_t of_exchange(const struct run *run, const struct message *m, int64_t exchange)
{
    int bucket;
    int64_t number = buckets_push(run->conductor.buckets, exchange, &bucket);
    if (!run->conductor.buckets)
        return coded_bytes(m, number);
    uint64_t before = bucket > 0 ? until_bucket(run, m, number, bucket - 1) : 0;
    return until_bucket(run, m, number, bucket) - before;
}

static uint64_t of_push_in_exchange(const void *context, int64_t exchange)
{
    struct message m = push_of(context);
    return of_exchange(context, &m, exchange);
}

static uint64_t of_reply_in_exchange(const void *context, int64_t exchange)
{
    struct message m = reply_of(context);
    return of_exchange(context, &m, exchange);
}

/* ---- of an algorithm that codes for itself ---- */

static uint64_t of_step(const struct run *run, int64_t number)
{
    return run->alg->compressed(run->params, &run->setup, fragments_dense(run, number)) * sizeof(float);
}

static uint64_t of_first_exchange(const void *context, int64_t number)
{
    return fragments_exchange(context, number) == 0 ? of_step(context, number) : 0;
}

static uint64_t of_last_exchange(const void *context, int64_t number)
{
    return fragments_complete(context, number) ? of_step(context, number) : 0;
}

/* ---- costs ---- */

struct source { /* of a cost */
    double cost;
    char *key;
};

static double part_of_cost(struct coding_cost cost, bool decodes)
{
    return decodes ? cost.decode : cost.encode;
}

/* The name of the codec's section: that of its variant. */
static char *name_of(const struct run *run, const struct coding *coding)
{
    const struct alg_common *own = run->params;
    const char *word =
        own->reply_codec && coding == &run->layout.reply_coding ? own->reply_codec : own->codec;
    char *name = text_copy(word), *colon = strchr(name, ':');
    if (colon)
        *colon = '\0';
    return name;
}

/* The algorithm's own cost comes first, then the codec's. coding: NULL: no codec. The caller frees the key. */
static struct source source_of(const struct run *run, const struct coding *coding, bool decodes)
{
    const char *what = decodes ? "decode_cost" : "encode_cost";
    double own = part_of_cost(((const struct alg_common *)run->params)->cost, decodes);
    if (!isnan(own))
        return (struct source){own, text_format("algorithm.%s.%s", run->name, what)};
    double codecs = coding ? part_of_cost(codec_cost(coding->codec, coding->params), decodes) : NAN;
    if (!isnan(codecs)) {
        char *name = name_of(run, coding), *key = text_format("codec.%s.%s", name, what);
        free(name);
        return (struct source){codecs, key};
    }
    double all = decodes ? run->cfg->compute.decode_cost : run->cfg->compute.encode_cost;
    return (struct source){all, text_format("compute.%s", what)};
}

/* ---- who codes ---- */

enum { WORKER_ENCODES, SERVER_DECODES, SERVER_ENCODES, WORKER_DECODES, CODINGS };

struct coded {
    const struct coding *coding;                          /* NULL: the algorithm codes for itself */
    uint64_t (*uncoded)(const void *run, int64_t number); /* NULL: nothing is coded there */
};

/* Whether a push with a high number is coded: not all its tensors are raw. */
static bool is_coded(const struct run *run, uint64_t (*uncoded)(const void *run, int64_t number))
{
    int64_t count = run->layout.fragments.count, late = EXCHANGE_LATE / count * count;
    bool any = false;
    for (int64_t i = 0; i < count; i++)
        any |= uncoded(run, late + i) > 0;
    return any;
}

static struct coded coded_of(const struct run *run, const struct coding *coding,
                             uint64_t (*uncoded)(const void *run, int64_t number))
{
    bool any = (!coding || coding->codec) && is_coded(run, uncoded);
    return any ? (struct coded){coding, uncoded} : (struct coded){0};
}

/* The PS counts exchanges. */
static struct coded by_exchange(struct coded of_message,
                                uint64_t (*uncoded)(const void *run, int64_t exchange))
{
    return of_message.uncoded ? (struct coded){of_message.coding, uncoded} : of_message;
}

static void all_coded(const struct run *run, struct coded coded[CODINGS])
{
    const struct coding *push = &run->layout.push_coding, *reply = &run->layout.reply_coding;
    for (int i = 0; i < CODINGS; i++)
        coded[i] = (struct coded){0};
    if (run->alg->exchanges) {
        coded[WORKER_ENCODES] = coded_of(run, NULL, of_first_exchange);
        coded[WORKER_DECODES] = coded_of(run, NULL, of_last_exchange);
        return;
    }
    coded[WORKER_ENCODES] = coded_of(run, push, of_push);
    if (run->exchange->all_workers) {
        coded[WORKER_DECODES] = coded[WORKER_ENCODES];
        return;
    }
    coded[WORKER_DECODES] = coded_of(run, reply, of_reply);
    coded[SERVER_DECODES] = by_exchange(coded[WORKER_ENCODES], of_push_in_exchange);
    coded[SERVER_ENCODES] = by_exchange(coded[WORKER_DECODES], of_reply_in_exchange);
}

static bool is_decoding(int what)
{
    return what == SERVER_DECODES || what == WORKER_DECODES;
}

bool coding_has_cost(const struct run *run)
{
    struct coded coded[CODINGS];
    bool has = false;
    all_coded(run, coded);
    for (int i = 0; i < CODINGS; i++) {
        if (!coded[i].uncoded)
            continue;
        struct source source = source_of(run, coded[i].coding, is_decoding(i));
        has |= source.cost > 0;
        free(source.key);
    }
    return has;
}

bool coding_costs_by(const struct run *run, const char *section, const char *key)
{
    struct coded coded[CODINGS];
    char *name = text_format("%s.%s", section, key);
    bool costs = false;
    all_coded(run, coded);
    for (int i = 0; i < CODINGS; i++) {
        if (!coded[i].uncoded)
            continue;
        struct source source = source_of(run, coded[i].coding, is_decoding(i));
        costs |= strcmp(source.key, name) == 0;
        free(source.key);
    }
    free(name);
    return costs;
}

/* ---- of the run ---- */

static void refuse_real_clock(const struct run *run, const struct source *source, double factor)
{
    if (run->conductor.pace == PACE_REAL && source->cost > 0 && factor > 0)
        die(EXIT_USAGE,
            "%s: expected 0 with experiment.clock = real, got %gs: on that clock coding takes as long as it "
            "takes here",
            source->key, source->cost);
}

void coding_prepare(struct run *run)
{
    struct conductor_spec *c = &run->conductor;
    struct coding_time *const times[CODINGS] = {[WORKER_ENCODES] = &c->worker_encodes,
                                                [SERVER_DECODES] = &c->exchange.server_decodes,
                                                [SERVER_ENCODES] = &c->exchange.server_encodes,
                                                [WORKER_DECODES] = &c->worker_decodes};
    struct coded coded[CODINGS];
    const double factor = run->cfg->compute.coding_factor;
    all_coded(run, coded);
    for (int i = 0; i < CODINGS; i++) {
        if (!coded[i].uncoded)
            continue;
        struct source source = source_of(run, coded[i].coding, is_decoding(i));
        refuse_real_clock(run, &source, factor);
        *times[i] = (struct coding_time){.cost = source.cost,
                                         .factor = factor,
                                         .uncoded = coded[i].uncoded,
                                         .uncoded_until = of_push_until,
                                         .context = run};
        free(source.key);
    }
    if (exchange_kind_of(&c->exchange, EXCHANGE_LATE) != run->exchange) /* all-gather in its place */
        c->worker_decodes.messages = run->workers - 1;
}
