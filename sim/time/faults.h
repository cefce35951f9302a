/* Faults of the simulated cluster: which worker crashes when, which message is lost, when the PS crashes. Pure functions of
 * (seed, worker, iteration or message), as compute_duration() is; what follows from a fault is the conductor's
 * (sim/engine/worker_faults.c, sim/engine/server_faults.c). */
#ifndef SIM_TIME_FAULTS_H
#define SIM_TIME_FAULTS_H

#include <stdbool.h>

#include "sim/time/vtime.h"

struct faults_spec { /* all zero: none */
    int crashes;     /* those that are told beforehand */
    const vtime *crash_at;
    const int *crash_worker;
    double crash_probability; /* of every local iteration; < 1 */
    vtime down_time;          /* VTIME_NEVER: for ever */
    vtime detection_time;     /* from a crash until the PS knows of it */
    double loss_probability;  /* of every message, each way; < 1 */
    vtime retransmit_timeout; /* from the moment at which a lost message would have arrived */
    uint64_t seed;
    int server_crashes; /* those of the PS, all told beforehand */
    const vtime *server_crash_at;
    vtime server_down_time;          /* < VTIME_NEVER */
    int64_t server_checkpoint_every; /* updates; > 0 where there are server_crashes */
};

/* Workers may lose their sessions: by crashes of their own, or of the PS. */
bool faults_can_crash(const struct faults_spec *spec);
bool faults_any(const struct faults_spec *spec);

/* Whether the worker crashes in that iteration of so many ns (> 0); *after: 1 .. duration ns after its beginning. */
bool faults_crash(const struct faults_spec *spec, int worker, int64_t iteration, vtime duration,
                  vtime *after);

/* Whether message number `message` on that link (counted with those sent again) is lost. */
bool faults_lose(const struct faults_spec *spec, int direction, int worker, int64_t message);

#endif
