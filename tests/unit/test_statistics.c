/* BatchNorm's statistics under overlap, against another calculation: a log of all iterations, from which the
 * statistics are made again whenever a reply says what they should have been at a push. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/rng.h"
#include "sim/runtime/worker/statistics.h"

#define MEMORY 0.9
#define MOST   4000 /* iterations */
#define PUSHES 600

static const float first[2] = {0, 1};

/* ---- the other calculation: one statistic, in double ---- */

struct replay {
    double batch[MOST], truth[PUSHES]; /* truth: what the statistic is, or should have been, at a push */
    int64_t at[PUSHES];                /* iterations before it */
    double accepted;                   /* the same at the last accept */
    int64_t accepted_at, iterations, pushes;
    double now;
};

static double replayed(const struct replay *r, double value, int64_t from, int64_t to)
{
    for (int64_t i = from; i < to; i++)
        value = MEMORY * value + (1 - MEMORY) * r->batch[i];
    return value;
}

static void replay_accept(struct replay *r, int64_t answers, double mean)
{
    int64_t from = answers < 0 ? r->accepted_at : r->at[answers];
    for (int64_t i = 0; i < r->pushes; i++) {
        bool younger = answers < 0 ? r->at[i] >= from : i > answers;
        if (younger)
            r->truth[i] = replayed(r, mean, from, r->at[i]);
    }
    r->now = replayed(r, mean, from, r->iterations);
    r->accepted = r->now;
    r->accepted_at = r->iterations;
}

/* ---- both ---- */

struct both {
    struct statistics s;
    struct replay r;
    struct draw_key key;
    uint64_t draws;
};

static double drawn(struct both *b)
{
    return draw_uniform(&b->key, b->draws++);
}

/* 1 .. n */
static int64_t drawn_to(struct both *b, int64_t n)
{
    return 1 + (int64_t)(drawn(b) * (double)n);
}

static struct both *open_both(uint64_t seed)
{
    struct both *b = calloc(1, sizeof *b);
    assert_non_null(b);
    b->key = (struct draw_key){.seed = seed, .purpose = DRAW_LOSS};
    statistics_open(&b->s, 2, MEMORY, first);
    b->r.now = b->r.accepted = first[1];
    return b;
}

static void close_both(struct both *b)
{
    statistics_close(&b->s);
    free(b);
}

static void iterate(struct both *b)
{
    double batch = 1 + drawn(b);
    b->r.batch[b->r.iterations++] = batch;
    b->r.now = MEMORY * b->r.now + (1 - MEMORY) * batch;
    b->s.own[1] = (float)(MEMORY * (double)b->s.own[1] + (1 - MEMORY) * batch);
    statistics_step(&b->s);
}

static void iterate_times(struct both *b, int64_t n)
{
    while (n-- > 0)
        iterate(b);
}

static void push(struct both *b)
{
    int64_t number = b->r.pushes++;
    b->r.truth[number] = b->r.now;
    b->r.at[number] = b->r.iterations;
    statistics_push(&b->s, number);
    assert_true(fabs((double)b->s.own[1] - b->r.now) < 1e-5);
}

static void accept(struct both *b, int64_t answers, int64_t served)
{
    float mean = (float)(1 + drawn(b));
    b->s.mean[0] = b->s.mean[1] = mean;
    replay_accept(&b->r, answers, mean);
    statistics_accept(&b->s, answers, served);
}

static void test_mean_at_once(void **state)
{
    (void)state;
    struct both *b = open_both(1);
    for (int64_t round = 0; round < 50; round++) {
        iterate_times(b, drawn_to(b, 5));
        push(b);
        accept(b, round, round + 1);
        assert_memory_equal(b->s.own, b->s.mean, sizeof first);
    }
    close_both(b);
}

/* K iterations between the push and its reply, which is accepted just before the next push, or some iterations
 * earlier. */
static void test_overlap(void **state)
{
    (void)state;
    for (int64_t k = 1; k <= 100; k += 9) {
        struct both *b = open_both(2);
        iterate(b);
        push(b);
        for (int64_t round = 0; round < 30; round++) {
            iterate_times(b, k);
            accept(b, round, round + 1);
            iterate_times(b, drawn_to(b, 3));
            push(b);
        }
        close_both(b);
    }
}

