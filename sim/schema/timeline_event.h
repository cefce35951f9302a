/* The events that the engine's probe (sim/engine/probe.h) gives to the timeline (sim/output/timeline.h),
 * in the order of virtual time. */
#ifndef SIM_SCHEMA_TIMELINE_EVENT_H
#define SIM_SCHEMA_TIMELINE_EVENT_H

#include <stdint.h>

/* The comment above each group of kinds says which members of the event have values, besides kind and
 * worker. */
enum timeline_kind {
    /* A worker ends a local iteration, ends waiting, has encoded a push or decoded a reply, or is back after a crash:
     * begin, end, version of the worker's model. */
    TIMELINE_COMPUTE,
    TIMELINE_WAITING,
    TIMELINE_CODING,
    TIMELINE_DOWN,
    /* The PS is back after a crash: begin, end, version. */
    TIMELINE_OUTAGE,
    /* begin, bytes, version of the model that the push started from, or that the reply brings; of a push
     * also k. */
    TIMELINE_PUSH_DEPARTS,
    TIMELINE_REPLY_DEPARTS,
    /* begin: the oldest message in flight of this worker and direction has arrived. In a whole exchange
     * (sim/exchange/exchange.h) a push departs when its worker joins, and arrives at the update; the reply departs
     * at the update, and arrives when the result is at the worker. */
    TIMELINE_PUSH_ARRIVES,
    TIMELINE_REPLY_ARRIVES,
    /* With an exchange that the server over a star is not: one message between two nodes departs (begin), or has
     * arrived (begin: its departure; end). bytes, from, to, phase, step, exchange, bucket; worker: on the up-link of which
     * worker it departs, -1: of none. Messages of one ordered pair of nodes arrive in the order in which they
     * depart. What is in flight at the end of the run never arrives. */
    TIMELINE_MESSAGE_DEPARTS,
    TIMELINE_MESSAGE_ARRIVES,
    /* The PS serves a push that has arrived: begin, end, version of the PS's model. The end may lie in the
     * future, and a crash of the PS may prevent it. */
    TIMELINE_SERVICE,
    /* The PS encodes a reply: likewise, with the version that the reply brings; worker: -1, for all of them. */
    TIMELINE_REPLY_CODING,
    /* A push goes into the update that makes `version`: begin, staleness. */
    TIMELINE_FOLD,
    /* The PS has made `version`: begin. */
    TIMELINE_UPDATE,
    TIMELINE_KINDS
};

/* Times are virtual ns. An event without an end is a moment. */
struct timeline_event {
    enum timeline_kind kind;
    int worker;
    int64_t begin, end;
    int64_t version; /* updates in the model */
    int64_t bytes;
    int64_t k;         /* PUSH_DEPARTS: local iterations in the push */
    int64_t staleness; /* FOLD */
    /* MESSAGE_DEPARTS, MESSAGE_ARRIVES. A node is a worker (0 .. workers - 1), or workers + j: shard j of the PS. */
    int from, to;
    const char *phase; /* sim/exchange/exchange.h: exchange_phase_words */
    int step;
    int64_t exchange;
    int bucket; /* of its push, from 0; -1: pushes have no buckets (sim/exchange/buckets.h) */
};

#endif
