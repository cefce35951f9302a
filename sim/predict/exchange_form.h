/* The closed form of one exchange: how long it takes, and how many bytes it carries, if all workers join at once. It
 * knows the rules of the exchanges (sim/exchange/) and of the network, and does not simulate. A message of x bytes
 * takes t(x) = L + ceil((x + header) / b), alone on its route; N workers, P bytes of a push:
 *
 *   ring               2 (N-1) t(P/N)                  halving_doubling   2 (t(P/2) + t(P/4) + ... + t(P/p)), and for N
 *   all_gather         (N-1) t(P)                                         other than p, a power of two, 2 t(P)
 *   hierarchical       chain + 2 (G-1) t(P/G) + chain  sharded, server    every link carries its messages at once
 *   tree               an estimate
 *
 *   chain of h hops    h L + (h + n - 2) c + l: n chunks, c ns on the link each, the last one l
 *
 * Several exchanges, x_b each, that the workers join at ready_b:
 *
 *   with a stream order     e_b = max(ready_b, e_(b-1)) + x_b
 *   sharded, server         up-links, shards and down-links each take one after the other (shard_form.c)
 */
#ifndef SIM_PREDICT_EXCHANGE_FORM_H
#define SIM_PREDICT_EXCHANGE_FORM_H

#include "sim/exchange/exchange.h"
#include "sim/time/closed_form.h"

/* One of several exchanges that follow each other, as those of the buckets of a push do. */
struct exchange_part {
    double push, reply; /* bytes on the wire, header included, each as one message */
    vtime service;      /* server: of a push at the PS; sharded: of a worker's part at a shard */
    vtime answer;       /* server, sharded: from the update to the departure of its replies */
    double ready;       /* when the workers join it, ns; later than the one before */
};

/* `parts` exchanges, at least 1, of which exchange `number` is one. out->up: the moment at which the last one is
 * reduced; out->down: from then on until the last result is there. false: this kind has none. */
bool exchange_form_of(const struct exchange_spec *spec, int64_t number, const struct exchange_part *part,
                      int parts, struct closed_form *out);

/* As exchange_is_whole(), before there is an exchange. */
bool exchange_form_is_whole(const struct exchange_spec *spec);

#endif
