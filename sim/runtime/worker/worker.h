/* The state of a worker process. Only the files of sim/runtime/worker/ (and vector_rows.c, for the places of
 * pointers) include it: loop.c plays orders, step.c plays a local iteration, open.c opens and closes the
 * state, persist.c saves and loads it. */
#ifndef SIM_RUNTIME_WORKER_WORKER_H
#define SIM_RUNTIME_WORKER_WORKER_H

#include "models/data/batches.h"
#include "sim/runtime/shared.h"
#include "sim/runtime/worker/statistics.h"

struct worker_saved { /* a checkpoint has these bytes */
    double loss;      /* sum over the iterations since the last push */
    int64_t pushes;   /* pushes so far */
    int64_t holds;    /* version of the model last accepted, or being read */
    int64_t steps;    /* steps since the optimiser's vectors were zero */
    int64_t round;    /* version of the model with which the present client began; -1: no client yet */
    int64_t first;    /* local iteration with which the present client began */
    int64_t version;  /* version of the replica that `hash` belongs to; -1: no hash yet */
    uint64_t hash;
    /* Copies of members of struct worker_state; set only while the state is saved or loaded. */
    int64_t k;
    struct rates rates;
    double rates_sum, progress;
};

struct worker {
    struct worker_state state;
    struct statistics stats;     /* BatchNorm's statistics */
    float *state_of[MAX_STATES]; /* vectors of the optimiser; NULL: the optimiser has fewer */
    /* Coded spans with error feedback have a residual. Where it follows the learning rate, rate_of has the
     * rate with which the residual was coded last, one for each fragment. Where the PS may drop a push, the
     * other two are copies from before the last push. */
    float *residual[MAX_SPANS], *rate_of[MAX_SPANS];
    float *residual_before[MAX_SPANS], *rate_before[MAX_SPANS];
    struct worker_saved saved;
    struct batches *batches;
    int64_t aimed; /* `batches` gives the share of the client of this round; -1: not set yet */
};

struct process { /* a worker process */
    const struct run *run;
    struct waiter me;
    struct ring *orders, *up;
    struct inbox replies;
    int process;
    int workers;           /* number of workers in this process */
    struct worker *worker; /* (workers) worker id = process + i * processes */
    struct workspace *workspace;
    uint32_t *sample;          /* (batch) */
    float *scratch;            /* (n) for coding */
    float *gathered;           /* (n) the floats of a message that are scattered; NULL: they never are */
    uint8_t *coded;            /* one coded vector */
    float *decoded[MAX_SPANS]; /* (n) what the PS will decode; only if the algorithm has sent() */
    bool *raw;                 /* (tensors) which tensors of the present push travel as they are */
    struct worker *now;        /* the worker of the present order */
    int64_t batch;             /* the present batch of its iteration, from 0 */
    int64_t until;             /* end of an idle iteration's sleep, on CLOCK_MONOTONIC; 0: no sleep */
};

/* open.c */
void process_open(struct process *p, const struct run *run, int process);
void process_close(struct process *p);
float *worker_vector(struct worker_state *s, int vector);
/* Lets the worker use the vectors of its client in the present round. */
void worker_meet_client(struct worker *w, const struct run *run);

/* encode.c */
/* The PS has dropped the last push: goes back to the residuals from before it was coded. */
void process_restore(const struct run *run, struct worker *w);
/* Codes a span of the present push into p->coded. */
void process_encode(struct process *p, struct worker *w, int span, int64_t number);
/* Before the last span leaves: tells the algorithm what the PS will decode. */
void process_tell(struct process *p, struct worker *w, int64_t number);

/* step.c */
void process_step(struct process *p, struct worker *w, const struct order *o); /* plays ORDER_STEP */
/* Floats first .. first + n - 1 of the gradient of the present batch are final. After the last batch of an
 * iteration they take their step. */
void process_take_gradient(void *process, float *gradient, size_t first, size_t n);
void process_forget_steps(const struct run *run, struct worker *w); /* resets the optimiser */
void process_report(const struct process *p,
                    const struct report *what); /* to the PS, with the present time */
/* The push is not finite; before its last byte is sent. */
void process_note_unsound(const struct process *p, const struct worker *w, int64_t push);
/* Before the message of a failure: returns in the first process that fails, and ends every other process,
 * so that only one line is printed. */
void process_fail_first_or_leave(const struct process *p);

/* persist.c */
void process_persist(void *process, struct section *s);

#endif
