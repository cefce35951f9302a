/* How a push is cut into buckets: limits, shares of the iteration, sizes, and which exchange belongs to which push. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/base/rng.h"
#include "sim/exchange/buckets.h"

enum { HEADER = 64 };

/* Backward through layers of 1000, 200 and 30 floats, which have 6, 3 and 1 of 10 operations; the middle one has two
 * tensors. */
static const struct bucket_part layers[] = {
    {.floats = 1000, .tensor = 3, .ends_layer = true, .operations = 6},
    {.floats = 50, .tensor = 2, .ends_layer = false, .operations = 9},
    {.floats = 150, .tensor = 1, .ends_layer = true, .operations = 9},
    {.floats = 30, .tensor = 0, .ends_layer = true, .operations = 10},
};
enum { PARTS = sizeof layers / sizeof *layers };

static struct bucket_rule rule_of(int64_t limit, int64_t first)
{
    return (struct bucket_rule){
        .limit = limit, .first_limit = first, .forward = 1, .forward_of = 3, .batches = 1, .operations = 10};
}

static struct buckets *cut(const struct bucket_rule *rule)
{
    struct buckets *b = buckets_create(rule, 1);
    b->header = HEADER;
    buckets_add(b, rule, 0, layers, PARTS);
    return b;
}

static void expect_floats(int64_t limit, int64_t first, int n, const int64_t *floats)
{
    struct bucket_rule rule = rule_of(limit, first);
    struct buckets *b = cut(&rule);
    assert_int_equal(buckets_count(b, 7), n);
    for (int i = 0; i < n; i++)
        assert_int_equal(b->list->at[i].floats, floats[i]);
    buckets_destroy(b);
}

static void a_bucket_closes_at_its_limit(void **state)
{
    (void)state;
    expect_floats(0, 1, 3, (const int64_t[]){1000, 1200, 1230});       /* the layers */
    expect_floats(1, 1, 4, (const int64_t[]){1000, 1050, 1200, 1230}); /* the tensors */
    expect_floats(200, 4000, 4, (const int64_t[]){1000, 1050, 1200, 1230});
    expect_floats(201, 4000, 3, (const int64_t[]){1000, 1200, 1230});
    expect_floats(801, 4000, 2, (const int64_t[]){1000, 1230});
    expect_floats(1, 4001, 3, (const int64_t[]){1050, 1200, 1230}); /* the first one has a limit of its own */
    expect_floats(1 << 30, 1 << 30, 1, (const int64_t[]){1230});
    expect_floats(1 << 30, 4920, 1, (const int64_t[]){1230}); /* no empty one is left */
}

static vtime ready(const struct bucket_rule *rule, int bucket, vtime duration)
{
    struct buckets *b = cut(rule);
    vtime t = buckets_ready(b, 0, bucket, duration);
    buckets_destroy(b);
    return t;
}

/* f = 1/3: after 1/3 + 2/3 x 6/10 = 11/15, then 14/15 of the iteration. */
static void a_bucket_is_ready_behind_its_last_layer(void **state)
{
    (void)state;
    struct bucket_rule rule = rule_of(0, 1);
    assert_int_equal(ready(&rule, 0, 1500), 1100);
    assert_int_equal(ready(&rule, 1, 1500), 1400);
    assert_int_equal(ready(&rule, 2, 1500), 1500);
    assert_int_equal(ready(&rule, 0, 100), 73);                         /* 73.33 */
    assert_int_equal(ready(&rule, 1, 100), 93);                         /* 93.33 */
    assert_int_equal(ready(&rule, 0, 5), 4);                            /* 3.67 */
    assert_int_equal(ready(&rule, 0, VTIME_LAST), 1690951540090042231); /* of 2^61 ns */
    rule.forward = 0;
    assert_int_equal(ready(&rule, 0, 5), 3);
    assert_int_equal(ready(&rule, 1, 5), 5); /* 4.5: a half up */
    assert_int_equal(ready(&rule, 1, 15), 14);
    rule.limit = rule.first_limit = 1 << 20;
    assert_int_equal(ready(&rule, 0, 15), 15); /* all in one: at the end */
}

/* Three of four batches are over before the gradients of the last one come. */
static void the_last_batch_alone_overlaps(void **state)
{
    (void)state;
    struct bucket_rule rule = rule_of(0, 1);
    rule.batches = 4;
    assert_int_equal(ready(&rule, 0, 6000), 4500 + 1100);
    assert_int_equal(ready(&rule, 1, 6000), 4500 + 1400);
    assert_int_equal(ready(&rule, 2, 6000), 6000);
}

