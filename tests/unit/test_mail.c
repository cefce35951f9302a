/* Messages on rings: read in the order in which they were written, whatever the order of sending and however small the
 * ring. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/base/fail.h"
#include "sim/base/fifo.h"
#include "sim/runtime/mail.h"
#include "tests/rigs/scratch.h"

#define SPAN_A 1000 /* bytes; neither a multiple of a slot */
#define SPAN_B 64
#define SLOT   128

static const struct message_layout layout = {.spans = 2, .bytes = {SPAN_A, SPAN_B}};

struct line { /* one ring, one writer, one or two readers */
    struct bell *writer, *reader[2];
    struct ring *ring;
    _Atomic int abort;
    _Atomic uint64_t progress;
    void *room;
};

static void line_open(struct line *l, uint32_t slots, uint32_t readers)
{
    memset(l, 0, sizeof *l);
    l->writer = need(3 * sizeof(struct bell));
    l->reader[0] = l->writer + 1;
    l->reader[1] = l->writer + 2;
    for (int i = 0; i < 3; i++)
        bell_init(l->writer + i);
    l->room = need(ring_bytes(slots, SLOT, readers));
    l->ring = ring_create(l->room, slots, SLOT, readers, l->writer, l->reader);
}

static void line_close(struct line *l)
{
    free(l->room);
    free(l->writer);
}

static struct waiter waiter(struct line *l, struct bell *bell)
{
    return (struct waiter){.bell = bell, .abort = &l->abort, .progress = &l->progress};
}

static unsigned char byte_of(int worker, int64_t number, int span, size_t i)
{
    return (unsigned char)(worker * 31 + number * 7 + span * 3 + (int64_t)i);
}

static void post(const struct waiter *me, struct ring *ring, int worker, int64_t number)
{
    unsigned char a[SPAN_A], b[SPAN_B];
    for (size_t i = 0; i < SPAN_A; i++)
        a[i] = byte_of(worker, number, 0, i);
    for (size_t i = 0; i < SPAN_B; i++)
        b[i] = byte_of(worker, number, 1, i);
    mail_frame(me, ring, &(struct frame){.worker = worker, .number = number, .loss = (double)number});
    mail_span(me, ring, a, SPAN_A);
    mail_span(me, ring, b, SPAN_B);
    mail_end(ring);
}

struct expected {
    int worker;
    int64_t number;
    size_t seen[2];
};

static void compare(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct expected *e = context;
    const unsigned char *at = data;
    assert_int_equal(offset, e->seen[span]); /* in order, without gaps */
    for (size_t i = 0; i < bytes; i++)
        assert_int_equal(at[i], byte_of(e->worker, e->number, span, offset + i));
    e->seen[span] += bytes;
}

static void expect(struct inbox *b, const struct waiter *me, int worker, int64_t number)
{
    struct expected e = {.worker = worker, .number = number};
    struct frame f = inbox_receive(b, me, worker, number, &(struct visitor){compare, &e});
    assert_int_equal(f.number, number);
    assert_true(f.loss == (double)number);
    assert_int_equal(e.seen[0], SPAN_A);
    assert_int_equal(e.seen[1], SPAN_B);
}

static void any_order_comes_out_as_asked(void **state)
{
    (void)state;
    struct line l;
    line_open(&l, 64, 1);
    struct waiter w = waiter(&l, l.writer), r = waiter(&l, l.reader[0]);
    struct inbox b = {.ring = l.ring, .layout = &layout, .uses = 1};
    for (int i = 0; i < 4; i++)
        post(&w, l.ring, i, 5);
    expect(&b, &r, 2, 5);
    expect(&b, &r, 0, 5);
    expect(&b, &r, 3, 5);
    expect(&b, &r, 1, 5);
    assert_null(b.letter);
    line_close(&l);
}

