/* What PyTorch computes, as tests/oracle/make_fixtures.py wrote it down, and the draws that both sides take
 * their inputs from. Format and draws are described in tests/oracle/draws.py. */
#ifndef TESTS_RIGS_ORACLE_FIXTURE_H
#define TESTS_RIGS_ORACLE_FIXTURE_H

#include <stddef.h>
#include <stdint.h>

/* One tensor in PyTorch's element order; a large one is known at some places only, and by a sum over all. */
struct expected {
    char name[64];
    uint64_t count;
    double largest; /* absolute value */
    double single;  /* PyTorch's float32: largest difference from these values / largest */
    double sum;     /* of the elements times +-1 */
    uint32_t stored, zero;
    float *value; /* [stored] */
};

struct fixture_case {
    char name[64], kind[16];
    int32_t n, c, h, w, outputs, kernel, stride, pad, bias, training, steps, tensors;
    double rate;
    struct expected *tensor; /* [tensors] */
};

struct fixture {
    uint64_t seed, cases;
    struct fixture_case *at; /* [cases] */
};

/* Reads NAME.fix from the folder that the environment variable ORACLE_FIXTURES names, or from the committed
 * ones. */
struct fixture *fixture_read(const char *name);
void fixture_free(struct fixture *f);

/* NULL: there is none. */
const struct expected *fixture_find(const struct fixture_case *c, const char *tensor);

/* A stream of draws: "CASE/WHAT". */
uint64_t oracle_key(const struct fixture *f, const struct fixture_case *c, const char *what);
uint64_t oracle_draw(uint64_t key, uint64_t i);
float oracle_value(uint64_t key, uint64_t i); /* [-1, 1) */

/* Which element stored value j is. */
uint64_t fixture_index(const struct fixture *f, const struct fixture_case *c, const struct expected *e,
                       uint32_t j);

/* How far `got` (e->count numbers) is off, relative to the largest: at the worst of the stored elements or,
 * if that is more, in the sum over all, where errors below E of this size add up to less than E sqrt(count).
 * A NaN gives a NaN. */
double fixture_error(const struct fixture *f, const struct fixture_case *c, const struct expected *e,
                     const float *got);

#endif
