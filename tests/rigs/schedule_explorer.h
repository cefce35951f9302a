/* Explores schedules: one process carries out the orders of a conductor as the workers' processes and the PS
 * would, but without gradients. A worker's and the PS's vectors are one hash each, messages are letters in a
 * list, and a scheduler draws which process goes on next, or which letter arrives next. All waits of the real
 * processes are here (sim/runtime/server/aggregate.c, io.c, worker/loop.c), so a schedule in which no process
 * can go on is found, and so is one in which a process reads a buffer that another one writes: that gives
 * another hash. */
#ifndef TESTS_RIGS_SCHEDULE_EXPLORER_H
#define TESTS_RIGS_SCHEDULE_EXPLORER_H

#include "sim/engine/conductor.h"

#define EXPLORER_WORKERS 8 /* the most */

/* Put in on purpose; each must be found:
 *   NEWEST_PUSH           the PS takes the newest push that is there, not the one named
 *   NEWEST_REPLY          a worker takes the newest reply that is there
 *   ZERO_COPY_EVERYWHERE  pushes are not copied although the PS may wait for a push before it adds up this one
 *   BUFFER_NOT_AWAITED    a worker computes on before the PS has added up the push in its buffer
 *   READERS_IGNORED       the PS writes a reply where a worker may still read an older one
 *   NOT_ORDERED_YET       the PS writes a reply before its reader has been ordered to take it */
enum defect {
    NO_DEFECT,
    NEWEST_PUSH,
    NEWEST_REPLY,
    ZERO_COPY_EVERYWHERE,
    BUFFER_NOT_AWAITED,
    READERS_IGNORED,
    NOT_ORDERED_YET
};

struct exploration { /* how the orders are carried out: none of it may change the result */
    uint64_t seed;   /* of the schedule */
    int processes;   /* that the workers share */
    bool zero_copy;  /* pushes are read where they were computed, where protocol and processes allow it */
    bool double_buffered; /* replies are read where the PS writes them, where the protocol allows it */
    bool tight;           /* rings hold nothing: a reply is written while its reader reads */
    size_t window;        /* tasks that the conductor runs ahead; >= 1 */
    enum defect defect;
};

struct ending {
    uint64_t digest;   /* of the PS's history in its order, and of what every worker ended with */
    const char *stuck; /* why no process could go on; NULL: all orders were carried out */
};

struct ending schedule_explore(const struct conductor_spec *spec, const struct exploration *exploration);

#endif
