/* A codec turns one tensor of floats into the bytes that cross the network, and back. It is independent of
 * algorithms: any vector that an algorithm's message carries may go through one. One file, one exported
 * symbol `codec_NAME`, one line in list.c.
 *
 * Called in the worker (push) and in the PS (the same push back to floats; the reply). Pure: the output
 * depends only on parameters, draw key and input; the input is never changed; no memory is kept or taken. Both
 * sides have the same draw key, so what is drawn from it (a random mask) need not be sent.
 * What a sender could not say (the error-feedback residual) is kept by the framework, see coding.h. */
#ifndef ALGORITHMS_CODECS_CODEC_H
#define ALGORITHMS_CODECS_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/rng.h"
#include "sim/config/key.h"

struct extent {      /* of one tensor in a message */
    size_t n;        /* floats, > 0 */
    size_t rows;     /* they lie row after row, n / rows in each; 1: a vector */
    int64_t message; /* how many its sender has sent before */
};

struct codec {
    const char *name, *summary, *paper;
    const char *size; /* bytes() in words, for the documentation */
    const struct config_key *keys; /* the rows of [codec.NAME], ended by a NULL name; NULL: none */
    size_t params_size;            /* of the struct that the rows fill; 0: none */
    /* (optional) What --verify may rely on: the offset of the int64_t parameter, not the first one, that says in how
     * many of a sender's first messages bytes() may be more than later. */
    size_t warmup;

    /* Bytes that the tensor becomes; exactly, whatever its values. From one message to the next it never grows. */
    size_t (*bytes)(const void *params, struct extent t);

    /* Writes exactly bytes(t) to out. false: the tensor holds NaN or infinity, or values so large that
     * the codec cannot scale them by a float (qsgd and numpy_l2: their l2 norm; randomk: times n / k). out is
     * undefined then. */
    bool (*encode)(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out);

    /* draw: the one that it was encoded with. Any bytes are decoded, to floats of no promise, within v's t.n. */
    void (*decode)(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v);
};

extern const struct codec *const codec_list[]; /* ended by NULL */

#endif
