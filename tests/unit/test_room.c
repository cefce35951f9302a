/* How many points of a sweep have room side by side. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/sweep/room.h"

enum { MIB = 1 << 20, POINTS = 4 };

static const struct need_of_point uneven[POINTS] = {
    {MIB, 10 * MIB}, {3 * MIB, 5 * MIB}, {2 * MIB, 30 * MIB}, {MIB, 7 * MIB}};

static int fit(size_t shared, size_t memory)
{
    struct need_of_point needs[POINTS];
    for (int i = 0; i < POINTS; i++)
        needs[i] = uneven[i];
    return room_for(needs, POINTS, shared, memory);
}

/* The largest may meet, whatever their order. */
static void shared_memory(void **state)
{
    (void)state;
    assert_int_equal(fit(SIZE_MAX, SIZE_MAX), 4);
    assert_int_equal(fit(7 * MIB, SIZE_MAX), 4);
    assert_int_equal(fit(7 * MIB - 1, SIZE_MAX), 3);
    assert_int_equal(fit(5 * MIB, SIZE_MAX), 2);
    assert_int_equal(fit(5 * MIB - 1, SIZE_MAX), 1);
    assert_int_equal(fit(3 * MIB - 1, SIZE_MAX), 0);
    assert_int_equal(fit(0, SIZE_MAX), 0);
}

static void all_memory(void **state)
{
    (void)state;
    assert_int_equal(fit(SIZE_MAX, 52 * MIB), 4);
    assert_int_equal(fit(SIZE_MAX, 52 * MIB - 1), 3);
    assert_int_equal(fit(SIZE_MAX, 40 * MIB), 2);
    assert_int_equal(fit(SIZE_MAX, 30 * MIB - 1), 0);
    assert_int_equal(fit(3 * MIB, 52 * MIB), 1); /* the scarcer of the two */
    assert_int_equal(fit(7 * MIB, 40 * MIB), 2);
}

/* Memory is given by the page. */
static void whole_pages(void **state)
{
    (void)state;
    struct need_of_point needs[2] = {{100, 100}, {4097, 4097}};
    assert_int_equal(room_taken(needs, 2, 1), 8192);
    assert_int_equal(room_taken(needs, 2, 2), 12288);
    assert_int_equal(room_taken(needs, 2, 9), 12288);
    assert_int_equal(room_for(needs, 2, 12287, SIZE_MAX), 1);
    assert_int_equal(room_for(needs, 2, 12288, SIZE_MAX), 2);
}

static void this_machine(void **state)
{
    (void)state;
    assert_true(room_memory() > 16 * MIB);
    assert_true(room_memory() <= SIZE_MAX / 2 || room_memory() == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shared_memory), cmocka_unit_test(all_memory),
                                       cmocka_unit_test(whole_pages), cmocka_unit_test(this_machine)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
