/* The conductor: control as one plain sequential discrete-event simulation. It runs the algorithm's control
 * callbacks of all workers and of the PS in (time, kind, rank) order against the clock, the compute model and
 * the network, and writes the orders. It owns virtual time. It is pure: no process, no ring, no gradient; the
 * same spec gives the same orders.
 *
 * Order within one nanosecond: faults (crashes, returns, messages sent again), arrivals of pushes and their service,
 * arrivals of replies, decisions of workers, each in rank order, repeated until nothing is left at that nanosecond. */
#ifndef SIM_ENGINE_CONDUCTOR_H
#define SIM_ENGINE_CONDUCTOR_H

#include "algorithms/algorithm.h"
#include "algorithms/schedule.h"
#include "sim/engine/sampling.h"
#include "sim/engine/probe.h"
#include "sim/engine/orders.h"
#include "sim/time/compute.h"
#include "sim/time/faults.h"
#include "sim/time/network.h"

enum pace {             /* where the moments come from at which iterations end */
            PACE_MODEL, /* compute_duration: the conductor runs ahead */
            PACE_REPORT, /* what workers report they have taken: it waits for them, time is virtual all the same */
            PACE_REAL /* the monotonic clock: reports and timers are the events, as they come */
};

struct conductor_spec { /* kept by pointer */
    const struct algorithm *alg;
    const void *params;
    int workers;
    const struct sampling
        *sampling;           /* which client each worker acts for; NULL: none, every worker is its own */
    const uint32_t *samples; /* (clients, or workers) training samples of each; NULL: as many as a batch */
    uint32_t batch;
    int64_t iterations; /* the run ends with the first update that has this many local iterations in it */
    double iterations_per_epoch; /* > 0 */
    int64_t eval_every;          /* global iterations; > 0 */
    /* On the wire, header included; where they change from message to message: the most. */
    uint64_t push_bytes, reply_bytes;
    /* Of a worker's push number `number`, of the reply with version number + 1; NULL: they never change. */
    uint64_t (*push_size)(const void *context, int64_t number);
    uint64_t (*reply_size)(const void *context, int64_t number);
    const void *size_context;
    uint64_t model_bytes; /* likewise: of the whole model, for a worker that is back */
    struct network_spec up, down;
    enum pace pace;
    struct compute_spec compute;
    struct faults_spec faults; /* none unless PACE_MODEL */
    double server_cost;        /* seconds of the PS per byte of a push, of the ini */
    struct schedule rate;
};

struct conductor;

struct conductor *conductor_create(const struct conductor_spec *spec, const struct order_sink *sink);
void conductor_destroy(struct conductor *c);

/* Before the first advance: who is told of everything that happens, in the order of virtual time. */
void conductor_watch(struct conductor *c, const struct probe *probe);

/* Before the first advance: a run that cannot go on ends by itself, without TASK_END, and *stuck becomes true. */
void conductor_survive(struct conductor *c, bool *stuck);

/* On the wire: a push by its number, a reply by its version. */
uint64_t conductor_push_bytes(const struct conductor_spec *spec, int64_t number);
uint64_t conductor_reply_bytes(const struct conductor_spec *spec, int64_t version);

/* How long the PS serves a push. */
vtime conductor_service(const struct conductor_spec *spec, uint64_t bytes);

/* Learning rate and gamma before the first reply. */
struct rates conductor_first_rates(const struct conductor_spec *spec);

/* Plays the next instant at which something happens; false once TASK_END has been written, and, unless the pace is the
 * model's, when it has to wait for reports or for the clock. A run that cannot go on (all workers wait, nothing is
 * under way) or in which too much happens without an update (sim/engine/deadlock.c) is told with a table of who waits
 * for what, and ends the program with EXIT_STUCK, or the run where conductor_survive() says so. */
bool conductor_advance(struct conductor *c);

/* PACE_REPORT and PACE_REAL order an iteration when it begins; this is its end. seconds: that it took; at: the moment
 * (PACE_REAL). */
void conductor_report(struct conductor *c, int worker, int64_t iteration, double seconds, vtime at);

/* PACE_REAL: it is `now`; and when there will be something to play, reports aside (VTIME_NEVER: nothing yet). */
void conductor_clock(struct conductor *c, vtime now);
vtime conductor_due(const struct conductor *c);

#endif
