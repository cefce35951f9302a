#include "algorithms/codecs/codec.h"

extern const struct codec codec_identity, codec_maxabs, codec_numpy_l2, codec_float16, codec_bfloat16,
    codec_sign, codec_terngrad, codec_qsgd, codec_topk, codec_randomk, codec_lowrank;

const struct codec *const codec_list[] = {&codec_identity, &codec_maxabs,  &codec_numpy_l2, &codec_float16,
                                          &codec_bfloat16, &codec_sign,    &codec_terngrad, &codec_qsgd,
                                          &codec_topk,     &codec_randomk, &codec_lowrank,  NULL};
