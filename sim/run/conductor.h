/* The conductor: control as one plain sequential discrete-event simulation. It runs the algorithm's control
 * callbacks of all workers and of the PS in (time, kind, rank) order against the clock, the compute model and
 * the network, and writes the score. It owns virtual time. It is pure: no process, no ring, no gradient; the
 * same spec gives the same score.
 *
 * Order within one nanosecond: arrivals of pushes and their service, arrivals of replies, decisions of
 * workers, each in rank order, repeated until nothing is left at that nanosecond. */
#ifndef SIM_RUN_CONDUCTOR_H
#define SIM_RUN_CONDUCTOR_H

#include "algorithms/algorithm.h"
#include "algorithms/schedule.h"
#include "sim/run/notes.h"
#include "sim/run/score.h"
#include "sim/time/compute.h"
#include "sim/time/network.h"

struct conductor_spec { /* kept by pointer */
    const struct algorithm *alg;
    const void *params;
    int workers;
    int64_t iterations; /* the run ends with the first update that has this many local iterations in it */
    double iterations_per_epoch;      /* > 0 */
    int64_t eval_every;               /* global iterations; > 0 */
    uint64_t push_bytes, reply_bytes; /* on the wire, header included */
    struct network_spec up, down;
    struct compute_spec compute;
    double server_cost; /* seconds of the PS per byte of a push */
    struct schedule rate;
};

struct conductor;

struct conductor *conductor_create(const struct conductor_spec *spec, const struct score *score);
void conductor_destroy(struct conductor *c);

/* Before the first advance: who is told of everything that happens, in the order of virtual time. */
void conductor_watch(struct conductor *c, const struct notes *notes);

/* Learning rate and gamma before the first reply. */
struct rates conductor_first_rates(const struct conductor_spec *spec);

/* Plays the next instant at which something happens; false once TASK_END has been written. A run that cannot
 * go on (everybody waits, nothing is under way) ends the program with EXIT_STUCK and a table of who waits for
 * what. */
bool conductor_advance(struct conductor *c);

#endif
