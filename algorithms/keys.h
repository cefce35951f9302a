/* The parameters and rows of [algorithm.NAME] that every algorithm has, and how an algorithm's rows are
 * read. */
#ifndef ALGORITHMS_KEYS_H
#define ALGORITHMS_KEYS_H

#include "algorithms/algorithm.h"
#include "algorithms/codecs/coding.h"

struct alg_common { /* every algorithm's parameter struct begins with it */
    char *label;    /* in pictures and reports; NULL: struct algorithm has it, or it is the variant's name */
    /* They count instead of the keys of [train] with these names. Left out: NAN, NULL or -1. */
    double learning_rate, momentum, weight_decay, clip_norm, warmup;
    char *optimizer;
    int optimizer_at, state_on_reset; /* enumerations of models/optimizer.h */
    int schedule;                     /* enum schedule_form */
    char *codec;                      /* of coded vectors; "none": they travel as float32 */
    char *reply_codec;                /* of the coded vectors of replies; NULL: codec */
    enum feedback error_feedback;
    int64_t min_dimensions;  /* tensors with fewer dimensions are raw: they travel as float32 */
    char *exchange_by;       /* instead of [network] exchange; NULL: left out */
    int overlap;             /* enum overlap, instead of [network] overlap; -1: left out */
    struct coding_cost cost; /* instead of the codec's and of those of [compute]; NAN: left out */
    int64_t compress_after; /* dense messages of each sender (with exchanges: dense steps of the model) before
                               the first compressed one: in a dense message every tensor is raw */
};

/* The rows of struct alg_common without reply_codec: the first table of every algorithm. */
extern const struct config_key alg_common_keys[];

/* The row reply_codec: the second table of an algorithm with coded vectors in its pushes and its replies. */
extern const struct config_key alg_reply_codec_keys[];

/* Row i of the algorithm's section, counted through all its tables, with the algorithm's own preset; false
 * behind the last row. The order is that of KEYS.md and of resolved.ini. */
bool alg_key(const struct algorithm *alg, int i, struct config_key *row);

#endif
