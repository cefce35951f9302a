/* Which of many clients take part in which round. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/engine/sampling.h"

enum { WORKERS = 7, CLIENTS = 40, ROUNDS = 20000 };

static void no_client_is_drawn_twice_and_all_are_drawn_as_often(void **state)
{
    (void)state;
    struct sampling *c = sampling_create(5, WORKERS, CLIENTS);
    int drawn[CLIENTS] = {0}, together = 0;
    for (int64_t round = 0; round < ROUNDS; round++) {
        int in[CLIENTS] = {0};
        for (int w = 0; w < WORKERS; w++) {
            int client = sampling_client(c, round, w);
            assert_in_range(client, 0, CLIENTS - 1);
            assert_int_equal(in[client]++, 0);
            drawn[client]++;
        }
        together += in[3] && in[39];
    }
    double p = (double)WORKERS / CLIENTS, pair = p * (WORKERS - 1) / (CLIENTS - 1);
    for (int i = 0; i < CLIENTS; i++)
        assert_true(fabs(drawn[i] - ROUNDS * p) < 5 * sqrt(ROUNDS * p * (1 - p)));
    assert_true(fabs(together - ROUNDS * pair) < 5 * sqrt(ROUNDS * pair));
    sampling_free(c);
}

static void a_round_is_the_same_in_any_order_of_questions(void **state)
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

static void a_round_at_once_is_its_clients_one_by_one(void **state)
{
    (void)state;
    struct sampling *c = sampling_create(5, WORKERS, CLIENTS);
    for (int64_t round = 0; round < 100; round++) {
        int client[WORKERS];
        sampling_round(c, round, client);
        for (int w = 0; w < WORKERS; w++)
            assert_int_equal(client[w], sampling_client(c, round, w));
    }
    sampling_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_client_is_drawn_twice_and_all_are_drawn_as_often),
        cmocka_unit_test(a_round_is_the_same_in_any_order_of_questions),
        cmocka_unit_test(as_many_as_workers_are_all),
        cmocka_unit_test(a_round_at_once_is_its_clients_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
