/* The parameters and rows of [algorithm.NAME] that every algorithm has, and how an algorithm's rows are
 * read. */
#ifndef ALGORITHMS_KEYS_H
#define ALGORITHMS_KEYS_H

#include "algorithms/algorithm.h"
#include "algorithms/codecs/coding.h"

struct alg_common { /* every algorithm's parameter struct begins with it */
    /* Instead of the keys of [train] with these names; NAN, NULL or -1: those count. */
    double learning_rate, momentum, weight_decay, clip_norm, warmup;
    char *optimizer;
    int optimizer_at, state_on_reset, schedule; /* enumerations of these names */
    char *codec;                                /* of coded vectors; "none": they travel as float32 */
    char *reply_codec;                          /* of the coded vectors of replies; NULL: codec */
    enum feedback error_feedback;
    int64_t min_dimensions; /* tensors with fewer travel as float32 */
    int64_t compress_after; /* updates before which every vector travels as float32 */
};

/* Its rows but reply_codec: the first table of every algorithm. */
extern const struct config_key alg_common_keys[];

/* reply_codec: the next one, of an algorithm with coded vectors in its pushes and in its replies. */
extern const struct config_key alg_reply_codec_keys[];

/* Row i of the algorithm's section, counted through all its tables, with the algorithm's own preset; false behind the last row. The order is that of KEYS.md and of resolved.ini. */
bool alg_key(const struct algorithm *alg, int i, struct config_key *row);

#endif
