/* Messages on rings. A message is a frame (one slot) and its spans (any number of slots; each span begins
 * in a new slot). A reader asks for messages by name, in the sequence of its orders, which can differ from
 * the sequence on the ring. A message that is in the way is moved to private memory. So no sequence of
 * events can block a process for ever, however small the ring is. */
#ifndef SIM_RUNTIME_MAIL_H
#define SIM_RUNTIME_MAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "algorithms/algorithm.h"
#include "sim/runtime/checkpoint.h"
#include "sim/runtime/waiter.h"

#define MESSAGE_SPANS (MAX_SPANS + 1) /* the algorithm's spans, and one for BatchNorm's statistics */

struct message_layout { /* what every message on a ring carries */
    int spans;
    size_t bytes[MESSAGE_SPANS]; /* size of each span; with resize: the largest */
    /* Sets the sizes of message `number` of its sender; NULL: all messages have the same sizes. */
    void (*resize)(struct message_layout *layout, int64_t number);
    const void *context; /* for resize */
};

size_t message_layout_bytes(const struct message_layout *layout);
/* The layout of message `number`. */
struct message_layout message_layout_of(const struct message_layout *layout, int64_t number);

struct frame {
    int32_t worker;  /* sender of a push; -1 on other rings */
    int32_t bare;    /* 1: no spans follow */
    int64_t number;  /* number of the message; worker and number are its name */
    int64_t sized;   /* the number that gives the message its sizes (message_layout_of, coding.h) */
    double loss;     /* push: mean training loss; result: mean test loss */
    double accuracy; /* result */
    int64_t version; /* push: of the replica that `hash` belongs to; -1: no hash. Snapshot: of the model */
    uint64_t hash;
};

#define FAREWELL (-1) /* number of a worker's last frame, which is bare */

/* ---- writing ---- */
void mail_frame(const struct waiter *me, struct ring *ring, const struct frame *frame);
void mail_span(const struct waiter *me, struct ring *ring, const void *data, size_t bytes);
void mail_end(struct ring *ring); /* ends a message: wakes its readers */

/* ---- reading ---- */

/* Receives a message in pieces, in order: bytes `offset` .. of span `span`. A piece may lie in the ring
 * itself. */
struct visitor {
    void (*piece)(void *context, int span, size_t offset, const void *data, size_t bytes);
    void *context;
};

extern const struct visitor mail_ignored; /* ignores the content */

struct letter;
struct inbox {
    struct ring *ring;
    uint32_t reader;
    const struct message_layout *layout;
    int uses; /* how often each message is received through this inbox: 1, or the workers of a process */
    struct letter *letter; /* messages moved off the ring, oldest first; only the last may be incomplete */
    bool receiving;        /* inbox_receive is reading the ring: inbox_relieve must not */
};

/* Waits for the message with this name and shows it to the visitor. A bare message has no pieces. */
struct frame inbox_receive(struct inbox *b, const struct waiter *me, int worker, int64_t number,
                           const struct visitor *visitor);

/* Whether the message with this name, or its beginning, has come. Then inbox_receive waits at most for the
 * writer, which is writing the rest. Never blocks. */
bool inbox_has(struct inbox *b, int worker, int64_t number);

/* Whether any message has come. Where a sender's messages are read in order, it is the next one. */
bool inbox_has_some(const struct inbox *b);

/* Moves everything on a full ring to letters, so that the writer can go on. Never blocks. */
void inbox_relieve(struct inbox *b);
void inbox_free(struct inbox *b);

/* In a pause no process writes. inbox_drain moves everything on the ring to letters; inbox_persist saves
 * or loads the letters. */
void inbox_drain(struct inbox *b);
void inbox_persist(struct inbox *b, struct section *s);

#endif
