/* The streams that decide numbers, and what is said where two of them differ. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "sim/retime/difference.h"

static const struct steps_rule plain = {0};

struct pair {
    struct steps there, here;
};

static int open_pair(void **state)
{
    static struct pair pair;
    steps_open(&pair.there);
    steps_open(&pair.here);
    *state = &pair;
    return 0;
}

static int close_pair(void **state)
{
    struct pair *p = *state;
    steps_close(&p->there);
    steps_close(&p->here);
    return 0;
}

/* ---- one process ---- */

static void step(struct steps *s, int64_t number, float rate)
{
    struct order o = {.op = ORDER_STEP, .worker = 3, .number = number, .rates.rate = rate};
    steps_order(s, &o, &plain);
}

static void steps(struct steps *s, int64_t first, int n)
{
    for (int i = 0; i < n; i++)
        step(s, first + i, 0.5f);
}

static void push(struct steps *s, int64_t number)
{
    struct order o = {.op = ORDER_PUSH, .worker = 3, .number = number};
    steps_order(s, &o, &plain);
}

static void accept(struct steps *s, int64_t number, int64_t version, const struct steps_rule *rule)
{
    struct order o = {.op = ORDER_ACCEPT, .worker = 3, .number = number, .version = version, .answers = 1};
    steps_order(s, &o, rule);
}

static void fold(struct steps *s, int worker, int64_t number, int64_t k)
{
    struct task t = {.op = TASK_FOLD, .worker = worker, .number = number, .k = k, .weight = 1};
    steps_task(s, &t);
}

static void update(struct steps *s, int64_t number, float rate)
{
    struct task t = {.op = TASK_UPDATE, .number = number, .rate = rate, .progress = 0.25};
    steps_task(s, &t);
}

static void evaluate(struct steps *s, int64_t round, int64_t iterations)
{
    struct task t = {.op = TASK_EVALUATE, .eval = {.round = round, .iterations = iterations}};
    steps_task(s, &t);
}

static void reply(struct steps *s, int worker)
{
    struct task t = {.op = TASK_REPLY, .worker = worker};
    steps_task(s, &t);
}

static void compare(struct steps *s, int64_t number, int64_t version)
{
    struct order o = {.op = ORDER_COMPARE, .worker = 3, .number = number, .version = version};
    steps_order(s, &o, &plain);
}

static void said(const struct pair *p, int worker, const char *want)
{
    char text[256];
    struct difference d = {.there = &p->there, .here = &p->here, .worker = worker, .parts = 16};
    assert_true(difference_find(&d));
    difference_say(&d, text, sizeof text);
    assert_string_equal(text, want);
}

static void same(const struct pair *p)
{
    struct difference d = {.there = &p->there, .here = &p->here};
    assert_true(steps_part(&p->there) > 0);
    assert_false(difference_find(&d));
}

/* ---- what counts ---- */

static void times_count_for_nothing(void **state)
{
    struct pair *p = *state;
    struct order early = {.op = ORDER_STEP, .worker = 3, .end = 10}, late = early;
    struct task drop = {.op = TASK_DROP, .worker = 3}, row = {.op = TASK_ROW, .row.depart_ns = 7};
    late.end = 99;
    late.report = true;
    steps_order(&p->there, &early, &plain);
    steps_order(&p->here, &late, &plain);
    steps_task(&p->here, &drop);
    steps_task(&p->here, &row);
    push(&p->there, 0);
    push(&p->here, 0);
    same(p);
}

static void parts_end_with_pushes_and_updates(void **state)
{
    struct steps *s = &((struct pair *)*state)->there;
    steps(s, 0, 2);
    assert_int_equal(steps_part(s), 0);
    push(s, 0);
    assert_int_equal(steps_part(s), 3);
    steps(s, 2, 4);
    push(s, 1);
    steps(s, 6, 1);
    assert_int_equal(s->parts, 2);
    steps_drop(s);
    assert_int_equal(steps_part(s), 5);
    steps_drop(s);
    assert_int_equal(steps_part(s), 0); /* what follows the last push */
    steps_end(s);
    assert_int_equal(steps_part(s), 1);
    steps_end(s);
    assert_int_equal(s->parts, 3);
}

