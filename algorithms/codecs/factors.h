/* A matrix M (rows x columns) and its two factors of low rank: P (rows x rank) and Q (columns x rank), M ~
 * P Q'. The factors are floats, one column after the other, at any address: they may lie in a message. */
#ifndef ALGORITHMS_CODECS_FACTORS_H
#define ALGORITHMS_CODECS_FACTORS_H

#include "algorithms/codecs/codec.h"

struct factors {
    size_t rows, columns, rank;
    size_t bytes_p, bytes_q; /* of one column */
};

struct factors factors_of(struct extent t, int64_t rank);
size_t factors_bytes(struct factors f);     /* of both */
bool factors_are_smaller(struct factors f); /* than the matrix; a vector's never are */

/* Columns of zeros become random ones, -1/2 .. 1/2. */
void factors_start_q(struct factors f, const struct draw_key *draw, uint8_t *q);

/* Of `rank` columns of n floats; one that the others span becomes zeros. */
void factors_orthonormalise(uint8_t *x, size_t n, size_t rank);

void factors_p(struct factors f, const float *m, const uint8_t *q, uint8_t *p);       /* P = M Q */
void factors_q(struct factors f, const float *m, const uint8_t *p, uint8_t *q);       /* Q = M' P */
void factors_product(struct factors f, const uint8_t *p, const uint8_t *q, float *m); /* M = P Q' */

#endif
