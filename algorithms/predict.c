#include "algorithms/predict.h"

#include <math.h>

#include "sim/config/key.h"

static double slowest(const struct prediction_input *in)
{
    double most = 0;
    for (int i = 0; i < in->workers; i++)
        most = fmax(most, in->compute_ns[i]);
    return most;
}

static double clamp(double x, double least, double most)
{
    return fmin(fmax(x, least), most);
}

/* Of a push: up to the update, the whole exchange, and from an update to the next. early: it leaves in buckets before
 * its last iteration ends. */
static double up_of(const struct prediction_input *in, bool early)
{
    return early ? in->early_up_ns : in->up_ns;
}

static double exchange_of(const struct prediction_input *in, bool early)
{
    return early ? in->early_up_ns + in->early_down_ns : in->up_ns + in->down_ns;
}

static double cycle_of(const struct prediction_input *in, bool early)
{
    return in->cycle_ns - exchange_of(in, false) + exchange_of(in, early);
}

static double coding_of(const struct prediction_input *in)
{
    return in->encode_ns + in->decode_ns;
}

/* The update, and what follows it: the last push's way back. */
static void end_with(const struct prediction_input *in, double update, bool early, struct prediction *out)
{
    out->update_ns = update;
    out->virtual_ns = update + (early ? in->early_down_ns : in->down_ns);
}

/* Adds up the steps of all workers in a round, in which each makes as many as fit, from least to most. */
static double steps_of_round(const struct prediction_input *in, double least, double most,
                             struct prediction *out)
{
    double steps = 0, busy = 0, coding = coding_of(in);
    for (int i = 0; i < in->workers; i++) {
        double k = clamp((out->round_ns - coding) / in->compute_ns[i], least, most);
        steps += k;
        busy += fmin((k * in->compute_ns[i] + coding) / out->round_ns, 1);
    }
    out->local_steps = steps / in->workers;
    out->utilisation = busy / in->workers;
    out->pushes = out->replies = in->workers;
    return steps;
}

/* Rounds that all have this many steps. */
static void count_rounds(const struct prediction_input *in, double steps, struct prediction *out)
{
    out->rounds = ceil(in->iterations / steps);
    out->iterations = out->rounds * steps;
}

/* Pushes of a worker that are out at a time, at least 1. */
static double out_of(double local_steps, double delay)
{
    return fmax(ceil(delay / local_steps), 1);
}

/* Exchanges in order, and several are out at a time: they form a queue. A reply is accepted so late that it is there,
 * or all time goes into exchanges. */
static void predict_queue(const struct prediction_input *in, double k, double delay, struct prediction *out)
{
    double compute = k * slowest(in), exchange = cycle_of(in, false), busy = compute + coding_of(in);
    out->round_ns = fmax(busy, exchange);
    count_rounds(in, steps_of_round(in, k, k, out), out);
    bool first = out->rounds == 1;
    double replies = fmax(out->rounds - out_of(k, delay), 0);
    double free = out->rounds * (compute + in->encode_ns) + replies * in->decode_ns + up_of(in, first);
    double full = compute + in->encode_ns + exchange_of(in, true) + (out->rounds - 2) * exchange + in->up_ns;
    end_with(in, exchange > busy && !first ? full : free, first, out);
    out->ahead = true;
    out->meets = in->decode_ns > slowest(in); /* then one may be late all the same */
}

/* Several share the links: a worker that waits does so once in q rounds. */
void predict_delayed(const struct prediction_input *in, int64_t local_steps, int64_t delay,
                     struct prediction *out)
{
    double k = (double)local_steps, c = slowest(in), q = out_of(k, (double)delay), coding = coding_of(in);
    if (in->in_order && q > 1) {
        predict_queue(in, k, (double)delay, out);
        return;
    }
    bool early = delay < local_steps; /* else the first push alone */
    double hidden = (double)delay * c + (q - 1) * coding;
    double stall = fmax(cycle_of(in, early) - hidden, 0), first = fmax(cycle_of(in, true) - hidden, 0);
    out->round_ns = k * c + coding + stall / q;
    count_rounds(in, steps_of_round(in, k, k, out), out);
    double stalls = q > 1              ? floor((out->rounds - 1) / q) * stall
                    : out->rounds == 1 ? 0
                                       : first + (out->rounds - 2) * stall;
    double replies = fmax(out->rounds - q, 0);
    early |= out->rounds == 1;
    end_with(in, out->rounds * (k * c + in->encode_ns) + replies * in->decode_ns + stalls + up_of(in, early),
             early, out);
    /* The first replies are accepted with less in between. */
    bool uneven = coding > 0 && cycle_of(in, false) > hidden - (q - 1) * in->decode_ns;
    out->meets = q > 1 && (exchange_of(in, false) > k * c || uneven);
    out->ahead = q > 1;
    out->waits = delay == 0;
}

