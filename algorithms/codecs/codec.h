/* A codec turns one tensor of floats into the bytes that cross the network, and back. It is independent of
 * algorithms: any vector of a message may go through any codec. One file, one exported symbol
 * `codec_NAME`, one line in list.c.
 *
 * Codecs are called in the worker (a push is coded) and in the PS (a push is decoded, a reply is coded and
 * decoded). They are pure: the output depends only on parameters, draw key and input; the input is never
 * changed; no memory is kept or allocated. Sender and receiver have the same draw key, so what is drawn
 * from it (a random mask) need not be sent. What a message could not express (the residual of error
 * feedback) is kept by the framework, see coding.h. */
#ifndef ALGORITHMS_CODECS_CODEC_H
#define ALGORITHMS_CODECS_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/rng.h"
#include "sim/config/key.h"

/* What coding costs in virtual time: seconds per uncoded byte, which is a fourth of a float on either side; decimals
 * of the ini. */
struct coding_cost {
    double encode, decode;
};

struct extent {      /* of one tensor in a message */
    size_t n;        /* floats, > 0 */
    size_t rows;     /* they lie row after row, n / rows in each; 1: a vector */
    int64_t message; /* messages that its sender has sent before this one */
    int dims;        /* of the model's tensor: 1 for a bias or BatchNorm, 2 for a dense layer */
};

/* What error feedback keeps. GRADIENT: what coding has lost (Seide et al., Interspeech 2014). STEP: that
 * times the sender's learning rate (EF-SGD: Karimireddy et al., ICML 2019, arXiv:1901.09847), so that old
 * losses do not outweigh gradients when the rate falls. YES: as the algorithm's paper has it, or else the
 * codec's. */
enum feedback { FEEDBACK_NO, FEEDBACK_GRADIENT, FEEDBACK_STEP, FEEDBACK_YES };
extern const char *const feedback_words[];

struct codec {
    const char *name, *summary, *paper;
    const char *size;              /* bytes() in words, for the documentation */
    const struct config_key *keys; /* the rows of [codec.NAME], ended by a NULL name; NULL: none */
    size_t params_size;            /* of the struct that the rows fill; 0: none */
    /* (optional) What --verify may rely on: the offset of the int64_t parameter, not the first one, that
     * says in how many of a sender's first messages bytes() may be more than later. */
    size_t warmup;

    /* (required) What error_feedback = yes means with this codec: GRADIENT or STEP, as its paper has it. */
    enum feedback feedback;

    /* (optional) Whether coding is joint: the codec gets all tensors that it codes as one vector, one after
     * the other. If left out, it gets each tensor by itself. */
    bool (*joint)(const void *params);

    /* (optional) Each value is coded without regard to the others, so a part of a vector can be coded before the rest
     * is known. */
    bool by_value;

    /* (optional) Whether the sum of two senders' codes of a tensor, from messages of one number, is a code of
     * the same size, so that exchanges without a server add up codes on their way. If left out, it is not. */
    bool (*adds_up)(const void *params);

    /* (required) Exactly the bytes that the tensor becomes, for any values. From one message to the next they
     * never grow. */
    size_t (*bytes)(const void *params, struct extent t);

    /* (required) Writes exactly bytes(t) to out. false: the tensor holds NaN or infinity, or values too large
     * to be scaled by a float (qsgd and numpy_l2: their l2 norm; randomk: times n / k). Then out is
     * undefined. */
    bool (*encode)(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out);

    /* (required) draw: the key of encode(). Decodes any bytes; wrong ones give any floats, but never more
     * than t.n of them. */
    void (*decode)(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v);
};

/* The section [codec.NAME]: the rows of the codec, and behind them those of every codec, which fill a struct
 * coding_cost behind the codec's own parameters. Row i of the section; false behind the last one. */
bool codec_key(const struct codec *codec, int i, struct config_key *row);
size_t codec_section_size(const struct codec *codec);
/* The costs in the section with these parameters; NAN: left out. */
struct coding_cost codec_cost(const struct codec *codec, const void *params);

extern const struct codec *const codec_list[]; /* ended by NULL */
extern const char *const codec_words[];        /* "none", then their names, likewise */

#endif
