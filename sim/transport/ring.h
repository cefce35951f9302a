/* A ring of fixed-size slots in shared memory: one writer, one or several readers that each see every slot.
 * Moves bytes; knows no time, no message format, no process. Lock-free: the writer's count and each reader's
 * count on cache lines of their own; who waits sleeps on its bell (bell.h). A reader rings the writer's bell with
 * every release; the writer rings the readers' when it says so: after a message, not after every slot of it, or a
 * sleeping reader would be woken for each piece and push somebody off a core each time.
 *
 * A slot's payload starts on 64 bytes and is contiguous: the writer fills it in place, a reader may compute
 * straight out of it. A message is any number of slots; framing is the callers' business. */
#ifndef SIM_TRANSPORT_RING_H
#define SIM_TRANSPORT_RING_H

#include <stddef.h>
#include <stdint.h>

#include "sim/transport/bell.h"

struct ring;

size_t ring_bytes(uint32_t slots, uint32_t slot_bytes,
                  uint32_t readers); /* room it needs, a multiple of 64 */

/* Lays a ring into `room` (64-byte aligned, zeroed, ring_bytes() long) before fork. slot_bytes: payload of a
 * slot, rounded up to 64; slots at least 2. writer and reader[i] are the bells to ring; all lie in the same
 * shared block. */
struct ring *ring_create(void *room, uint32_t slots, uint32_t slot_bytes, uint32_t readers,
                         struct bell *writer, struct bell *const *reader);
uint32_t ring_slot_bytes(const struct ring *ring);

/* Writer: room for the next slot, or NULL when the slowest reader is a whole ring behind. Asking twice gives
 * the same. */
void *ring_reserve(struct ring *ring);
void ring_commit(struct ring *ring, uint32_t bytes); /* publishes the reserved slot */
void ring_notify(
    struct ring *ring); /* rings the readers: at the end of a message, and before the writer sleeps */

/* Reader: the oldest slot it has not released, or NULL when there is none. */
const void *ring_peek(struct ring *ring, uint32_t reader, uint32_t *bytes);
void ring_release(struct ring *ring, uint32_t reader); /* gives that slot back; rings the writer */
int ring_full(const struct ring *ring,
              uint32_t reader); /* this reader is a whole ring behind: the writer may be waiting */

#endif
