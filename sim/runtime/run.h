/* One algorithm's run, as every process of the run sees it. prepare.c builds struct run before the
 * launcher forks, and it is const afterwards. Everything that changes is in the shared segment (shared.h)
 * and in the state of each process. */
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
#include "sim/schema/quality.h"

struct config;
struct dataset;
struct first_test;
struct model;
struct numbers;
struct sampling;
struct shared;
struct shares;

struct training {                      /* how a gradient becomes the direction of a step (training.h) */
    const char *name;                  /* of the optimiser that the configuration names */
    enum optimizer_at at;              /* AT_WORKER or AT_SERVER: where clipping and the optimiser are */
    const struct optimizer *optimizer; /* NULL: the gradient is the direction */
    struct hyperparameters optimizing; /* without what the algorithm does itself (struct setup) */
    bool decays_matrices;              /* weight decay is for tensors of two or more dimensions only */
    int states;                        /* vectors of the optimiser's state */
    float clip;                        /* largest l2 norm of a gradient; 0: no bound */
    enum state_on_reset on_reset;
};

struct stretch { /* floats first .. first + n - 1 of a vector */
    size_t first, n;
};

/* Fragments or exchanges of a message (fragments.h). */
struct fragments {
    int64_t count; /* fragments of a vector, or exchanges in a step of the model */
    size_t each;   /* floats that callbacks get; strided: the most in a fragment */
    size_t room;   /* floats of a vector: all fragments, with filler behind the model's last parameter */
    /* (2 count) floats that each exchange carries, from the first float on: in a step that compresses, then
     * in a dense step; NULL: no exchanges. */
    size_t *floats;
    int64_t dense; /* exchanges: number of dense steps, the first ones of the run */
    /* Strided: the stretches of fragment 0, of fragment 1, ...; fragment p has numbers begin[p] .. begin[p + 1] - 1.
     * NULL: a fragment is one stretch. */
    struct stretch *stretch;
    int *begin;
    struct stretch *whole; /* (count) all of a fragment, if the fragments lay one after the other */
    bool differ;           /* strided: not all fragments have the same length */
};

struct layout { /* what messages carry */
    struct fragments fragments;
    struct coding push_coding, reply_coding;     /* of coded spans; codec NULL: no span is coded */
    struct message_layout push, reply, snapshot; /* on the simulated wire */
    /* The same without the vectors that lie in the shared segment. */
    struct message_layout push_on_ring, reply_on_ring;
};

struct run {
    const struct config *cfg;
    const struct dataset *data;
    const struct shares *shares; /* from struct setting */
    struct sampling *sampling;   /* which client each worker acts for; NULL: each worker is a client */
    const struct model *model;
    const float *first_params, *first_stats; /* W_0 */
    struct first_test *first_test;           /* the evaluation of W_0; NULL: it is made for each run */
    size_t n, stats;                         /* lengths of first_params and first_stats */
    double stats_memory;                     /* model_stats_memory */
    /* Training samples that measure BatchNorm's statistics in an evaluation; 0: running statistics. */
    uint32_t measures;
    quality_set quality; /* what is measured beside accuracy and loss; 0: nothing, as without training */
    uint32_t gradient_samples; /* of the norm of the gradient */
    struct setup setup;
    /* From struct variant (prepare.h). alg->name is the plug-in's: two variants have it in common. */
    const char *name, *label;
    const struct algorithm *alg;
    const void *params;
    /* The algorithm's protocol. It points to `plain`, a copy that marks spans as coded only if a codec is
     * set. */
    const struct protocol *protocol;
    struct protocol plain;
    bool trains; /* false: timing alone; processes = 0 */
    /* Of a run that does not train: what another one with the same numbers has computed (numbers.h); NULL: nothing. */
    struct numbers *numbers;
    /* apply runs on each piece of an update, right after combine: nothing is encoded between the two. */
    bool applies_by_piece;
    int workers, processes; /* process i % processes hosts worker i */
    int cores;              /* that the run may use */
    struct training training;
    struct layout layout;
    struct transfer transfer;
    bool overlaps; /* pushes depart in buckets during back-propagation (conductor.buckets) */
    const struct exchange_kind *exchange; /* how pushes become an update, and its result comes back */
    struct vectors vectors;
    struct conductor_spec conductor; /* the control plane */
    struct shared *shared;
    struct identity identity;         /* of the run's checkpoints */
    const struct checkpoint *resumed; /* the run continues from here; NULL: it starts from the beginning */
    /* The run ends with a checkpoint and EXIT_RESTED after the evaluation of this number (that of W_0 is 0), unless
     * it is over before; 0: it goes to its end. Only if run_can_checkpoint(). */
    int64_t rests_after;
    char *folder;
    enum shows shown;
    bool colour; /* the progress bar has colour */
    /* Of a point of a sweep: where the launcher says how far the run is. NULL: of no sweep. */
    struct progress_shared *published;
};

/* The number of shares of the data: clients, or, without cluster.clients, workers. */
int64_t run_clients(const struct config *cfg);

/* Training samples of a local iteration. */
int64_t run_iteration_samples(const struct config *cfg);

/* Whether this vector of a worker belongs to the client that the worker acts for. Then the vector lies in
 * the shared segment: vectors_client(). */
bool run_is_of_client(const struct run *run, int vector);

/* Whether the run has losses and accuracies: it trains, or has the numbers of one that has trained. */
bool run_has_results(const struct run *run);

/* The run takes these numbers instead of training. Before its folder is made. */
void run_take_numbers(struct run *run, struct numbers *numbers);

/* Whether the run can be paused, saved and resumed: the run trains, and repeating it gives the same
 * result. */
bool run_can_checkpoint(const struct run *run);

/* Whether the run rests before its end. Then a worker in which training diverges goes on, and the PS ends the run when
 * it reads the first push that is not finite: whether a run diverges before it rests must not depend on how far its
 * workers are ahead. */
bool run_rests(const struct run *run);

/* Whether the conductor knows all that it needs: the processes wait for it, and it waits for none of them. Otherwise
 * it waits for reports, for the real clock, or for the results of evaluations. */
bool run_runs_ahead(const struct run *run);

/* Whether the cost of an iteration is known before the iteration ends. Then predictions can be compared
 * with the run. */
bool run_is_foreseen(const struct run *run);

#endif
