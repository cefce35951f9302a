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

void display_update(const struct run *run, double share)
{
    atomic_store(&run->shared->display.share, share);
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
    char time[32], up[32], down[32], validation[32] = "";
    if (run->data->validation.n > 0)
        snprintf(validation, sizeof validation, "validation %6.2f %%  ", 100 * r->validation_accuracy);
    fprintf(stderr, "%-16s epoch %6.2f  accuracy %6.2f %%  %sloss %7.4f  %-7s %10s  up %10s  down %10s%s\n",
            run->name, r->epoch, 100 * r->test_accuracy, validation, r->test_loss,
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
    else if (run->shown == SHOW_LINES && run_has_results(run))
        say(run, row);
    else if (run->shown == SHOW_LINES)
        say_untrained(run, row);
    disk_end();
}

/* ---- the launcher's part ---- */

struct speed_seen { /* since the oldest sample, a second; NAN: no progress yet */
    double iterations, share;
};

static struct speed_seen speed_of(struct pace_seen *seen, double now, int64_t iterations, double share)
{
    const int room = (int)(sizeof seen->sample / sizeof *seen->sample);
    struct sample *oldest = &seen->sample[seen->samples < room ? 0 : seen->samples % room];
    double since = seen->samples ? now - oldest->at : 0, done = (double)(iterations - oldest->iterations),
           more = share - oldest->share;
    bool goes_on = seen->samples && since > 0;
    struct speed_seen speed = {goes_on && done > 0 ? done / since : NAN,
                               goes_on && more > 0 ? more / since : NAN};
    seen->sample[seen->samples++ % room] = (struct sample){now, share, iterations};
    return speed;
}

static double share_of(const struct run *run)
{
    return atomic_load(&run->shared->display.share);
}

void display_publish(const struct run *run)
{
    atomic_store(&run->published->share, share_of(run));
    atomic_store(&run->published->accuracy, atomic_load(&run->shared->display.accuracy));
}

void display_draw(const struct run *run, struct pace_seen *seen, double now)
{
    const struct display *d = &run->shared->display;
    int64_t done = atomic_load(&d->iterations);
    double share = share_of(run);
    struct speed_seen speed = speed_of(seen, now, done, share);
    progress_draw(&(struct progress){
        .name = run->name,
        .share = share,
        .epoch = (double)done / run->conductor.iterations_per_epoch,
        .accuracy = atomic_load(&d->accuracy),
        .virtual_ns = atomic_load(&d->virtual_ns),
        .real = run->conductor.pace == PACE_REAL,
        .bytes = atomic_load(&d->bytes),
        .images_per_s = run->trains ? speed.iterations * (double)run_iteration_samples(run->cfg) : NAN,
        .left_s = share < 1 ? (1 - share) / speed.share : NAN});
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
