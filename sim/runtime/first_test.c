#include "sim/runtime/first_test.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"
#include "sim/runtime/quality.h"
#include "sim/runtime/run.h"

struct first_test { /* in shared memory */
    size_t bytes;
    _Atomic int known; /* 1: the members below are complete */
    struct test_result result;
    struct evaluation more;        /* only if it is asked for */
    _Alignas(64) float measured[]; /* (stats) */
};

struct first_test *first_test_create(size_t stats)
{
    size_t bytes = sizeof(struct first_test) + stats * sizeof(float);
    struct first_test *first = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (first == MAP_FAILED)
        die_errno(EXIT_RESOURCE, "mmap for the evaluation of the first model");
    first->bytes = bytes;
    return first;
}

void first_test_destroy(struct first_test *first)
{
    if (first)
        munmap(first, first->bytes);
}

static bool equal(const float *a, const float *b, size_t n)
{
    return n == 0 || memcmp(a, b, n * sizeof *a) == 0;
}

bool first_test_is_of(const struct run *run, int64_t version, const float *params, const float *stats)
{
    return version == 0 && equal(params, run->first_params, run->n) &&
           equal(stats, run->first_stats, run->stats);
}

/* BatchNorm's statistics of the snapshot, measured by the evaluator. */
static float *measured(const struct run *run)
{
    return vectors_shared(run, run->vectors.measured, 0);
}

void first_test_keep(const struct run *run, const struct test_result *result, const struct evaluation *more)
{
    struct first_test *first = run->first_test;
    if (!first || atomic_load(&first->known))
        return;
    first->result = *result;
    if (more)
        first->more = *more;
    if (run->measures > 0)
        vec_copy(first->measured, measured(run), run->stats);
    atomic_store(&first->known, 1);
}

bool first_test_find(const struct run *run, struct test_result *result, struct evaluation *more)
{
    const struct first_test *first = run->first_test;
    if (!first || !atomic_load(&first->known))
        return false;
    *result = first->result;
    if (more)
        *more = first->more;
    if (run->measures > 0)
        vec_copy(measured(run), first->measured, run->stats);
    return true;
}
