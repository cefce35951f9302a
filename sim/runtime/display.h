/* What a run shows of itself while it runs. The PS (or, where nothing is trained, the conductor's process)
 * says how far it has come; the launcher draws that as a bar where there is a terminal. Elsewhere the PS
 * writes a line for each evaluation. */
#ifndef SIM_RUNTIME_DISPLAY_H
#define SIM_RUNTIME_DISPLAY_H

#include <stdint.h>

#include "sim/output/metrics.h"
#include "sim/output/summary.h"

enum shows {
    SHOW_LINES, /* on standard error, one an evaluation */
    SHOW_NOTHING,
    SHOW_BAR, /* on standard error, which is a terminal */
    SHOW_JSON /* on standard output, one object a line an evaluation */
};

struct display { /* in the shared segment; one process writes, the launcher reads */
    _Atomic int64_t iterations, virtual_ns, bytes;
    _Atomic double accuracy; /* of the last evaluation; NAN: none yet */
};

struct run;
void display_open(const struct run *run);
void display_row(const struct run *run, const struct push_row *row); /* a push is through */
void display_undone(const struct run *run, int64_t iterations);      /* the PS has lost that many */
void display_evaluation(const struct run *run, const struct eval_row *row);

/* The launcher's: how fast it goes, over the last seconds. */
struct pace_seen {
    struct {
        double at;
        int64_t iterations;
    } sample[64]; /* round and round */
    int samples;
};

/* A few times a second while a run shows a bar; now: seconds. */
void display_draw(const struct run *run, struct pace_seen *seen, double now);
void display_end(const struct run *run, const struct summary *sum); /* it is complete */

#endif
