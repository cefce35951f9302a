/* The orders of the conductor, played in one process by processes without gradients: a worker's and the PS's vectors are one
 * hash each, messages lie in a list, and a scheduler draws who goes on next or which message arrives next. All waits of
 * the real processes are there (sim/runtime/server/aggregate.c, io.c, worker/loop.c), so that a schedule in which nobody can go on is
 * found, and so is one in which somebody reads what is not his yet. */
#ifndef TESTS_RIGS_SCHEDULE_EXPLORER_H
#define TESTS_RIGS_SCHEDULE_EXPLORER_H

#include "sim/engine/conductor.h"

#define ORCHESTRA_WORKERS 8 /* the most */

enum defect { /* put in on purpose: each must be found */
              NO_DEFECT,
              NEWEST_PUSH,  /* the PS takes the newest push that is there, not the one named */
              NEWEST_REPLY, /* a worker takes the newest reply that is there */
              LENT_TO_EVERYBODY, /* pushes are lent where the PS may wait for the next push before it has added up this one */
              LENT_NOT_AWAITED, /* a worker computes on before the PS has added up what it lent */
              READERS_IGNORED,  /* the PS writes a reply where somebody may still read an older one */
              NOT_PLAYED_ON     /* the PS writes a reply before its reader has been ordered to take it */
};

struct staging {   /* how a run is played: all of it without influence on the result */
    uint64_t seed; /* of the schedule */
    int processes; /* that the workers share */
    bool lends;    /* pushes are read where they were computed; only where protocol and processes allow it */
    bool shows;    /* replies are read where the PS shows them; likewise */
    bool tight;    /* rings hold nothing: a reply is written while its reader reads */
    size_t window; /* tasks that the conductor runs ahead; >= 1 */
    enum defect defect;
};

struct ending {
    uint64_t digest;   /* of the PS's history in its order, and of what every worker ended with */
    const char *stuck; /* why nobody could go on; NULL: the orders were played to their end */
};

struct ending orchestra_play(const struct conductor_spec *spec, const struct staging *staging);

#endif
