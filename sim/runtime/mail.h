/* Messages on rings. A message is a frame (one slot) and its spans (any number of slots; each span begins a
 * new one). Readers ask for messages by name, in the order of the orders, which need not be the order on the
 * ring: what is in the way is moved to private memory. So no order of events can block anyone for ever,
 * however small the ring. */
#ifndef SIM_RUNTIME_MAIL_H
#define SIM_RUNTIME_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "algorithms/algorithm.h"
#include "sim/runtime/checkpoint.h"
#include "sim/runtime/waiter.h"

#define MESSAGE_SPANS (MAX_SPANS + 1) /* the algorithm's, and BatchNorm statistics */

struct message_layout { /* what every message on a ring carries */
    int spans;
    size_t bytes[MESSAGE_SPANS]; /* where they change from message to message: the most */
    /* Makes them those of message `number` of its sender; NULL: they never change. */
    void (*resize)(struct message_layout *layout, int64_t number);
    const void *context; /* resize's */
};

size_t message_layout_bytes(const struct message_layout *layout);
struct message_layout message_layout_of(const struct message_layout *layout,
                                        int64_t number); /* message `number`'s own */

struct frame {
    int32_t worker; /* sender of a push; -1 on other rings */
    int32_t bare;   /* no spans follow */
    int64_t number;
    int64_t sized;   /* its layout's number: by that its sender coded it (coding.h) */
    double loss;     /* push: mean training loss. result: mean test loss */
    double accuracy; /* result */
    int64_t version; /* of the replica that `hash` was taken of; -1: none. Snapshot: of the model */
    uint64_t hash;
};

#define FAREWELL (-1) /* number of a worker's bare last frame */

/* ---- writing ---- */
void mail_frame(const struct waiter *me, struct ring *ring, const struct frame *frame);
void mail_span(const struct waiter *me, struct ring *ring, const void *data, size_t bytes);
void mail_end(struct ring *ring); /* of a message: wakes its readers */

/* ---- reading ---- */

/* Gets a span in pieces, in order: bytes `offset` .. of span `span`. The piece may lie in the ring itself. */
struct visitor {
    void (*piece)(void *context, int span, size_t offset, const void *data, size_t bytes);
    void *context;
};

extern const struct visitor mail_ignored; /* looks at nothing */

struct letter;
struct inbox {
    struct ring *ring;
    uint32_t reader;
    const struct message_layout *layout;
    int uses; /* how often each message is received through this inbox (1, or the workers of a process) */
    struct letter *letter; /* moved out of the way: oldest first; only the last may be incomplete */
    bool receiving;        /* inbox_receive is at it: hands off */
};

/* Waits for the message of that name and shows it to the visitor. Without pieces for a bare one. */
struct frame inbox_receive(struct inbox *b, const struct waiter *me, int worker, int64_t number,
                           const struct visitor *visitor);

/* Whether the message of that name, or the beginning of it, has come: receiving it will wait for nothing
 * but its writer, which is at it. Never blocks. */
bool inbox_has(struct inbox *b, int worker, int64_t number);

/* True if any message has come; for senders read in order that is the next one. */
bool inbox_has_some(const struct inbox *b);

/* Moves everything that is on a full ring out of the way, so that its writer can go on. Never blocks. */
void inbox_relieve(struct inbox *b);
void inbox_free(struct inbox *b);

/* In a pause, when no process writes: everything on the ring becomes letters, which are then saved or
 * loaded. */
void inbox_drain(struct inbox *b);
void inbox_persist(struct inbox *b, struct section *s);

#endif
