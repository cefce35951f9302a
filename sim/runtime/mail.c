/* Sends and receives messages over rings (sim/transport/ring.h). A reader asks for a message by name, and
 * messages that are in the way on the ring are moved to letters, in private memory:
 *
 *   ring      | frame A | span A ...| frame B | span B ...| frame C ...        oldest slot on the left
 *                 |
 *                 v  wanted: B. A is in the way: put_away
 *   letters   A --> ...                  oldest first; only the last letter may be incomplete
 *
 *   then B is streamed: each slot is shown to the visitor in the ring itself, without a copy
 *
 * The usual case is that the wanted message is the next on the ring, and no letter is made. */
#include "sim/runtime/mail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

size_t message_layout_bytes(const struct message_layout *layout)
{
    size_t sum = 0;
    for (int i = 0; i < layout->spans; i++)
        sum += layout->bytes[i];
    return sum;
}

struct message_layout message_layout_of(const struct message_layout *layout, int64_t number)
{
    struct message_layout own = *layout;
    if (own.resize)
        own.resize(&own, number > 0 ? number : 0);
    return own;
}

static struct message_layout layout_in(const struct message_layout *layout, const struct frame *frame)
{
    struct message_layout none = {0};
    return frame->bare ? none : message_layout_of(layout, frame->sized);
}

/* ---- writing ---- */

void mail_frame(const struct waiter *me, struct ring *ring, const struct frame *frame)
{
    memcpy(waiter_reserve(me, ring), frame, sizeof *frame);
    ring_commit(ring, sizeof *frame);
}

void mail_span(const struct waiter *me, struct ring *ring, const void *data, size_t bytes)
{
    const char *from = data;
    size_t most = ring_slot_bytes(ring);
    while (bytes) {
        size_t piece = bytes < most ? bytes : most;
        memcpy(waiter_reserve(me, ring), from, piece);
        ring_commit(ring, (uint32_t)piece);
        from += piece;
        bytes -= piece;
    }
}

void mail_end(struct ring *ring)
{
    ring_notify(ring);
}

/* ---- reading ---- */

static void look_away(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    (void)context, (void)span, (void)offset, (void)data, (void)bytes;
}

const struct visitor mail_ignored = {look_away, NULL};

struct letter {
    struct frame frame;
    struct letter *next;
    int32_t uses;         /* receives still to come; the last one frees the letter */
    size_t filled, total; /* bytes of payload copied so far; bytes of the whole message */
    _Alignas(64) char payload[];
};

static bool complete(const struct letter *l)
{
    return l->filled == l->total;
}

static bool named(const struct frame *f, int worker, int64_t number)
{
    return f->worker == worker && f->number == number;
}

static struct letter **end_of(struct inbox *b)
{
    struct letter **l = &b->letter;
    while (*l && (*l)->next)
        l = &(*l)->next;
    return l;
}

/* Another process wrote the ring. The reader checks every length: a damaged message must not damage the
 * memory here. */
static void expect(bool fits)
{
    if (!fits)
        die(EXIT_FAILED, "a message between two processes of the run is damaged");
}

static void start_letter(struct inbox *b, const struct frame *frame)
{
    struct message_layout layout = layout_in(b->layout, frame);
    size_t total = message_layout_bytes(&layout);
    struct letter *l = need(sizeof *l + total), **last = end_of(b);
    l->frame = *frame;
    l->total = total;
    l->uses = b->uses;
    if (*last) /* end_of() gives the last letter, or the empty place of the first letter */
        (*last)->next = l;
    else
        *last = l;
}

/* Moves one slot from the ring to the letters: a frame starts a letter, any other slot continues the last
 * letter. */
static void put_away(struct inbox *b, const void *slot, uint32_t bytes)
{
    struct letter *l = *end_of(b);
    if (!l || complete(l)) {
        expect(bytes == sizeof(struct frame));
        start_letter(b, slot);
    } else {
        expect(bytes <= l->total - l->filled);
        memcpy(l->payload + l->filled, slot, bytes);
        l->filled += bytes;
    }
    ring_release(b->ring, b->reader);
}

static void empty_ring(struct inbox *b)
{
    uint32_t bytes;
    const void *slot;
    while ((slot = ring_peek(b->ring, b->reader, &bytes)))
        put_away(b, slot, bytes);
}

void inbox_relieve(struct inbox *b)
{
    if (!b->receiving && ring_full(b->ring, b->reader))
        empty_ring(b);
}

static struct letter **find(struct inbox *b, int worker, int64_t number)
{
    struct letter **l = &b->letter;
    while (*l && !named(&(*l)->frame, worker, number))
        l = &(*l)->next;
    return l;
}

