/* The contract between an algorithm and the simulator, and the manual for writing one.
 *
 * An algorithm is one file with one exported symbol, `const struct algorithm alg_NAME`, and one line in
 * list.c. It sees no clock, ring, file or process, and allocates nothing. It has two planes that never mix.
 * The control plane decides which worker computes, sends, waits and is answered; it sees counters, never a
 * gradient. The data plane computes; it sees vectors, never the time. The control plane runs ahead, so no
 * decision depends on a computed value.
 *
 *   control plane: in the PS's process,              data plane: in the process of the worker or of the PS,
 *   in the order of virtual time                     in the order that the control plane has decided
 *
 *   decide(worker) says STEP   --------------------> worker  gradient at `model`, step()
 *   decide(worker) says SEND   --------------------> worker  pack(), coding, sent(); the push leaves
 *      the push arrives at the PS
 *   admit(push) says combine   --------------------> PS      of each held push, in rank order: amend(), sum;
 *                                                            mean(), the PS's optimiser; combine(), coding,
 *                                                            apply()
 *   admit(push) says answer    --------------------> PS      reply(), coding, replied(); the reply leaves
 *      the reply arrives at the worker
 *   the worker's next boundary, or WAIT  ----------> worker  accept(); then decide(worker) again
 *
 * Boundaries. A local iteration is atomic; a worker accepts, decides and sends between two iterations only.
 * There it first accepts every reply that has arrived. The reply to a push that left at a boundary is not
 * accepted at that same boundary, unless decide() says WAIT. A worker has one push at a time on its link: a
 * second SEND waits until the first push has arrived. A barrier is a PS that does not answer yet.
 *
 * End. With the last update the PS answers every unanswered worker with STOP and sends nothing more. A
 * worker that accepts STOP leaves; a worker that accepts an older reply by then begins no further iteration.
 *
 * Optimiser ([train] optimizer_at, models/optimizer.h). It turns a gradient into the direction of a step: at a
 * worker before step(); at the PS, for algorithms with mean(), after that callback. Its momentum and its
 * weight decay may be the algorithm's own (`momentum`, `decays` below); then the optimiser has none.
 *
 * Memory. Every vector has n floats (the model's parameters) and starts on 64 bytes; the framework
 * allocates, resets and frees it. An uncoded vector of a push belongs to the PS from pack() until the PS has
 * added it up. The next step() waits for that, so step() and pack() may write to it; accept() may only if
 * its reply answers that push. BatchNorm's statistics travel with every push and reply by themselves
 * (sim/runtime/worker/statistics.h).
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

#include "algorithms/codecs/codec.h"
#include "algorithms/protocol.h"
#include "sim/config/key.h"

#define MAX_KEY_TABLES 5
#define MAX_PRESETS    3

/* ---- 1. declare: read before any process starts ---- */

struct setup {                   /* what is known before the start */
    uint64_t seed;               /* of the experiment */
    int tensors;                 /* of the model */
    const struct extent *tensor; /* (tensors) as they lie in every vector; a row has one output */
    float momentum;              /* of an algorithm that has its own; otherwise 0 */
    float weight_decay;          /* of an algorithm that `decays`; otherwise 0 */
    bool decays_matrices;        /* weight decay is for tensors of two or more dimensions only */
    struct {
        const char *name; /* sgd, nesterov or adamw */
        float momentum;
        int states;    /* vectors of its state */
        bool restarts; /* its state becomes zero when a worker accepts a reply */
    } optimizer;       /* of each worker */
};

/* A momentum that an algorithm has of its own. Its value is setup.momentum: that of its own key; where the key
 * is left out, [algorithm.NAME] momentum if that is more than 0; else [train] momentum if that is; else the
 * published one. The optimiser must be sgd, and has no momentum then. */
struct momentum {
    size_t key; /* offset of the own key's double, NAN if the key is left out; 0: no own momentum */
    double published;
    /* The optimiser may be any. The algorithm takes over the momentum of sgd and nesterov; beside an optimiser
     * with moments, as adamw, it has none. */
    bool any_optimizer;
};

/* Bounds that hold in every run, so that --verify can check the run's files: which parameter gives the bound.
 * Each is the offset of an int64_t in the parameter struct; 0: nothing is promised. */
struct promises {
    size_t fewest_steps;     /* local iterations in a push */
    size_t most_steps;       /* likewise; may be the offset of a list of whole numbers, one or one a worker */
    size_t update_pushes;    /* pushes in an update */
    size_t slack;            /* iterations that a worker may be ahead of the slowest worker */
    size_t exchanges;        /* pushes of a worker in a step of the model */
    size_t fragments, delay; /* of a push; pushes overlap where delay > most_steps / fragments */
};

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

