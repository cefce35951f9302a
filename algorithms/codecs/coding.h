/* A codec applied to a whole flat vector, tensor by tensor, with optional error feedback. Used by the
 * framework for the spans of a message that an algorithm declares as coded.
 *
 *   usual    | tensor 0 | tensor 1 | tensor 2 | ...      a raw tensor travels as floats, in its place
 *   joint    | raw tensors, one after the other | all other tensors as one vector, coded |
 *
 * A tensor is raw where it has too few dimensions, and all are in the first messages of a sender
 * (min_dimensions, compress_after). */
#ifndef ALGORITHMS_CODECS_CODING_H
#define ALGORITHMS_CODECS_CODING_H

#include "algorithms/codecs/codec.h"

struct coding { /* const after start; one per algorithm */
    const struct codec *codec;
    const void *params;
    int tensors;
    const size_t *tensor; /* (tensors) floats in each; they follow each other in the flat vector */
    bool error_feedback;
    const size_t *rows;     /* (tensors) of each, a matrix; NULL: all are vectors */
    const int *dims;        /* (tensors) of each; NULL: all have one */
    int64_t min_dimensions; /* tensors with fewer are raw */
    int64_t compress_after; /* messages below this number are raw */
    bool follows_rate;      /* error feedback is in units of the step: coding_follow() */
};

/* The key of message `round` of `sender`, which both sides know. sender: a worker's id, or CODING_SERVER.
 * round: the number of the push; for a reply, one less than the version that it leads to. So a push and its
 * reply have the same round if every worker pushes once in a round. */
#define CODING_SERVER (-1)
struct draw_key coding_key(int64_t seed, int sender, int64_t round);

/* message: `round` of its draw key. */
bool coding_is_raw(const struct coding *c, int tensor, int64_t message); /* true without codec */
size_t coding_bytes(const struct coding *c, int64_t message); /* of the whole vector, 0 without codec */
size_t coding_most_bytes(const struct coding *c);             /* of any message */
bool coding_resizes(const struct coding *c); /* not all messages have the size of the first */

/* Whether coding_encode() needs room of its own. */
bool coding_needs_scratch(const struct coding *c);

/* Sender. Without error feedback: out = Q(v). With it: p = v + residual ; out = Q(p) ; residual = p -
 * Q^-1(out). v is left alone. residual and scratch: as long as the tensors together; residual may be NULL
 * without error feedback, scratch if it is not needed. Every tensor t is encoded with draw->iteration = t, all
 * of them together with 0. false: tensor *bad holds NaN, infinity or values that the codec cannot scale. */
bool coding_encode(const struct coding *c, const struct draw_key *draw, const float *v, float *residual,
                   float *scratch, uint8_t *out, int *bad);

/* Error feedback in units of the step keeps rate * residual. So before a message the residual of a vector in
 * units of a gradient is multiplied by *before / now: the sender's learning rate when it last coded that
 * residual, and the present one. If either is 0 the residual stays. *before becomes now. */
void coding_follow(float *residual, size_t n, float *before, float now);

/* Receiver, with the sender's draw key. */
void coding_decode(const struct coding *c, const struct draw_key *draw, const uint8_t *in, float *v);

#endif
