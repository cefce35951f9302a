/* One algorithm's run: the world that every process of it sees, built by the launcher before it forks and
 * const after that, but for the shared segment, the block of shared memory in which the processes meet. */
#ifndef SIM_RUNTIME_RUN_H
#define SIM_RUNTIME_RUN_H

#include "algorithms/algorithm.h"
#include "algorithms/codecs/coding.h"
#include "models/data/partition.h"
#include "models/model.h"
#include "models/optimizer.h"
#include "sim/config/config.h"
#include "sim/output/summary.h"
#include "sim/engine/conductor.h"
#include "sim/runtime/display.h"
#include "sim/runtime/mail.h"
#include "sim/runtime/transfer.h"
#include "sim/runtime/vectors.h"

struct
    fragments { /* of vectors whose messages carry one part, or exchange, at a time (fragments.h); in floats */
    int64_t count;
    size_t each; /* what callbacks get */
    size_t room; /* of a vector: all fragments; what lies behind the model's last parameter is filler */
    /* (count) exchanges: what travels in each, from the first float on; NULL: there are none. */
    size_t *floats;
};

struct counter { /* on a cache line of its own; rises */
    _Alignas(64) _Atomic int64_t value;
};

struct report { /* the end of an iteration; worker -1: the process is ready */
    int32_t worker;
    int64_t iteration;
    double seconds; /* CPU time of the thread */
    int64_t at;     /* CLOCK_MONOTONIC, ns */
};

struct on_disk {                    /* of a process */
    _Alignas(64) _Atomic int waits; /* above 0: for a disk (disk.h) */
};

struct shared { /* in shared memory; everything it points to as well */
    _Atomic int abort;
    _Atomic uint64_t progress;
    struct on_disk *on_disk; /* (processes + 2) the PS, the evaluator, the workers' processes */
    _Atomic int64_t epoch;   /* PACE_REAL: when the clock was 0, on CLOCK_MONOTONIC */
    struct bell *server, *evaluator;
    struct bell **process;            /* (processes) */
    struct ring **orders, **up;       /* (processes) PS to process, process to PS */
    struct ring *down;                /* PS to every process: broadcast replies; NULL: unicast */
    struct ring **to;                 /* (processes) PS to process: unicast replies; NULL: broadcast */
    struct ring *snapshots, *results; /* PS to evaluator and back */
    struct ring **reports; /* (processes) process to PS: struct report; only if run->conductor.pace asks */
    /* Where the vectors of a row begin: vectors_shared(). Not on the cache line of `progress`, which is always written. */
    _Alignas(64) char *block[MOST_SHARED_ROWS];
    struct counter *folded;   /* (workers) zero-copy pushes that the PS has given back */
    struct counter *accepted; /* (workers) replies that the worker has accepted */
    struct {                  /* the model for a worker that rejoins; only if workers may crash */
        struct counter *given,
            *taken; /* (workers) models that the PS has written, that the worker has read */
    } fetch;
    struct {                /* see pause.h */
        _Atomic int wanted; /* enum pause */
        _Atomic int joined; /* processes that have stopped */
        _Atomic int turn;   /* sections that have been written */
        _Atomic int failed;
        _Atomic int64_t ended;  /* pauses so far */
        _Atomic uint64_t saved; /* bytes of the checkpoint of the last pause; 0: it failed */
    } pause;
    struct counter *played; /* (processes) orders */
    struct display display;
    _Atomic int over;       /* the PS has played its last task: every worker has left */
    struct summary summary; /* written by the PS */
    size_t bytes;           /* of the whole block */
};

struct run {
    const struct config *cfg;
    const struct dataset *data;
    const struct shares *shares; /* the setting's */
    struct sampling *sampling;   /* whom the workers play; NULL: each itself */
    const struct model *model;
    const float *first_params, *first_stats; /* W_0 */
    size_t n, stats;                         /* their lengths */
    double stats_memory;                     /* model_stats_memory */
    uint32_t measures; /* training samples for BatchNorm's statistics in an evaluation; 0: running ones */
    struct setup setup;
    struct fragments fragments;
    const struct algorithm *alg;
    const void *params;
    const struct protocol *protocol;
    struct protocol plain; /* the algorithm's without what is not coded after all: what `protocol` is then */
    struct coding push_coding, reply_coding; /* of coded spans; codec NULL: there are none */
    const struct optimizer *optimizer;       /* NULL: gradients are directions */
    struct optimizing optimizing;
    int states;             /* vectors that a worker keeps for it */
    float clip;             /* most length of a gradient; 0: no bound */
    bool trains;            /* false: timing alone, without numbers; processes = 0 */
    int workers, processes; /* worker i lives in process i % processes */
    struct message_layout push, reply, snapshot;
    bool
        applies_by_piece; /* apply works on the pieces of an update: nothing is encoded between it and combine */
    struct transfer transfer;
    struct vectors vectors;
    struct message_layout push_mail, reply_mail; /* what rings carry then: the same without those vectors */
    struct conductor_spec conductor;
    struct shared *shared;
    struct identity identity;         /* of its checkpoints */
    const struct checkpoint *resumed; /* where it goes on; NULL: from the start */
    char *folder;
    enum shows shown;
    bool colour; /* of a bar */
};

/* Everything but the shared segment, the folder, the identity and the checkpoint, for one algorithm. Errors in the algorithm's section are the
 * user's: one line, EXIT_USAGE. The run stays where it is: what is in it points to it. */
struct setting { /* what all algorithms of a program call share */
    const struct config *cfg;
    const struct dataset *data;
    const struct model *model;
    const float *first_params, *first_stats;
    const struct shares *shares; /* prepare_shares(): a worker's, or a client's */
    /* Ends the program when there is none of that name; key: the ini key that asked for it. */
    const struct codec *(*codec)(const struct config *cfg, const char *key, const char *name,
                                 const void **params);
};
void run_prepare(struct run *run, const struct setting *setting, const struct algorithm *alg,
                 const void *params);
void run_release(struct run *run);

/* The training set, dealt as the configuration says; shares_free(). */
struct shares *prepare_shares(const struct config *cfg, const struct dataset *data);
/* Who have the data: as many as there are clients, or workers. */
int64_t run_clients(const struct config *cfg);

/* A worker's vector belongs to the client that it plays, and lies in the shared segment: vectors_client(). */
bool run_is_of_client(const struct run *run, int vector);

/* It can be paused, saved and resumed: the same once more gives the same, and there is something to save. */
bool run_can_checkpoint(const struct run *run);

/* What an iteration costs is known before it ends: predictions can be held against the run. */
bool run_is_foreseen(const struct run *run);

size_t shared_bytes(const struct run *run); /* shared memory that the run will take */
struct shared *shared_create(const struct run *run);
void shared_destroy(struct shared *shared);
bool shared_holds(const struct shared *shared, const void *p); /* p points into it */
void shared_persist(void *run, struct section *s); /* in a checkpoint: all that is not on a ring */
void shared_wake_all(struct shared *shared, int processes);

struct waiter shared_waiter(struct shared *shared, struct bell *bell);

#define TEST_BATCH 100 /* images that the evaluator takes at a time; divides the usual test sets of 10,000 */
int evaluator_batch(const struct run *run); /* the most that it ever takes */

/* Main loops of the processes; each returns when its part is played. */
void server_run(const struct run *run);
void worker_run(const struct run *run, int process);
void evaluator_run(const struct run *run);
void timing_run(const struct run *run); /* in place of all of them where nothing is trained */

/* Forks, watches and reaps: returns the PS's summary, or ends the program when anything went wrong.
 * run->shared is its own. */
struct summary launch(struct run *run);

#endif