/* One to four pushes without a reply at a time, replies at any moment, several between two pushes. */
static void test_several_in_flight(void **state)
{
    (void)state;
    for (int64_t most = 1; most <= 4; most++) {
        struct both *b = open_both((uint64_t)most);
        for (int64_t answered = 0; b->r.pushes < 300;) {
            iterate_times(b, drawn_to(b, 6) - 1);
            int64_t out = b->r.pushes - answered;
            if (out == most || (out > 0 && drawn(b) < 0.5)) {
                accept(b, answered, answered + 1);
                answered++;
            } else {
                iterate(b);
                push(b);
            }
        }
        close_both(b);
    }
}

/* The PS drops pushes that come too late; replies then answer none, and the list does not grow. */
static void test_unanswered(void **state)
{
    (void)state;
    struct both *b = open_both(5);
    for (int64_t round = 0; round < 300; round++) {
        iterate_times(b, drawn_to(b, 3));
        if (drawn(b) < 0.7)
            push(b);
        iterate_times(b, drawn_to(b, 3) - 1);
        int64_t late = drawn_to(b, 3) - 1, served = b->r.pushes - late;
        accept(b, -1, served > 0 ? served : 0);
        assert_true(b->s.sents <= 2);
    }
    close_both(b);
}

static void accept_after(struct both *b, int64_t before, int64_t after)
{
    iterate(b);
    push(b);
    for (int64_t round = 0; round < 20; round++) {
        for (int64_t i = 0; i < before; i++)
            iterate(b);
        b->s.mean[1] = 1.5F + 0.01F * (float)round;
        replay_accept(&b->r, round, b->s.mean[1]);
        statistics_accept(&b->s, round, round + 1);
        for (int64_t i = 0; i < after; i++)
            iterate(b);
        push(b);
    }
}

static void test_moment_of_arrival(void **state)
{
    (void)state;
    struct both *soon = open_both(6), *late = open_both(6);
    accept_after(soon, 1, 6);
    accept_after(late, 5, 2);
    assert_memory_equal(soon->s.own, late->s.own, sizeof first);
    close_both(soon);
    close_both(late);
}

/* Iterations after the push are cancelled by the reply that answers it, or by one that does not. */
static void test_cancelled(void **state)
{
    (void)state;
    for (int64_t answers = -1; answers <= 0; answers++) {
        struct both *b = open_both(7), *without = open_both(7);
        const struct both *all[] = {b, without};
        for (int i = 0; i < 2; i++) {
            struct both *one = i == 0 ? b : without;
            iterate_times(one, 3);
            push(one);
            uint64_t draws = one->draws;
            if (one == b)
                iterate_times(one, 4);
            one->draws = draws;
            statistics_cancel(&one->s);
            one->r.iterations = 3;
            accept(one, answers, answers + 1);
            iterate_times(one, 2);
            push(one);
        }
        assert_memory_equal(all[0]->s.own, all[1]->s.own, sizeof first);
        assert_int_equal(b->s.iterations, 5);
        close_both(b);
        close_both(without);
    }
}

static void test_fetch(void **state)
{
    (void)state;
    static const float fetched[2] = {0.5F, 2};
    struct both *b = open_both(8);
    for (int i = 0; i < 3; i++) {
        iterate_times(b, 2);
        push(b);
    }
    accept(b, 0, 1);
    statistics_fetch(&b->s, fetched);
    assert_int_equal(b->s.sents, 0);
    assert_memory_equal(b->s.own, fetched, sizeof fetched);
    b->r.now = b->r.accepted = fetched[1];
    b->r.accepted_at = b->r.iterations;
    iterate_times(b, 2);
    accept(b, -1, 3); /* the reply to a push from before the crash */
    push(b);
    close_both(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_at_once),
        cmocka_unit_test(test_overlap),
        cmocka_unit_test(test_several_in_flight),
        cmocka_unit_test(test_unanswered),
        cmocka_unit_test(test_moment_of_arrival),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_fetch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
