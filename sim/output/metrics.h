/* The tables of a run: eval.csv and workers.csv, written while it goes on, totals.csv, whose rows come at its
 * end, and, where there may be faults, faults.csv. One writer: the PS's process. Rows come in virtual order; a row
 * that has been written is on its way to the disk. */
#ifndef SIM_OUTPUT_METRICS_H
#define SIM_OUTPUT_METRICS_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/base/wide.h"

struct push_row { /* one push, from its departure until its reply was accepted; times in virtual ns */
    int worker;
    int64_t number;                 /* of the worker's pushes, from 0; in no column */
    int64_t round;                  /* the PS update that it went into, from 1; 0: into none */
    int64_t k;                      /* local iterations in it */
    double train_loss;              /* mean over them */
    int64_t depart_ns, arrive_ns;   /* of the push; arrive: -1: the run's end has cut it */
    int64_t reply_ns;               /* the reply's arrival at the worker; -1: none */
    int64_t accept_ns;              /* when the worker took it; -1: never */
    int64_t compute_ns, waiting_ns; /* since this worker's previous push */
    int64_t communication_ns;       /* push and reply under way */
    /* Headers included; down: of the replies that the worker has got since its row before. The run's last row has
     * those of workers that have no further row, too, so that every byte is in a row. */
    int64_t bytes_up, bytes_down;
    int64_t staleness; /* PS updates between the model that the push was computed from and the one it was
                          applied to */
};

struct eval_row {
    int64_t round, iterations;
    double epoch;
    int64_t virtual_ns; /* the moment of the PS's update */
    double test_accuracy, test_loss,
        train_loss;               /* train_loss: mean over the pushes since the last evaluation */
    int64_t bytes_up, bytes_down; /* departed so far */
};

struct worker_total { /* all of a run of one worker, with what came after its last push */
    int worker;
    int64_t iterations, wasted; /* begun; of these in no update, or in none that counts */
    int64_t compute_ns, communication_ns, waiting_ns; /* compute + waiting = the run's virtual time */
    int64_t overlapped_ns;                            /* of both compute and communication */
    int64_t crashes, down_ns; /* with faults: compute + waiting + down = the run's virtual time */
};

enum fault {
    FAULT_CRASH,
    FAULT_BACK, /* it fetches the model: bytes */
    FAULT_PUSH_LOST,
    FAULT_PUSH_RESENT,
    FAULT_REPLY_LOST,
    FAULT_REPLY_RESENT,
    FAULT_MODEL_LOST, /* that it fetches */
    FAULT_MODEL_RESENT,
    FAULT_SERVER_CRASH, /* worker -1 */
    FAULT_SERVER_BACK,
    FAULT_KINDS
};

struct fault_row {
    int64_t virtual_ns;
    int worker; /* -1: the PS */
    enum fault what;
    int64_t bytes; /* that depart at this moment */
};

struct fault_totals {
    int128 down_ns; /* a sum over workers */
    int64_t crashes;
    int64_t fetches, lost; /* models fetched; messages lost, whether sent again or not */
    int64_t bytes_fetched, bytes_resent_up, bytes_resent_down; /* parts of bytes_up and bytes_down */
    int64_t server_crashes;
    int64_t undone; /* local iterations in updates that were lost with the PS; wasted as well */
};

struct rows { /* where the tables end, in bytes */
    int64_t eval, workers, totals, faults;
};

struct metrics;

/* rows: NULL: new tables. Otherwise those that are there, cut off at these ends. every: output.workers_every. faults:
 * there may be some: faults.csv, and two more columns of totals.csv. */
struct metrics *metrics_open(const char *folder, const struct rows *rows, int64_t every, bool faults);
bool metrics_reach(const char *folder, const struct rows *rows); /* the tables are at least so long */
struct rows metrics_sync(struct metrics *m); /* everything written so far is on the disk */
void metrics_push(struct metrics *m, const struct push_row *row);
void metrics_eval(struct metrics *m, const struct eval_row *row);
void metrics_total(struct metrics *m, const struct worker_total *row);
void metrics_fault(struct metrics *m, const struct fault_row *row);
void metrics_close(struct metrics *m);

#endif
