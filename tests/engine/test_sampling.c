/* Who of many clients plays in which round. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/engine/sampling.h"

enum { WORKERS = 7, CLIENTS = 40, ROUNDS = 20000 };

static void nobody_plays_twice_and_all_play_as_often(void **state)
{
    (void)state;
    struct sampling *c = sampling_create(5, WORKERS, CLIENTS);
    int played[CLIENTS] = {0}, together = 0;
    for (int64_t round = 0; round < ROUNDS; round++) {
        int in[CLIENTS] = {0};
        for (int w = 0; w < WORKERS; w++) {
            int client = sampling_client(c, round, w);
            assert_in_range(client, 0, CLIENTS - 1);
            assert_int_equal(in[client]++, 0);
            played[client]++;
        }
        together += in[3] && in[39];
    }
    double p = (double)WORKERS / CLIENTS, pair = p * (WORKERS - 1) / (CLIENTS - 1);
    for (int i = 0; i < CLIENTS; i++)
        assert_true(fabs(played[i] - ROUNDS * p) < 5 * sqrt(ROUNDS * p * (1 - p)));
    assert_true(fabs(together - ROUNDS * pair) < 5 * sqrt(ROUNDS * pair));
    sampling_free(c);
}

static void a_round_is_the_same_whoever_asks_and_when(void **state)
{
    (void)state;
    struct sampling *a = sampling_create(5, WORKERS, CLIENTS), *b = sampling_create(5, WORKERS, CLIENTS),
                    *other = sampling_create(6, WORKERS, CLIENTS);
    int same = 0;
    for (int w = 0; w < WORKERS; w++) {
        int client = sampling_client(a, 9, w);
        assert_int_equal(sampling_client(b, 2, w) >= 0, 1);
        assert_int_equal(sampling_client(b, 9, w), client);
        same += sampling_client(other, 9, w) == client;
    }
    assert_true(same < WORKERS);
    sampling_free(a);
    sampling_free(b);
    sampling_free(other);
}

static void as_many_as_workers_are_all(void **state)
{
    (void)state;
    struct sampling *c = sampling_create(1, WORKERS, WORKERS);
    int in = 0;
    for (int w = 0; w < WORKERS; w++)
        in |= 1 << sampling_client(c, 3, w);
    assert_int_equal(in, (1 << WORKERS) - 1);
    sampling_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_plays_twice_and_all_play_as_often),
        cmocka_unit_test(a_round_is_the_same_whoever_asks_and_when),
        cmocka_unit_test(as_many_as_workers_are_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
