/* A tensor of two or more dimensions as a matrix M (rows x columns), projected onto `rank` directions:
 *
 *     Q random, from the draw key
 *     `iterations` times: orthonormalise Q ; P = M Q ; orthonormalise P ; Q = M' P
 *     decoded: P Q' = P P' M
 *
 * It is exact (to rounding) if the rank of M is not higher. A projection never makes a matrix larger,
 * which suits error feedback. If the two factors together are no smaller than M, and for vectors, the
 * floats travel as they are.
 *
 * This is PowerSGD's compressor in one message: each sender factorises its own matrix. In the paper all
 * workers share P, because they average between the two products, and they begin with the last step's Q:
 * the algorithm powersgd.
 *
 * On the wire: the columns of P one after the other, then those of Q, as floats. */
#include <float.h>
#include <string.h>

#include "algorithms/codecs/factors.h"
#include "sim/base/norms.h"

struct params {
    int64_t rank, iterations;
};

static const struct config_key keys[] = {{"rank", KEY_INT, offsetof(struct params, rank), "4", .min = 1,
                                          .max = 1024, .help = "columns of the two factors"},
                                         {"iterations", KEY_INT, offsetof(struct params, iterations), "1",
                                          .min = 1, .max = 16,
                                          .help = "power iterations, which begin with random directions"},
                                         {NULL}};

static size_t bytes(const void *params, struct extent t)
{
    struct factors f = factors_of(t, ((const struct params *)params)->rank);
    return factors_are_smaller(f) ? factors_bytes(f) : t.n * sizeof(float);
}

/* Orthonormal columns make no product larger than M's norm: nothing overflows if that does not. */
static bool encode(const void *params, const struct draw_key *draw, const float *v, struct extent t,
                   uint8_t *out)
{
    const struct params *p = params;
    struct factors f = factors_of(t, p->rank);
    uint8_t *q = out + f.rank * f.bytes_p;
    if (!(norm_l2(v, t.n) < (double)FLT_MAX / 2))
        return false;
    if (!factors_are_smaller(f)) {
        memcpy(out, v, t.n * sizeof *v);
        return true;
    }
    memset(q, 0, f.rank * f.bytes_q);
    factors_start_q(f, draw, q);
    for (int64_t i = 0; i < p->iterations; i++) {
        factors_orthonormalise(q, f.columns, f.rank);
        factors_p(f, v, q, out);
        factors_orthonormalise(out, f.rows, f.rank);
        factors_q(f, v, out, q);
    }
    return true;
}

static void decode(const void *params, const struct draw_key *draw, const uint8_t *in, struct extent t,
                   float *v)
{
    struct factors f = factors_of(t, ((const struct params *)params)->rank);
    (void)draw;
    if (factors_are_smaller(f))
        factors_product(f, in, in + f.rank * f.bytes_p, v);
    else
        memcpy(v, in, t.n * sizeof *v);
}

extern const struct codec codec_lowrank;
const struct codec codec_lowrank = {
    .name = "lowrank",
    .summary =
        "two factors of low rank of each matrix, by power iteration; one message, so each sender's own",
    .size = "4 rank (rows + columns), at most 4 n",
    .paper = "the compressor of PowerSGD, Vogels et al., NeurIPS 2019, arXiv:1905.13727",
    .keys = keys,
    .params_size = sizeof(struct params),
    .feedback = FEEDBACK_GRADIENT,
    .bytes = bytes,
    .encode = encode,
    .decode = decode,
};
