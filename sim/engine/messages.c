/* The messages of exchanges, as the exchange tells of them one by one. In a whole exchange the accounts of bytes
 * and of communication come from here; elsewhere a push is a message and a reply is one, and only the probe
 * listens.
 *
 *   worker 0 --- message of exchange e ---> worker 1     up-link of worker 0, down-link of worker 1:
 *                                                        both have an account of e, and of all messages
 *
 * The exchange plays ahead of the conductor's clock, to its next event: all times here are those of the
 * message. Nothing else of the conductor happens in between (conductor.c, next_instant). */
#include <assert.h>

#include "sim/engine/conductor_internal.h"

void engine_reply_departs(struct conductor *c, struct sim_worker *w, const struct delivery *d, bool expected,
                          vtime t)
{
    uint64_t message = conductor_reply_bytes(c->spec, d->version), bytes = engine_row_bytes(c, w, message);
    if (!w->link.by_messages)
        sim_worker_link_busy(w, t);
    if (!expected)
        w->unlisted.bytes += (int64_t)bytes;
    probe_reply_departs(&c->probe, w->view.id, d, message);
    c->totals.replies++;
    c->totals.bytes_down += (int64_t)bytes;
}

/* The first part of a reply that shards have encoded. */
static void first_part_departs(struct conductor *c, const struct exchange_message *m)
{
    struct sim_worker *w = &c->worker[m->to];
    struct delivery *d = delivery_queue_find(&w->deliveries, false, m->exchange);
    if (!d || !d->encodes)
        return;
    d->encodes = false;
    d->depart = m->depart;
    engine_reply_departs(c, w, d, true, m->depart);
}

static struct sim_worker *owner(const struct conductor *c, int node)
{
    int worker = exchange_worker_of(c->exchange, node);
    return worker < 0 ? NULL : &c->worker[worker];
}

static void count(struct conductor *c, const struct exchange_message *m)
{
    *(m->from < c->spec->workers ? &c->totals.bytes_up : &c->totals.bytes_down) += (int64_t)m->bytes;
}

static int64_t push_of(const struct conductor *c, int64_t exchange)
{
    const struct buckets *b = c->spec->buckets;
    return b ? buckets_push(b, exchange, NULL) : exchange; /* there may be millions of messages */
}

static void begins(const struct conductor *c, struct sim_worker *w, const struct exchange_message *m,
                   enum way way)
{
    if (!w)
        return;
    traffic_departs(&w->traffic, push_of(c, m->exchange), way, m->bytes, m->depart);
    sim_worker_link_busy(w, m->depart);
}

static void ends(const struct conductor *c, struct sim_worker *w, const struct exchange_message *m)
{
    if (!w)
        return;
    traffic_arrives(&w->traffic, push_of(c, m->exchange), m->arrive);
    sim_worker_link_free(w, m->arrive);
}

static int bucket_of(const struct conductor *c, const struct exchange_message *m)
{
    int bucket = -1;
    if (c->spec->buckets)
        buckets_push(c->spec->buckets, m->exchange, &bucket);
    return bucket;
}

void engine_message_departs(void *conductor, const struct exchange_message *m)
{
    struct conductor *c = conductor;
    struct sim_worker *sender = owner(c, m->from);
    if (c->whole) {
        count(c, m);
        begins(c, sender, m, WAY_UP);
        begins(c, owner(c, m->to), m, WAY_DOWN);
    }
    if (!c->whole && m->phase == PHASE_REPLY)
        first_part_departs(c, m);
    probe_message_departs(&c->probe, sender ? sender->view.id : -1, m, bucket_of(c, m));
}

void engine_message_arrives(void *conductor, const struct exchange_message *m)
{
    struct conductor *c = conductor;
    struct sim_worker *sender = owner(c, m->from);
    if (c->whole) {
        ends(c, sender, m);
        ends(c, owner(c, m->to), m);
    }
    probe_message_arrives(&c->probe, sender ? sender->view.id : -1, m, bucket_of(c, m));
}

void engine_exchange_closed(void *conductor, int worker, int64_t exchange, vtime t)
{
    struct conductor *c = conductor;
    (void)t;
    assert(c->whole);
    traffic_closes(&c->worker[worker].traffic, push_of(c, exchange));
    engine_write_closed_rows(c);
}