static void bare_frames_have_no_spans(void **state)
{
    (void)state;
    struct line l;
    line_open(&l, 64, 1);
    struct waiter w = waiter(&l, l.writer), r = waiter(&l, l.reader[0]);
    struct inbox b = {.ring = l.ring, .layout = &layout, .uses = 1};
    struct expected e = {0};
    mail_frame(&w, l.ring, &(struct frame){.worker = 1, .bare = 1, .number = FAREWELL, .hash = 77});
    post(&w, l.ring, 0, 1);
    expect(&b, &r, 0, 1); /* the bare one is in the way */
    assert_int_equal(inbox_receive(&b, &r, 1, FAREWELL, &(struct visitor){compare, &e}).hash, 77);
    assert_int_equal(e.seen[0], 0);
    line_close(&l);
}

static void a_message_used_twice_stays_until_then(void **state)
{
    (void)state;
    struct line l;
    line_open(&l, 64, 1);
    struct waiter w = waiter(&l, l.writer), r = waiter(&l, l.reader[0]);
    struct inbox b = {.ring = l.ring, .layout = &layout, .uses = 2};
    post(&w, l.ring, -1, 0);
    post(&w, l.ring, -1, 1);
    expect(&b, &r, -1, 0);
    expect(&b, &r, -1, 1);
    expect(&b, &r, -1, 0);
    expect(&b, &r, -1, 1);
    assert_null(b.letter);
    line_close(&l);
}

/* A message is there as soon as its frame is; asking takes nothing away, others are put away. */
static void asking_does_not_wait(void **state)
{
    (void)state;
    struct line l;
    line_open(&l, 64, 1);
    struct waiter w = waiter(&l, l.writer), r = waiter(&l, l.reader[0]);
    struct inbox b = {.ring = l.ring, .layout = &layout, .uses = 1};
    assert_false(inbox_has(&b, 0, 5));
    post(&w, l.ring, 1, 5);
    assert_false(inbox_has(&b, 0, 5));
    mail_frame(&w, l.ring, &(struct frame){.worker = 0, .number = 5, .loss = 5});
    assert_true(inbox_has(&b, 0, 5));
    assert_true(inbox_has(&b, 1, 5));
    expect(&b, &r, 1, 5);
    assert_true(inbox_has(&b, 0, 5));
    line_close(&l);
}

static void persist_inbox(void *inbox, struct section *s)
{
    inbox_persist(inbox, s);
}

/* What was on the ring and what was a letter already, some of it read once of two times. */
static void an_inbox_goes_through_a_checkpoint(void **state)
{
    (void)state;
    static const struct identity none;
    struct line l;
    uint64_t bytes;
    line_open(&l, 64, 1);
    struct waiter w = waiter(&l, l.writer), r = waiter(&l, l.reader[0]);
    struct inbox b = {.ring = l.ring, .layout = &layout, .uses = 2}, c = b;
    post(&w, l.ring, 0, 0);
    post(&w, l.ring, 1, 1);
    expect(&b, &r, 1, 1);
    post(&w, l.ring, 2, 2);
    mail_frame(&w, l.ring, &(struct frame){.worker = 3, .bare = 1, .number = FAREWELL, .hash = 77});
    inbox_drain(&b);
    assert_true(checkpoint_begin(".") &&
                checkpoint_append(".", &(struct persistent){persist_inbox, &b, NULL}) &&
                checkpoint_commit(".", &none, &(struct rows){0}, &bytes));
    for (const char *const *name = (const char *const[]){"eval.csv", "workers.csv", "totals.csv", NULL};
         *name; name++)
        fclose(fopen(*name, "w"));
    struct checkpoint *saved = checkpoint_open(".", &none, 1);
    checkpoint_load(saved, 0, &(struct persistent){persist_inbox, &c, NULL});
    checkpoint_close(saved);
    for (int i = 0; i < 2; i++) { /* the first one as it goes on, the second as it is resumed */
        struct inbox *in = i ? &c : &b;
        expect(in, &r, 1, 1);
        expect(in, &r, 2, 2);
        expect(in, &r, 0, 0);
        expect(in, &r, 0, 0);
        expect(in, &r, 2, 2);
        struct expected e = {0};
        for (int j = 0; j < 2; j++)
            assert_int_equal(inbox_receive(in, &r, 3, FAREWELL, &(struct visitor){compare, &e}).hash, 77);
        assert_null(in->letter);
    }
    line_close(&l);
}

