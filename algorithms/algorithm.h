/* The contract between an algorithm and the simulator, and the manual for writing one.
 *
 * An algorithm is one file with one exported symbol, `const struct algorithm alg_NAME`, and one line in list.c.
 * It sees no clock, ring, file or process. It consists of two planes that never mix:
 *
 *   control   who computes, sends, waits and is answered. Called by the conductor inside the PS's process, in
 *             the order of virtual time, for all workers; sees headers and counters, never a gradient. It runs
 *             ahead of the data plane.
 *   data      gradients, models and updates. Called in the worker's process (step, pack, accept) and in the
 *             PS's (combine, apply) as control has decided; sees no time.
 *
 * The life of a push, with the callbacks in the order in which they run:
 *
 *   worker    decide -> STEP    the framework computes a gradient at w->model; step(), part by part
 *             decide -> SEND    pack(); the framework sends the vectors named in protocol->push
 *   PS        admit             ... says "combine": the framework adds all held pushes, in rank order, into
 *                               s->sum[]; combine(); the vectors named in protocol->reply are encoded; apply();
 *                               the reply leaves
 *   worker    at its next boundary, or at once if it waits: the reply's vectors are there; accept(); then
 *             decide again
 *
 * A local iteration is atomic; its boundaries are the decision points. At a boundary the worker first accepts
 * every reply that has arrived, then decides. A reply to a push made at a boundary is never accepted at that
 * same boundary unless the worker WAITs (strict overlap). A barrier is nothing but not answering yet. A worker
 * has one push at a time on its link: one that SENDs while another is under way waits, unasked, until that has
 * arrived. After the reply that carries STOP a worker leaves; from the update that ends the run on nothing departs
 * but those replies, to every worker that is unanswered. Older replies still arrive: a worker that accepts one of
 * them then begins no further iteration. A vector that is sent as it is (not coded) belongs to the PS until the
 * push has been added up, for which the next step() waits: pack() and step() may write to it, accept() only where
 * the reply is the answer to it (not with reply_may_precede_update).
 *
 * Workers may crash (sim/time/faults.h). One that is down is `away`: it sends nothing, and a reply to it is not
 * sent. What it had not sent is lost, a push that has left it arrives and counts. Back again it gets the PS's newest
 * model; all its vectors, and the PS's for it (peer), begin as at the start, but with that model for W_0, and k = 0.
 * If a push from before is still to be answered it is `inflight`, so that nobody has two pushes in a round. Whoever
 * waits for others must wait for those only who are not away, and is asked again (on_worker_down) when one goes.
 *
 * So may the PS. It restarts from its checkpoint, which has the model and its own vectors as they were after some
 * update. Its control and what it knows of workers (control, peer) begin as at the start, but version counts on;
 * everybody comes back, as above.
 *
 * Memory: an algorithm declares the vectors that it needs; the framework allocates them, sets them to zero or
 * to the first model W_0, and frees them. No malloc in algorithms/. All vectors have n floats (the model's
 * parameters) and start on 64 bytes. BatchNorm statistics travel with every push and reply by themselves: a reply
 * brings their mean over the pushes of its update (ANSWER_ALL) or over the last statistics of all workers that have
 * pushed (ANSWER_EACH), and the worker joins it with what it has measured since the push that the reply answers
 * (sim/runtime/worker/statistics.h). */
#ifndef ALGORITHMS_ALGORITHM_H
#define ALGORITHMS_ALGORITHM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "algorithms/codecs/codec.h"
#include "sim/config/key.h"

#define MAX_VECTORS    8
#define MAX_SPANS      4
#define MAX_KEY_TABLES 5
#define WIRE_HEADER    64 /* bytes of a message's header on the wire, whatever a ring copies */

/* ---- what an algorithm declares ---- */

enum start { FROM_ZERO, FROM_MODEL }; /* how a declared vector begins: zeros, or W_0 */

/* Vectors are named by number: those declared 0, 1, ... in the order of the declaration, and the framework's
 * own: */
enum { THE_MODEL = -1, THE_GRADIENT = -2 };

struct span {   /* one vector of a message */
    int vector; /* the sender's */
    /* Through the codec of the algorithm's section, if that is not "none"; otherwise raw float32. */
    bool coded;
    int into; /* replies only: the worker's vector that receives it */
    /* Replies only: a worker never writes to `into`, so that all may read one copy of the reply. */
    bool fixed;
};

enum answers {
    ANSWER_ALL, /* a reply goes to everybody: written once */
    ANSWER_EACH /* to one worker or another; coded ones without error feedback of the framework */
};

