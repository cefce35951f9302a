/* Which of many clients take part in which round. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "sim/base/rng.h"
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

/* Floyd's rule with a search among the clients drawn before. */
static void search(uint64_t seed, int64_t round, int workers, int clients, int *client)
{
    const struct draw_key key = {.seed = seed, .purpose = DRAW_CLIENTS, .round = (uint64_t)round};
    for (int i = 0; i < workers; i++) {
        int last = clients - workers + i, before = 0;
        int drawn = (int)draw_below(&key, (uint64_t)i, (uint32_t)last + 1);
        while (before < i && client[before] != drawn)
            before++;
        client[i] = before < i ? last : drawn;
    }
}

static void the_clients_are_those_of_a_search(void **state)
{
    (void)state;
    enum { MANY = 200 };
    const int of[] = {MANY, MANY + 1, 2 * MANY, 100000};
    for (int i = 0; i < 4; i++) {
        struct sampling *c = sampling_create(5, MANY, of[i]);
        for (int64_t round = 0; round < 30; round++) {
            int client[MANY];
            search(5, round * 7 % 11, MANY, of[i], client);
            for (int w = 0; w < MANY; w++)
                assert_int_equal(sampling_client(c, round * 7 % 11, w), client[w]);
        }
        sampling_free(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_client_is_drawn_twice_and_all_are_drawn_as_often),
        cmocka_unit_test(a_round_is_the_same_in_any_order_of_questions),
        cmocka_unit_test(as_many_as_workers_are_all),
        cmocka_unit_test(the_clients_are_those_of_a_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
