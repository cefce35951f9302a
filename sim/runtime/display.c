/* The PS's process counts iterations, bytes and virtual time in the shared segment, and prints a line for
 * each evaluation. The launcher reads the counters and draws the progress bar (sim/output/progress.h).
 *
 *   PS: display_row, display_evaluation --> struct display --> launcher: display_draw --> stderr */
#include "sim/runtime/display.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>

#include "models/data/dataset.h"
#include "sim/base/disk.h"
#include "sim/base/text.h"
#include "sim/config/config.h"
#include "sim/output/fields.h"
#include "sim/output/progress.h"
#include "sim/runtime/shared.h"

void display_open(const struct run *run)
{
    atomic_store(&run->shared->display.accuracy, NAN);
}

void display_row(const struct run *run, const struct push_row *row)
{
    struct display *d = &run->shared->display;
    if (row->round > 0)
        atomic_fetch_add(&d->iterations, row->k);
    if (row->accept_ns > atomic_load(&d->virtual_ns))
        atomic_store(&d->virtual_ns, row->accept_ns);
    atomic_fetch_add(&d->bytes, row->bytes_up + row->bytes_down);
}

void display_undone(const struct run *run, int64_t iterations)
{
    atomic_fetch_sub(&run->shared->display.iterations, iterations);
}

static void say_untrained(const struct run *run, const struct eval_row *r)
{
    char time[32], up[32], down[32];
    fprintf(stderr, "%-16s epoch %6.2f  virtual %10s  up %10s  down %10s  (nothing is trained)\n", run->name,
            r->epoch, text_duration(time, sizeof time, r->virtual_ns),
            text_bytes(up, sizeof up, (uint64_t)r->bytes_up),
            text_bytes(down, sizeof down, (uint64_t)r->bytes_down));
}

static void say(const struct run *run, const struct eval_row *r)
{
    char time[32], up[32], down[32];
    fprintf(stderr, "%-16s epoch %6.2f  accuracy %6.2f %%  loss %7.4f  %-7s %10s  up %10s  down %10s%s\n",
            run->name, r->epoch, 100 * r->test_accuracy, r->test_loss,
            run->conductor.pace == PACE_REAL ? "real" : "virtual",
            text_duration(time, sizeof time, r->virtual_ns), text_bytes(up, sizeof up, (uint64_t)r->bytes_up),
            text_bytes(down, sizeof down, (uint64_t)r->bytes_down),
            run->data->synthetic ? "  (synthetic data)" : "");
}

static void say_as_json(const struct run *run, const struct eval_row *r)
{
    struct json *json = json_line();
    json_text(json, "event", "evaluation");
    json_text(json, "algorithm", run->name);
    fields_to_json(json, &eval_columns, r, (struct present){0});
    json_close(json);
}

void display_evaluation(const struct run *run, const struct eval_row *row)
{
    atomic_store(&run->shared->display.accuracy, row->test_accuracy);
    disk_begin();
    if (run->shown == SHOW_JSON)
        say_as_json(run, row);
    else if (run->shown == SHOW_LINES && run->trains)
        say(run, row);
    else if (run->shown == SHOW_LINES)
        say_untrained(run, row);
    disk_end();
}

/* ---- the launcher's part ---- */

/* Iterations per second since the oldest sample; NAN: no progress yet. */
static double speed_of(struct pace_seen *seen, double now, int64_t iterations)
{
    const int room = (int)(sizeof seen->sample / sizeof *seen->sample);
    int oldest = seen->samples < room ? 0 : seen->samples % room;
    double since = seen->samples ? now - seen->sample[oldest].at : 0;
    int64_t done = seen->samples ? iterations - seen->sample[oldest].iterations : 0;
    seen->sample[seen->samples % room].at = now;
    seen->sample[seen->samples % room].iterations = iterations;
    seen->samples++;
    return done > 0 && since > 0 ? (double)done / since : NAN;
}

static double share_of(const struct run *run)
{
    double done = (double)atomic_load(&run->shared->display.iterations);
    return fmin(1, done / (double)run->conductor.iterations);
}

void display_publish(const struct run *run)
{
    atomic_store(&run->published->share, share_of(run));
    atomic_store(&run->published->accuracy, atomic_load(&run->shared->display.accuracy));
}

void display_draw(const struct run *run, struct pace_seen *seen, double now)
{
    const struct display *d = &run->shared->display;
    int64_t done = atomic_load(&d->iterations), left = run->conductor.iterations - done;
    double speed = speed_of(seen, now, done);
    progress_draw(&(struct progress){.name = run->name,
                                     .share = share_of(run),
                                     .epoch = (double)done / run->conductor.iterations_per_epoch,
                                     .accuracy = atomic_load(&d->accuracy),
                                     .virtual_ns = atomic_load(&d->virtual_ns),
                                     .real = run->conductor.pace == PACE_REAL,
                                     .bytes = atomic_load(&d->bytes),
                                     .images_per_s =
                                         run->trains ? speed * (double)run_iteration_samples(run->cfg) : NAN,
                                     .left_s = left > 0 ? (double)left / speed : NAN});
}

void display_end(const struct run *run, const struct summary *sum)
{
    double images = (double)sum->iterations * (double)run_iteration_samples(run->cfg);
    progress_draw(&(struct progress){.name = run->name,
                                     .share = 1,
                                     .epoch = sum->epochs,
                                     .accuracy = sum->test_accuracy,
                                     .virtual_ns = sum->virtual_ns,
                                     .real = run->conductor.pace == PACE_REAL,
                                     .bytes = sum->bytes_up + sum->bytes_down,
                                     .images_per_s = run->trains ? images / sum->wall_seconds : NAN,
                                     .left_s = NAN});
}
