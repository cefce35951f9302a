/* A lock-free ring. With one reader it is an SPSC queue; with several readers each reads every slot
 * (broadcast). Each side has a count that it alone writes: slots written, or slots released. 8 slots, two
 * readers:
 *
 *     count   16   17   18   19   20   21   22   23   24   25 ...
 *     slot     0    1    2    3    4    5    6    7    0    1     count mod 8
 *                   ^              ^              ^
 *              reader 1       reader 0         writer: slots 7 and 0 are free, slot 1 is not
 *
 * Invariant for every reader: released <= written <= released + slots. The ring is full if written - released
 * = slots, and empty for a reader if the difference is 0. The counts have 64 bits and never wrap.
 *
 * Memory order: the owner publishes its count with release, after it has filled or read the slot; the other
 * side acquires the count before it touches the slot. That is all the ordering that the payload needs. */
#include "sim/transport/ring.h"

#include <assert.h>
#include <stdatomic.h>

enum { LINE = 64 }; /* bytes of a cache line */

/* One side of the ring: how many slots the owner has written, or released, since the start. Only the owner
 * stores to the count. Each side has a cache line of its own, so that one side's
 * store does not invalidate the line of another side (false sharing). */
struct place {
    _Alignas(LINE) _Atomic uint64_t count;
    struct bell *bell;
};

struct slot {
    _Alignas(LINE) uint32_t bytes;
    _Alignas(LINE) uint8_t payload[];
};

/* Lies in shared memory and contains pointers. That is allowed, since every process has the block at the same
 * address. */
struct ring {
    uint32_t slots, slot_bytes, readers;
    size_t stride; /* from slot to slot */
    uint8_t *first;
    struct place writer;
    struct place reader[];
};

static size_t round_up(size_t bytes)
{
    return (bytes + LINE - 1) / LINE * LINE;
}

static size_t head_bytes(uint32_t readers)
{
    return sizeof(struct ring) + readers * sizeof(struct place);
}

static size_t stride_bytes(uint32_t slot_bytes)
{
    return sizeof(struct slot) + round_up(slot_bytes);
}

size_t ring_bytes(uint32_t slots, uint32_t slot_bytes, uint32_t readers)
{
    return head_bytes(readers) + slots * stride_bytes(slot_bytes);
}

struct ring *ring_create(void *room, uint32_t slots, uint32_t slot_bytes, uint32_t readers,
                         struct bell *writer, struct bell *const *reader)
{
    struct ring *ring = room;
    assert((uintptr_t)room % LINE == 0 && slots >= 2 && slot_bytes >= 1 && readers >= 1);
    ring->slots = slots;
    ring->slot_bytes = (uint32_t)round_up(slot_bytes);
    ring->readers = readers;
    ring->stride = stride_bytes(slot_bytes);
    ring->first = (uint8_t *)room + head_bytes(readers);
    ring->writer.bell = writer;
    for (uint32_t r = 0; r < readers; r++)
        ring->reader[r].bell = reader[r];
    return ring;
}

uint32_t ring_slot_bytes(const struct ring *ring)
{
    return ring->slot_bytes;
}

static struct slot *slot_at(const struct ring *ring, uint64_t count)
{
    return (struct slot *)(ring->first + count % ring->slots * ring->stride);
}

/* A process reads its own count without ordering, and acquires the count of the other side: all that the
 * other side did to the slots before is then visible. */
static uint64_t mine(const struct place *place)
{
    return atomic_load_explicit(&place->count, memory_order_relaxed);
}

static uint64_t theirs(const struct place *place)
{
    return atomic_load_explicit(&place->count, memory_order_acquire);
}

static void advance(struct place *place)
{
    atomic_store_explicit(&place->count, mine(place) + 1, memory_order_release);
}

/* The slowest reader decides: the slot is free when every reader has released it. */
void *ring_reserve(struct ring *ring)
{
    uint64_t written = mine(&ring->writer);
    for (uint32_t r = 0; r < ring->readers; r++)
        if (written - theirs(&ring->reader[r]) == ring->slots)
            return NULL;
    return slot_at(ring, written)->payload;
}

/* The length is written before the count is released, so a reader that sees the count sees the length. */
void ring_commit(struct ring *ring, uint32_t bytes)
{
    assert(bytes <= ring->slot_bytes);
    slot_at(ring, mine(&ring->writer))->bytes = bytes;
    advance(&ring->writer);
}

void ring_notify(struct ring *ring)
{
    for (uint32_t r = 0; r < ring->readers; r++)
        bell_notify(ring->reader[r].bell);
}

const void *ring_peek(struct ring *ring, uint32_t reader, uint32_t *bytes)
{
    uint64_t released = mine(&ring->reader[reader]);
    if (theirs(&ring->writer) == released)
        return NULL;
    const struct slot *slot = slot_at(ring, released);
    *bytes = slot->bytes;
    return slot->payload;
}

/* Notifies on every release: the writer may be waiting for this one slot. */
void ring_release(struct ring *ring, uint32_t reader)
{
    assert(mine(&ring->reader[reader]) != theirs(&ring->writer));
    advance(&ring->reader[reader]);
    bell_notify(ring->writer.bell);
}

int ring_full(const struct ring *ring, uint32_t reader)
{
    return theirs(&ring->writer) - mine(&ring->reader[reader]) == ring->slots;
}
