/* The timeline of a run's first rounds: who computed, waited, sent and was served when. Two files of the same
 * intervals: trace.json for Perfetto and chrome://tracing (chrome.h), timeline.csv for plots. It learns of
 * everything by notes, which come in the order of virtual time; what has been shown is on its way to the disk
 * with every update of the PS. */
#ifndef SIM_OUTPUT_TIMELINE_H
#define SIM_OUTPUT_TIMELINE_H

#include <stdint.h>

enum note_kind {
    NOTE_COMPUTE, /* a worker ends a local iteration ... */
    NOTE_WAITING, /* ... or ends waiting: begin, end; version: of its model */
    NOTE_DOWN,    /* ... or is back after a crash: likewise */
    NOTE_OUTAGE,  /* the PS is back after a crash: begin, end, version */
    NOTE_PUSH_DEPARTS,
    NOTE_REPLY_DEPARTS, /* begin; bytes; version: of the model that a push started from, that a reply brings */
    NOTE_PUSH_ARRIVES,
    NOTE_REPLY_ARRIVES, /* begin: the oldest of its worker and direction is there */
    NOTE_SERVICE, /* after the push has arrived: begin, end (perhaps still to come, or never, if the PS crashes); version: the PS's */
    NOTE_FOLD,    /* begin; a push goes into the update that makes `version`; staleness */
    NOTE_UPDATE,  /* begin; the PS has made `version` */
    NOTE_KINDS
};

struct note { /* all times in virtual ns; without an end it is a moment */
    enum note_kind kind;
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
void timeline_note(void *timeline, const struct note *n); /* next to nothing after those rounds */
void timeline_close(struct timeline *t); /* messages under way are cut at the last moment noted */

#endif