struct peer {        /* what the PS knows of one worker */
    int64_t pushes;  /* served so far, this one included; rejoining it gets the least of all live workers */
    bool unanswered; /* the PS has not replied since the last of them */
    bool away;       /* the PS knows that it is down, or it has left without a final push */
};

struct server_view {
    int workers;
    const void *params;
    const struct peer *peer; /* (workers) */
    int64_t version;         /* updates so far */
    int held;                /* pushes admitted but neither combined nor dropped, this one included */
    void *control;           /* control_size bytes of the algorithm; zero at the start and after a restart */
};

struct verdict {  /* what the PS does now, in this order; all false when a callback gets it */
    bool drop;    /* forget this push: it is held no more, in no update, and not answered for its own sake;
                     only where the protocol says drops_pushes */
    bool combine; /* make all held pushes one update of the model */
    bool *answer; /* (workers) reply with the newest model; all or none with ANSWER_ALL */
    bool cancel;  /* a worker that computes when this reply arrives drops its iterations since its last push,
                     and a push that waits for the link; pushes in flight arrive */
};

/* ---- 3. data plane of a worker: vectors ---- */

struct worker_state {
    int id, workers;
    const void *params;
    size_t n;
    float *model;               /* the local model x, where gradients are computed */
    float *gradient;            /* in step(): this iteration's, as the worker's optimiser left it, if the
                                   worker has one; elsewhere only if it is pushed */
    float *vector[MAX_VECTORS]; /* the declared ones */
    float *state;               /* THE_STATE, if it is sent */
    size_t first;               /* where in the whole vectors these parts of them begin */
    int64_t k;                  /* iterations since the last push; in step() those before this one */
    float rate;                 /* in step(): learning rate of this iteration; elsewhere: of the last one, or
                                   after the iterations in the model that has been accepted since */
    double rates;               /* sum of these rates over the k iterations */
    float compensation;         /* gamma: compensation() times the rate in the last reply */
    float update_rate;          /* in accept(): the rate with which the PS made this update */
    double progress;            /* as in worker_view */
    int exchange;               /* in pack() and accept(): which exchange of the step ... */
    bool dense;                 /* ... and whether the step is one of the first compress_after */
    /* (setup->tensors) in sent(): which tensors of the coded spans have travelled as they are, because of
     * min_dimensions, compress_after, or for want of a codec; with fragments raw[0] says it of the fragment. */
    const bool *raw;
    const struct setup *setup;
};

/* ---- 4. data plane of the PS: vectors ---- */

struct server_state {
    int workers;
    int clients; /* that have data; as many as workers, or more ([cluster] clients) */
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
    double progress; /* 0 .. 1: the part of the run's iterations that was in W before this update */
    int exchange;    /* in combine() and apply(): which exchange of the step ... */
    bool dense;      /* ... and whether the step is one of the first compress_after */
    const struct setup *setup;
};

/* ---- the algorithm: fields and callbacks in the same four blocks ---- */

struct prediction_input; /* predict.h */
struct prediction;

struct algorithm {
    /* 1. Declare. */

