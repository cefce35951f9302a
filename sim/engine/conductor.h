/* The conductor: the control plane as one sequential discrete-event simulation. It runs the control callbacks
 * of an algorithm, for all workers and for the PS, against the compute model, the network and the faults, in
 * virtual time, and writes down as orders what the processes have to do. It owns virtual time. It is pure: it
 * knows no process, no gradient and no file, and equal specifications give equal orders.
 *
 * Within one nanosecond events come in the order of their kinds: faults (crashes, returns, messages sent
 * again), arrivals of pushes, their service, arrivals of replies, decisions of workers. Events of one kind
 * come in rank order. All of it is repeated until nothing is left in that nanosecond (conductor.c has a
 * picture). */
#ifndef SIM_ENGINE_CONDUCTOR_H
#define SIM_ENGINE_CONDUCTOR_H

#include "algorithms/algorithm.h"
#include "algorithms/schedule.h"
#include "sim/engine/sampling.h"
#include "sim/engine/probe.h"
#include "sim/engine/orders.h"
#include "sim/exchange/exchange.h"
#include "sim/time/compute.h"
#include "sim/exchange/buckets.h"
#include "sim/time/faults.h"

/* What decides when an iteration ends:
 *   PACE_MODEL   compute_duration(): the conductor runs ahead of the processes
 *   PACE_REPORT  what the workers' processes report: the conductor waits for them; time is virtual
 *   PACE_REAL    the monotonic clock: reports and timers are events when they come */
enum pace { PACE_MODEL, PACE_REPORT, PACE_REAL };

struct budget { /* bounds of a run beside its iterations; 0: none */
    vtime ns;
    int64_t bytes; /* of all messages, each once, at its sender: totals.bytes_up + totals.bytes_down */
};

struct conductor_spec { /* kept by pointer */
    const char *name;   /* of the algorithm in this run, for messages; NULL: alg->name */
    const struct algorithm *alg;
    const void *params;
    int workers;
    struct sampling *sampling; /* the client that each worker acts for; NULL: each worker is a client */
    const uint32_t *samples;   /* (clients, or workers) training samples of each; NULL: one batch each */
    int64_t batch;             /* training samples of a local iteration */
    /* The run ends with the first update of the model at or past a bound. One bound at least is given. */
    int64_t iterations; /* in the model; 0: no bound */
    struct budget budget;
    double iterations_per_epoch; /* > 0 */
    int64_t eval_every;          /* iterations in the model; > 0 */
    bool
        compares; /* in an evaluation each worker that has a model compares it with the PS's: only PACE_MODEL */
    /* The run also ends with the first evaluated update after the evaluation that reaches the target: needs
     * conductor_results(). Not with PACE_REAL. */
    bool stops_at_target;

    /* Sizes on the wire, header included; where messages differ in size, the largest. */
    uint64_t push_bytes, reply_bytes;
    /* Size of a worker's push number `number`, and of the reply with version number + 1; NULL: all pushes, or
     * all replies, have the same size. */
    uint64_t (*push_size)(const void *context, int64_t number);
    uint64_t (*reply_size)(const void *context, int64_t number);
    const void *size_context;
    uint64_t model_bytes; /* size of the whole model, for a worker that returns after a crash */

    struct exchange_spec exchange; /* how a push becomes a part of the update, over which network */
    /* How a push is cut into buckets that depart during back-propagation, each an exchange of its own, with which
     * the functions of `exchange` then count; NULL: push n is exchange n. Only PACE_MODEL, without faults. */
    const struct buckets *buckets;
    enum pace pace;
    struct compute_spec compute;
    struct faults_spec faults; /* none unless PACE_MODEL */
    double server_cost;        /* seconds of service per byte of a push; a decimal of the ini */
    /* What a worker encodes for a push; what it decodes when it takes the result of an update. The PS's part is in
     * `exchange`: server_decodes, server_encodes. Not with PACE_REAL. */
    struct coding_time worker_encodes, worker_decodes;
    /* Learning rate; rate.ahead in iterations, with a budget as a part of the bounds (spec.c). */
    struct schedule rate;
};

struct conductor;

struct conductor *conductor_create(const struct conductor_spec *spec, const struct order_sink *sink);
void conductor_destroy(struct conductor *c);

/* Before the first advance: the probe receives every event, in the order of virtual time. */
void conductor_watch(struct conductor *c, const struct probe *probe);

/* Before the first advance: a run that cannot go on ends by itself, without TASK_END, and *stuck becomes
 * true. */
void conductor_survive(struct conductor *c, bool *stuck);

/* Plays the next nanosecond in which something happens. false: TASK_END has been written; or, unless the pace
 * is PACE_MODEL, the conductor has to wait for reports or for the clock; or, with stops_at_target, for results.
 * Then the nanosecond may be broken off, and the next call goes on with it. A run that cannot go on (all workers
 * wait and nothing is in flight) or in which too much happens without an update (deadlock.c) prints a table
 * of which worker waits for what, and ends the program with EXIT_STUCK, or the run after
 * conductor_survive(). */
bool conductor_advance(struct conductor *c);

/* PACE_REPORT and PACE_REAL order an iteration when it begins; this call reports its end. seconds: how
 * long the iteration took; at: when it ended (PACE_REAL). */
void conductor_report(struct conductor *c, int worker, int64_t iteration, double seconds, vtime at);

/* stops_at_target: the results of this many evaluations are known, the first one being that of the first model;
 * reached: the number, from 0, of the first that is at the target, -1: none is. */
void conductor_results(struct conductor *c, int64_t known, int64_t reached);

/* PACE_REAL: the clock says `now`. */
void conductor_clock(struct conductor *c, vtime now);

/* The time of the next event, without regard to reports; VTIME_NEVER: there is no event. Discards void
 * events. */
vtime conductor_due(struct conductor *c);

/* ---- of a specification ---- */

/* Sizes on the wire of a push by its number, of a reply by its version. */
uint64_t conductor_push_bytes(const struct conductor_spec *spec, int64_t number);
uint64_t conductor_reply_bytes(const struct conductor_spec *spec, int64_t version);

/* How long the PS takes to serve a push. */
vtime conductor_service(const struct conductor_spec *spec, uint64_t bytes);

/* How far the warm-up counts ahead, so that the first rate is not 0: one iteration of every worker. With a
 * budget: the largest part of a bound that one iteration and one push of every worker use. */
double conductor_ahead(const struct conductor_spec *spec);

/* Learning rate and gamma before the first reply. */
struct rates conductor_first_rates(const struct conductor_spec *spec);

#endif
