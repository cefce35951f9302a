/* What one local iteration costs: a pure function of (seed, worker, iteration). */
#ifndef SIM_TIME_COMPUTE_H
#define SIM_TIME_COMPUTE_H

#include "sim/time/vtime.h"

enum compute_model { COMPUTE_FLOPS, COMPUTE_FIXED };

struct compute_spec {
    enum compute_model model;
    double seconds;       /* fixed: per iteration; > 0 */
    double flops;         /* flops: of one iteration (3 x forward x batch) */
    double device_flops;  /* flops: the device's speed, FLOP/s */
    double overhead;      /* flops: seconds added to every iteration */
    const double *factor; /* (workers) each > 0: 2 = twice as slow */
    double jitter;        /* sigma of the lognormal factor exp(sigma z); 0: none */
    uint64_t seed;
};

/* Seconds x factor x jitter, rounded once to the nearest ns, at least 1 ns (rule 1). */
vtime compute_duration(const struct compute_spec *spec, int worker, int64_t iteration);

#endif
