/* The timeline of a run's first rounds: when each worker computed, waited, sent and was served. Two files
 * have the same intervals: trace.json for Perfetto and chrome://tracing (chrome.h), and timeline.csv for
 * plots. The conductor's probe gives the events in the order of virtual time. Every update of the PS
 * flushes the files. */
#ifndef SIM_OUTPUT_TIMELINE_H
#define SIM_OUTPUT_TIMELINE_H

#include <stdbool.h>

#include "sim/schema/timeline_event.h"

struct timeline;

struct timeline_spec {
    const char *folder;
    int workers;
    /* Shows the intervals that begin, and the service of the pushes that arrive, until the moment of update
     * number `rounds` (above 0; INT64_MAX: the whole run). */
    int64_t rounds;
    bool
        messages; /* there are events of messages between two nodes; at most TIMELINE_MESSAGES are shown, unless the
                      * whole run is (timeline_messages.h) */
    int shards;     /* (messages) of the PS, at least 1 */
    bool colocated; /* (messages) shard j is at worker j */
};

struct timeline *timeline_create(const struct timeline_spec *spec);
bool timeline_is_cut(const struct timeline *t);                    /* there were more messages */
void timeline_add(void *timeline, const struct timeline_event *n); /* costs little after these rounds */
void timeline_close(struct timeline *t); /* cuts messages in flight off at the moment of the last event */

#endif
