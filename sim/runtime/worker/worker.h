/* Inside of a worker process, shared by loop.c (its orders), step.c (one of them: a local iteration),
 * open.c (what it needs) and persist.c (what a checkpoint holds of them). */
#ifndef SIM_RUNTIME_WORKER_WORKER_H
#define SIM_RUNTIME_WORKER_WORKER_H

#include "models/data/batches.h"
#include "sim/runtime/shared.h"
#include "sim/runtime/worker/statistics.h"

struct worker_saved { /* in a checkpoint, as it is */
    double loss;      /* sum over the iterations since the last push */
    int64_t pushes;   /* so far */
    int64_t holds;    /* version of the model last accepted, or just being read */
    int64_t steps;    /* since the optimiser's vectors were zero */
    int64_t round;    /* of the client that it plays: that version; -1: none yet */
    int64_t first;    /* local iteration with which that began */
    int64_t version;  /* of the replica that `hash` was taken of; -1: none yet */
    uint64_t hash;
    int64_t
        k; /* of struct worker_state, which is the callbacks', only while it is saved or loaded: these two */
    struct rates rates;
};

struct worker {
    struct worker_state state;
    struct statistics stats;     /* BatchNorm's */
    float *state_of[MAX_STATES]; /* the optimiser's; NULL: it has no such */
    float *residual[MAX_SPANS];  /* of coded spans with error feedback */
    struct worker_saved saved;
    struct batches *batches;
    int64_t aimed; /* round whose client's share `batches` gives; -1: none */
};

struct process { /* the process */
    const struct run *run;
    struct waiter me;
    struct ring *orders, *up;
    struct inbox replies;
    int process;
    int workers;           /* hosted here */
    struct worker *worker; /* (workers) worker id = process + i * processes */
    struct workspace *workspace;
    uint32_t *sample;          /* (batch) */
    float *scratch;            /* (n) for error feedback */
    uint8_t *coded;            /* one coded vector */
    float *decoded[MAX_SPANS]; /* (n) where the algorithm asks what the PS will read of a coded span */
    struct worker *now;        /* the worker that the order is for */
    int64_t until;             /* an idle iteration sleeps until then, on CLOCK_MONOTONIC; 0: none does */
};

/* open.c */
void process_open(struct process *p, const struct run *run, int process);
void process_close(struct process *p);
float *worker_vector(struct worker_state *s, int vector);
/* It plays the client of the round that it is in: with that one's vectors. */
void worker_meet_client(struct worker *w, const struct run *run);

/* step.c */
void process_step(struct process *p, struct worker *w, const struct order *o); /* plays ORDER_STEP */
/* Backward is done with floats first .. first + n - 1 of the gradient of the worker that steps: they take
 * their step. */
void process_step_part(void *process, float *gradient, size_t first, size_t n);
void process_forget_steps(const struct run *run, struct worker *w);      /* its optimiser starts again */
void process_report(const struct process *p, const struct report *what); /* to the PS, with the time of day */
/* Whoever finds a reason to break the run off says it; usually all do at once, and one line is enough: the
 * others leave here. */
void process_speaks_first(const struct process *p);

/* persist.c */
void process_persist(void *process, struct section *s);

#endif