struct sender {
    struct line *line;
    int messages;
};

static void *send_all(void *context)
{
    struct sender *s = context;
    struct waiter me = waiter(s->line, s->line->writer);
    for (int i = 0; i < s->messages; i++)
        post(&me, s->line->ring, i % 3, i);
    return NULL;
}

/* The ring holds half a message; the reader wants them in an order that differs from the sender's. */
static void a_ring_smaller_than_a_message_carries_all(void **state)
{
    (void)state;
    struct line l;
    struct sender s = {&l, 300};
    pthread_t thread;
    line_open(&l, 4, 1);
    struct waiter r = waiter(&l, l.reader[0]);
    struct inbox b = {.ring = l.ring, .layout = &layout, .uses = 1};
    pthread_create(&thread, NULL, send_all, &s);
    for (int i = 0; i < s.messages; i += 3)
        for (int j = 2; j >= 0; j--)
            expect(&b, &r, j, i + j);
    pthread_join(thread, NULL);
    assert_null(b.letter);
    line_close(&l);
}

/* What a full ring holds is moved away, in the middle of a message, and read from both places. */
static void relief_lets_the_writer_go_on(void **state)
{
    (void)state;
    struct line l;
    struct sender s = {&l, 30};
    pthread_t thread;
    line_open(&l, 4, 1);
    struct waiter r = waiter(&l, l.reader[0]);
    struct inbox b = {.ring = l.ring, .layout = &layout, .uses = 1};
    pthread_create(&thread, NULL, send_all, &s);
    while (!b.letter)
        inbox_relieve(&b);
    for (int i = 0; i < 5; i++) {
        inbox_relieve(&b);
        usleep(1000);
    }
    for (int i = 0; i < s.messages; i++)
        expect(&b, &r, i % 3, i);
    pthread_join(thread, NULL);
    inbox_free(&b);
    line_close(&l);
}

static void come_true(void *context)
{
    *(bool *)context = true; /* and no bell rings */
}

static bool is_true(void *context)
{
    return *(bool *)context;
}

static int64_t not_asked(void *context)
{
    (void)context;
    fail_msg("the process goes to sleep");
    return 0;
}

/* What idle brings about must end the wait, and before the process sleeps: the PS takes its last order, or the result that
 * the conductor waits for, while it idles. */
static void a_wait_sees_what_idle_did(void **state)
{
    (void)state;
    struct line l;
    bool there = false;
    line_open(&l, 4, 1);
    struct waiter p = waiter(&l, l.writer);
    p.idle = come_true;
    p.patience = not_asked;
    p.context = &there;
    waiter_wait(&p, is_true, &there);
    assert_true(there);
    line_close(&l);
}

static void fifo_keeps_its_order_while_it_grows(void **state)
{
    (void)state;
    struct fifo f;
    int next_in = 0, next_out = 0, value;
    fifo_init(&f, sizeof value);
    assert_null(fifo_front(&f));
    for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 7 + round % 5; i++, next_in++)
            fifo_put(&f, &next_in);
        for (int i = 0; i < 6; i++) {
            assert_int_equal(*(const int *)fifo_front(&f), next_out);
            assert_true(fifo_take(&f, &value));
            assert_int_equal(value, next_out++);
        }
    }
    while (fifo_take(&f, &value))
        assert_int_equal(value, next_out++);
    assert_int_equal(next_out, next_in);
    fifo_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_comes_out_as_asked),
        cmocka_unit_test(bare_frames_have_no_spans),
        cmocka_unit_test(a_message_used_twice_stays_until_then),
        cmocka_unit_test(asking_does_not_wait),
        cmocka_unit_test_setup_teardown(an_inbox_goes_through_a_checkpoint, scratch_enter, scratch_leave),
        cmocka_unit_test(a_ring_smaller_than_a_message_carries_all),
        cmocka_unit_test(relief_lets_the_writer_go_on),
        cmocka_unit_test(a_wait_sees_what_idle_did),
        cmocka_unit_test(fifo_keeps_its_order_while_it_grows),
    };
    alarm(60);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
