/* Faults of the simulated cluster: which worker crashes when, which message is lost, when the PS crashes.
 * Pure functions of (seed, worker, iteration or message), like compute_duration(). What follows from a fault
 * is up to the conductor (sim/engine/worker_faults.c, sim/engine/server_faults.c). */
#ifndef SIM_TIME_FAULTS_H
#define SIM_TIME_FAULTS_H

#include <stdbool.h>

#include "sim/time/vtime.h"

struct faults_spec { /* all zero: none */
    int crashes;     /* of workers, at times that the configuration gives */
    const vtime *crash_at;
    const int *crash_worker;
    double crash_probability; /* of every local iteration; < 1 */
    vtime down_time;          /* VTIME_NEVER: the worker never returns */
    vtime detection_time;     /* from a crash until the PS knows of it */
    double loss_probability;  /* of every message, each way; < 1 */
    vtime retransmit_timeout; /* from the moment at which a lost message would have arrived */
    uint64_t seed;
    int server_crashes; /* of the PS, all at times that the configuration gives */
    const vtime *server_crash_at;
    vtime server_down_time;          /* < VTIME_NEVER */
    int64_t server_checkpoint_every; /* updates; > 0 where there are server_crashes */
};

/* Workers may lose their sessions, by crashes of their own or of the PS. */
bool faults_can_crash(const struct faults_spec *spec);
bool faults_any(const struct faults_spec *spec);

/* Whether the worker crashes in that iteration, which lasts `duration` ns (> 0); *after: 1 .. duration ns
 * after its beginning. */
bool faults_crash(const struct faults_spec *spec, int worker, int64_t iteration, vtime duration,
                  vtime *after);

/* Whether message number `message` on that link is lost; messages that are sent again count again. */
bool faults_lose(const struct faults_spec *spec, int direction, int worker, int64_t message);

#endif
