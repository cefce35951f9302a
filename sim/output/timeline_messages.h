/* The messages of exchanges in the timeline (timeline.h), each with its sender and receiver:
 *
 *   worker 2   up-link     |== reduce 3 to worker 3 ==|           a slice in a lane of the sender,
 *                               \  an arrow
 *   worker 3   down-link   |== reduce 3 from worker 2 ==|         one in a lane of the receiver,
 *
 * and a row in timeline.csv. Slices of one lane do not overlap, and messages of a node may: a node has as
 * many lanes each way as it has partners at one time. A message that waits for one before it of the same pair
 * is shown from that one's arrival on. */
#ifndef SIM_OUTPUT_TIMELINE_MESSAGES_H
#define SIM_OUTPUT_TIMELINE_MESSAGES_H

#include <stdbool.h>

#include "sim/output/chrome.h"
#include "sim/output/csv.h"
#include "sim/output/timeline.h"

/* A ring of 1024 workers has 2.1 million messages a round: of more than this number in all, the first ones
 * are shown. */
enum { TIMELINE_MESSAGES = 100000 };

struct timeline_messages;

/* chrome, csv: kept by pointer. most: how many messages are shown. */
struct timeline_messages *timeline_messages_open(const struct timeline_spec *spec, struct chrome *chrome,
                                                 struct csv *csv, int64_t most);
/* false: as many as it may have been shown, for the first time. */
bool timeline_messages_depart(struct timeline_messages *m, const struct timeline_event *n);
void timeline_messages_arrive(struct timeline_messages *m, const struct timeline_event *n);
/* What is in flight is shown until this moment. */
void timeline_messages_close(struct timeline_messages *m, int64_t end);

#endif
