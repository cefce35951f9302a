/* A row of b-bit codes in bytes: code i takes bits b*i .. b*i + b-1, and bit k of the row is bit k % 8 of
 * byte k / 8. Bits left over in the last byte are 0. Eight codes take exactly b bytes, so a long row can
 * be handled in pieces of a multiple of 8 codes. */
#ifndef ALGORITHMS_CODECS_BITS_H
#define ALGORITHMS_CODECS_BITS_H

#include <stddef.h>
#include <stdint.h>

enum { BITS_LEAST = 2, BITS_MOST = 16 };

/* Codes a codec packs at a time: they lie on its stack, in the first-level cache; a multiple of 8. */
enum { BITS_PIECE = 1024 };

/* Floats of the piece that begins at i. */
static inline size_t bits_piece(size_t i, size_t n)
{
    return n - i < BITS_PIECE ? n - i : BITS_PIECE;
}

size_t bits_bytes(size_t n, int bits);
void bits_pack(const uint16_t *code, size_t n, int bits, uint8_t *out); /* every code below 2^bits */
void bits_unpack(const uint8_t *in, size_t n, int bits, uint16_t *code);

#endif
