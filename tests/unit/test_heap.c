/* Heaps, lines and sets of ranks against a look at all items. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "sim/time/heap.h"
#include "sim/time/ranks.h"

enum { ITEMS = 200, CALLS = 100000 };

static int128 key_of[ITEMS];
static bool is_in[ITEMS];
static int count;

/* Few keys, so that many are equal, and some beyond 64 bits. */
static int128 some_key(void)
{
    return ((int128)(rand() % 3 - 1) << 90) + rand() % 50;
}

static int128 least(void)
{
    int128 key = 0;
    bool found = false;
    for (int i = 0; i < ITEMS; i++) {
        if (is_in[i] && (!found || key_of[i] < key))
            key = key_of[i];
        found |= is_in[i];
    }
    return key;
}

static void begin(void)
{
    srand(1);
    count = 0;
    for (int i = 0; i < ITEMS; i++)
        is_in[i] = false;
}

static void enter(int item, int128 key)
{
    key_of[item] = key;
    is_in[item] = true;
    count++;
}

static void leave(int item)
{
    assert_true(is_in[item] && key_of[item] == least());
    is_in[item] = false;
    count--;
}

static void test_heap(void **unused)
{
    (void)unused;
    static struct heap_node nodes[ITEMS];
    static int places[ITEMS];
    struct heap heap = {.node = nodes, .place = places};
    begin();
    for (int call = 0; call < CALLS; call++) {
        int item = rand() % ITEMS;
        if (!is_in[item]) {
            enter(item, some_key());
            heap_push(&heap, key_of[item], item);
        } else if (rand() % 3 == 0) {
            leave(heap_pop(&heap));
        } else if (rand() % 2) {
            heap_remove(&heap, item);
            is_in[item] = false;
            count--;
        } else {
            heap_change(&heap, item, key_of[item] = some_key());
        }
        assert_int_equal(heap.n, count);
        if (count > 0)
            assert_true(heap_key(&heap) == least() && key_of[heap_first(&heap)] == least());
    }
}

/* Keys that mostly rise. */
static void test_line(void **unused)
{
    (void)unused;
    static struct heap_node nodes[ITEMS], queue[ITEMS];
    struct line line = {.heap.node = nodes, .queue = queue, .room = ITEMS};
    begin();
    for (int call = 0; call < CALLS; call++) {
        int item = rand() % ITEMS;
        if (!is_in[item]) {
            enter(item, rand() % 3 ? call : call - rand() % 500);
            line_push(&line, key_of[item], item);
        } else if (rand() % 2) {
            leave(line_pop(&line));
        }
        assert_int_equal(line_count(&line), count);
        if (count > 0)
            assert_true(line_first(&line)->key == least());
    }
    assert_true(line.heap.n > 0 && line.queued > 0);
}

/* With memory that grows, and items that are taken out of the middle. */
static void test_growing(void **unused)
{
    (void)unused;
    struct line line = {0};
    struct heap heap = {0};
    int heap_room = 0;
    begin();
    for (int call = 0; call < CALLS; call++) {
        int item = rand() % ITEMS;
        if (!is_in[item]) {
            enter(item, rand() % 3 ? call : call - rand() % 500);
            line_make_room(&line);
            line_push(&line, key_of[item], item);
            heap_make_room(&heap, &heap_room);
            heap_push(&heap, key_of[item], item);
        } else if (rand() % 8 == 0) {
            assert_true(line_remove(&line, item) == key_of[item]);
            is_in[item] = false;
            count--;
        } else if (rand() % 2) {
            leave(line_pop(&line));
        }
        while (heap.n > 0 && !(is_in[heap_first(&heap)] && heap_key(&heap) == key_of[heap_first(&heap)]))
            heap_pop(&heap);
        assert_int_equal(line_count(&line), count);
        if (count > 0)
            assert_true(line_first(&line)->key == least() && heap_key(&heap) == least());
    }
    free(line.queue);
    free(line.heap.node);
    free(heap.node);
}

static void lowest_of(int ranks)
{
    size_t words = (size_t)ranks_words(ranks);
    struct ranks set = {.bits = calloc(words, 8), .words = calloc((size_t)ranks_words((int)words), 8)};
    bool *is_member = calloc((size_t)ranks, sizeof *is_member);
    for (int call = 0; call < 1000; call++) {
        int rank = rand() % ranks, lowest = 0;
        if (!is_member[rank])
            ranks_add(&set, rank);
        is_member[rank] = true;
        while (!is_member[lowest])
            lowest++;
        assert_int_equal(ranks_lowest(&set), lowest);
        if (rand() % 2) {
            ranks_remove(&set, lowest);
            is_member[lowest] = false;
        }
    }
    free(set.bits);
    free(set.words);
    free(is_member);
}

static void test_ranks(void **unused)
{
    (void)unused;
    const int ranks[] = {1, 63, 64, 65, 4096, 4097, 20000};
    for (int i = 0; i < 7; i++)
        lowest_of(ranks[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heap),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_growing),
        cmocka_unit_test(test_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
