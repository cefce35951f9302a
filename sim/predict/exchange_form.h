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
 */
#ifndef SIM_PREDICT_EXCHANGE_FORM_H
#define SIM_PREDICT_EXCHANGE_FORM_H

#include "sim/exchange/exchange.h"
#include "sim/time/closed_form.h"

struct exchange_sizes { /* bytes on the wire, header included, each as one message */
    double push, reply;
    vtime service; /* server: of a push at the PS */
};

/* Of exchange `number`. false: this kind has none. */
bool exchange_form_of(const struct exchange_spec *spec, int64_t number, const struct exchange_sizes *sizes,
                      struct closed_form *out);

#endif
