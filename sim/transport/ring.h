/* A lock-free ring of slots of fixed size in shared memory. It has one writer, and one or several readers;
 * each reader sees every slot. The ring moves bytes. It knows no time, no message format and no process.
 *
 *     worker --reserve, fill, commit--> | slot | slot | slot | slot | --peek, compute, release--> PS
 *                                         ^ every reader has a count of its own
 *
 * A side that must wait sleeps on its bell (bell.h). A reader notifies the writer's bell at every release.
 * The writer notifies the readers only in ring_notify: after a whole message, because a notification for each
 * slot would wake a sleeping reader for each piece, and each time that reader would take a core from another
 * process.
 *
 * The payload of a slot is contiguous and starts on a multiple of 64 bytes. The writer fills it in place, and
 * a reader may compute directly on it: no copy. A message is any number of slots; its format belongs to the
 * callers. */
#ifndef SIM_TRANSPORT_RING_H
#define SIM_TRANSPORT_RING_H

#include <stddef.h>
#include <stdint.h>

#include "sim/transport/bell.h"

struct ring;

/* Bytes that a ring needs, a multiple of 64. */
size_t ring_bytes(uint32_t slots, uint32_t slot_bytes, uint32_t readers);

/* Makes a ring in `room` before fork. `room` is 64-byte aligned, zeroed and ring_bytes() long. slots >= 2.
 * slot_bytes is the payload of a slot and is rounded up to a multiple of 64. writer and reader[i] are the
 * bells of the two sides. The room and all bells lie in the same shared block. */
struct ring *ring_create(void *room, uint32_t slots, uint32_t slot_bytes, uint32_t readers,
                         struct bell *writer, struct bell *const *reader);
uint32_t ring_slot_bytes(const struct ring *ring);

/* Writer: the payload of the next slot, or NULL while the slowest reader has not released that slot. A second
 * call before ring_commit returns the same. */
void *ring_reserve(struct ring *ring);
void ring_commit(struct ring *ring, uint32_t bytes); /* publishes the reserved slot with its length */

/* Writer: wakes the readers. Call at the end of a message, and before the writer sleeps. */
void ring_notify(struct ring *ring);

/* Reader: the oldest slot that this reader has not released, or NULL if there is none. */
const void *ring_peek(struct ring *ring, uint32_t reader, uint32_t *bytes);
void ring_release(struct ring *ring, uint32_t reader); /* gives that slot back and wakes the writer */

/* Reader: true if this reader has released none of the last `slots` slots, so that the writer may be
 * waiting. */
int ring_full(const struct ring *ring, uint32_t reader);

#endif
