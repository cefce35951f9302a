/* A codec applied to a whole flat vector, with optional error feedback. The framework codes those spans of a
 * message that an algorithm declares as coded.
 *
 *   each by itself  | tensor 0 | tensor 1 | tensor 2 | ...      a raw tensor travels as floats, in its place
 *   joint           | raw tensors, one after the other | all other tensors as one vector, coded |
 *
 * Raw are tensors with fewer dimensions than min_dimensions, and every tensor in the first compress_after
 * messages of a sender, which are dense. */
#ifndef ALGORITHMS_CODECS_CODING_H
#define ALGORITHMS_CODECS_CODING_H

#include "algorithms/codecs/codec.h"

struct coding {                /* const after the start; one for pushes, one for replies */
    const struct codec *codec; /* NULL: nothing is coded */
    const void *params;        /* the codec's */
    int tensors;
    const size_t *tensor; /* (tensors) floats in each; they follow each other in the flat vector */
    int64_t parts; /* more than 1: tensors = 1, and message m is one vector of tensor[m % parts] floats */
    const size_t *rows;     /* (tensors) rows of each, a matrix; NULL: all are vectors */
    const int *dims;        /* (tensors) dimensions of each; NULL: all have one */
    int64_t min_dimensions; /* tensors with fewer dimensions are raw */
    int64_t compress_after; /* in messages below this number every tensor is raw */
    bool error_feedback;
    bool follows_rate; /* error feedback is in units of the step: coding_follow() */
};

/* The key of message `round` of `sender`, which both sides know. sender: a worker's id, or CODING_SERVER.
 * round: the number of the push, from 0; for a reply, one less than the version that it leads to. So a push
 * and its reply have the same round if every worker pushes once in a round. */
#define CODING_SERVER (-1)
struct draw_key coding_key(int64_t seed, int sender, int64_t round);

/* message: `round` of its draw key. */
bool coding_is_raw(const struct coding *c, int tensor, int64_t message); /* true without a codec */
size_t coding_bytes(const struct coding *c, int64_t message); /* of the coded vector; 0 without a codec */
size_t coding_floats(const struct coding *c,
                     int64_t message); /* that the codec gets: of tensors that are not raw */
size_t coding_floats_from(const struct coding *c, int first,
                          int64_t message);       /* of this tensor and later ones */
size_t coding_most_bytes(const struct coding *c); /* the most that any message has */
bool coding_resizes(const struct coding *c);      /* whether the size changes from one message to another */

/* Whether all senders' codes of this message add up, as codec.h says; true without a codec. */
bool coding_adds_up(const struct coding *c, int64_t message);

/* Whether coding_encode() needs scratch. */
bool coding_needs_scratch(const struct coding *c);

/* Sender. Without error feedback: out = Q(v). With it: p = v + residual ; out = Q(p) ; residual = p -
 * Q^-1(out). v is left alone. residual and scratch: as long as the tensors together; residual may be NULL
 * without error feedback, scratch if it is not needed. Tensor t is encoded with draw->iteration = t, joint
 * tensors with 0. false: tensor *bad holds NaN, infinity or values that the codec cannot scale. */
bool coding_encode(const struct coding *c, const struct draw_key *draw, const float *v, float *residual,
                   float *scratch, uint8_t *out, int *bad);

/* Before a message of a vector in units of a gradient, where c->follows_rate: multiplies the residual by
 * *before / now, so that rate * residual stays what it was. *before: the sender's learning rate when it last
 * coded with this residual, n floats; it becomes now, the present rate. If either is 0 the residual stays. */
void coding_follow(float *residual, size_t n, float *before, float now);

/* Receiver, with the sender's draw key. */
void coding_decode(const struct coding *c, const struct draw_key *draw, const uint8_t *in, float *v);

#endif
