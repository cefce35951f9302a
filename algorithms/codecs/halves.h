/* What codecs with one 16-bit code for each float have in common. Each codec brings the functions that
 * code and decode one float, which are inlined. */
#ifndef ALGORITHMS_CODECS_HALVES_H
#define ALGORITHMS_CODECS_HALVES_H

#include <math.h>
#include <string.h>

#include "algorithms/codecs/codec.h"
#include "sim/base/norms.h"

static inline size_t halves_bytes(const void *params, struct extent t)
{
    (void)params;
    return t.n * sizeof(uint16_t);
}

/* Piece by piece: a piece is still in the first-level cache when it is coded. */
static inline bool halves_encode(uint16_t (*code_of)(float), const float *v, size_t n, uint8_t *out)
{
    enum { PIECE = 1024 };
    for (size_t from = 0; from < n; from += PIECE) {
        size_t end = n - from < PIECE ? n : from + PIECE;
        if (!isfinite(norm_max(v + from, end - from)))
            return false;
        for (size_t i = from; i < end; i++) {
            uint16_t code = code_of(v[i]);
            memcpy(out + sizeof code * i, &code, sizeof code);
        }
    }
    return true;
}

static inline void halves_decode(float (*value_of)(uint16_t), const uint8_t *in, size_t n, float *v)
{
    for (size_t i = 0; i < n; i++) {
        uint16_t code;
        memcpy(&code, in + sizeof code * i, sizeof code);
        v[i] = value_of(code);
    }
}

#endif
