/* What an algorithm declares of its vectors and messages: which vectors each side has, which of them travel,
 * and what the framework may rely on. A member that is left out is 0 or false. Vectors are those of struct
 * worker_state and struct server_state (algorithm.h). */
#ifndef ALGORITHMS_PROTOCOL_H
#define ALGORITHMS_PROTOCOL_H

#include <stdbool.h>

#define MAX_VECTORS 8
#define MAX_SPANS   4
#define WIRE_HEADER 64 /* bytes of a message's header on the wire; a ring may copy more or less */

/* What a vector begins with: zeros, the first model W_0, or, only in the PS, the number that the algorithm's
 * first_value() gives, in every element. */
enum start { FROM_ZERO, FROM_MODEL, FROM_VALUE };

/* The framework's own vectors; those that an algorithm declares have the numbers 0, 1, ... The PS has
 * THE_MODEL only. THE_STATE is the state of the worker's optimiser, which must have one vector (sgd and
 * nesterov with momentum). */
enum { THE_MODEL = -1, THE_GRADIENT = -2, THE_STATE = -3 };
#define NO_REPLICA -9

struct span {   /* one vector of a message */
    int vector; /* of the sender */
    bool coded; /* [algorithm.NAME] codec applies to it; with "none" it travels as float32, as if not coded */
    /* (coded) It is in units of a gradient: its receiver multiplies it by a learning rate, and so does error
     * feedback in units of the step with the residual (codecs/coding.h). false: in units of the model. */
    bool gradient;
    int into;   /* replies: the worker's vector that receives it */
    bool fixed; /* replies: no worker writes to `into`, so all workers may read one copy */
};

enum answers {
    ANSWER_ALL, /* a reply goes to all workers: it is made once */
    ANSWER_EACH /* a reply is made for one worker; if coded, the framework adds no error feedback */
};

struct protocol {
    /* (optional) The vectors of each worker, of the PS, and of the PS for each worker (peer): how many there
     * are, and what each begins with. */
    int n_worker_vectors, n_server_vectors, n_peer_vectors;
    enum start worker[MAX_VECTORS], server[MAX_VECTORS], peer[MAX_VECTORS];
    /* (required) What a push and a reply carry. */
    int push_spans, reply_spans;
    struct span push[MAX_SPANS], reply[MAX_SPANS];
    /* (required) The worker's vector that must equal the PS's model bit for bit after every accept();
     * NO_REPLICA: none. */
    int replica;
    /* (optional) Which workers a reply is for; ANSWER_ALL if left out. */
    enum answers answers;
    /* (optional, with ANSWER_ALL) Each update needs one push of every worker, as with alg_admit_round(), and every
     * worker gets the same result. Then an exchange without a server may take the PS's place (sim/exchange). */
    bool all_workers;
    /* (optional, with all_workers) The algorithm hides its exchanges behind iterations by itself: none of them
     * departs during back-propagation (network.overlap). */
    bool hides_exchanges;
    /* (optional) The PS may answer a worker before it has combined or dropped that worker's last push. */
    bool reply_may_precede_update;
    /* (optional) Replies are accepted only when decide() says WAIT, the oldest first, one for each WAIT, so
     * the algorithm chooses the iteration and not the network. This holds for STOP too: before that WAIT the
     * worker computes iterations that are in no update. When the run's last reply to any worker has arrived,
     * every worker stops within its iteration and accepts all replies that it has. */
    bool accepts_only_when_waiting;
    /* (optional, with ANSWER_ALL and a push of every worker in every update) Once a worker has accepted a
     * reply it needs nothing from before, so it may play another client in each round ([cluster] clients). */
    bool stateless_workers;
    /* (optional, with stateless_workers) Vectors that belong to the client and follow it to the worker that
     * plays it next. They begin as zeros and are never sent; only step(), pack() and sent() may use them. */
    bool client_vector[MAX_VECTORS];
    /* (optional) The PS and a worker step with the same gradients, so both must use one learning rate in a
     * round: local steps take the rate in the last reply. false: local steps are the worker's own, and each
     * takes the rate of its place in the run's schedule (docs/training.md, "The learning rate of an
     * iteration"). */
    bool one_rate_a_round;
    /* (optional) What a reply brings counts from the worker's next pack() on: step() and penalise() read none of it. Then
     * it decides no number after which iteration of a push the reply is accepted, and --retime may move it. */
    bool replies_count_at_pack;
    /* (optional) amend() is called. */
    bool has_amend;
    /* (required where admit() may say `drop`) With error feedback a worker then keeps a copy of every
     * residual from before it coded its last push. If that push is dropped, the worker goes back to the copy,
     * unless it has coded another push since. The gradient in the dropped push is lost in both cases. */
    bool drops_pushes;
    /* (optional) The algorithm's own vectors keep what a codec leaves out of a push. Error feedback would
     * keep it a second time, so the framework warns. */
    bool keeps_unsent;
    /* (optional) weight() is a factor of the update's learning rate, not of the push in the sums. If an
     * update has several pushes, the factor is the mean of their weights. */
    bool weighs_rate;
    /* (optional, with ANSWER_ALL) weight() weighs whole models, so BatchNorm's statistics get the same
     * weights. */
    bool weighs_models;
};

/* A push carries this vector of the worker (pieces.c). */
bool protocol_pushes(const struct protocol *p, int vector);
/* A push or a reply carries THE_STATE. */
bool protocol_sends_state(const struct protocol *p);

#endif