    /* (required) For --list and messages: the ini's word, one phrase, the source. */
    const char *name, *summary, *paper;
    /* (required) The rows of [algorithm.NAME]: tables in the order of KEYS.md, each ended by a NULL name. */
    const struct config_key *keys[MAX_KEY_TABLES + 1];
    /* (optional) Presets of keys that this algorithm has otherwise than the tables do. */
    struct preset {
        const char *key, *value;
    } presets[MAX_PRESETS];
    /* (required) Size of the parameter struct that the rows fill, which begins with struct alg_common
     * (keys.h). The configuration owns it; in a run it is const. */
    size_t params_size;
    /* (optional) Size of server_view.control. */
    size_t control_size;
    /* (one of the two is required) The protocol, or a function that chooses it by the parameters. */
    const struct protocol *protocol;
    const struct protocol *(*choose)(const void *params);
    /* (optional) Which error feedback `yes` means: GRADIENT or STEP, as the paper has it. NO: the paper has none,
     * and the codec's paper says it. */
    enum feedback feedback;
    /* (optional) The protocol where setup.momentum is more than 0. Only vectors and spans may differ from the
     * other one: the control plane does not know which of the two a run has. */
    const struct protocol *(*with_momentum)(const void *params);
    /* (optional) What --verify may rely on. */
    const struct promises *promises;
    /* (optional) The algorithm has a momentum of its own. */
    struct momentum momentum;
    /* (optional) The algorithm applies weight decay itself, by alg_decay() (pieces.h). */
    bool decays;
    /* (optional) Checks what no single key can tell; false with one line in error. */
    bool (*check)(const void *params, int workers, char *error, size_t error_size);
    /* (optional) The same of what is known before the start. */
    bool (*check_setup)(const void *params, const struct setup *setup, char *error, size_t error_size);
    /* (optional) What becomes of a worker's optimiser when the worker accepts a reply, instead of the keys
     * state_on_reset: a value of their enumeration (models/optimizer.h), or -1 to leave it to the keys. */
    int (*on_reset)(const void *params);
    /* (optional, with ANSWER_ALL and a push of every worker in every update) How many equal fragments the
     * vectors have. Push number i and its reply carry fragment i mod fragments, and pack(), sent(), accept(),
     * combine() and apply() get that fragment (n: its length). Push number i waits at the PS
     * until number i - 1 has come from every worker. */
    int64_t (*fragments)(const void *params);
    /* (optional, where fragments would be allowed, but not with them; nothing is coded) How many exchanges,
     * each of a push, an update and a reply, make one step of the model. k counts on until the last, which carries the
     * iterations. combine() gets the floats that travel; apply() follows it once and gets whole vectors. */
    int64_t (*exchanges)(const void *params);
    /* (required with exchanges) How many floats, the first ones of each vector, travel in this exchange.
     * dense: of one of the first compress_after steps of the model, in which the algorithm compresses nothing;
     * it also heeds min_dimensions by itself, since spans of exchanges are not coded. */
    size_t (*floats)(const void *params, const struct setup *setup, int exchange, bool dense);
    /* (required with a vector of the PS that starts FROM_VALUE) The number in every element of that vector. */
    float (*first_value)(const void *params, int vector);
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
    /* (optional) When a push is combined: its factor in the sums; 1 if left out. (protocol.h: weighs_rate) */
    float (*weight)(const void *params, const struct push_header *push);
    /* (optional) How much work k local iterations are, in server_state.work; k if left out. */
    double (*work)(const struct setup *setup, int64_t k);
    /* (optional) With every reply: gamma / learning rate, after `done` of `total` iterations; else 0. */
    double (*compensation)(const void *params, double done, double total);
    /* (optional) At the end: true if each worker pushes what it has not pushed; else that is dropped. */
    bool (*drain)(const void *params);

    /* 3. Data plane of a worker: called in the worker's process. May change the worker's vectors only. */

    /* (optional) After every gradient, before it is clipped and before the optimiser: adds the gradient of a
     * term of the algorithm's own to it. Called as step() is. */
    void (*penalise)(struct worker_state *w);
    /* (optional) After every gradient: the local step. Called for part after part of the vectors while
     * backward has them in the cache, so it works element by element. */
    void (*step)(struct worker_state *w);
    /* (optional) Before the vectors of a push are sent: fills them. */
    void (*pack)(struct worker_state *w);
    /* (optional) After the vectors of a push are coded: decoded[i] is what the PS reads in span i (const). */
    void (*sent)(struct worker_state *w, const float *const *decoded);
    /* (optional) After the vectors of a reply have arrived in their `into`: takes them over. */
    void (*accept)(struct worker_state *w);

    /* 4. Data plane of the PS: called in the PS's process. May change the PS's vectors only. amend(), mean()
     * and combine() are called for part after part of the vectors, so they work element by element. */

    /* (required with has_amend) Before the first vector of a push is weighted and added up: may change it. */
    void (*amend)(struct server_state *s, float *push);
    /* (optional, where a push is the gradient of one iteration and workers make no steps; without fragments
     * and exchanges) After the held pushes have been added up: leaves their mean in sum[0]. Then the PS may
     * have the optimiser: before combine(), it turns sum[0] into the direction of the step, and may change its
     * length. */
    void (*mean)(struct server_state *s);
    /* (required) After that: turns the sums into what the reply carries. */
    void (*combine)(struct server_state *s);
    /* (optional) After the reply's vectors are coded, which now hold what every worker will decode. */
    void (*apply)(struct server_state *s);
    /* (optional, with ANSWER_EACH) Before a reply to the worker of s->peer is sent: fills its vectors. */
    void (*reply)(struct server_state *s);
    /* (optional, with ANSWER_EACH) After they are coded: they hold what that worker will decode. */
    void (*replied)(struct server_state *s);
};

extern const struct algorithm *const alg_list[]; /* ended by NULL */

/* The protocol, declared or chosen. */
const struct protocol *alg_protocol(const struct algorithm *alg, const void *params);
/* on_worker_down, or the one that goes with the algorithm's admit; NULL: none. */
void (*alg_on_worker_down(const struct algorithm *alg))(struct server_view *s, struct verdict *v);

#endif