static void parts_end_with_comparisons(void **state)
{
    struct pair *p = *state;
    steps(&p->there, 0, 2);
    compare(&p->there, 1, 40);
    assert_int_equal(steps_part(&p->there), 3);
    assert_true(steps_part_compares(&p->there));
    assert_int_equal(steps_part_iterations(&p->there), 2);
    steps(&p->here, 0, 2);
    compare(&p->here, 1, 40);
    same(p);
    steps_drop(&p->there);
    steps_drop(&p->here);
    steps(&p->there, 2, 1);
    compare(&p->there, 2, 80);
    steps(&p->here, 2, 1);
    push(&p->here, 0);
    assert_false(steps_part_compares(&p->here));
    said(p, 3,
         "worker 3 has another model at the evaluation after update 80 there than here, and output.quality "
         "has "
         "distance");
}

/* Local iterations of a push are those of all its parts. */
static void iterations_before_a_comparison(void **state)
{
    struct pair *p = *state;
    char text[256];
    steps(&p->there, 2, 1);
    push(&p->there, 0);
    steps(&p->here, 2, 2);
    push(&p->here, 0);
    struct difference d = {.there = &p->there, .here = &p->here, .worker = 3, .parts = 16, .before = 2};
    assert_true(difference_find(&d));
    difference_say(&d, text, sizeof text);
    assert_string_equal(text, "worker 3 has 3 local iterations in its push 17 there, 4 here");
}

/* Where a reply counts from the next push on, its place between two pushes decides nothing; but between which two. */
static void late_replies(void **state)
{
    struct pair *p = *state;
    const struct steps_rule late = {.late = true};
    accept(&p->there, 4, 5, &late);
    steps(&p->there, 0, 2);
    push(&p->there, 0);
    steps(&p->here, 0, 2);
    accept(&p->here, 4, 5, &late);
    push(&p->here, 0);
    same(p);
    steps_drop(&p->there);
    steps_drop(&p->here);
    steps(&p->there, 2, 1);
    accept(&p->there, 5, 6, &late);
    push(&p->there, 1);
    steps(&p->here, 2, 1);
    push(&p->here, 1);
    said(p, 3,
         "worker 3 takes reply 6 after 1 local iteration of its push 17 there, not before its push 17 here");
}

/* What a reply answers is for BatchNorm's statistics alone. */
static void statistics(void **state)
{
    struct pair *p = *state;
    const struct steps_rule rule = {.statistics = true};
    struct order o = {.op = ORDER_ACCEPT, .answers = 1, .served = 2},
                 other = {.op = ORDER_ACCEPT, .answers = 1};
    steps_order(&p->there, &o, &plain);
    steps_order(&p->here, &other, &plain);
    push(&p->there, 0);
    push(&p->here, 0);
    same(p);
    steps_drop(&p->there);
    steps_drop(&p->here);
    steps_order(&p->there, &o, &rule);
    steps_order(&p->here, &other, &rule);
    push(&p->there, 0);
    push(&p->here, 0);
    said(p, 3, "reply 1 to worker 3 answers other pushes there than here");
}

/* ---- words: a worker ---- */

static void local_iterations(void **state)
{
    struct pair *p = *state;
    steps(&p->there, 0, 4);
    steps(&p->here, 0, 5);
    push(&p->there, 16);
    push(&p->here, 16);
    said(p, 3, "worker 3 has 4 local iterations in its push 17 there, 5 here");
}

static void one_iteration(void **state)
{
    struct pair *p = *state;
    steps(&p->there, 0, 1);
    push(&p->there, 16);
    push(&p->here, 16);
    said(p, 3, "worker 3 has 1 local iteration in its push 17 there, 0 here");
}

static void place_of_a_reply(void **state)
{
    struct pair *p = *state;
    steps(&p->there, 0, 2);
    accept(&p->there, 11, 12, &plain);
    steps(&p->there, 2, 1);
    steps(&p->here, 0, 3);
    accept(&p->here, 11, 12, &plain);
    push(&p->there, 16);
    push(&p->here, 16);
    said(p, 3,
         "worker 3 takes reply 12 after 2 local iterations of its push 17 there, after 3 local iterations of "
         "its "
         "push 17 here");
}

