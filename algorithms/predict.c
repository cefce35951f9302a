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

/* Adds up the steps of all workers in a round, in which each makes as many as fit, from least to most. */
static double steps_of_round(const struct prediction_input *in, double least, double most,
                             struct prediction *out)
{
    double steps = 0, busy = 0;
    for (int i = 0; i < in->workers; i++) {
        double k = clamp(out->round_ns / in->compute_ns[i], least, most);
        steps += k;
        busy += fmin(k * in->compute_ns[i] / out->round_ns, 1);
    }
    out->local_steps = steps / in->workers;
    out->utilisation = busy / in->workers;
    out->pushes = out->replies = in->workers;
    return steps;
}

void predict_delayed(const struct prediction_input *in, int64_t local_steps, int64_t delay,
                     struct prediction *out)
{
    double k = (double)local_steps, c = slowest(in), compute = k * c;
    double out_at_a_time = fmax(ceil((double)delay / k), 1),
           stall = fmax(in->cycle_ns - (double)delay * c, 0);
    out->meets = !in->in_order && out_at_a_time > 1 && in->up_ns + in->down_ns > compute;
    if (in->in_order && out_at_a_time > 1) { /* the exchanges form a queue */
        out_at_a_time = 1;
        stall = fmax(in->cycle_ns - compute, 0);
    }
    out->round_ns = compute + stall / out_at_a_time;
    double steps = steps_of_round(in, k, k, out);
    out->rounds = ceil(in->iterations / steps);
    out->virtual_ns =
        out->rounds * compute + floor((out->rounds - 1) / out_at_a_time) * stall + in->up_ns + in->down_ns;
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

void predict_uneven(const struct prediction_input *in, const struct reals *steps, const struct reals *late,
                    struct prediction *out)
{
    double first = 0, busy = 0, all = 0;
    for (int i = 0; i < in->workers; i++) {
        double k = of_worker(steps, i), compute = k * in->compute_ns[i];
        double after_reply = (k - of_worker(late, i)) * in->compute_ns[i];
        first = fmax(first, compute);
        out->round_ns = fmax(out->round_ns, fmax(compute, after_reply + in->cycle_ns));
        busy += compute;
        all += k;
    }
    out->local_steps = all / in->workers;
    out->utilisation = busy / in->workers / out->round_ns;
    out->pushes = out->replies = in->workers;
    out->rounds = ceil(in->iterations / all);
    out->virtual_ns = first + (out->rounds - 1) * out->round_ns + in->up_ns + in->down_ns;
}

void predict_epochs(const struct prediction_input *in, int64_t local_epochs, struct prediction *out)
{
    double compute = 0, busy = 0, steps = 0;
    for (int i = 0; in->epoch && i < in->workers; i++) {
        double k = (double)local_epochs * in->epoch[i];
        steps += k;
        busy += k * in->compute_ns[i];
        compute = fmax(compute, k * in->compute_ns[i]);
    }
    if (!in->epoch)
        return;
    out->round_ns = compute + in->cycle_ns;
    out->local_steps = steps / in->workers;
    out->utilisation = busy / in->workers / out->round_ns;
    out->pushes = out->replies = in->workers;
    out->rounds = ceil(in->iterations / steps);
    out->virtual_ns = compute + in->up_ns + (out->rounds - 1) * out->round_ns + in->down_ns;
    out->waits = true;
}

void predict_every_step(const void *params, const struct prediction_input *in, struct prediction *out)
{
    (void)params;
    predict_barrier(in, 1, out);
}

/* From a push to the boundary at which the slowest worker accepts the reply. */
static double gap(const struct prediction_input *in, double least, double most)
{
    double c = slowest(in), exchange = in->up_ns + in->down_ns;
    return fmax(clamp(ceil(exchange / c), least, most) * c, in->cycle_ns);
}

/* The first push carries `least` steps of every worker and leaves when they are done; then there is one push
 * a round. With drain the run ends with a push at the boundary that accepts the last reply. */
void predict_overlap(const struct prediction_input *in, const struct overlap_steps *steps,
                     struct prediction *out)
{
    double least = (double)steps->least, most = (double)steps->most;
    out->round_ns = gap(in, least, most);
    double per_round = steps_of_round(in, least, most, out);
    double after_first = fmax(in->iterations - least * in->workers, 0);
    out->rounds = 1 + ceil(after_first / per_round);
    out->virtual_ns = least * slowest(in) + in->up_ns + (out->rounds - 1) * out->round_ns + in->down_ns;
    if (steps->drain) {
        out->rounds++;
        out->virtual_ns += gap(in, 1, most) - (in->whole ? 0 : in->down_ns);
    }
}
