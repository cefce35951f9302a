/* bell and ring: between threads (thread sanitizer sees those) and between processes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/transport/bell.h"
#include "sim/transport/ring.h"
#include "sim/transport/shm.h"
#include "tests/rigs/child.h"

#ifndef MANY
#define MANY (100 * 1000) /* messages: seconds. CPPFLAGS=-DMANY=4000000 for a long look */
#endif
enum { MOST_READERS = 4, PLENTY = 1 << 22 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int sem_value(struct bell *bell)
{
    int value;
    sem_getvalue(&bell->sem, &value);
    return value;
}

/* ---- a stream: one writer, readers of different speeds, contents known from the message's number ---- */

struct stream {
    struct bell writer_bell, reader_bell[MOST_READERS];
    struct ring *ring;
    uint32_t readers, messages;
    int slow; /* reader r pauses after every 64th message for r * slow microseconds */
};

struct role {
    struct stream *stream;
    uint32_t reader;
};

static struct stream *stream_create(void *block, uint32_t slots, uint32_t slot_bytes, uint32_t readers)
{
    struct stream *s = block;
    struct bell *bells[MOST_READERS];
    bell_init(&s->writer_bell);
    for (uint32_t r = 0; r < readers; r++) {
        bells[r] = &s->reader_bell[r];
        bell_init(bells[r]);
    }
    s->readers = readers;
    CHECK(sizeof *s + ring_bytes(slots, slot_bytes, readers) <= PLENTY);
    s->ring = ring_create(s + 1, slots, slot_bytes, readers, &s->writer_bell, bells);
    return s;
}

static uint32_t size_of(uint32_t message, uint32_t most)
{
    return message * 2654435761u % (most + 1); /* Knuth's multiplicative hash: also 0 and the full slot */
}

static uint8_t byte_of(uint32_t message, uint32_t i)
{
    return (uint8_t)(message * 31 + i * 7 + (message >> 8));
}

static void *reserve(struct stream *s)
{
    for (;;) {
        uint32_t ticket = bell_ticket(&s->writer_bell);
        void *payload = ring_reserve(s->ring);
        if (payload)
            return payload;
        ring_notify(s->ring);
        bell_wait(&s->writer_bell, ticket);
    }
}

static const void *peek(struct stream *s, uint32_t reader, uint32_t *bytes)
{
    for (;;) {
        uint32_t ticket = bell_ticket(&s->reader_bell[reader]);
        const void *payload = ring_peek(s->ring, reader, bytes);
        if (payload)
            return payload;
        bell_wait(&s->reader_bell[reader], ticket);
    }
}

static void write_stream(struct stream *s)
{
    for (uint32_t m = 0; m < s->messages; m++) {
        uint32_t bytes = size_of(m, ring_slot_bytes(s->ring));
        uint8_t *payload = reserve(s);
        CHECK((uintptr_t)payload % 64 == 0 && ring_reserve(s->ring) == payload);
        for (uint32_t i = 0; i < bytes; i++)
            payload[i] = byte_of(m, i);
        ring_commit(s->ring, bytes);
        if (m % 3 == 0) /* not after every slot: reserve calls before it sleeps */
            ring_notify(s->ring);
    }
    ring_notify(s->ring);
}

static void read_stream(struct stream *s, uint32_t reader)
{
    for (uint32_t m = 0; m < s->messages; m++) {
        uint32_t bytes, wrong = 0;
        const uint8_t *payload = peek(s, reader, &bytes);
        CHECK(bytes == size_of(m, ring_slot_bytes(s->ring)));
        for (uint32_t i = 0; i < bytes; i++)
            wrong += payload[i] != byte_of(m, i);
        CHECK(!wrong);
        ring_release(s->ring, reader);
        if (m % 64 == 0 && s->slow && reader)
            usleep(reader * (useconds_t)s->slow);
    }
}

static void *reader_thread(void *arg)
{
    struct role *role = arg;
    read_stream(role->stream, role->reader);
    return NULL;
}

static void reader_child(void *arg)
{
    reader_thread(arg);
}

static void stream_ends_empty(struct stream *s)
{
    uint32_t bytes;
    for (uint32_t r = 0; r < s->readers; r++) {
        assert_null(ring_peek(s->ring, r, &bytes));
        assert_false(ring_full(s->ring, r));
        assert_in_range(sem_value(&s->reader_bell[r]), 0, 2);
    }
    assert_in_range(sem_value(&s->writer_bell), 0, 1 + s->readers);
}

static void run_threads(struct stream *s)
{
    pthread_t thread[MOST_READERS];
    struct role role[MOST_READERS];
    alarm(TIME_OUT);
    for (uint32_t r = 0; r < s->readers; r++) {
        role[r] = (struct role){s, r};
        assert_int_equal(pthread_create(&thread[r], NULL, reader_thread, &role[r]), 0);
    }
    write_stream(s);
    for (uint32_t r = 0; r < s->readers; r++)
        pthread_join(thread[r], NULL);
    alarm(0);
}

static void run_processes(struct stream *s)
{
    pid_t pid[MOST_READERS];
    alarm(TIME_OUT);
    for (uint32_t r = 0; r < s->readers; r++) {
        struct role role = {s, r};
        pid[r] = start_child(reader_child, &role);
    }
    write_stream(s);
    for (uint32_t r = 0; r < s->readers; r++)
        assert_int_equal(end_of(pid[r]), 0);
    alarm(0);
}

static void streams(void (*run)(struct stream *))
{
    static const struct {
        uint32_t slots, slot_bytes, readers, messages;
        int slow;
    } cases[] = {{2, 64, 1, MANY / 2, 0},    {3, 100, 1, MANY / 5, 0}, {7, 64, 3, MANY / 10, 20},
                 {16, 640, 4, MANY / 10, 5}, {4, 65536, 2, 500, 50},   {1000, 1, 2, MANY / 5, 10}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        void *block = shm_create(PLENTY);
        struct stream *s = stream_create(block, cases[i].slots, cases[i].slot_bytes, cases[i].readers);
        s->messages = cases[i].messages;
        s->slow = cases[i].slow;
        run(s);
        stream_ends_empty(s);
        shm_destroy(block, PLENTY);
    }
}

static void between_threads(void **state)
{
    (void)state;
    streams(run_threads);
}

static void between_processes(void **state)
{
    (void)state;
    streams(run_processes);
}

/* ---- one step at a time ---- */

static void full_empty_and_round_again(void **state)
{
    void *block = shm_create(PLENTY);
    struct stream *s = stream_create(block, 3, 65, 2);
    uint32_t bytes;
    (void)state;
    assert_int_equal(ring_slot_bytes(s->ring), 128);
    assert_int_equal(ring_bytes(3, 65, 2) % 64, 0);
    for (uint32_t m = 0; m < 20; m += 3) {
        assert_null(ring_peek(s->ring, 0, &bytes));
        for (uint32_t i = 0; i < 3; i++) {
            assert_false(ring_full(s->ring, 0));
            memset(ring_reserve(s->ring), (int)(m + i), 128);
            ring_commit(s->ring, m + i);
        }
        assert_null(ring_reserve(s->ring));
        for (uint32_t i = 0; i < 3; i++) { /* reader 0 at once */
            const uint8_t *payload = ring_peek(s->ring, 0, &bytes);
            assert_ptr_equal(payload, ring_peek(s->ring, 0, &bytes));
            assert_int_equal(bytes, m + i);
            assert_int_equal(payload[0] + payload[127], 2 * (m + i));
            ring_release(s->ring, 0);
            assert_false(ring_full(s->ring, 0));
        }
        assert_true(ring_full(s->ring, 1)); /* the slowest reader holds the writer */
        assert_null(ring_reserve(s->ring));
        ring_release(s->ring, 1);
        assert_non_null(ring_reserve(s->ring));
        ring_release(s->ring, 1);
        ring_release(s->ring, 1);
    }
    assert_int_equal(sem_value(&s->writer_bell), 0); /* none slept, so none posted */
    shm_destroy(block, PLENTY);
}

static void rings_stay_in_their_room(void **state)
{
    (void)state;
    for (uint32_t slots = 2; slots < 5; slots++)
        for (uint32_t size = 1; size < 200; size += 33) {
            size_t room = ring_bytes(slots, size, 2);
            struct bell bell[2], *bells[] = {&bell[0], &bell[1]};
            uint8_t *memory = need(room + 64);
            memset(memory + room, 0xa5, 64);
            bell_init(&bell[0]);
            bell_init(&bell[1]);
            struct ring *ring = ring_create(memory, slots, size, 2, &bell[0], bells);
            for (void *p; (p = ring_reserve(ring)); ring_commit(ring, size))
                memset(p, 1, ring_slot_bytes(ring));
            for (size_t i = 0; i < 64; i++)
                assert_int_equal(memory[room + i], 0xa5);
            free(memory);
        }
}

/* ---- bells ---- */

static void bell_has_a_deadline(void **state)
{
    struct bell bell;
    (void)state;
    bell_init(&bell);
    double start = now();
    bell_wait(&bell, bell_ticket(&bell));
    assert_true(now() - start > 0.19 && now() - start < 30);
    uint32_t ticket = bell_ticket(&bell);
    bell_notify(&bell);
    assert_int_not_equal(bell_ticket(&bell), ticket);
    assert_int_equal(sem_value(&bell), 0);
    for (int i = 0; i < 1000; i++) /* rung since: does not sleep (200 s if it did) */
        bell_wait(&bell, ticket);
}

static void on_signal(int number)
{
    (void)number;
}

/* An interrupted wait is only another look. */
static void signals_do_no_harm(void **state)
{
    void *block = shm_create(PLENTY);
    struct stream *s = stream_create(block, 2, 64, 1);
    struct role role = {s, 0};
    struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */
    (void)state;
    sigaction(SIGUSR1, &action, NULL);
    s->messages = 20000;
    alarm(TIME_OUT);
    pid_t reader = start_child(reader_child, &role);
    for (int i = 0; i < 500; i++) { /* the reader sleeps: nothing has been written yet */
        kill(reader, SIGUSR1);
        usleep(100);
    }
    write_stream(s);
    assert_int_equal(end_of(reader), 0);
    alarm(0);
    shm_destroy(block, PLENTY);
}

/* Two streams of one slot's worth in turn; counts waits that ended by the deadline instead of a ring. */
static void ping(struct stream *out, struct stream *in, int first)
{
    int late = 0;
    for (uint32_t m = 0; m < MANY / 2; m++) {
        uint32_t bytes;
        for (int half = 0; half < 2; half++)
            if ((half == 0) == first) {
                *(uint32_t *)reserve(out) = m;
                ring_commit(out->ring, 4);
                ring_notify(out->ring);
            } else {
                double start = now();
                CHECK(*(const uint32_t *)peek(in, 0, &bytes) == m && bytes == 4);
                late += now() - start > 0.19;
                ring_release(in->ring, 0);
            }
        CHECK(sem_value(&in->reader_bell[0]) <= 2);
    }
    CHECK(late < 20); /* lost wake-ups would be as many as messages; a busy machine is late now and then */
}

static void pong_child(void *arg)
{
    struct stream **s = arg;
    ping(s[1], s[0], 0);
}

static void ping_pong_without_lost_wake_ups(void **state)
{
    void *block[2] = {shm_create(PLENTY), shm_create(PLENTY)};
    struct stream *s[2] = {stream_create(block[0], 2, 64, 1), stream_create(block[1], 2, 64, 1)};
    (void)state;
    alarm(TIME_OUT);
    pid_t pid = start_child(pong_child, s);
    ping(s[0], s[1], 1);
    assert_int_equal(end_of(pid), 0);
    alarm(0);
    shm_destroy(block[0], PLENTY);
    shm_destroy(block[1], PLENTY);
}

struct hammer {
    struct bell bell;
    _Atomic int stop;
};

static void *hammer_thread(void *arg)
{
    struct hammer *h = arg;
    while (!atomic_load(&h->stop))
        bell_notify(&h->bell);
    return NULL;
}

/* The worst case for the semaphore: sleeps are announced and posted, but not slept. */
static void semaphore_does_not_grow(void **state)
{
    enum { RINGERS = 3 };
    struct hammer h = {.stop = 0};
    pthread_t thread[RINGERS];
    int most = 0;
    (void)state;
    bell_init(&h.bell);
    for (int i = 0; i < RINGERS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, hammer_thread, &h), 0);
    for (int i = 0; i < 2 * MANY; i++) {
        bell_wait(&h.bell, bell_ticket(&h.bell) - 1); /* an old ticket: announced, never slept */
        int value = sem_value(&h.bell);
        most = value > most ? value : most;
    }
    atomic_store(&h.stop, 1);
    for (int i = 0; i < RINGERS; i++)
        pthread_join(thread[i], NULL);
    assert_in_range(most, 0, 1 + RINGERS);
}

/* A sleep that is rung just as it ends by itself leaves a post behind: the next one throws it away. */
static void late_posts_are_thrown_away(void **state)
{
    struct bell bell;
    (void)state;
    bell_init(&bell);
    for (int i = 0; i < 1000; i++) {
        atomic_store(&bell.sleeping, 1);
        bell_notify(&bell);
        assert_int_equal(sem_value(&bell), 1);
        bell_wait(&bell, bell_ticket(&bell) - 1);
        assert_int_equal(sem_value(&bell), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_empty_and_round_again),
        cmocka_unit_test(rings_stay_in_their_room),
        cmocka_unit_test(between_threads),
        cmocka_unit_test(between_processes),
        cmocka_unit_test(bell_has_a_deadline),
        cmocka_unit_test(signals_do_no_harm),
        cmocka_unit_test(ping_pong_without_lost_wake_ups),
        cmocka_unit_test(semaphore_does_not_grow),
        cmocka_unit_test(late_posts_are_thrown_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
