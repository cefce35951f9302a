/* Every codec the program knows. A new one is one file and one line here. */
#include "algorithms/codecs/codec.h"

#define CODECS(X) \
    X(identity)   \
    X(maxabs)     \
    X(numpy_l2)   \
    X(float16)    \
    X(bfloat16)   \
    X(fp4)        \
    X(sign)       \
    X(terngrad)   \
    X(qsgd)       \
    X(topk)       \
    X(randomk)    \
    X(lowrank)

#define DECLARE(name) extern const struct codec codec_##name;
#define ENTRY(name)   &codec_##name,
#define WORD(name)    #name,

CODECS(DECLARE)

const struct codec *const codec_list[] = {CODECS(ENTRY) NULL};
const char *const codec_words[] = {"none", CODECS(WORD) NULL};