/* Shows bytes from .. from + bytes of a message to the visitor, span by span. */
static void show(const struct message_layout *layout, const struct visitor *v, size_t from, const char *data,
                 size_t bytes)
{
    for (int span = 0; bytes; span++) {
        size_t size = layout->bytes[span];
        if (from >= size) {
            from -= size;
            continue;
        }
        size_t piece = size - from < bytes ? size - from : bytes;
        v->piece(v->context, span, from, data, piece);
        data += piece;
        bytes -= piece;
        from = 0;
    }
}

/* Shows the rest of a message straight out of the ring. */
static void stream(struct inbox *b, const struct waiter *me, size_t from, const struct frame *frame,
                   const struct visitor *v)
{
    struct message_layout layout = layout_in(b->layout, frame);
    size_t total = message_layout_bytes(&layout);
    while (from < total) {
        uint32_t bytes;
        const void *slot = waiter_peek(me, b->ring, b->reader, &bytes);
        expect(bytes <= total - from);
        show(&layout, v, from, slot, bytes);
        ring_release(b->ring, b->reader);
        from += bytes;
    }
}

/* Shows a letter to the visitor. The rest of an incomplete letter is still on the ring: on the last use it
 * is shown straight from there. */
static struct frame open_letter(struct inbox *b, const struct waiter *me, struct letter **l,
                                const struct visitor *v)
{
    struct letter *this = *l;
    struct frame frame = this->frame;
    while (this->uses > 1 &&
           !complete(this)) { /* other workers of this process will receive the message too */
        uint32_t bytes;
        const void *slot = waiter_peek(me, b->ring, b->reader, &bytes);
        put_away(b, slot, bytes);
    }
    struct message_layout layout = layout_in(b->layout, &frame);
    show(&layout, v, 0, this->payload, this->filled);
    if (this->uses == 1)
        stream(b, me, this->filled, &frame, v);
    if (--this->uses == 0) {
        *l = this->next;
        free(this);
    }
    return frame;
}

static bool between_messages(struct inbox *b)
{
    const struct letter *last = *end_of(b);
    return !last || complete(last);
}

/* With one use, the wanted message stays on the ring, to be streamed from there. */
bool inbox_has(struct inbox *b, int worker, int64_t number)
{
    for (;;) {
        uint32_t bytes;
        if (*find(b, worker, number))
            return true;
        const void *slot = ring_peek(b->ring, b->reader, &bytes);
        if (!slot)
            return false;
        if (b->uses == 1 && between_messages(b) && bytes == sizeof(struct frame) &&
            named(slot, worker, number))
            return true;
        put_away(b, slot, bytes);
    }
}

struct wanted {
    struct inbox *inbox;
    int worker;
    int64_t number;
};

static bool is_there(void *context)
{
    const struct wanted *w = context;
    return inbox_has(w->inbox, w->worker, w->number);
}

static struct frame take(struct inbox *b, const struct waiter *me, int worker, int64_t number,
                         const struct visitor *visitor)
{
    uint32_t bytes;
    struct frame frame;
    waiter_wait(me, is_there, &(struct wanted){b, worker, number});
    waiter_progress(me);
    struct letter **l = find(b, worker, number);
    if (*l)
        return open_letter(b, me, l, visitor);
    memcpy(&frame, ring_peek(b->ring, b->reader, &bytes), sizeof frame);
    ring_release(b->ring, b->reader);
    stream(b, me, 0, &frame, visitor);
    return frame;
}

struct frame inbox_receive(struct inbox *b, const struct waiter *me, int worker, int64_t number,
                           const struct visitor *visitor)
{
    assert(!b->receiving);
    b->receiving = true;
    struct frame frame = take(b, me, worker, number, visitor);
    b->receiving = false;
    return frame;
}

bool inbox_has_some(const struct inbox *b)
{
    uint32_t bytes;
    return b->letter || ring_peek(b->ring, b->reader, &bytes);
}

void inbox_drain(struct inbox *b)
{
    empty_ring(b);
    assert(between_messages(b));
}

static void persist_letter(const struct inbox *b, struct letter *l, struct section *s)
{
    section_choice(s, &l->uses, 1, b->uses);
    section_bytes(s, l->payload, l->total);
    l->filled = l->total;
}

void inbox_persist(struct inbox *b, struct section *s)
{
    size_t letters = 0;
    for (struct letter *l = b->letter; l; l = l->next)
        letters++;
    letters = section_count(s, letters, sizeof(struct frame));
    for (struct letter *l = b->letter; section_saves(s) && l; l = l->next) {
        section_bytes(s, &l->frame, sizeof l->frame);
        persist_letter(b, l, s);
    }
    for (size_t i = 0; !section_saves(s) && i < letters; i++) {
        struct frame frame;
        section_bytes(s, &frame, sizeof frame);
        start_letter(b, &frame);
        persist_letter(b, *end_of(b), s);
    }
}

void inbox_free(struct inbox *b)
{
    while (b->letter) {
        struct letter *l = b->letter;
        b->letter = l->next;
        free(l);
    }
}
