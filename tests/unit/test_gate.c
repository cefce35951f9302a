/* gate: the order, the rule about the last ones, and that no process is left outside. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/transport/gate.h"
#include "sim/transport/shm.h"
#include "tests/rigs/child.h"

enum { MEMBERS = 8, CORES = 3, FIRST = CORES + 1, LAST = 2 * CORES - 1, TURNS = 2000, ROOM = 1 << 16 };

struct hall { /* in shared memory */
    struct bell bell[MEMBERS];
    struct gate *gate;
    _Atomic int inside, most, turns;
};

static struct hall *hall_open(void)
{
    struct hall *h = shm_create(ROOM);
    struct bell *bell[MEMBERS];
    for (int i = 0; i < MEMBERS; i++)
        bell_init(bell[i] = &h->bell[i]);
    size_t from = (sizeof *h + 63) / 64 * 64;
    assert_true(from + gate_bytes(MEMBERS) <= ROOM);
    h->gate = gate_create((char *)h + from, MEMBERS, CORES, bell);
    return h;
}

static void first_come_first_served(void **state)
{
    struct hall *h = hall_open();
    (void)state;
    for (int i = 0; i < MEMBERS; i++)
        gate_queue(h->gate, MEMBERS - 1 - i);
    for (int i = 0; i < MEMBERS; i++)
        assert_int_equal(gate_enter(h->gate, i, false), i >= MEMBERS - FIRST);
    assert_true(gate_wanted(h->gate));
    assert_false(gate_inside(h->gate, 3));
    gate_leave(h->gate, 3); /* not inside: nothing */
    assert_false(gate_enter(h->gate, 3, false));
    gate_leave(h->gate, 7);
    assert_false(gate_enter(h->gate, 2, false));
    assert_true(gate_enter(h->gate, 3, false));
    shm_destroy(h, ROOM);
}

/* Five processes on three cores: the fifth may enter as one of the last; with a sixth it may not. */
static void the_last_ones_share_the_cores(void **state)
{
    struct hall *h = hall_open();
    (void)state;
    for (int i = 0; i < 5; i++) {
        gate_queue(h->gate, i);
        assert_int_equal(gate_enter(h->gate, i, false), i < FIRST);
    }
    assert_true(gate_has_room(h->gate));
    gate_queue(h->gate, 5);
    assert_false(gate_has_room(h->gate));
    assert_false(gate_enter(h->gate, 4, true));
    gate_leave(h->gate, 0);
    assert_true(gate_enter(h->gate, 4, false));
    assert_true(gate_enter(h->gate, 5, true));
    assert_false(gate_wanted(h->gate));
    shm_destroy(h, ROOM);
}

static void note(struct hall *h)
{
    int now = atomic_fetch_add(&h->inside, 1) + 1, most = atomic_load(&h->most);
    while (now > most && !atomic_compare_exchange_weak(&h->most, &most, now))
        ;
    atomic_fetch_add(&h->turns, 1);
}

/* Any loss of a wake-up would last 200 ms: with thousands of turns the test would not end in its time. */
static void take_turns(struct hall *h, int member, bool last)
{
    for (int i = 0; i < TURNS; i++) {
        gate_queue(h->gate, member);
        for (;;) {
            uint32_t ticket = bell_ticket(&h->bell[member]);
            if (gate_enter(h->gate, member, last && gate_has_room(h->gate)))
                break;
            bell_wait(&h->bell[member], ticket);
        }
        note(h);
        if (i % 16 == member)
            usleep(50);
        atomic_fetch_sub(&h->inside, 1);
        gate_leave(h->gate, member);
    }
}

struct guest {
    struct hall *hall;
    int member;
    bool last;
};

static void be_guest(void *arg)
{
    struct guest *g = arg;
    take_turns(g->hall, g->member, g->last);
    _exit(0);
}

static void crowd(bool last, int most)
{
    struct hall *h = hall_open();
    pid_t pid[MEMBERS];
    for (int i = 0; i < MEMBERS; i++)
        pid[i] = start_child(be_guest, &(struct guest){h, i, last});
    for (int i = 0; i < MEMBERS; i++)
        assert_int_equal(end_of(pid[i]), 0);
    assert_int_equal(h->turns, MEMBERS * TURNS);
    assert_in_range(h->most, 1, most);
    shm_destroy(h, ROOM);
}

static void no_more_than_the_first_at_once(void **state)
{
    (void)state;
    crowd(false, FIRST);
}

static void no_more_than_the_last_at_once(void **state)
{
    (void)state;
    crowd(true, LAST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_come_first_served),
        cmocka_unit_test(the_last_ones_share_the_cores),
        cmocka_unit_test(no_more_than_the_first_at_once),
        cmocka_unit_test(no_more_than_the_last_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