void predict_barrier(const struct prediction_input *in, int64_t local_steps, struct prediction *out)
{
    predict_delayed(in, local_steps, 0, out);
}

static double of_worker(const struct reals *list, int i)
{
    return list->at[list->n == 1 ? 0 : i];
}

/* From a push to the next one of the slowest worker. early: the first one, or if all are. */
static double gap_of_uneven(const struct prediction_input *in, const struct reals *steps,
                            const struct reals *late, bool first)
{
    double gap = 0;
    for (int i = 0; i < in->workers; i++) {
        double k = of_worker(steps, i), after_push = of_worker(late, i), c = in->compute_ns[i];
        double exchange = cycle_of(in, first || after_push < k);
        gap = fmax(gap, fmax(k * c, (k - after_push) * c + exchange));
    }
    return gap + coding_of(in);
}

void predict_uneven(const struct prediction_input *in, const struct reals *steps, const struct reals *late,
                    struct prediction *out)
{
    double first = 0, busy = 0, all = 0;
    bool early = true;
    for (int i = 0; i < in->workers; i++) {
        double k = of_worker(steps, i), compute = k * in->compute_ns[i];
        first = fmax(first, compute);
        busy += compute + coding_of(in);
        all += k;
        early &= of_worker(late, i) < k;
    }
    out->round_ns = gap_of_uneven(in, steps, late, false);
    out->local_steps = all / in->workers;
    out->utilisation = busy / in->workers / out->round_ns;
    out->pushes = out->replies = in->workers;
    count_rounds(in, all, out);
    early |= out->rounds == 1;
    double gaps =
        out->rounds == 1 ? 0 : gap_of_uneven(in, steps, late, true) + (out->rounds - 2) * out->round_ns;
    end_with(in, first + in->encode_ns + gaps + up_of(in, early), early, out);
}

void predict_epochs(const struct prediction_input *in, int64_t local_epochs, struct prediction *out)
{
    double compute = 0, busy = 0, steps = 0;
    for (int i = 0; in->epoch && i < in->workers; i++) {
        double k = (double)local_epochs * in->epoch[i];
        steps += k;
        busy += k * in->compute_ns[i] + coding_of(in);
        compute = fmax(compute, k * in->compute_ns[i]);
    }
    if (!in->epoch)
        return;
    out->round_ns = compute + coding_of(in) + cycle_of(in, true);
    out->local_steps = steps / in->workers;
    out->utilisation = busy / in->workers / out->round_ns;
    out->pushes = out->replies = in->workers;
    count_rounds(in, steps, out);
    end_with(in, compute + in->encode_ns + (out->rounds - 1) * out->round_ns + up_of(in, true), true, out);
    out->waits = true;
}

void predict_every_step(const void *params, const struct prediction_input *in, struct prediction *out)
{
    (void)params;
    predict_barrier(in, 1, out);
}

/* From a push to the boundary at which the slowest worker has accepted the reply. */
static double gap(const struct prediction_input *in, double least, double most, bool early)
{
    double c = slowest(in), exchange = exchange_of(in, early);
    return fmax(clamp(ceil(exchange / c), least, most) * c, cycle_of(in, early));
}

/* The first push carries `least` steps of every worker and leaves when they are done; then there is one push
 * a round. With drain the run ends with a push at the boundary that accepts the last reply. */
void predict_overlap(const struct prediction_input *in, const struct overlap_steps *steps,
                     struct prediction *out)
{
    double least = (double)steps->least, most = (double)steps->most;
    out->round_ns = gap(in, least, most, false) + coding_of(in);
    double per_round = steps_of_round(in, least, most, out);
    double after_first = fmax(in->iterations - least * in->workers, 0);
    out->rounds = 1 + ceil(after_first / per_round);
    out->iterations = least * in->workers + (out->rounds - 1) * per_round;
    bool first = out->rounds == 1;
    double gaps = first ? 0 : gap(in, least, most, true) + coding_of(in) + (out->rounds - 2) * out->round_ns;
    end_with(in, least * slowest(in) + in->encode_ns + gaps + up_of(in, first), first, out);
    if (steps->drain) {
        out->rounds++;
        out->rounds_after = 1;
        out->virtual_ns += gap(in, 1, most, first) + coding_of(in) - (in->whole ? 0 : in->down_ns);
    }
}
