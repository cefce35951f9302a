/* What theory says an algorithm's run will take: closed forms, for --explain and beside the simulated times. An
 * algorithm sees no clock; it is given durations, as numbers, and answers with numbers. Everything is without
 * jitter, and every exchange counts as if all pushes left at once: exact where all workers are equal, an estimate
 * where they are not.
 *
 * Times are nanoseconds in doubles: exact up to 104 days, and no product overflows. */
#ifndef ALGORITHMS_PREDICT_H
#define ALGORITHMS_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

struct prediction_input {
    int workers;
    double iterations;        /* local iterations of all workers after which the run ends */
    const double *compute_ns; /* (workers) of one local iteration; > 0 */
    const double *
        epoch; /* (workers) local iterations that go once through its samples; NULL: other ones in every round */
    double up_ns;    /* all push at once: until the PS has served the last push */
    double down_ns;  /* all are answered at once: until the last reply is there */
    double cycle_ns; /* from an update to the next if nobody had to compute: up + down, but less where
                                 messages go one after the other and the first replies bring the first pushes */
};

struct prediction {
    double local_steps;     /* K: local iterations in one push, mean over workers */
    double round_ns;        /* from one update of the PS's model to the next, once the start is over */
    double utilisation;     /* of such a round: computing / time, mean over workers; 0 .. 1 */
    double pushes, replies; /* messages of one round */
    double rounds;          /* updates of the whole run ... */
    double virtual_ns;      /* ... and its time */
};

/* Everybody computes local_steps, pushes and waits for the answer: round = K max c + exchange. */
void predict_barrier(const struct prediction_input *in, int64_t local_steps, struct prediction *out);

/* The same, with local_epochs over each worker's samples; none where those are other ones in every round. */
void predict_epochs(const struct prediction_input *in, int64_t local_epochs, struct prediction *out);

/* Everybody pushes every local_steps and waits for the answer only `delay` steps after the push: so q + 1 = ceil(delay / K) pushes, or 1,
 * are out at a time, and of q + 1 rounds one takes  max(delay max c, exchange) - delay max c  longer than K max c. Exact where
 * messages of different rounds do not meet on a link. */
void predict_delayed(const struct prediction_input *in, int64_t local_steps, int64_t delay,
                     struct prediction *out);

/* A barrier with one local step, as a callback of struct algorithm; needs no parameters. */
void predict_every_step(const void *params, const struct prediction_input *in, struct prediction *out);

/* Everybody goes on computing while its push is answered, and pushes again at a boundary:
 * K = clamp(ceil(X / max c), least, most), round = max(K max c, X); faster workers fill the round, up to `most`. */
struct overlap_steps {
    int64_t least, most;
    bool drain; /* what is not pushed at the end is pushed once more */
};
void predict_overlap(const struct prediction_input *in, const struct overlap_steps *steps,
                     struct prediction *out);

#endif
