/* Operations on flat float vectors. A sum or update that must agree bit for bit between the PS and a worker
 * is one function here, and both call it. Vectors do not overlap unless a comment says so; n counts
 * floats. */
#ifndef SIM_BASE_VEC_H
#define SIM_BASE_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Several passes over long vectors go piece by piece: all passes over one piece, then the next piece. A piece
 * has 8192 floats (32 KB), so that the pieces of about five vectors stay in the second-level cache. */
#define VEC_PIECE ((size_t)8192)

float *vec_create(size_t n, const float *from); /* zeros, or a copy; free() it */
void vec_copy(float *dst, const float *src, size_t n);
void vec_add(float *sum, const float *x, size_t n);                 /* sum += x */
void vec_add_scaled(float *sum, float a, const float *x, size_t n); /* sum += a x */
void vec_scale(float *x, float a, size_t n);                        /* x *= a */
/* sum = a[0] x[0] + a[1] x[1] + ... of `count` vectors, in this order; add: sum += a[0] x[0], and so on. Memory
 * is read once for all of them. Every element gets the same bits as from one vec_add_scaled() after another,
 * or from vec_add() where a factor is 1. */
void vec_sum(float *sum, bool add, const float *const *x, const float *a, int count, size_t n);
void vec_step(float *w, float rate, const float *u, size_t n); /* w = w - rate u: THE parameter update */
void vec_step_from(float *w, const float *from, float rate, const float *u, size_t n); /* w = from - rate u */
/* vec_step() and, in the same pass, sum = u or, if `add`, sum += u. */
void vec_step_sum(float *w, float rate, const float *u, float *sum, bool add, size_t n);
void vec_momentum(float *u, float m, float *g, size_t n); /* u = m u + g; g = u */
uint64_t vec_hash(const float *x, size_t n);              /* 64 bits (XXH3) of the bytes */

#endif
