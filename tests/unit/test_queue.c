/* The event queue against sorting. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/time/queue.h"

enum { EVENTS = 3000 };

static void test_empty(void **unused)
{
    (void)unused;
    struct event event;
    struct queue *queue = queue_create();
    assert_false(queue_peek(queue, &event));
    assert_false(queue_pop(queue, &event));
    queue_destroy(queue);
    queue_destroy(NULL);
}

static void expect(struct queue *queue, int64_t id)
{
    struct event peeked, popped;
    assert_true(queue_peek(queue, &peeked));
    assert_true(queue_pop(queue, &popped));
    assert_int_equal(peeked.id, id);
    assert_int_equal(popped.id, id);
}

/* Time first, then kind, then rank, then the order of pushing; the id does not count. */
static void test_order(void **unused)
{
    (void)unused;
    const struct event events[] = {{7, 0, 0, 50}, {5, 2, 0, 41}, {5, 1, 9, 30}, {5, 1, 3, 21},
                                   {5, 1, 3, 20}, {4, 9, 9, 10}, {5, 2, 0, 40}, {5, 2, -1, 35}};
    const int64_t expected[] = {10, 21, 20, 30, 35, 41, 40, 50};
    struct queue *queue = queue_create();
    for (int i = 0; i < 8; i++)
        queue_push(queue, &events[i]);
    for (int i = 0; i < 8; i++)
        expect(queue, expected[i]);
    queue_destroy(queue);
}

static int compare(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    int64_t difference = x->at - y->at;
    if (difference == 0)
        difference = x->kind - y->kind;
    if (difference == 0)
        difference = x->rank - y->rank;
    if (difference == 0)
        difference = x->id - y->id; /* here the id is the order of pushing */
    return difference < 0 ? -1 : difference > 0;
}

static void test_sorts(void **unused)
{
    (void)unused;
    static struct event events[EVENTS];
    struct queue *queue = queue_create();
    srand(1);
    for (int i = 0; i < EVENTS; i++) {
        events[i] = (struct event){rand() % 50, rand() % 3, rand() % 4, i};
        queue_push(queue, &events[i]);
    }
    qsort(events, EVENTS, sizeof *events, compare);
    for (int i = 0; i < EVENTS; i++)
        expect(queue, events[i].id);
    queue_destroy(queue);
}

/* A simulation: every event popped pushes some at its own time or later. */
static void test_pushes_between_pops(void **unused)
{
    (void)unused;
    struct queue *queue = queue_create();
    struct event event = {0, 0, 0, 0}, last = event;
    srand(2);
    queue_push(queue, &event);
    int64_t pushed = 1, popped = 0;
    for (; queue_pop(queue, &event); popped++) {
        assert_true(event.at > last.at || (event.at == last.at && event.kind >= last.kind));
        last = event;
        for (int i = 0; pushed < EVENTS && i < 2; i++, pushed++) {
            int kind = event.kind + rand() % 2;
            vtime at = event.at + rand() % 5 + kind / EVENT_KINDS;
            queue_push(queue, &(struct event){at, kind % EVENT_KINDS, rand() % 9, pushed});
        }
    }
    assert_int_equal(popped, pushed);
    queue_destroy(queue);
}

#ifndef NDEBUG
static void push_into_the_past(void)
{
    struct queue *queue = queue_create();
    struct event event = {5, 0, 0, 0};
    queue_push(queue, &event);
    queue_pop(queue, &event);
    queue_push(queue, &event); /* the same ns is fine */
    event.at = 4;
    queue_push(queue, &event);
}

static void test_time_runs_forwards(void **unused)
{
    (void)unused;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
        signal(SIGABRT, SIG_DFL);
        close(STDERR_FILENO);
        push_into_the_past();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_sorts),
        cmocka_unit_test(test_pushes_between_pops),
#ifndef NDEBUG
        cmocka_unit_test(test_time_runs_forwards),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
