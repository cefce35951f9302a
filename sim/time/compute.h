/* What one local iteration costs: a pure function of (seed, worker, iteration, start). */
#ifndef SIM_TIME_COMPUTE_H
#define SIM_TIME_COMPUTE_H

#include "sim/time/trace.h"
#include "sim/time/vtime.h"

enum compute_model {
    COMPUTE_FLOPS,
    COMPUTE_FIXED,
    COMPUTE_MEASURED /* like flops where nothing has been measured */
};

extern const char *const compute_model_words[];

struct compute_spec {
    enum compute_model model;
    int64_t batches;        /* of an iteration; 0: one */
    double seconds;         /* fixed: per batch; > 0 */
    double flops;           /* flops: of one batch (3 x forward x samples); whole */
    double device_flops;    /* flops: the device's speed, FLOP/s */
    double overhead;        /* flops: seconds added to every batch */
    const double *factor;   /* (workers) each > 0: 2 = twice as slow */
    double spread;          /* sigma of a lognormal factor exp(sigma z) drawn once per worker; 0: none */
    double jitter;          /* sigma of a lognormal factor drawn per iteration; 0: none */
    struct {                /* transient stragglers; episodes of one worker may overlap and do not add up */
        double probability; /* that an episode begins with an iteration; 0: none */
        double factor;      /* of the iterations in an episode */
        int64_t duration;   /* of an episode, in iterations; >= 1 */
    } straggler;
    const struct trace *trace; /* (workers) of the devices' speeds; NULL: constant */
    uint64_t seed;
};

/* Batches x seconds x factors / the speed's factor at `start`: exact, rounded once to the nearest ns, a half
 * up (exact.h); at least 1 ns. Drawn factors are doubles, all other numbers are decimals of the ini. */
vtime compute_duration(const struct compute_spec *spec, int worker, int64_t iteration, vtime start);

/* The same with `seconds` that the iteration has really taken. */
vtime compute_measured(const struct compute_spec *spec, double seconds, int worker, int64_t iteration,
                       vtime start);

/* Of the worker's first iteration, without jitter, stragglers and traces. */
vtime compute_calm(const struct compute_spec *spec, int worker);

#endif
