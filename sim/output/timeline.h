/* The timeline of a run's first rounds: who computed, waited, sent and was served when. Two files of the
 * same intervals: trace.json for Perfetto and chrome://tracing (chrome.h), timeline.csv for plots. It
 * learns of everything by events, which come in the order of virtual time; what has been shown is on its
 * way to the disk with every update of the PS. */
#ifndef SIM_OUTPUT_TIMELINE_H
#define SIM_OUTPUT_TIMELINE_H

#include "sim/schema/timeline_event.h"

struct timeline;

/* Shows what begins, and the service of pushes that arrive, until the moment of update number `rounds` (> 0;
 * INT64_MAX: everything). */
struct timeline *timeline_create(const char *folder, int workers, int64_t rounds);
void timeline_add(void *timeline, const struct timeline_event *n); /* next to nothing after those rounds */
void timeline_close(struct timeline *t); /* messages under way are cut at the last moment noted */

#endif
