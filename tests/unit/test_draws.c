/* Many blocks of draws at once are those that come one by one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "sim/base/rng.h"

enum { MOST = 100, WORDS = 8, GUARD = 0xa5 };

static const struct draw_key keys[] = {
    {0},
    {.seed = 1, .purpose = DRAW_CODEC, .rank = 3, .round = 5, .iteration = 7},
    {.seed = UINT64_MAX, .purpose = DRAW_CODEC, .rank = -1, .round = UINT64_MAX, .iteration = UINT64_MAX},
    {.seed = 0x123456789abcdef0, .purpose = DRAW_STATISTICS, .rank = INT32_MIN, .round = 1ull << 32},
};

static const uint64_t firsts[] = {0, 1, UINT32_MAX - 5ull, UINT32_MAX, 1ull << 61, UINT64_MAX - 2 * MOST};

static void many_are_those_one_by_one(void **state)
{
    static uint32_t many[WORDS * MOST + 1], one[WORDS * MOST];
    (void)state;
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++) {
            for (size_t i = 0; i < MOST; i++)
                draw_block(&keys[k], firsts[f] + i, one + WORDS * i);
            for (size_t blocks = 0; blocks <= MOST; blocks++) {
                memset(many, GUARD, sizeof many);
                draw_blocks(&keys[k], firsts[f], blocks, many);
                assert_memory_equal(many, one, WORDS * blocks * sizeof *many);
                assert_int_equal(many[WORDS * blocks], GUARD * 0x01010101u); /* and no word more */
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_are_those_one_by_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
