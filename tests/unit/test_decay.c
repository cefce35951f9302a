/* Which floats decay (algorithms/decay.h), and an algorithm's own weight decay. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "algorithms/decay.h"
#include "algorithms/pieces.h"

enum { ALL = 12 }; /* a matrix, two vectors, a matrix */

static const struct extent tensors[] = {{.n = 4, .rows = 2, .dims = 2},
                                        {.n = 2, .rows = 1, .dims = 1},
                                        {.n = 1, .rows = 1, .dims = 1},
                                        {.n = 5, .rows = 1, .dims = 2}}; /* of one output */

static const struct setup matrices = {
    .tensors = 4, .tensor = tensors, .weight_decay = 0.5f, .decays_matrices = true};

static void slice_is(size_t first, size_t n, size_t expected, bool decays)
{
    struct decay_slice slice = decay_slice(&matrices, first, n);
    assert_int_equal(slice.n, expected);
    assert_int_equal(slice.decays, decays);
}

static void slices_end_with_their_tensor(void **state)
{
    (void)state;
    slice_is(0, ALL, 4, true);
    slice_is(0, 3, 3, true);
    slice_is(3, ALL - 3, 1, true);
    slice_is(4, ALL - 4, 2, false);
    slice_is(6, ALL - 6, 1, false);
    slice_is(7, 5, 5, true);
    slice_is(ALL, 4, 4, false); /* filler */
}

static void without_a_choice_everything_is_one_slice(void **state)
{
    (void)state;
    struct setup all = matrices;
    all.decays_matrices = false;
    struct decay_slice slice = decay_slice(&all, 3, 8);
    assert_int_equal(slice.n, 8);
    assert_true(slice.decays);
}

/* Of the floats from `first` on. */
static void decays_to(const struct setup *setup, size_t first, size_t n, const float *expected)
{
    float x[ALL], g[ALL];
    for (size_t i = 0; i < n; i++) {
        x[i] = 2;
        g[i] = 8;
    }
    alg_decay(setup, first, x, g, n);
    for (size_t i = 0; i < n; i++)
        assert_true(g[i] == expected[i]);
}

static void matrices_decay_wherever_a_part_begins(void **state)
{
    (void)state;
    static const float whole[ALL] = {9, 9, 9, 9, 8, 8, 8, 9, 9, 9, 9, 9};
    for (size_t first = 0; first < ALL; first++)
        for (size_t n = 0; first + n <= ALL; n++)
            decays_to(&matrices, first, n, whole + first);
}

static void nothing_decays_by_nothing(void **state)
{
    (void)state;
    static const float whole[ALL] = {8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8};
    struct setup none = matrices;
    none.weight_decay = 0;
    decays_to(&none, 0, ALL, whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_end_with_their_tensor),
        cmocka_unit_test(without_a_choice_everything_is_one_slice),
        cmocka_unit_test(matrices_decay_wherever_a_part_begins),
        cmocka_unit_test(nothing_decays_by_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
