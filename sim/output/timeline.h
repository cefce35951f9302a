/* The timeline of a run's first rounds: who computed, waited, sent and was served when. Two files of the same
 * intervals: trace.json for Perfetto and chrome://tracing (chrome.h), timeline.csv for plots. It learns of
 * everything by events, which come in the order of virtual time; what has been shown is on its way to the disk
 * with every update of the PS. */
#ifndef SIM_OUTPUT_TIMELINE_H
#define SIM_OUTPUT_TIMELINE_H

#include <stdint.h>

enum timeline_kind {
    TIMELINE_COMPUTE, /* a worker ends a local iteration ... */
    TIMELINE_WAITING, /* ... or ends waiting: begin, end; version: of its model */
    TIMELINE_DOWN,    /* ... or is back after a crash: likewise */
    TIMELINE_OUTAGE,  /* the PS is back after a crash: begin, end, version */
    TIMELINE_PUSH_DEPARTS,
    TIMELINE_REPLY_DEPARTS, /* begin; bytes; version: of the model that a push started from, that a reply brings */
    TIMELINE_PUSH_ARRIVES,
    TIMELINE_REPLY_ARRIVES, /* begin: the oldest of its worker and direction is there */
    TIMELINE_SERVICE, /* after the push has arrived: begin, end (perhaps still to come, or never, if the PS crashes); version: the PS's */
    TIMELINE_FOLD,    /* begin; a push goes into the update that makes `version`; staleness */
    TIMELINE_UPDATE,  /* begin; the PS has made `version` */
    TIMELINE_KINDS
};

struct timeline_event { /* all times in virtual ns; without an end it is a moment */
    enum timeline_kind kind;
    int worker;
    int64_t begin, end;
    int64_t version; /* updates in the model */
    int64_t bytes;
    int64_t k;         /* PUSH_DEPARTS: local iterations in it */
    int64_t staleness; /* FOLD */
};

struct timeline;

/* Shows what begins, and the service of pushes that arrive, until the moment of update number `rounds` (> 0;
 * INT64_MAX: everything). */
struct timeline *timeline_create(const char *folder, int workers, int64_t rounds);
void timeline_add(void *timeline, const struct timeline_event *n); /* next to nothing after those rounds */
void timeline_close(struct timeline *t); /* messages under way are cut at the last moment noted */

#endif
