/* What theory says about a run of an algorithm: closed forms, for --explain and beside the simulated
 * times. An algorithm sees no clock: it gets durations as numbers and returns numbers. Nothing jitters,
 * and every exchange counts as if all pushes left at once, which is exact for equal workers and an
 * estimate for others.
 *
 * Times are nanoseconds in doubles: exact up to 104 days, and no product overflows. */
#ifndef ALGORITHMS_PREDICT_H
#define ALGORITHMS_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

struct reals;

struct prediction_input {
    int workers;
    double iterations;        /* local iterations of all workers after which the run ends */
    const double *compute_ns; /* (workers) of one local iteration; > 0 */
    /* (workers) local iterations that go through a worker's samples once; NULL: they change in every
     * round. */
    const double *epoch;
    double up_ns;   /* all workers push at once: until the PS has served the last push */
    double down_ns; /* the PS answers all workers at once: until the last reply has arrived */
    /* From an update to the next if computing took no time: up + down, or less where messages go one after
     * the other, so that the first replies bring the first pushes. */
    double cycle_ns;
    /* The same two of a push that leaves in buckets while its last local iteration still computes
     * (network.overlap = backward), from the end of that iteration on; else equal to up_ns, down_ns. A push leaves so
     * if its worker waits for no result when that iteration begins. */
    double early_up_ns, early_down_ns;
    /* What a worker is busy with besides, for each push: coding it before it departs, decoding its result before it
     * is accepted. Equal for all workers. */
    double encode_ns, decode_ns;
    bool in_order; /* an exchange begins when the one before is over; false: several share the network */
    bool whole;    /* every exchange brings a result: also the one that drain adds */
};

struct prediction {
    double local_steps;     /* K: local iterations in one push, mean over workers */
    double round_ns;        /* from one update of the PS's model to the next, once the start is over */
    double utilisation;     /* of such a round: computing / time, mean over workers; 0 .. 1 */
    double pushes, replies; /* messages of one round */
    double iterations;      /* local iterations in the model at the end, without those of drain */
    double rounds;          /* updates of the whole run ... */
    double virtual_ns;      /* ... and its time */
    double update_ns;       /* the update that ends the run, by itself ... */
    double rounds_after;    /* ... and updates after it: the one of drain */
    bool waits;             /* a worker does nothing else from its push to the result */
    bool meets;             /* messages of two rounds may meet on a link: then the run may take longer */
    bool ahead;             /* a worker may push again before the result of its push */
};

/* Each worker makes local_steps, pushes and waits for the reply: round = K max c + exchange. */
void predict_barrier(const struct prediction_input *in, int64_t local_steps, struct prediction *out);

/* The same with local_epochs over each worker's samples; no closed form if they change in every round. */
void predict_epochs(const struct prediction_input *in, int64_t local_epochs, struct prediction *out);

/* Each worker pushes every local_steps and waits for the reply `delay` steps after the push. So q =
 * ceil(delay / K) pushes, at least 1, are out at a time, and one of q rounds takes  max(delay max c,
 * exchange) - delay max c  longer than K max c. Exact if messages of different rounds do not meet on a
 * link. With exchanges in order and q > 1, a round is max(K max c, exchange). */
void predict_delayed(const struct prediction_input *in, int64_t local_steps, int64_t delay,
                     struct prediction *out);

/* The same with numbers of each worker, one or as many as workers: worker i makes steps[i] between two pushes
 * and waits for a reply late[i] <= steps[i] steps after the push. A round is as long as the slowest worker's:
 *     max over i of  max(steps[i] c_i, (steps[i] - late[i]) c_i + exchange)
 * This is exact if all workers push at one time, and an estimate otherwise. */
void predict_uneven(const struct prediction_input *in, const struct reals *steps, const struct reals *late,
                    struct prediction *out);

/* A barrier with one local step, as a callback of struct algorithm; needs no parameters. */
void predict_every_step(const void *params, const struct prediction_input *in, struct prediction *out);

/* Each worker goes on until it has the reply, and pushes again at a boundary: K = clamp(ceil(X / max c),
 * least, most), round = max(K max c, X). Faster workers fill the round, up to `most`. */
struct overlap_steps {
    int64_t least, most;
    bool drain; /* at the end the workers push what they have not pushed */
};
void predict_overlap(const struct prediction_input *in, const struct overlap_steps *steps,
                     struct prediction *out);

#endif
