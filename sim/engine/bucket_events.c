/* Overlap with back-propagation: a push departs in buckets (sim/exchange/buckets.h), each an exchange of its own.
 *
 *   worker      |------------ iteration -------------| boundary: decide() says SEND, as it has been asked before
 *   buckets              0 ->      1 ->            2 ->
 *   push                                             | in the push queue; its row began with bucket 0
 *
 * An iteration is overlapped if it is known when it begins that the worker sends at its end: nothing of the worker is
 * unanswered, so no reply can come meanwhile, and decide() says SEND of a worker with one iteration more. Otherwise the
 * buckets depart together, in the order of their exchanges, at the push. Nothing else of control changes.
 *
 * Where encoding takes time it pauses back-propagation as soon as a bucket is ready, so later buckets are ready later, and
 * the iteration ends later; a push that is not overlapped departs bucket after bucket while its worker encodes. */
#include <assert.h>

#include "sim/engine/conductor_internal.h"

static bool overlaps(const struct conductor *c, const struct sim_worker *w)
{
    struct worker_view then = w->view;
    if (then.unanswered > 0 || then.inflight || !delivery_queue_is_empty(&w->deliveries))
        return false;
    then.k++;
    return c->spec->alg->decide(&then) == SEND;
}

static vtime encoded_until(const struct conductor *c, const struct sim_worker *w, int bucket)
{
    return coding_until_ns(&c->spec->worker_encodes, w->pushes.sent, bucket);
}

/* When a bucket of the push departs: when back-propagation is through with it, and it is encoded. */
static vtime departure(const struct conductor *c, const struct sim_worker *w, int bucket)
{
    return w->since + buckets_ready(c->spec->buckets, w->pushes.sent, bucket, w->overlapped.duration) +
           encoded_until(c, w, bucket);
}

/* The last bucket departs with the push. */
static void post_next(struct conductor *c, const struct sim_worker *w)
{
    int next = w->overlapped.departed;
    if (next + 1 < buckets_count(c->spec->buckets, w->pushes.sent))
        engine_post(
            c, &(struct event){
                   .at = departure(c, w, next), .kind = EVENT_BUCKET, .rank = w->view.id, .id = w->activity});
}

static void begin_departures(struct conductor *c, struct sim_worker *w, vtime duration)
{
    w->overlapped = (struct overlapped){.now = true, .duration = duration};
    post_next(c, w);
}

vtime engine_buckets_overlap(struct conductor *c, struct sim_worker *w, vtime duration)
{
    if (!c->spec->buckets || !overlaps(c, w))
        return duration;
    begin_departures(c, w, duration);
    return duration + encoded_until(c, w, buckets_count(c->spec->buckets, w->pushes.sent) - 1);
}

void engine_buckets_encode(struct conductor *c, struct sim_worker *w)
{
    if (c->spec->buckets)
        begin_departures(c, w, 0);
}

/* [begin, end), as far as the present activity has come. */
static void encoded_from_to(struct conductor *c, struct sim_worker *w, vtime begin, vtime end)
{
    end = end < c->now ? end : c->now;
    if (begin >= end)
        return;
    w->account.coding += end - begin;
    probe_coding(&c->probe, w, begin, end);
}

void engine_buckets_account(struct conductor *c, struct sim_worker *w)
{
    bool takes_time = coding_takes_time(&c->spec->worker_encodes);
    int n = takes_time ? buckets_count(c->spec->buckets, w->pushes.sent) : 0;
    vtime before = 0, until;
    for (int bucket = 0; bucket < n; bucket++, before = until) {
        vtime departs = departure(c, w, bucket);
        until = encoded_until(c, w, bucket);
        encoded_from_to(c, w, departs - (until - before), departs);
    }
}

static void join(struct conductor *c, const struct sim_worker *w, int64_t push, int bucket, int64_t id)
{
    uint64_t whole = conductor_push_bytes(c->spec, push);
    exchange_push(c->exchange, w->view.id, c->now, buckets_bytes(c->spec->buckets, push, bucket, whole), id);
}

static void begin(struct conductor *c, struct sim_worker *w)
{
    struct push_header header = {
        .worker = w->view.id, .k = w->view.k + (w->doing == COMPUTING), .base = w->iterations.base};
    w->overlapped.first = c->now;
    probe_push_departs(&c->probe, &header, c->now, conductor_push_bytes(c->spec, w->pushes.sent));
}

void engine_buckets_depart(struct conductor *c, struct sim_worker *w)
{
    struct overlapped *o = &w->overlapped;
    assert(o->now && sim_worker_is_busy(w));
    if (o->departed == 0)
        begin(c, w);
    join(c, w, w->pushes.sent, o->departed, ID_BUCKET);
    o->departed++;
    post_next(c, w);
}

vtime engine_buckets_send(struct conductor *c, struct sim_worker *w, int64_t push, int64_t id)
{
    int n = buckets_count(c->spec->buckets, push), departed = w->overlapped.departed;
    vtime first = departed > 0 ? w->overlapped.first : c->now;
    assert(!w->overlapped.now || departed == n - 1);
    w->overlapped = (struct overlapped){.now = false};
    for (int bucket = departed; bucket < n; bucket++)
        join(c, w, push, bucket, bucket == n - 1 ? id : ID_BUCKET);
    return first;
}

void engine_bucket_reduced(struct conductor *c, int worker)
{
    exchange_reply(c->exchange, worker, c->now, 0, ID_BUCKET);
}
