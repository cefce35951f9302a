/* The contract between an algorithm and the simulator, and the manual for writing one.
 *
 * An algorithm is one file with one exported symbol, `const struct algorithm alg_NAME`, and one line in
 * list.c. It declares its vectors and messages (protocol.h, declare.h), and it has callbacks in two planes
 * that never mix. The control plane decides which worker computes, sends, waits and is answered; it sees
 * counters, never a gradient. The data plane computes; it sees vectors, never the time. The control plane
 * runs ahead, so no decision depends on a computed value. No callback sees a clock, ring, file or process or
 * allocates memory. pieces.h has callbacks that several algorithms share.
 *
 *   control plane: in the PS's process,              data plane: in the process of the worker or of the PS,
 *   in the order of virtual time                     in the order that the control plane has decided
 *
 *   decide(worker) says STEP   --------------------> worker  gradient at `model`, penalise(), clipping,
 *                                                            optimiser, step()
 *   decide(worker) says SEND   --------------------> worker  pack(), coding, sent(); the push leaves
 *      the push arrives at the PS
 *   admit(push) says combine   --------------------> PS      for each held push, in rank order: amend(), sum;
 *                                                            then mean(), clipping, optimiser; combine(),
 *                                                            coding, apply()
 *   admit(push) says answer    --------------------> PS      reply(), coding, replied(); the reply leaves
 *      the reply arrives at the worker
 *   the worker's next boundary, or WAIT  ----------> worker  accept(); then decide(worker) again
 *
 * Boundaries. A local iteration is atomic; a worker accepts, decides and sends between two iterations only.
 * There it first accepts every reply that has arrived. It does not accept the reply to a push at the boundary
 * at which that push left, unless decide() says WAIT. A worker has one push at a time on its link: a second
 * SEND waits until the first push has arrived. A barrier is a PS that does not answer yet.
 *
 * End. With the last update the PS answers every unanswered worker with STOP and sends nothing more. A
 * worker that accepts STOP leaves; a worker that accepts an older reply by then begins no further iteration.
 *
 * Optimiser (models/optimizer.h). It turns a gradient into the direction of a step, in one of the two places
 * above ([train] optimizer_at): at each worker, or, if the algorithm has mean(), at the PS. Clipping is in
 * the same place. An algorithm may declare that momentum or weight decay is its own (`momentum`, `decays`);
 * the optimiser then has none.
 *
 * Memory. Every vector has n floats (the model's parameters) and starts on 64 bytes; the framework
 * allocates, resets and frees it. An uncoded vector of a push belongs to the PS from pack() until the PS has
 * added it up. The next step() waits for that, so step() and pack() may write to the vector; accept() may
 * do so only if its reply answers that push. The framework sends BatchNorm's statistics with every push and
 * reply (sim/runtime/worker/statistics.h).
 *
 * Faults (sim/time/faults.h). A worker that is down is `away`: it sends nothing and is sent nothing; its
 * pushes in flight arrive and count. A worker that rejoins fetches the newest model. All its vectors, and
 * the PS's for it, begin as at the start, with that model for W_0, and k = 0; `inflight` stays true if a
 * push from before is unanswered. The PS restarts from a checkpoint of its model and its own vectors. Its
 * control state and all that it knows of workers begin as at the start, except that `version` counts on, and
 * every worker rejoins. */
#ifndef ALGORITHMS_ALGORITHM_H
#define ALGORITHMS_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "algorithms/declare.h"
#include "algorithms/protocol.h"
#include "sim/config/key.h"

#define MAX_KEY_TABLES 5

/* ---- 1. declare: protocol.h, declare.h ---- */

/* ---- 2. control plane: counters ---- */

enum next {
    STEP, /* one more local iteration */
    SEND, /* push now (k >= 1); decide() is called again at once */
    WAIT  /* until a reply arrives */
};

struct worker_view {
    int id; /* 0 .. workers-1: the rank order of sums and ties */
    const void *params;
    int64_t k;       /* local iterations since the last push */
    bool inflight;   /* a push has left and its reply has not been accepted */
    int unanswered;  /* pushes that have left, or wait for the link, without an accepted reply */
    int64_t version; /* of the last model accepted: the number of PS updates in it */
    int64_t samples; /* training samples of this worker, or of the client that it plays in this round */
    int64_t epoch;   /* local iterations that go through these samples once */
    double progress; /* 0 .. 1: the part of the run's iterations that is in the model last accepted */
};

