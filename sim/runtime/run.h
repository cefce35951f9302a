/* One algorithm's run: the world that every process of it sees. prepare.c builds it before the launcher
 * forks, and it is const from then on; what changes is in the shared segment (shared.h) and in the state of
 * each process. */
#ifndef SIM_RUNTIME_RUN_H
#define SIM_RUNTIME_RUN_H

#include "algorithms/algorithm.h"
#include "algorithms/codecs/coding.h"
#include "models/optimizer.h"
#include "sim/engine/conductor.h"
#include "sim/runtime/checkpoint.h"
#include "sim/runtime/display.h"
#include "sim/runtime/transfer.h"
#include "sim/runtime/vectors.h"

struct config;
struct dataset;
struct model;
struct sampling;
struct shared;
struct shares;

struct training {                      /* of a worker: from a gradient to a direction */
    const struct optimizer *optimizer; /* NULL: gradients are directions */
    struct hyperparameters optimizing;
    int states; /* vectors that a worker keeps for it */
    float clip; /* most length of a gradient; 0: no bound */
};

/* Of vectors whose messages carry one fragment, or exchange, at a time (fragments.h); in floats. */
struct fragments {
    int64_t count;
    size_t each; /* what callbacks get */
    size_t room; /* of a vector: all fragments; what lies behind the model's last parameter is filler */
    size_t
        *floats; /* (count) exchanges: what travels in each, from the first float on; NULL: there are none */
};

struct layout { /* what messages carry */
    struct fragments fragments;
    struct coding push_coding, reply_coding;     /* of coded spans; codec NULL: there are none */
    struct message_layout push, reply, snapshot; /* on the simulated wire */
    struct message_layout push_on_ring,
        reply_on_ring; /* the same without vectors that lie in the shared segment */
};

struct run {
    const struct config *cfg;
    const struct dataset *data;
    const struct shares *shares; /* the setting's */
    struct sampling *sampling;   /* which clients the workers play; NULL: a worker is its own client */
    const struct model *model;
    const float *first_params, *first_stats; /* W_0 */
    size_t n, stats;                         /* their lengths */
    double stats_memory;                     /* model_stats_memory */
    uint32_t measures; /* training samples for BatchNorm's statistics in an evaluation; 0: running ones */
    struct setup setup;
    const struct algorithm *alg;
    const void *params;
    const struct protocol *protocol;
    struct protocol plain; /* `protocol` points here: the algorithm's, without what is not coded after all */
    bool trains;           /* false: timing alone, without numbers; processes = 0 */
    /* apply works on the pieces of an update: nothing is encoded between it and combine. */
    bool applies_by_piece;
    int workers, processes; /* worker i lives in process i % processes */
    struct training training;
    struct layout layout;
    struct transfer transfer;
    struct vectors vectors;
    struct conductor_spec conductor; /* the control plane */
    struct shared *shared;
    struct identity identity;         /* of its checkpoints */
    const struct checkpoint *resumed; /* where it goes on; NULL: from the start */
    char *folder;
    enum shows shown;
    bool colour; /* of a bar */
};

/* How many have data: the clients, or else the workers. */
int64_t run_clients(const struct config *cfg);

/* A worker's vector belongs to the client that it plays, and lies in the shared segment: vectors_client(). */
bool run_is_of_client(const struct run *run, int vector);

/* It can be paused, saved and resumed: the same once more gives the same, and there is something to save. */
bool run_can_checkpoint(const struct run *run);

/* What an iteration costs is known before it ends: predictions can be held against the run. */
bool run_is_foreseen(const struct run *run);

#endif