struct setup {     /* what everybody knows from the start */
    uint64_t seed; /* of the experiment */
    int tensors;   /* of the model ... */
    /* ... one after the other in every vector; outputs lie side by side in a row */
    const struct extent *tensor;
};

struct protocol {
    int n_worker_vectors, n_server_vectors; /* how many vectors each worker and the PS declare */
    enum start worker[MAX_VECTORS], server[MAX_VECTORS];
    int push_spans, reply_spans;
    struct span push[MAX_SPANS], reply[MAX_SPANS];
    enum answers answers;
    bool
        reply_may_precede_update; /* a worker may get a reply before its last push has been combined or dropped */
    /* Nothing of what a worker has counts after it has accepted a reply, but for vectors client_vector: then it may play
     * one of many clients in each round ([cluster] clients). Only with ANSWER_ALL and a push of everybody in every
     * update. */
    bool stateless_workers;
    /* With stateless_workers: which of its vectors are its client's, who has them again when it is played again, by whatever
     * worker. They begin as zeros and are not sent. Only step, pack and sent look at them: once its push has been
     * added up, another worker may have them. Without many clients they are the worker's, as all others. */
    bool client_vector[MAX_VECTORS];
    /* A reply is accepted only when decide says WAIT, the oldest first, one for each WAIT: at a step of the
     * algorithm's choice, then, and not of the network's. That holds for the reply that carries STOP as well: until
     * decide says WAIT, its worker goes on with iterations that are in no update. The run ends with the arrival of
     * the last reply to any worker. Then every worker stops within its iteration, and accepts every reply that it
     * has. */
    bool accepts_only_when_waiting;
    bool has_amend; /* amend is called */
    /* What a codec leaves out of a push stays in the worker's vectors and is offered again: error feedback of the
     * framework would keep it a second time, and the framework says so. */
    bool keeps_unsent;
    /* With ANSWER_ALL: weight() weights whole models, so BatchNorm's statistics have the same weights in the PS's
     * mean. */
    bool weighs_models;
    int n_peer_vectors; /* vectors that the PS has for each worker: see amend and reply */
    enum start peer[MAX_VECTORS];
    int replica; /* the worker's vector that must equal the PS's model bit for bit after every accept;
                    NO_REPLICA: none */
};
#define NO_REPLICA -9

/* ---- control plane ---- */

enum next {
    STEP, /* one more local iteration */
    SEND, /* push now (k >= 1); decide is called again at once */
    WAIT  /* until a reply arrives */
};

struct worker_view { /* read-only for decide */
    int id;          /* 0 .. workers-1: the rank order of sums and ties */
    const void *params;
    int64_t k;       /* local iterations since the last push */
    bool inflight;   /* a push is out and its reply has not been accepted */
    int unanswered;  /* so many pushes are out, with those under way, whose replies have not been accepted */
    int64_t version; /* of the last model accepted: the number of PS updates in it */
    int64_t samples; /* training samples of its share (of the client's that it plays in this round) */
    int64_t epoch;   /* local iterations that go through all of them once */
};

struct push_header {
    int worker;
    int64_t k;         /* local iterations in it */
    int64_t base;      /* version of the model held when the first of them began */
    int64_t staleness; /* in weight: PS updates since that version */
    int64_t samples;   /* of its sender's share */
    bool final;        /* the last one of a worker that has been told to stop (drain) */
};

struct peer { /* what the PS knows of a worker */
    /* Of its pushes that have been served, the one now admitted included. Of one that comes back: as many as the one
     * has that has fewest of those who are there. */
    int64_t pushes;
    bool unanswered; /* it has had no reply since the last of them */
    bool away;       /* it is down, as far as the PS knows, or has left without a last push */
};

struct server_view {
    int workers;
    const void *params;
    const struct peer *peer; /* (workers) */
    int64_t version;         /* updates so far */
    int held;                /* pushes admitted and neither combined nor dropped, this one included */
    /* control_size bytes of the algorithm's own, zeroed at the start and when the PS restarts. */
    void *control;
};

struct verdict {  /* what happens now, in this order; all false before admit */
    bool drop;    /* the push is forgotten: held no more, in no update, not answered by itself */
    bool combine; /* all held pushes become one update of the PS's model */
    bool *answer; /* (workers) who gets a reply with the newest model; all or none with ANSWER_ALL */
    bool cancel;  /* whoever is computing when this reply arrives stops and forgets its iterations since its
                      last push, and a push that waits for its turn on the link; ones under way arrive */
};

/* ---- data plane ---- */

