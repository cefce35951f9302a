/* What the conductor tells who watches it (the timeline): each call is one note, at the moment `now` unless it
 * says otherwise. Nothing happens while nobody watches. */
#ifndef SIM_ENGINE_PROBE_H
#define SIM_ENGINE_PROBE_H

#include "sim/output/timeline.h"
#include "sim/engine/sim_worker.h"

struct notes {
    void (*take)(void *context, const struct note *note); /* NULL: nobody watches */
    void *context;
};

void notes_turn(const struct notes *to, const struct sim_worker *w,
                vtime now); /* before sim_worker_change() */

void notes_push_departs(const struct notes *to, const struct push_header *h, vtime now, uint64_t bytes);
void notes_push_arrives(const struct notes *to, int worker, vtime now);
void notes_reply_departs(const struct notes *to, int worker, const struct delivery *d, uint64_t bytes);
void notes_reply_arrives(const struct notes *to, int worker, vtime now);

/* version: of the PS's model when the push has arrived, or after the update. */
void notes_service(const struct notes *to, int worker, vtime begin, vtime end, int64_t version);
void notes_fold(const struct notes *to, const struct push_row *row, vtime now);
void notes_outage(const struct notes *to, vtime begin, vtime end, int64_t version);
void notes_update(const struct notes *to, int64_t version, vtime now);

#endif
