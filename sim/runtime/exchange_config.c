#include "sim/runtime/exchange_config.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "algorithms/keys.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/exchange/kind.h"
#include "sim/runtime/network_config.h"
#include "sim/runtime/overlap_config.h"
#include "sim/schema/rows.h"

static const char *own_exchange(const struct run *run) /* NULL: the algorithm has none of its own */
{
    return ((const struct alg_common *)run->params)->exchange_by;
}

static char *key_of_exchange(const struct run *run)
{
    return own_exchange(run) ? text_format("algorithm.%s.exchange_by", run->name)
                             : text_copy("network.exchange");
}

/* ---- the choice ---- */

/* Whether each worker can make the coded reply of the pushes' codes: it is their sum, which is a code like theirs.
 * A residual of the PS would be in no worker. */
static bool replies_are_sums(const struct run *run)
{
    const struct coding *push = &run->layout.push_coding, *reply = &run->layout.reply_coding;
    return !reply->codec ||
           (reply->codec == push->codec && reply->params == push->params && !reply->error_feedback &&
            reply->codec->adds_up && reply->codec->adds_up(reply->params));
}

/* Why the algorithm cannot use this exchange; NULL: it can. */
static const char *hindrance(const struct run *run, const struct exchange_kind *kind)
{
    if (!kind->all_workers)
        return NULL;
    if (!run->protocol->all_workers)
        return "not every update has a push of every worker";
    return replies_are_sums(run) ? NULL : "the server codes its replies";
}

/* "server or sharded" */
static char *usable(const struct run *run)
{
    char *words = NULL;
    for (int i = 0; exchange_list[i]; i++) {
        if (hindrance(run, exchange_list[i]))
            continue;
        char *more = words ? text_format("%s or %s", words, exchange_list[i]->name)
                           : text_copy(exchange_list[i]->name);
        free(words);
        words = more;
    }
    return words;
}

static const struct exchange_kind *choose(const struct run *run)
{
    const char *own = own_exchange(run);
    const struct exchange_kind *kind = exchange_find(own ? own : run->cfg->network.exchange);
    const char *why = hindrance(run, kind);
    if (why && own)
        die(EXIT_USAGE, "algorithm.%s.exchange_by: expected %s, got %s: %s", run->name, usable(run),
            kind->name, why);
    return why ? exchange_list[0] : kind;
}

/* ---- what does not go with it ---- */

static void refuse_size(const struct run *run)
{
    const struct exchange_kind *kind = run->exchange;
    if (run->workers < kind->least_workers)
        die(EXIT_USAGE,
            "%s: expected at least %d workers (cluster.workers) with %s, got %d; server needs one",
            key_of_exchange(run), kind->least_workers, kind->name, run->workers);
    if (kind->needs_parts && run->cfg->network.topology == TOPOLOGY_STAR)
        die(EXIT_USAGE, "%s: %s needs network.topology = groups or sites, got star", key_of_exchange(run),
            kind->name);
}

bool exchange_is_plain(const struct run *run)
{
    return run->exchange == exchange_list[0] && run->cfg->network.topology == TOPOLOGY_STAR && !run->overlaps;
}

/* "network.exchange = ring" */
static char *otherwise(const struct run *run)
{
    if (run->exchange == exchange_list[0] && run->cfg->network.topology == TOPOLOGY_STAR)
        return text_format("%s = backward", overlap_key(run));
    if (run->exchange == exchange_list[0])
        return text_format("network.topology = %s", topology_words[run->cfg->network.topology]);
    return text_format("%s = %s", key_of_exchange(run), run->exchange->name);
}

#define PLAIN "network.exchange = server over network.topology = star"

/* What ends the sentence "... is known for PLAIN". The caller frees. */
static char *end_of_sentence(const struct run *run)
{
    bool overlap_alone =
        run->exchange == exchange_list[0] && run->cfg->network.topology == TOPOLOGY_STAR && run->overlaps;
    return overlap_alone
               ? text_format(" without overlap alone; choose algorithm.%s.overlap = none", run->name)
               : text_copy(" alone");
}

