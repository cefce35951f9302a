/* Label by label (Hsu, Qi and Brown 2019, arXiv:1909.06335): draws the proportions of the shares from the
 * symmetric Dirichlet distribution with concentration beta, and cuts the label's samples, in random order, in
 * these proportions. With beta -> infinity every share is like the whole set; with 0.1 it has a few
 * labels. */
#include <math.h>
#include <stdlib.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"

/* What a draw is for: the key's round, so that no two draws have the same key. */
enum { SHUFFLE, NORMAL, ACCEPT, BOOST };

static double open_uniform(const struct draw_key *key, uint64_t index)
{
    return (draw_u32(key, index) + 0.5) * 0x1p-32; /* (0, 1) */
}

/* Gamma(a), a >= 1: Marsaglia and Tsang, ACM Trans. Math. Softw. 26(3), 2000. */
static double draw_gamma(const struct draw_key *key, double a)
{
    struct draw_key normal = *key, accept = *key;
    double d = a - 1.0 / 3, c = 1 / sqrt(9 * d);
    normal.round = NORMAL;
    accept.round = ACCEPT;
    for (uint64_t i = 0;; i++) {
        double x = draw_normal(&normal, i), t = 1 + c * x, v = t * t * t;
        if (v > 0 && log(open_uniform(&accept, i)) < 0.5 * x * x + d - d * v + d * log(v))
            return d * v;
    }
}

/* The logarithm of a Gamma(a) draw, for any a > 0. For a < 1, Gamma(a) is Gamma(a + 1) U^(1/a) with U uniform
 * in (0, 1): at small a that underflows, and its logarithm does not. */
static double draw_log_gamma(const struct draw_key *key, double a)
{
    struct draw_key boost = *key;
    boost.round = BOOST;
    if (a >= 1)
        return log(draw_gamma(key, a));
    return log(draw_gamma(key, a + 1)) + log(open_uniform(&boost, 0)) / a;
}

/* Independent Gamma(beta) draws, divided by their sum, are a Dirichlet draw. The largest is taken out first:
 * exp must not underflow for all of them. */
static void draw_proportions(const struct partition_input *in, int label, double *p)
{
    struct draw_key key = {.seed = in->seed, .purpose = DRAW_SHARD, .rank = label + 1};
    double most = -INFINITY, sum = 0;
    for (uint32_t i = 0; i < in->shares; i++) {
        key.iteration = i;
        p[i] = draw_log_gamma(&key, in->beta);
        most = fmax(most, p[i]);
    }
    for (uint32_t i = 0; i < in->shares; i++)
        sum += p[i] = exp(p[i] - most);
    for (uint32_t i = 0; i < in->shares; i++)
        p[i] /= sum;
}

struct rest {
    double fraction;
    uint32_t share;
};

static int larger_first(const void *a, const void *b)
{
    const struct rest *x = a, *y = b;
    if (x->fraction != y->fraction)
        return x->fraction > y->fraction ? -1 : 1;
    return (x->share > y->share) - (x->share < y->share);
}

/* count = n cut into whole numbers in the proportions p, by the largest-remainder method. */
static void apportion(const struct partition_input *in, const double *p, uint32_t n, uint32_t *count)
{
    const double below = 1 - 1e-12; /* rounding must not make the sum larger than n */
    struct rest *rest = need(in->shares * sizeof *rest);
    uint32_t left = n;
    for (uint32_t i = 0; i < in->shares; i++) {
        double due = p[i] * n * below;
        count[i] = (uint32_t)due;
        left -= count[i];
        rest[i] = (struct rest){due - count[i], i};
    }
    qsort(rest, in->shares, sizeof *rest, larger_first);
    for (uint32_t i = 0; i < left; i++)
        count[rest[i % in->shares].share]++;
    free(rest);
}

static void split_label(const struct partition_input *in, int label, const uint32_t *sample, uint32_t n,
                        uint32_t *owner)
{
    const struct draw_key key = {
        .seed = in->seed, .purpose = DRAW_SHARD, .rank = label + 1, .round = SHUFFLE};
    double *p = need(in->shares * sizeof *p);
    uint32_t *count = need(in->shares * sizeof *count), *order = need(n * sizeof *order), at = 0;
    draw_proportions(in, label, p);
    apportion(in, p, n, count);
    draw_permutation(&key, order, n);
    for (uint32_t i = 0; i < in->shares; i++)
        for (uint32_t j = 0; j < count[i]; j++)
            owner[sample[order[at++]]] = i;
    free(p);
    free(count);
    free(order);
}

void partition_dirichlet(const struct partition_input *in, struct shares *out)
{
    uint32_t *first = need(((size_t)in->classes + 1) * sizeof *first), *order = samples_by_label(in, first),
             *owner = need(in->samples * sizeof *owner);
    for (int label = 0; label < in->classes; label++)
        split_label(in, label, order + first[label], first[label + 1] - first[label], owner);
    shares_by_owner(in, owner, out);
    free(first);
    free(order);
    free(owner);
}
