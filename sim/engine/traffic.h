/* What the links of one worker carry for each push, where its exchange is many messages (a whole one:
 * sim/exchange/exchange.h), or where it has an exchange for each of its buckets. Messages may come before the worker has
 * joined, and pass through it after it has its result, so these accounts have a life of their own beside the pushes
 * (push_queue.h):
 *
 *   0                  first                              first + count
 *   |--------------------|----------------------------------|------------> number of the push
 *   | its row is written | has an account: in progress, or    | no message
 *   |                    | closed and the row is incomplete | yet         */
#ifndef SIM_ENGINE_TRAFFIC_H
#define SIM_ENGINE_TRAFFIC_H

#include <stdbool.h>

#include "sim/base/fifo.h"
#include "sim/time/vtime.h"

enum way { WAY_UP, WAY_DOWN, WAYS }; /* on the worker's up-link, down-link */

struct carried { /* for one push */
    int64_t bytes[WAYS];
    int in_flight;       /* messages, both ways together */
    vtime busy_since;    /* with a message in flight */
    vtime communication; /* how long at least one has been in flight */
    int closed;          /* exchanges of which no more messages will come */
};

struct traffic {
    struct fifo carried; /* struct carried: of the pushes from `first` on */
    int64_t first;
};

void traffic_open(struct traffic *t);
void traffic_close(struct traffic *t);

/* A message for the push departs on the link, or arrives, at `now`. */
void traffic_departs(struct traffic *t, int64_t push, enum way way, uint64_t bytes, vtime now);
void traffic_arrives(struct traffic *t, int64_t push, vtime now);

/* The links have carried all messages of one exchange of the push; of all its exchanges. */
void traffic_closes(struct traffic *t, int64_t push);
bool traffic_is_closed(const struct traffic *t, int64_t push, int exchanges);

/* Takes out the account of the oldest push; what is in flight counts until `now`. false: there is none. */
bool traffic_take(struct traffic *t, vtime now, struct carried *carried);

#endif