static void refuse_faults(const struct run *run)
{
    const struct config *cfg = run->cfg;
    const char *key = cfg->faults.crash_at.n > 0          ? "crash_at: expected no crashes"
                      : cfg->faults.crash_probability > 0 ? "crash_probability: expected 0"
                      : cfg->faults.loss_probability > 0  ? "loss_probability: expected 0"
                      : cfg->faults.server_crash_at.n > 0 ? "server_crash_at: expected no crashes"
                                                          : NULL;
    if (key)
        die(EXIT_USAGE, "faults.%s with %s: what becomes of messages then is known for " PLAIN "%s", key,
            otherwise(run), end_of_sentence(run));
}

static void refuse_setting(const struct run *run)
{
    const struct config *cfg = run->cfg;
    if (exchange_is_plain(run))
        return;
    if (cfg->network.sharing == SHARE_FIFO)
        die(EXIT_USAGE,
            "network.sharing: expected fair with %s, got fifo: one message after the other is the order of "
            "one server's link, in " PLAIN "%s",
            otherwise(run), end_of_sentence(run));
    if (cfg->experiment.clock == CLOCK_REAL)
        die(EXIT_USAGE,
            "experiment.clock: expected virtual with %s, got real: it delays the messages of " PLAIN "%s",
            otherwise(run), end_of_sentence(run));
    refuse_faults(run);
}

static int shards_of(const struct run *run)
{
    const struct config *cfg = run->cfg;
    int64_t shards = cfg->server.shards;
    if (!run->exchange->has_shards)
        return 1;
    if (cfg->server.colocated && shards >= 0 && shards != run->workers)
        die(EXIT_USAGE,
            "server.shards: expected %d (cluster.workers) with server.colocated = yes, got %" PRId64
            "; leave it out",
            run->workers, shards);
    return shards < 0 ? run->workers : (int)shards;
}

/* ---- the exchange of the run ---- */

static bool adds_up(const struct run *run, int64_t number)
{
    return coding_adds_up(&run->layout.push_coding, number);
}

static bool gathers(const void *context, int64_t number)
{
    const struct run *run = context;
    return run->cfg->network.all_gather && !adds_up(run, buckets_push(run->conductor.buckets, number, NULL));
}

bool exchange_has_own_codes(const struct run *run)
{
    return run->exchange->adds_up && !adds_up(run, EXCHANGE_LATE);
}

char *exchange_name(const struct run *run)
{
    bool untrue = exchange_has_own_codes(run) && !run->cfg->network.all_gather;
    return text_format("%s%s", exchange_kind_of(&run->conductor.exchange, EXCHANGE_LATE)->name,
                       untrue ? EXCHANGE_IF_ADDITIVE : "");
}

static uint64_t reply_bytes(const void *context, int64_t number)
{
    const struct conductor_spec *c = &((const struct run *)context)->conductor;
    int bucket;
    int64_t push = buckets_push(c->buckets, number, &bucket);
    return buckets_bytes(c->buckets, push, bucket, conductor_reply_bytes(c, push + 1));
}

void exchange_prepare(struct run *run)
{
    const struct config *cfg = run->cfg;
    struct exchange_spec *x = &run->conductor.exchange;
    run->exchange = choose(run);
    refuse_size(run);
    refuse_setting(run);
    *x = (struct exchange_spec){.kind = run->exchange,
                                .up = star_up(cfg),
                                .down = star_down(cfg),
                                .all_workers = run->protocol->all_workers,
                                .buckets = run->overlaps,
                                .header = WIRE_HEADER,
                                .chunk = (uint64_t)cfg->network.chunk,
                                .overhead = vtime_from_seconds(cfg->network.collective_overhead, 0),
                                .server_cost = cfg->server.cost_per_byte,
                                .gathers = gathers,
                                .context = run,
                                .reply_bytes = reply_bytes,
                                .reply_context = run};
    if (!exchange_is_plain(run))
        x->topology =
            network_topology(cfg, shards_of(run), run->exchange->has_shards && cfg->server.colocated);
}

void exchange_release(struct run *run)
{
    struct exchange_spec *x = &run->conductor.exchange;
    star_free(&x->up);
    star_free(&x->down);
    topology_destroy((struct topology *)x->topology);
}
