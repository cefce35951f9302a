/* The rows of a section [algorithm.NAME] that more than one algorithm has, and how an algorithm's rows are read. */
#ifndef ALGORITHMS_KEYS_H
#define ALGORITHMS_KEYS_H

#include "algorithms/algorithm.h"

/* All of struct alg_common but reply_codec: the first table of every algorithm. */
extern const struct config_key alg_common_keys[];

/* reply_codec: the next one, of an algorithm with coded vectors in its pushes and in its replies. */
extern const struct config_key alg_reply_codec_keys[];

/* Row i of the algorithm's section, counted through all its tables, with the presets that are the algorithm's own;
 * false behind the last one. The order is that of KEYS.md and of resolved.ini. */
bool alg_key(const struct algorithm *alg, int i, struct config_key *row);

#endif
