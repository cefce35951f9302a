#include "algorithms/codecs/bits.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are copied as they lie in memory");

enum { WORD = 32 }; /* bits moved at a time: with WORD - 1 left over, one more code always fits in 64 */

size_t bits_bytes(size_t n, int bits)
{
    return n / 8 * (size_t)bits + (n % 8 * (size_t)bits + 7) / 8; /* ceil(bits n / 8), no overflow */
}

static void pack_any(const uint16_t *code, size_t n, int bits, uint8_t *out)
{
    uint64_t held = 0;
    int fill = 0;
    for (size_t i = 0; i < n; i++) {
        held |= (uint64_t)code[i] << fill;
        fill += bits;
        if (fill >= WORD) {
            memcpy(out, &held, WORD / 8);
            out += WORD / 8;
            held >>= WORD;
            fill -= WORD;
        }
    }
    memcpy(out, &held, (size_t)(fill + 7) / 8);
}

static void unpack_any(const uint8_t *in, size_t n, int bits, uint16_t *code)
{
    const uint8_t *end = in + bits_bytes(n, bits);
    const uint64_t mask = (1u << bits) - 1;
    uint64_t held = 0;
    int fill = 0;
    for (size_t i = 0; i < n; i++) {
        if (fill < bits) {
            size_t left = (size_t)(end - in), taken = left < WORD / 8 ? left : WORD / 8;
            uint32_t word = 0;
            memcpy(&word, in, taken);
            in += taken;
            held |= (uint64_t)word << fill;
            fill += WORD;
        }
        code[i] = (uint16_t)(held & mask);
        held >>= bits;
        fill -= bits;
    }
}

void bits_pack(const uint16_t *code, size_t n, int bits, uint8_t *out)
{
    if (bits == 16)
        memcpy(out, code, 2 * n);
    else if (bits == 8)
        for (size_t i = 0; i < n; i++)
            out[i] = (uint8_t)code[i];
    else
        pack_any(code, n, bits, out);
}

void bits_unpack(const uint8_t *in, size_t n, int bits, uint16_t *code)
{
    if (bits == 16)
        memcpy(code, in, 2 * n);
    else if (bits == 8)
        for (size_t i = 0; i < n; i++)
            code[i] = in[i];
    else
        unpack_any(in, n, bits, code);
}
