/* What a run shows while it runs. On a terminal the launcher draws a progress bar from the counters of the
 * PS's process (without training: of the conductor's process). Elsewhere the PS's process prints a line
 * for each evaluation. */
#ifndef SIM_RUNTIME_DISPLAY_H
#define SIM_RUNTIME_DISPLAY_H

#include <stdint.h>

#include "sim/output/metrics.h"
#include "sim/output/summary.h"

enum shows {
    SHOW_LINES, /* on standard error, a line for each evaluation */
    SHOW_NOTHING,
    SHOW_BAR, /* on standard error, which is a terminal */
    SHOW_JSON /* on standard output, a JSON object on a line for each evaluation */
};

struct display { /* in the shared segment; one process writes, the launcher reads */
    _Atomic int64_t iterations, virtual_ns, bytes;
    _Atomic double share;    /* of the run that was done before the last update */
    _Atomic double accuracy; /* of the last evaluation; NAN: no evaluation yet */
};

struct run;
void display_open(const struct run *run);
void display_row(const struct run *run, const struct push_row *row); /* the row of a push is complete */
void display_update(const struct run *run, double share);            /* share: as in struct task, progress */
void display_undone(const struct run *run, int64_t iterations); /* a crash of the PS lost these iterations */
void display_evaluation(const struct run *run, const struct eval_row *row);

/* The launcher's samples of the last seconds, for the speed. */
struct pace_seen {
    struct sample {
        double at, share;
        int64_t iterations;
    } sample[64]; /* a ring buffer */
    int samples;
};

/* Draws the bar; called a few times a second. now: seconds. */
void display_draw(const struct run *run, struct pace_seen *seen, double now);
void display_publish(const struct run *run); /* for the sweep of which the run is a point */
void display_end(const struct run *run, const struct summary *sum); /* draws the bar of a complete run */

#endif