struct push_header {
    int worker;
    int64_t k;         /* local iterations in the push */
    int64_t base;      /* version of the model that the worker held when the first of them began */
    int64_t staleness; /* in weight(): PS updates since that version */
    int64_t samples;   /* training samples of the sender */
    bool final;        /* the last push of a worker that has been told to stop (drain) */
};

struct peer {       /* what the PS knows of one worker */
    int64_t pushes; /* served so far, this one included; a worker that rejoins gets the least of the others */
    bool unanswered; /* the PS has not replied since the last of them */
    bool away;       /* the PS knows that it is down, or it has left without a final push */
};

/* A look at every peer for every push would cost N^2 in a round of N pushes: awaited, fewest and waiting say
 * what such a look is for. */
struct server_view {
    int workers;
    const void *params;
    const struct peer *peer; /* (workers) */
    int awaited;        /* peers without an unanswered push that are not away: a barrier waits for them */
    int64_t fewest;     /* the fewest pushes of a peer that is not away; INT64_MAX: all are away */
    int unanswered;     /* peers with an unanswered push */
    const int *waiting; /* (unanswered) these peers, in no order */
    int64_t version;    /* updates so far */
    int held;           /* pushes admitted but neither combined nor dropped, this one included */
    void *control;      /* control_size bytes of the algorithm; zero at the start and after a restart */
};

struct answer_list { /* workers, each once; alg_answer() adds one (pieces.h) */
    int n;
    int *worker;  /* (n) */
    bool *listed; /* (workers) */
};

struct verdict {     /* what the PS does now, in this order; false and empty when a callback gets it */
    bool drop;       /* forget this push: it is in no update and needs no answer (protocol.h: drops_pushes) */
    bool combine;    /* make all held pushes one update of the model */
    bool answer_all; /* reply to every worker with the newest model; with ANSWER_ALL the only way to answer */
    struct answer_list *answer; /* (ANSWER_EACH) reply to these workers; the order does not matter */
    bool cancel; /* a worker that computes when this reply arrives drops its iterations since its last push,
                    and a push that waits for the link; pushes in flight arrive */
};

/* ---- 3. data plane of a worker: vectors ---- */

struct worker_state {
    int id, workers;
    const void *params;
    size_t n;
    float *model;               /* the local model x, where gradients are computed */
    float *gradient;            /* in penalise(): of this iteration; in step(): likewise, or the direction, if
                                   the optimiser is at the worker; elsewhere: only if it is pushed */
    float *vector[MAX_VECTORS]; /* the declared ones */
    float *state;               /* THE_STATE, if it is sent */
    size_t first;               /* where in the whole vectors these parts of them begin */
    int64_t k;                  /* iterations since the last push; in step() those before this one */
    float rate;                 /* learning rate: in step() of this iteration; in accept() as the reply says;
                                   in pack() and sent() the later of the two */
    double rates;               /* the sum of the rates of the k iterations */
    float compensation;         /* gamma: compensation() times the rate in the last reply */
    float update_rate;          /* in accept(): the rate with which the PS made this update */
    double progress;            /* as in worker_view */
    int exchange;               /* in pack() and accept(): which exchange of the step of the model ... */
    bool dense;                 /* ... and whether the step is dense: one of the first compress_after */
    /* (setup->tensors) in sent(): which tensors of the coded spans are raw: they travelled uncompressed, or
     * there is no codec. With fragments raw[0] is about the whole fragment. */
    const bool *raw;
    const struct setup *setup;
};

/* ---- 4. data plane of the PS: vectors ---- */

struct server_state {
    int workers;
    int clients; /* shares of the training data; as many as workers, or more ([cluster] clients) */
    const void *params;
    size_t n;
    float *model;               /* W: only combine() or apply() changes it */
    float *sum[MAX_SPANS];      /* of each span of the held pushes: the weighted sum, in rank order */
    int pushes;                 /* how many pushes are in the sums */
    float weight;               /* the sum of their weights */
    double work;                /* the sum of weight * work() */
    float *vector[MAX_VECTORS]; /* the declared ones */
    float *peer[MAX_VECTORS];   /* in amend(), reply(), replied(): those for the worker of the message */
    size_t first;               /* where in the whole vectors these parts of them begin */
    float rate;                 /* learning rate of this update */
    double progress;            /* 0 .. 1: the part of the run's iterations in W before this update */
    int exchange;               /* in combine() and apply(): as in worker_state */
    bool dense;                 /* likewise */
    const struct setup *setup;
};

