/* The shared segment: one block of shared memory, through which the processes of a run exchange orders,
 * messages and vectors.
 *
 *                 orders[i], to[i] or down
 *         PS  ------------------------------>  worker process i
 *          ^  <------------------------------
 *          |      up[i], reports[i]
 *          |
 *          +-- snapshots -->  evaluator
 *          <-- results ------ */
#ifndef SIM_RUNTIME_SHARED_H
#define SIM_RUNTIME_SHARED_H

#include <stdatomic.h>

#include "sim/output/summary.h"
#include "sim/runtime/display.h"
#include "sim/runtime/run.h"
#include "sim/transport/gate.h"
#include "sim/transport/ring.h"

struct counter { /* only rises; has a cache line to itself, as another process waits for it */
    _Alignas(64) _Atomic int64_t value;
};

struct report { /* an iteration has ended; worker -1: the process is ready */
    int32_t worker;
    int64_t iteration;
    double seconds; /* CPU time of the thread */
    int64_t at;     /* CLOCK_MONOTONIC, ns */
};

struct on_disk {
    _Alignas(64) _Atomic int waits; /* above 0: the process waits for a disk (disk.h) */
};

struct shared { /* in shared memory, as everything that it points to */
    _Atomic int abort;
    _Atomic uint64_t progress;
    struct on_disk *on_disk; /* (processes + 2) the PS, the evaluator, the workers' processes */
    _Atomic int64_t epoch;   /* PACE_REAL: the moment 0 of the run, on CLOCK_MONOTONIC */
    struct bell *server, *evaluator;
    struct gate *gate;                /* of the worker processes and the evaluator; NULL with PACE_REAL */
    struct bell **process;            /* (processes) */
    struct ring **orders, **up;       /* (processes) PS to process, process to PS */
    struct ring *down;                /* PS to every process: broadcast replies; NULL: unicast */
    struct ring **to;                 /* (processes) PS to process: unicast replies; NULL: broadcast */
    struct ring *snapshots, *results; /* PS to evaluator and back */
    struct ring **reports;            /* (processes) process to PS: struct report; NULL with PACE_MODEL */
    /* Where the vectors of a row begin: vectors_shared(). Not on the cache line of `progress`, to which all
     * processes write. */
    _Alignas(64) char *block[MOST_SHARED_ROWS];
    struct counter *given_back; /* (workers) zero-copy pushes that the PS has given back */
    struct counter *accepted;   /* (workers) replies that the worker has accepted */
    struct counter
        *unsound; /* (workers) 1 + number of the worker's first push that is not finite (run_rests()) */
    /* The model for a worker that rejoins; only if workers may crash. given: models that the PS has written,
     * taken: models that the worker has read; (workers) each. */
    struct {
        struct counter *given, *taken;
    } fetch;
    /* Only where workers compare their models. given: the evaluations with a model in vectors.compared; done: those
     * that the worker has compared with, or passed, and distance: what it has found last; (workers) each. */
    struct {
        struct counter *given, *done;
        double *distance;
    } compare;
    struct evaluation *evaluation; /* (EVALUATIONS) see quality.h; NULL: nothing of that is asked for */
    struct {                       /* see pause.h */
        _Atomic int wanted;        /* enum pause */
        _Atomic int joined;        /* processes that have stopped */
        _Atomic int turn;          /* sections that have been written */
        _Atomic int failed;
        _Atomic int64_t ended;  /* pauses so far */
        _Atomic uint64_t saved; /* bytes of the checkpoint of the last pause; 0: the checkpoint failed */
        _Atomic int rests;      /* the run has ended with PAUSE_TO_REST */
    } pause;
    struct counter *played; /* (processes) orders that the process has played */
    struct display display;
    _Atomic int over;       /* the PS has played its last task: every worker has left */
    struct summary summary; /* written by the PS */
    size_t bytes;           /* of the whole block */
};

size_t shared_bytes(const struct run *run); /* bytes of shared memory that the run takes */
struct shared *shared_create(const struct run *run);
void shared_destroy(struct shared *shared);
void shared_persist(void *run, struct section *s); /* saves or loads counters and vectors; rings are empty */
void shared_wake_all(struct shared *shared, int processes);

struct waiter shared_waiter(struct shared *shared, struct bell *bell);
/* Of a process that computes, and takes turns with the others: a worker process, or the evaluator. */
struct waiter shared_waiter_of_process(const struct run *run, int process);
struct waiter shared_waiter_of_evaluator(const struct run *run);

#endif
