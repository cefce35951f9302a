/* Codes are packed and unpacked eight at a time, without a branch: four of them are moved together in a word of
 * 64 bits, in two steps that the compiler vectorises, and two such words make `bits` bytes. Each eight are
 * written as a word or two, which reaches beyond their bytes; so the last ones of a row go one by one. */
#include "algorithms/codecs/bits.h"

#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "words are copied as they lie in memory");

enum { WORD = 32 }; /* bits moved at a time: with WORD - 1 left over, one more code always fits in 64 */

size_t bits_bytes(size_t n, int bits)
{
    return n / 8 * (size_t)bits + (n % 8 * (size_t)bits + 7) / 8; /* ceil(bits n / 8), no overflow */
}

/* ---- one by one ---- */

static void pack_last(const uint16_t *code, size_t n, int bits, uint8_t *out)
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

static void unpack_last(const uint8_t *in, size_t n, int bits, uint16_t *code)
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

/* ---- four codes in a word: each in 16 bits, or next to each other ---- */

#define PAIRS 0x0000ffff0000ffffu

static inline uint64_t squeeze(uint64_t four, int bits)
{
    uint64_t pairs = (four & PAIRS) | (four & ~PAIRS) >> (16 - bits);
    return (pairs & UINT32_MAX) | pairs >> WORD << 2 * bits;
}

static inline uint64_t stretch(uint64_t four, int bits)
{
    const uint64_t one = ((uint64_t)1 << bits) - 1, two = ((uint64_t)1 << 2 * bits) - 1;
    const uint64_t each_one = one | one << WORD;
    uint64_t pairs = (four & two) | (four >> 2 * bits & two) << WORD;
    return (pairs & each_one) | (pairs >> bits & each_one) << 16;
}

static void squeeze_all(const uint16_t *code, size_t words, int bits, uint64_t *word)
{
    for (size_t i = 0; i < words; i++) {
        uint64_t four;
        memcpy(&four, code + 4 * i, sizeof four);
        word[i] = squeeze(four, bits);
    }
}

static void stretch_all(const uint64_t *word, size_t words, int bits, uint16_t *code)
{
    for (size_t i = 0; i < words; i++) {
        uint64_t four = stretch(word[i], bits);
        memcpy(code + 4 * i, &four, sizeof four);
    }
}

/* ---- eight codes in `bits` bytes ---- */

static size_t reach(int bits) /* bytes that are touched for eight codes */
{
    return bits > 8 ? 16 : 8;
}

/* How many eights of a row can be handled together. */
static size_t eights_of(size_t n, int bits)
{
    size_t bytes = bits_bytes(n, bits), least = reach(bits);
    size_t within = bytes < least ? 0 : (bytes - least) / (size_t)bits + 1;
    return within < n / 8 ? within : n / 8;
}

static void put_eights(const uint64_t *word, size_t eights, int bits, uint8_t *out)
{
    for (size_t i = 0; i < eights; i++, out += bits) {
        uint64_t lower = word[2 * i] | word[2 * i + 1] << 4 * bits;
        memcpy(out, &lower, sizeof lower);
    }
}

static void put_long_eights(const uint64_t *word, size_t eights, int bits, uint8_t *out)
{
    for (size_t i = 0; i < eights; i++, out += bits) {
        uint64_t lower = word[2 * i] | word[2 * i + 1] << 4 * bits;
        uint64_t upper = word[2 * i + 1] >> (64 - 4 * bits);
        memcpy(out, &lower, sizeof lower);
        memcpy(out + sizeof lower, &upper, sizeof upper);
    }
}

static void get_eights(const uint8_t *in, size_t eights, int bits, uint64_t *word)
{
    for (size_t i = 0; i < eights; i++, in += bits) {
        memcpy(&word[2 * i], in, sizeof *word);
        word[2 * i + 1] = word[2 * i] >> 4 * bits;
    }
}

static void get_long_eights(const uint8_t *in, size_t eights, int bits, uint64_t *word)
{
    for (size_t i = 0; i < eights; i++, in += bits) {
        uint64_t upper;
        memcpy(&word[2 * i], in, sizeof *word);
        memcpy(&upper, in + sizeof upper, sizeof upper);
        word[2 * i + 1] = word[2 * i] >> 4 * bits | upper << (64 - 4 * bits);
    }
}

/* Both return how many codes they have handled. */
static size_t pack_eights(const uint16_t *code, size_t n, int bits, uint8_t *out)
{
    size_t eights = eights_of(n, bits);
    for (size_t i = 0; i < eights; i += BITS_PIECE / 8) {
        uint64_t word[BITS_PIECE / 4];
        size_t piece = eights - i < BITS_PIECE / 8 ? eights - i : BITS_PIECE / 8;
        squeeze_all(code + 8 * i, 2 * piece, bits, word);
        (bits > 8 ? put_long_eights : put_eights)(word, piece, bits, out + i * (size_t)bits);
    }
    return 8 * eights;
}

static size_t unpack_eights(const uint8_t *in, size_t n, int bits, uint16_t *code)
{
    size_t eights = eights_of(n, bits);
    for (size_t i = 0; i < eights; i += BITS_PIECE / 8) {
        uint64_t word[BITS_PIECE / 4];
        size_t piece = eights - i < BITS_PIECE / 8 ? eights - i : BITS_PIECE / 8;
        (bits > 8 ? get_long_eights : get_eights)(in + i * (size_t)bits, piece, bits, word);
        stretch_all(word, 2 * piece, bits, code + 8 * i);
    }
    return 8 * eights;
}

/* ---- the interface ---- */

void bits_pack(const uint16_t *code, size_t n, int bits, uint8_t *out)
{
    size_t done = 0;
    if (bits == 16) {
        memcpy(out, code, 2 * n);
    } else if (bits == 8) {
        for (size_t i = 0; i < n; i++)
            out[i] = (uint8_t)code[i];
    } else {
        done = pack_eights(code, n, bits, out);
        pack_last(code + done, n - done, bits, out + done / 8 * (size_t)bits);
    }
}

void bits_unpack(const uint8_t *in, size_t n, int bits, uint16_t *code)
{
    size_t done = 0;
    if (bits == 16) {
        memcpy(code, in, 2 * n);
    } else if (bits == 8) {
        for (size_t i = 0; i < n; i++)
            code[i] = in[i];
    } else {
        done = unpack_eights(in, n, bits, code);
        unpack_last(in + done / 8 * (size_t)bits, n - done, bits, code + done);
    }
}