/* ---- the algorithm: fields and callbacks in the same four blocks ---- */

struct prediction_input; /* predict.h */
struct prediction;

struct algorithm {
    /* 1. Declare. */

    /* (required) For --list and messages: the ini's word, one phrase, the source. */
    const char *name, *summary, *paper;
    /* (optional) The name as the literature writes it, for pictures and reports: "Local SGD". NULL:
     * `name`. */
    const char *label;
    /* (required) The rows of [algorithm.NAME]: tables in the order of KEYS.md, each ended by a NULL name. */
    const struct config_key *keys[MAX_KEY_TABLES + 1];
    /* (optional) Keys with another preset than in the tables. */
    struct preset presets[MAX_PRESETS];
    /* (required) Size of the parameter struct that the rows fill, which begins with struct alg_common
     * (keys.h). The configuration owns it; in a run it is const. */
    size_t params_size;
    size_t control_size; /* (optional) Size of server_view.control. */
    /* (one of the two is required) The protocol, or a function that chooses it by the parameters. */
    const struct protocol *protocol;
    const struct protocol *(*choose)(const void *params);
    /* (required with vectors of the PS that start FROM_VALUE) The number in every element of the vector. */
    float (*first_value)(const void *params, int vector);
    struct momentum momentum; /* (optional) A momentum of the algorithm's own (declare.h). */
    /* (optional, with `momentum`) The protocol of a run with setup.momentum > 0. It may differ from the other
     * one in vectors and spans only: the control plane does not know which of the two a run has. */
    const struct protocol *(*with_momentum)(const void *params);
    bool decays; /* (optional) The algorithm applies weight decay itself, with alg_decay() (pieces.h). */
    /* (optional) What becomes of a worker's optimiser when the worker accepts a reply: a value of enum
     * state_on_reset (models/optimizer.h), or -1: what the keys state_on_reset say. reset_key: the own
     * key. */
    int (*on_reset)(const void *params);
    const char *reset_key;
    /* (optional) What error_feedback = yes means: GRADIENT or STEP, as the algorithm's paper has it. NO: that
     * paper has none, so the codec decides. */
    enum feedback feedback;
    const struct promises *promises; /* (optional) What --verify may rely on. */
    /* (optional) Called once, before the start: check what no single key can tell, of the parameters, and of
     * the parameters in this setup. false: one line in error, "KEY: expected ..., got ...". */
    bool (*check)(const void *params, int workers, char *error, size_t error_size);
    bool (*check_setup)(const void *params, const struct setup *setup, char *error, size_t error_size);
    /* (optional, with ANSWER_ALL and a push of every worker in every update) How many fragments the vectors
     * have: equal ones, unless they are strided. Push number i and its reply carry fragment i mod fragments,
     * and pack(), sent(), accept(), combine() and apply() get that fragment (n: its length). Push number i
     * waits at the PS until number i - 1 has come from every worker. */
    int64_t (*fragments)(const void *params);
    /* (optional, with fragments, without sent(), apply() and coded replies) true: fragment p consists of the
     * layers p, p + fragments, p + 2 fragments, ..., and is not one run of a vector. pack(), accept() and
     * combine() are called for part after part of it. */
    bool (*strided)(const void *params);
    /* (optional, where fragments would be allowed, but without them and without coded spans) How many
     * exchanges, each of a push, an update and a reply, make one step of the model. k counts on until the
     * last exchange, which carries the iterations. combine() gets the floats that travel; apply() follows it
     * once and gets whole vectors. */
    int64_t (*exchanges)(const void *params);
    /* (required with exchanges) How many floats, the first ones of each vector, travel in this exchange. The
     * algorithm itself heeds min_dimensions and compress_after: in a dense step it compresses nothing. */
    size_t (*floats)(const void *params, const struct setup *setup, int exchange, bool dense);
    /* (required with exchanges) How many floats of the model are compressed in a step, which takes time: each worker
     * encodes them before the first exchange, and decodes them after the last one. */
    size_t (*compressed)(const void *params, const struct setup *setup, bool dense);
    /* (optional) Writes the closed form of a run, in updates of the model; or leaves `out` alone. */
    void (*predict)(const void *params, const struct prediction_input *in, struct prediction *out);

