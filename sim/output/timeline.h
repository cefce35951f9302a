/* The timeline of a run's first rounds: when each worker computed, waited, sent and was served. Two files
 * have the same intervals: trace.json for Perfetto and chrome://tracing (chrome.h), and timeline.csv for
 * plots. The conductor's probe gives the events in the order of virtual time. Every update of the PS
 * flushes the files. */
#ifndef SIM_OUTPUT_TIMELINE_H
#define SIM_OUTPUT_TIMELINE_H

#include "sim/schema/timeline_event.h"

struct timeline;

/* Shows the intervals that begin, and the service of the pushes that arrive, until the moment of update
 * number `rounds` (above 0; INT64_MAX: the whole run). */
struct timeline *timeline_create(const char *folder, int workers, int64_t rounds);
void timeline_add(void *timeline, const struct timeline_event *n); /* costs little after these rounds */
void timeline_close(struct timeline *t); /* cuts messages in flight off at the moment of the last event */

#endif