struct worker_state {
    int id, workers;
    const void *params;
    size_t n;
    float *model;    /* the local model x, where gradients are computed */
    float *gradient; /* of the last iteration, or what the worker's optimiser made of it. Outside of
                                   step() it is there only for those who push it. */
    float *vector[MAX_VECTORS]; /* those declared */
    int64_t k;          /* iterations since the last push before this step; in pack: those in the push */
    float rate;         /* learning rate for local steps, as the last reply said */
    float compensation; /* gamma: the algorithm's multiple times that rate */
    float update_rate;  /* in accept: the rate with which the PS made this update */
    int exchange;       /* in pack and accept, with exchanges: which of them */
    const struct setup *setup;
};

struct server_state {
    int workers;
    int clients; /* all that have data: as many as workers, or more, of whom each worker plays one in a round */
    const void *params;
    size_t n;
    float *model;               /* W: combine or apply must change it, nobody else */
    float *sum[MAX_SPANS];      /* (n) sums over the held pushes in rank order, one for each span of a push */
    int pushes;                 /* how many are in the sums ... */
    float weight;               /* ... and the sum of their weights */
    float *vector[MAX_VECTORS]; /* those declared */
    float *peer[MAX_VECTORS];   /* in amend and reply: those declared for this push's, this reply's worker */
    float rate;                 /* learning rate of this update */
    int exchange;               /* in combine and apply, with exchanges: which of them */
    const struct setup *setup;
};

/* ---- the algorithm ---- */

/* Every algorithm's parameter struct begins with this; its rows are alg_common_keys (keys.h). */
struct alg_common {
    double learning_rate; /* NAN: [train] learning_rate */
    double momentum;      /* NAN: [train] momentum */
    char *optimizer;      /* NULL: [train] optimizer */
    char *codec;          /* for coded spans; "none": they are sent as they are */
    char *reply_codec;    /* for those of replies, where both are coded; NULL: codec */
    bool error_feedback;
};

struct prediction_input; /* predict.h */
struct prediction;

struct algorithm {
    const char *name, *summary, *paper; /* for --list and error messages */
    /* Of its section [algorithm.NAME]: tables of rows, each ended by a NULL name. --verify takes these names at their word: local_steps and
     * max_local_steps are the most iterations of a push, min_local_steps the fewest, k the pushes of an update, slack
     * how far a worker may be ahead, exchanges those of an update; fragments are pushes that may be out at a time
     * where delay is more than local_steps / fragments. Call by another name what means something else. */
    const struct config_key *keys[MAX_KEY_TABLES + 1];
    const char *codec;   /* preset of the key `codec`; NULL: none */
    size_t params_size;  /* of its parameter struct, which begins with struct alg_common */
    size_t control_size; /* optional: control state at the PS */

    /* Required, one of the two: what it declares; or where that depends on its parameters, which one. */
    const struct protocol *protocol;
    const struct protocol *(*choose)(const void *params);
    /* Optional. What no single key can tell; false and one line in error. */
    bool (*check)(const void *params, int workers, char *error, size_t error_size);

    /* Required. Control of one worker: at the start and after every step, send and accepted reply. */
    enum next (*decide)(const struct worker_view *w);
    /* Required. Control of the PS: for every push, when it has been served. */
    void (*admit)(struct server_view *s, const struct push_header *push, struct verdict *v);
    /* Control of the PS: a worker is away from now on. As admit, but without a push, so that drop means nothing;
     * combine only what is held. Where workers may be away ([faults], drain) an admit of the algorithm's own
     * requires it, if only to say that no worker is waited for (alg_worker_down_ignored): a barrier that goes on waiting for
     * one that is away is a deadlock. Left out, alg_admit_round has alg_worker_down_round and alg_admit_alone has
     * alg_worker_down_ignored. */
    void (*on_worker_down)(struct server_view *s, struct verdict *v);
    /* Optional. gamma as a multiple of the learning rate, as a function of iterations done and in all; 0
     * without it. */
    double (*compensation)(const void *params, double done, double total);
    /* Optional. true: un-pushed gradients are pushed once more at the end. */
    bool (*drain)(const void *params);
    /* Optional. The factor of a push in the sum; 1 without it. */
    float (*weight)(const void *params, const struct push_header *push);
    /* Optional, with ANSWER_ALL and a push of everybody in every update. So many equal fragments vectors have: push
     * number i carries fragment i mod fragments of its vectors, the reply to it as well, and what pack, sent, combine, apply
     * and accept get is that fragment (n: its length). Several may be out at a time: one that comes before everybody's
     * of the number before waits at the PS, and is admitted when its turn has come. 1 without it. */
    int64_t (*fragments)(const void *params);
    /* Optional, instead of fragments, on the same conditions and with nothing coded. A model's update takes so many
     * exchanges, each a push and its reply: push number i is of exchange i mod exchanges. k counts on until the last
     * one, which carries the local iterations; the others have none. combine gets the floats that travel; apply,
     * called once after it, whole vectors. */
    int64_t (*exchanges)(const void *params);
    /* Required with exchanges: so many floats of the vectors named in push and reply travel in this one, the first
     * ones. */
    size_t (*floats)(const void *params, const struct setup *setup, int exchange);
    /* Optional. What theory says that a run takes (predict.h), in updates of the model, however many exchanges each
     * has; without it there is no closed form, nor where it leaves `out` alone. */
    void (*predict)(const void *params, const struct prediction_input *in, struct prediction *out);

