/* A probe in the conductor, for the timeline: each call gives the probe one event. Without a probe the
 * calls do nothing. A probe changes nothing in the simulation. */
#ifndef SIM_ENGINE_PROBE_H
#define SIM_ENGINE_PROBE_H

#include "sim/engine/sim_worker.h"
#include "sim/exchange/exchange.h"
#include "sim/schema/timeline_event.h"

struct probe {
    void (*take)(void *context, const struct timeline_event *event); /* NULL: no probe */
    void *context;
};

/* Before sim_worker_change(): gives the probe the activity of the worker that ends now. */
void probe_activity(const struct probe *to, const struct sim_worker *w, vtime now);

/* A part of the worker's present activity in which it codes. */
void probe_coding(const struct probe *to, const struct sim_worker *w, vtime begin, vtime end);

void probe_push_departs(const struct probe *to, const struct push_header *h, vtime now, uint64_t bytes);
void probe_push_arrives(const struct probe *to, int worker, vtime now);
void probe_reply_departs(const struct probe *to, int worker, const struct delivery *d, uint64_t bytes);
void probe_reply_arrives(const struct probe *to, int worker, vtime now);

/* worker: as in timeline_event.h. */
/* bucket: -1: pushes have none. */
void probe_message_departs(const struct probe *to, int worker, const struct exchange_message *m, int bucket);
void probe_message_arrives(const struct probe *to, int worker, const struct exchange_message *m, int bucket);

/* version: service: of the PS's model when the push has arrived; coding: of the model in the reply; update: of the model
 * after the update. */
void probe_service(const struct probe *to, int worker, vtime begin, vtime end, int64_t version);
void probe_reply_coding(const struct probe *to, int worker, vtime begin, vtime end, int64_t version);
void probe_fold(const struct probe *to, const struct push_row *row, vtime now);
void probe_outage(const struct probe *to, vtime begin, vtime end, int64_t version);
void probe_update(const struct probe *to, int64_t version, vtime now);

#endif
