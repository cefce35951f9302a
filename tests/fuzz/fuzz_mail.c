/* Messages on a ring, whatever a writer puts there: each piece of the input is a slot; the reader asks for messages in the
 * order that the input says, and writes nowhere but where it may. */
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/runtime/mail.h"
#include "tests/fuzz/harness.h"

enum { SLOTS = 4, SLOT_BYTES = 64, MOST_MESSAGES = 8 };

static void shrink(struct message_layout *p, int64_t number)
{
    p->bytes[0] = number % 2 ? 100 : 37;
}

static const struct message_layout layout = {.spans = 2, .bytes = {100, 5}, .resize = shrink};
static _Alignas(64) uint8_t room[4096];
static struct bell writer, reader;
static _Atomic int abort_flag;
static _Atomic uint64_t progress;

struct post { /* both ends */
    struct ring *ring;
    struct inbox inbox;
    struct waiter me;
    struct bytes rest;
    size_t got[2]; /* bytes of each span */
};

static bool put_slot(struct post *p)
{
    void *slot = ring_reserve(p->ring);
    if (!slot || p->rest.size == 0)
        return false;
    struct bytes piece = {p->rest.data + 1, p->rest.data[0] % (SLOT_BYTES + 1)};
    piece.size = piece.size < p->rest.size - 1 ? piece.size : p->rest.size - 1;
    p->rest.data += 1 + piece.size;
    p->rest.size -= 1 + piece.size;
    memcpy(slot, piece.data, piece.size);
    ring_commit(p->ring, (uint32_t)piece.size);
    ring_notify(p->ring);
    return true;
}

/* Before the reader sleeps: the writer goes on. Once it has nothing left, nothing would wake the reader. */
static void go_on(void *context)
{
    struct post *p = context;
    inbox_relieve(&p->inbox);
    if (!put_slot(p) && p->rest.size == 0)
        die(EXIT_STUCK, "the end");
}

static void take(void *context, int span, size_t offset, const void *data, size_t bytes)
{
    struct post *p = context;
    static uint8_t into[2][128];
    FUZZ_EXPECT(span >= 0 && span < layout.spans && offset == p->got[span] && bytes > 0);
    FUZZ_EXPECT(offset + bytes <= layout.bytes[span]);
    memcpy(into[span] + offset, data, bytes);
    p->got[span] += bytes;
}

static void receive(void *context)
{
    struct post *p = context;
    for (int64_t number = 0; number < MOST_MESSAGES; number++) {
        p->got[0] = p->got[1] = 0;
        struct frame f = inbox_receive(&p->inbox, &p->me, -1, number, &(struct visitor){take, p});
        FUZZ_EXPECT(f.number == number && f.worker == -1);
        struct message_layout own = message_layout_of(&layout, f.sized);
        for (int i = 0; i < layout.spans; i++)
            FUZZ_EXPECT(p->got[i] == (f.bare ? 0 : own.bytes[i]));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct post p = {.rest = {data, size}};
    struct bell *const readers[] = {&reader};
    fuzz_silence();
    memset(room, 0, sizeof room);
    bell_init(&writer);
    bell_init(&reader);
    p.ring = ring_create(room, SLOTS, SLOT_BYTES, 1, &writer, readers);
    p.inbox = (struct inbox){.ring = p.ring, .layout = &layout, .uses = 1 + (fuzz_byte(&p.rest) & 1)};
    p.me = (struct waiter){&reader, &abort_flag, &progress, .idle = go_on, .context = &p};
    int status = fuzz_try(receive, &p);
    FUZZ_EXPECT(status == EXIT_DONE || status == EXIT_STUCK || status == EXIT_FAILED);
    inbox_free(&p.inbox);
    return 0;
}