    /* Optional. Worker: after every gradient; makes the local step. Called for parts of the vectors, each part
     * once, as backward finishes it (their numbers are still in the cache): element by element, then, and without
     * changing anything but vectors. */
    void (*step)(struct worker_state *w);
    /* Optional. Worker: before the vectors of protocol->push are sent. */
    void (*pack)(struct worker_state *w);
    /* Optional. Worker: as pack, but after coding, and before the last of the push leaves; decoded[i]: what the PS will
     * read in span i, to be left alone. */
    void (*sent)(struct worker_state *w, const float *const *decoded);
    /* Optional. Worker: the vectors of protocol->reply have just arrived in their `into`. */
    void (*accept)(struct worker_state *w);
    /* the PS works part by part as well, element by element.
     * With protocol->has_amend. Before the first vector of a push is weighted and added up: may change it. */
    void (*amend)(struct server_state *s, float *push);
    /* Required. Turn the sums into what the reply carries. */
    void (*combine)(struct server_state *s);
    /* Optional. Coded vectors of protocol->reply now hold what every receiver will decode. */
    void (*apply)(struct server_state *s);
    /* Optional, with ANSWER_EACH. The worker that s->peer belongs to gets its reply now. */
    void (*reply)(struct server_state *s);
    /* Optional, with ANSWER_EACH. Coded vectors of its reply now hold what this worker will decode. */
    void (*replied)(struct server_state *s);
};

extern const struct algorithm *const alg_list[]; /* ended by NULL */

const struct protocol *alg_protocol(const struct algorithm *alg, const void *params);
/* The algorithm's, or the one that goes with its admit; NULL: there is none. */
void (*alg_on_worker_down(const struct algorithm *alg))(struct server_view *s, struct verdict *v);

/* ---- pieces that several algorithms share (common.c) ---- */

/* admit and on_worker_down: all live workers are answered when each of them has pushed. */
void alg_admit_round(struct server_view *s, const struct push_header *push, struct verdict *v);
/* admit: an update and an answer for each push by itself. */
void alg_admit_alone(struct server_view *s, const struct push_header *push, struct verdict *v);
void alg_worker_down_round(struct server_view *s, struct verdict *v);
/* on_worker_down: no update and no answer waits for a certain worker. */
void alg_worker_down_ignored(struct server_view *s, struct verdict *v);
/* In a protocol: a push is a gradient, a reply the model. */
#define ALG_GRADIENT_FOR_MODEL                                                            \
    .push_spans = 1, .push = {{.vector = THE_GRADIENT, .coded = true}}, .reply_spans = 1, \
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL, .fixed = true}}, .replica = NO_REPLICA

/* In a protocol: a push is the local model, a reply the PS's in its place. */
#define ALG_MODEL_FOR_MODEL                                             \
    .push_spans = 1, .push = {{.vector = THE_MODEL}}, .reply_spans = 1, \
    .reply = {{.vector = THE_MODEL, .into = THE_MODEL}}, .replica = NO_REPLICA

/* decide: one gradient on each model received; waits for the next. */
enum next alg_decide_one_gradient(const struct worker_view *w);
void alg_answer_all(const struct server_view *s, struct verdict *v);
/* combine: W = W - rate * (sum[0] / pushes); sum[0] holds the mean afterwards. */
void alg_combine_mean_update(struct server_state *s);
/* into = sum[0] / pushes, which is left alone. */
void alg_mean(const struct server_state *s, float *into);
/* combine: W = the mean of models. */
void alg_combine_mean_model(struct server_state *s);
/* step: plain SGD on the local model. */
void alg_step(struct worker_state *w);
/* into = g for the first iteration after a push, into += g after that. */
void alg_accumulate(float *into, const struct worker_state *w);

#endif