static void rates_and_models(void **state)
{
    struct pair *p = *state;
    step(&p->there, 44, 0.5f);
    step(&p->here, 44, 0.25f);
    push(&p->there, 16);
    push(&p->here, 16);
    said(p, 3, "the learning rate of local iteration 45 of worker 3 is 0.5 there, 0.25 here");
    steps_drop(&p->there);
    steps_drop(&p->here);
    accept(&p->there, 11, 12, &plain);
    accept(&p->here, 11, 13, &plain);
    push(&p->there, 17);
    push(&p->here, 17);
    said(p, 3, "reply 12 to worker 3 brings the model after update 12 there, 13 here");
}

static void cancelled(void **state)
{
    struct pair *p = *state;
    step(&p->there, 44, 0.5f);
    step(&p->here, 45, 0.5f);
    push(&p->there, 16);
    push(&p->here, 16);
    said(p, 3,
         "in push 17 of worker 3 its local iteration 45 there stands for 46 here, since replies cancel "
         "others");
}

/* ---- words: the PS ---- */

static void workers_of_an_update(void **state)
{
    struct pair *p = *state;
    for (int i = 0; i < 10; i++)
        fold(&p->there, i, 4, 1);
    fold(&p->here, 0, 4, 1);
    fold(&p->here, 2, 4, 1);
    update(&p->there, 12, 0.5f);
    update(&p->here, 12, 0.5f);
    said(p, -1, "update 12 has the pushes of workers 0, 1, 2, 3, 4, 5, 6, 7, ... there, 0, 2 here");
}

static void fewer_pushes(void **state)
{
    struct pair *p = *state;
    fold(&p->there, 0, 4, 1);
    fold(&p->there, 1, 4, 1);
    fold(&p->here, 0, 4, 1);
    update(&p->there, 12, 0.5f);
    update(&p->here, 12, 0.5f);
    said(p, -1, "update 12 has the pushes of workers 0, 1 there, 0 here");
}

static void pushes_of_an_update(void **state)
{
    struct pair *p = *state;
    fold(&p->there, 2, 4, 3);
    fold(&p->here, 2, 5, 3);
    update(&p->there, 12, 0.5f);
    update(&p->here, 12, 0.5f);
    said(p, -1, "update 12 has push 5 of worker 2 there, its push 6 here");
    steps_drop(&p->there);
    steps_drop(&p->here);
    fold(&p->there, 2, 4, 3);
    fold(&p->here, 2, 4, 6);
    update(&p->there, 13, 0.5f);
    update(&p->here, 13, 0.5f);
    said(p, -1, "update 13 has 3 local iterations of worker 2 there, 6 here");
    steps_drop(&p->there);
    steps_drop(&p->here);
    update(&p->there, 14, 0.5f);
    update(&p->here, 14, 0.25f);
    said(p, -1,
         "update 14 is made at 0.25 of the run and with the learning rate 0.5 there, 0.25 and 0.25 here");
}

static void what_follows_an_update(void **state)
{
    struct pair *p = *state;
    evaluate(&p->there, 12, 400);
    evaluate(&p->here, 13, 432);
    said(p, -1,
         "the evaluation after update 12 is at iteration 400 there, after update 13, at iteration 432 here");
    steps_drop(&p->there);
    steps_drop(&p->here);
    reply(&p->there, 2);
    reply(&p->here, 3);
    evaluate(&p->there, 13, 432);
    evaluate(&p->here, 13, 432);
    said(p, -1, "by update 13 the server answers worker 2 there, worker 3 here");
    steps_drop(&p->there);
    steps_drop(&p->here);
    evaluate(&p->there, 14, 432);
    update(&p->here, 14, 0.5f);
    said(p, -1, "by update 14 the server goes on with an evaluation there, an update here");
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)
    const struct CMUnitTest tests[] = {
        TEST(times_count_for_nothing),
        TEST(parts_end_with_pushes_and_updates),
        TEST(parts_end_with_comparisons),
        TEST(iterations_before_a_comparison),
        TEST(late_replies),
        TEST(statistics),
        TEST(local_iterations),
        TEST(one_iteration),
        TEST(place_of_a_reply),
        TEST(rates_and_models),
        TEST(cancelled),
        TEST(workers_of_an_update),
        TEST(fewer_pushes),
        TEST(pushes_of_an_update),
        TEST(what_follows_an_update),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
