/* For each label a draw p from the symmetric Dirichlet distribution of parameter beta over the shares; the label's
 * samples, in random order, are cut in these proportions. beta to infinity: every share like the set; 0.1: a few
 * labels each. After Hsu, Qi, Brown 2019, arXiv:1909.06335, label by label. */
#include <math.h>
#include <stdlib.h>

#include "models/data/partition.h"
#include "sim/base/fail.h"
#include "sim/base/rng.h"

enum { SHUFFLE, NORMAL, ACCEPT, BOOST }; /* what a draw is for: the key's round */

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

/* Its logarithm, for any a > 0; for a < 1 by Gamma(a + 1) U^(1/a), which would underflow itself. */
static double draw_log_gamma(const struct draw_key *key, double a)
{
    struct draw_key boost = *key;
    boost.round = BOOST;
    if (a >= 1)
        return log(draw_gamma(key, a));
    return log(draw_gamma(key, a + 1)) + log(open_uniform(&boost, 0)) / a;
}

static void draw_proportions(const struct dealing *d, int label, double *p)
{
    struct draw_key key = {.seed = d->seed, .purpose = DRAW_SHARD, .rank = label + 1};
    double most = -INFINITY, sum = 0;
    for (uint32_t i = 0; i < d->shares; i++) {
        key.iteration = i;
        p[i] = draw_log_gamma(&key, d->beta);
        most = fmax(most, p[i]);
    }
    for (uint32_t i = 0; i < d->shares; i++)
        sum += p[i] = exp(p[i] - most);
    for (uint32_t i = 0; i < d->shares; i++)
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

/* n in whole numbers in the proportions p, by largest remainders. */
static void apportion(const struct dealing *d, const double *p, uint32_t n, uint32_t *count)
{
    const double below = 1 - 1e-12; /* so that rounding never hands out more than there is */
    struct rest *rest = need(d->shares * sizeof *rest);
    uint32_t left = n;
    for (uint32_t i = 0; i < d->shares; i++) {
        double due = p[i] * n * below;
        count[i] = (uint32_t)due;
        left -= count[i];
        rest[i] = (struct rest){due - count[i], i};
    }
    qsort(rest, d->shares, sizeof *rest, larger_first);
    for (uint32_t i = 0; i < left; i++)
        count[rest[i % d->shares].share]++;
    free(rest);
}

static void deal_label(const struct dealing *d, int label, const uint32_t *sample, uint32_t n,
                       uint32_t *owner)
{
    const struct draw_key key = {.seed = d->seed, .purpose = DRAW_SHARD, .rank = label + 1, .round = SHUFFLE};
    double *p = need(d->shares * sizeof *p);
    uint32_t *count = need(d->shares * sizeof *count), *order = need(n * sizeof *order), at = 0;
    draw_proportions(d, label, p);
    apportion(d, p, n, count);
    draw_permutation(&key, order, n);
    for (uint32_t i = 0; i < d->shares; i++)
        for (uint32_t j = 0; j < count[i]; j++)
            owner[sample[order[at++]]] = i;
    free(p);
    free(count);
    free(order);
}

void partition_dirichlet(const struct dealing *d, struct shares *out)
{
    uint32_t *first = need(((size_t)d->classes + 1) * sizeof *first), *order = samples_by_label(d, first),
             *owner = need(d->samples * sizeof *owner);
    for (int label = 0; label < d->classes; label++)
        deal_label(d, label, order + first[label], first[label + 1] - first[label], owner);
    shares_by_owner(d, owner, out);
    free(first);
    free(order);
    free(owner);
}
