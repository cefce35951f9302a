/* A codec applied to a whole flat vector, tensor by tensor, with optional error feedback. Used by the
 * framework for the spans of a message that an algorithm declares as coded. */
#ifndef ALGORITHMS_CODECS_CODING_H
#define ALGORITHMS_CODECS_CODING_H

#include "algorithms/codecs/codec.h"

struct coding { /* const after start; one per algorithm */
    const struct codec *codec;
    const void *params;
    int tensors;
    const size_t *tensor; /* (tensors) floats in each; they follow each other in the flat vector */
    bool error_feedback;
    const size_t *rows; /* (tensors) of each, a matrix; NULL: all are vectors */
};

/* The key of message `round` of `sender`, which both sides know. sender: a worker's id, or CODING_SERVER.
 * round: the number of the push; for a reply, one less than the version that it leads to. So a push and its
 * reply have the same round if every worker pushes once in a round. */
#define CODING_SERVER (-1)
struct draw_key coding_key(int64_t seed, int sender, int64_t round);

/* Bytes of the whole vector, 0 without codec; message: `round` of its draw key. */
size_t coding_bytes(const struct coding *c, int64_t message);
bool coding_shrinks(const struct coding *c); /* some later message is smaller than the first */

/* Sender. Without error feedback: out = Q(v). With it: p = v + residual ; out = Q(p) ; residual = p -
 * Q^-1(out). v is left alone. residual and scratch: as long as the tensors together; both may be NULL without error
 * feedback. Every tensor t is encoded with draw->iteration = t. false: tensor *bad holds NaN, infinity or
 * values that the codec cannot scale. */
bool coding_encode(const struct coding *c, const struct draw_key *draw, const float *v, float *residual,
                   float *scratch, uint8_t *out, int *bad);

/* Receiver, with the sender's draw key. */
void coding_decode(const struct coding *c, const struct draw_key *draw, const uint8_t *in, float *v);

#endif