    /* 2. Control plane: called in the PS's process. May change `control` and the verdict, nothing else. */

    /* (required) At the start, after every iteration, push and accepted reply: what the worker does next. */
    enum next (*decide)(const struct worker_view *w);
    /* (required) When a push has been served, once for every push: what the PS does about it. */
    void (*admit)(struct server_view *s, const struct push_header *push, struct verdict *v);
    /* (required where workers may be away: [faults], drain; alg_admit_round and alg_admit_alone bring theirs)
     * When a worker has become away: as admit(), without a push. A barrier must not wait for that worker. */
    void (*on_worker_down)(struct server_view *s, struct verdict *v);
    /* (optional) When a push is combined: its factor in the sums, or in the update's learning rate
     * (protocol.h: weighs_rate); 1 if left out. */
    float (*weight)(const void *params, const struct push_header *push);
    /* (optional) With every reply: gamma / learning rate after `done` of `total` iterations; else 0. */
    double (*compensation)(const void *params, double done, double total);
    /* (optional) At the end: true: each worker pushes what it has not pushed; else that is dropped. */
    bool (*drain)(const void *params);

    /* 3. Data plane of a worker: called in the worker's process. May change the worker's vectors only. */

    /* (optional) In every local iteration: adds to the gradient that of the algorithm's own term of the loss.
     * Called for part after part of the vectors, or for all of them, so it works element by element. */
    void (*penalise)(struct worker_state *w);
    /* (optional) In every local iteration: the local step. Called for part after part of the vectors while
     * backward has them in the cache, so it works element by element. */
    void (*step)(struct worker_state *w);
    /* (optional) Before the vectors of a push are sent: fills them. */
    void (*pack)(struct worker_state *w);
    /* (optional) After the vectors of a push have been coded: decoded[i] is what the PS reads in span i. */
    void (*sent)(struct worker_state *w, const float *const *decoded);
    /* (optional) After a reply's vectors have arrived in the vectors `into` (protocol.h): takes them over. */
    void (*accept)(struct worker_state *w);

    /* 4. Data plane of the PS: called in the PS's process. May change the PS's vectors only. amend(), mean()
     * and combine() are called for part after part of the vectors, so they work element by element. */

    /* (optional) When a push is combined: how much work its k iterations are (server_state.work); else k. */
    double (*work)(const struct setup *setup, int64_t k);
    /* (required with has_amend) Before the first vector of a push is weighted and added up: may change it. */
    void (*amend)(struct server_state *s, float *push);
    /* (optional, without fragments and exchanges) After the held pushes have been added up: leaves their mean
     * in sum[0]. It declares that a push is the gradient of one iteration and that workers make no steps. So
     * the optimiser may be at the PS: there sum[0] is clipped and becomes the direction, before combine(). */
    void (*mean)(struct server_state *s);
    /* (required) After that: turns the sums into the model and what the reply carries. */
    void (*combine)(struct server_state *s);
    /* (optional) After the reply's vectors have been coded. They now hold what every worker will decode. */
    void (*apply)(struct server_state *s);
    /* (optional, with ANSWER_EACH) Before a reply to the worker of s->peer is sent: fills its vectors. */
    void (*reply)(struct server_state *s);
    /* (optional, with ANSWER_EACH) After they have been coded. They now hold what that worker will decode. */
    void (*replied)(struct server_state *s);
};

extern const struct algorithm *const alg_list[]; /* ended by NULL */
/* The protocol, declared or chosen; with_momentum is up to the caller. */
const struct protocol *alg_protocol(const struct algorithm *alg, const void *params);
/* on_worker_down, or the one that goes with the algorithm's admit; NULL: none. */
void (*alg_on_worker_down(const struct algorithm *alg))(struct server_view *s, struct verdict *v);
/* In admit: the PS answers this worker; every worker with an unanswered push. */
void alg_answer(struct verdict *v, int worker);
void alg_answer_waiting(const struct server_view *s, struct verdict *v);

#endif
