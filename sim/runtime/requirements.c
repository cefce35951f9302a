#include "sim/runtime/requirements.h"

#include "sim/base/fail.h"
#include "sim/runtime/training.h"

/* ---- of the author of an algorithm ---- */

void require_callbacks(const struct algorithm *alg)
{
    const char *lacks = !alg->decide                         ? "decide"
                        : !alg->admit                        ? "admit"
                        : !alg->combine                      ? "combine"
                        : !alg->protocol && !alg->choose     ? "protocol or choose"
                        : alg->exchanges && !alg->floats     ? "floats"
                        : alg->exchanges && !alg->compressed ? "compressed"
                                                             : NULL;
    if (lacks)
        die(EXIT_FAILED, "algorithm %s has no %s: algorithms/algorithm.h requires it", alg->name, lacks);
    if (alg->strided && (alg->sent || alg->apply))
        die(EXIT_FAILED, "algorithm %s has strided, and sent or apply: algorithms/algorithm.h", alg->name);
    if (alg->mean && (alg->fragments || alg->exchanges))
        die(EXIT_FAILED, "algorithm %s has a mean, and fragments or exchanges: algorithms/algorithm.h",
            alg->name);
}

static void require_between(const struct algorithm *alg, const char *what, int got, int least, int most)
{
    if (got < least || got > most)
        die(EXIT_FAILED, "algorithm %s: %s: expected a number from %d to %d, got %d (algorithms/protocol.h)",
            alg->name, what, least, most, got);
}

/* `vector` is one of the framework's, from `least` on, or one of the n that are declared. */
static void require_declared(const struct algorithm *alg, const char *what, int vector, int least, int n)
{
    if (vector < least || vector >= n)
        die(EXIT_FAILED, "algorithm %s: %s: no vector %d is declared (algorithms/protocol.h)", alg->name,
            what, vector);
}

void require_protocol(const struct algorithm *alg, const struct protocol *p)
{
    for (int i = 0; i < p->reply_spans; i++)
        if (alg->strided && p->reply[i].coded)
            die(EXIT_FAILED, "algorithm %s has strided, and coded replies: algorithms/algorithm.h",
                alg->name);
    require_between(alg, "n_worker_vectors", p->n_worker_vectors, 0, MAX_VECTORS);
    require_between(alg, "n_server_vectors", p->n_server_vectors, 0, MAX_VECTORS);
    require_between(alg, "n_peer_vectors", p->n_peer_vectors, 0, MAX_VECTORS);
    require_between(alg, "push_spans", p->push_spans, 1, MAX_SPANS);
    require_between(alg, "reply_spans", p->reply_spans, 1, MAX_SPANS);
    for (int i = 0; i < p->push_spans; i++)
        require_declared(alg, "push", p->push[i].vector, THE_STATE, p->n_worker_vectors);
    for (int i = 0; i < p->reply_spans; i++) {
        require_declared(alg, "reply", p->reply[i].vector, THE_MODEL, p->n_server_vectors);
        if (p->reply[i].into != THE_STATE)
            require_declared(alg, "reply's into", p->reply[i].into, THE_MODEL, p->n_worker_vectors);
    }
    if (p->replica != NO_REPLICA)
        require_declared(alg, "replica", p->replica, THE_MODEL, p->n_worker_vectors);
    for (int i = 0; i < p->n_server_vectors; i++)
        if (p->server[i] == FROM_VALUE && !alg->first_value)
            die(EXIT_FAILED,
                "algorithm %s has no first_value: FROM_VALUE requires it (algorithms/protocol.h)", alg->name);
    if (p->all_workers && (p->answers != ANSWER_ALL || p->drops_pushes || p->reply_may_precede_update))
        die(EXIT_FAILED,
            "algorithm %s: all_workers: expected one result for all pushes, which none precedes "
            "(algorithms/protocol.h)",
            alg->name);
    if (p->has_amend && !alg->amend)
        die(EXIT_FAILED, "algorithm %s has no amend: its has_amend requires it (algorithms/protocol.h)",
            alg->name);
    if (alg->amend && !alg->choose && !p->has_amend)
        die(EXIT_FAILED, "algorithm %s: its amend is not called without has_amend (algorithms/protocol.h)",
            alg->name);
}

/* ---- of the user ---- */

void require_on_worker_down(const struct run *run)
{
    const struct algorithm *alg = run->alg;
    bool crashes = faults_can_crash(&run->conductor.faults), drains = alg->drain && alg->drain(run->params);
    if (alg_on_worker_down(alg) || !(crashes || drains))
        return;
    die(EXIT_USAGE,
        "algorithm.%s%s: its admit is its own, so it must have on_worker_down, for workers that are down; "
        "alg_worker_down_ignored is that of a server that waits for no certain worker "
        "(algorithms/algorithm.h)",
        alg->name, crashes ? ": expected no crashes ([faults])" : ".drain: expected no");
}

void require_one_state(const struct run *run)
{
    if (protocol_sends_state(run->protocol) && training_states(run, AT_WORKER) != 1)
        die(EXIT_USAGE,
            "algorithm.%s.optimizer: expected one with one vector of state, which is sent, got %s with %d",
            run->alg->name, run->setup.optimizer.name, training_states(run, AT_WORKER));
}