static void sizes_add_up(void **state)
{
    (void)state;
    struct bucket_rule rule = rule_of(0, 1);
    struct buckets *b = cut(&rule);
    assert_int_equal(buckets_bytes(b, 0, 0, 4 * 1230 + HEADER), 4000 + HEADER);
    assert_int_equal(buckets_bytes(b, 0, 2, 4 * 1230 + HEADER), 120 + HEADER);
    assert_int_equal(buckets_bytes(b, 0, 0, 100 + HEADER), 81 + HEADER); /* 81.30 */
    assert_int_equal(buckets_bytes(b, 0, 1, 100 + HEADER), 17 + HEADER); /* until 97.56: 98 - 81 */
    assert_int_equal(buckets_bytes(b, 0, 2, 100 + HEADER), 2 + HEADER);
    b->statistics = 40; /* travel with the last one, and do not count */
    assert_int_equal(buckets_bytes(b, 0, 0, 140 + HEADER), 81 + HEADER);
    assert_int_equal(buckets_bytes(b, 0, 2, 140 + HEADER), 42 + HEADER);
    assert_int_equal(buckets_bytes(NULL, 0, 0, 140), 140);
    for (uint64_t bytes = 0; bytes < 3000; bytes++) {
        uint64_t sum = 0;
        for (int i = 0; i < 3; i++)
            sum += buckets_bytes(b, 5, i, bytes + 40 + HEADER) - HEADER;
        assert_int_equal(sum, bytes + 40);
    }
    buckets_destroy(b);
}

/* With large numbers: against a sum of remainders, bit by bit. */
static int64_t slow(int64_t x, int128 part, int128 whole)
{
    int64_t quotient = 0;
    int128 rest = 0;
    for (int bit = 62; bit >= 0; bit--) {
        quotient *= 2;
        rest *= 2;
        rest += x >> bit & 1 ? part : 0;
        for (; rest >= whole; rest -= whole)
            quotient++;
    }
    return quotient + (2 * rest >= whole);
}

static int64_t draw(int n, uint32_t i, double most)
{
    struct draw_key key = {.seed = 3, .purpose = DRAW_JITTER, .iteration = (uint64_t)n};
    return (int64_t)(draw_uniform(&key, i) * most);
}

static void rounding_is_exact(void **state)
{
    (void)state;
    for (int n = 0; n < 3000; n++) {
        double size = n % 3 == 0 ? 20 : 0x1p61;
        int64_t all = 1 + draw(n, 0, size), done = draw(n, 1, (double)all);
        int64_t of = 1 + draw(n, 2, n % 2 ? 5 : 1e9), batches = 1 + draw(n, 3, n % 5 ? 1 : 65535);
        struct bucket_part parts[] = {{.floats = 1, .ends_layer = true, .operations = done},
                                      {.floats = 1, .ends_layer = true, .operations = all}};
        struct bucket_rule rule = {
            .forward = draw(n, 4, (double)of), .forward_of = of, .batches = batches, .operations = all};
        struct buckets *b = buckets_create(&rule, 1);
        buckets_add(b, &rule, 0, parts, 2);
        for (uint32_t i = 0; i < 20; i++) {
            vtime duration = 1 + draw(n, 10 + i, n % 7 ? 1e9 : 0x1p61);
            assert_int_equal(buckets_ready(b, 0, 0, duration),
                             slow(duration, b->list->at[0].share, b->whole));
        }
        buckets_destroy(b);
    }
}

/* ---- numbers ---- */

static void pushes_and_exchanges_map_onto_each_other(void **state)
{
    (void)state;
    struct bucket_rule rule = rule_of(0, 1);
    struct buckets *b = buckets_create(&rule, 4);
    buckets_add(b, &rule, 0, layers, PARTS);
    buckets_add(b, &rule, 1, layers + 3, 1);
    buckets_add(b, &rule, 2, NULL, 0); /* filler alone */
    buckets_add(b, &rule, 3, layers, 3);
    int64_t exchange = 0;
    static const int counts[] = {3, 1, 1, 3};
    for (int64_t push = 0; push < 100; push++) {
        assert_int_equal(buckets_count(b, push), counts[push % 4]);
        assert_int_equal(buckets_exchange(b, push), exchange);
        for (int i = 0; i < counts[push % 4]; i++, exchange++) {
            int bucket = -1;
            assert_int_equal(buckets_push(b, exchange, &bucket), push);
            assert_int_equal(bucket, i);
        }
    }
    assert_int_equal(buckets_ready(b, 2, 0, 77), 77);
    assert_int_equal(buckets_bytes(b, 2, 0, 100), 100);
    assert_int_equal(buckets_ready(b, 3, 1, 1500), 1400); /* without the first layer: */
    assert_int_equal(buckets_ready(b, 3, 2, 1500), 1500); /* an empty one closes the push */
    assert_int_equal(buckets_bytes(b, 3, 2, 1000), 0);
    buckets_destroy(b);
    assert_int_equal(buckets_count(NULL, 9), 1);
    assert_int_equal(buckets_exchange(NULL, 9), 9);
    int bucket = -1;
    assert_int_equal(buckets_push(NULL, 9, &bucket), 9);
    assert_int_equal(bucket, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_closes_at_its_limit),
        cmocka_unit_test(a_bucket_is_ready_behind_its_last_layer),
        cmocka_unit_test(the_last_batch_alone_overlaps),
        cmocka_unit_test(sizes_add_up),
        cmocka_unit_test(rounding_is_exact),
        cmocka_unit_test(pushes_and_exchanges_map_onto_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
