/* What the links of one worker carry for each exchange, where an exchange is many messages (a whole one:
 * sim/exchange/exchange.h). Messages may come before the worker has joined, and pass through it after it has its
 * result, so these accounts have a life of their own beside the pushes (push_queue.h):
 *
 *   0                  first                              first + count
 *   |--------------------|----------------------------------|------------> number of the exchange
 *   | its row is written | has an account: in progress, or    | no message
 *   |                    | closed and the row is incomplete | yet         */
#ifndef SIM_ENGINE_TRAFFIC_H
#define SIM_ENGINE_TRAFFIC_H

#include <stdbool.h>

#include "sim/base/fifo.h"
#include "sim/time/vtime.h"

enum way { WAY_UP, WAY_DOWN, WAYS }; /* on the worker's up-link, down-link */

struct carried { /* for one exchange */
    int64_t bytes[WAYS];
    int in_flight;       /* messages, both ways together */
    vtime busy_since;    /* with a message in flight */
    vtime communication; /* how long at least one has been in flight */
    bool closed;         /* no more messages will come */
};

struct traffic {
    struct fifo carried; /* struct carried: of the exchanges from `first` on */
    int64_t first;
};

void traffic_open(struct traffic *t);
void traffic_close(struct traffic *t);

/* A message of the exchange departs on the link, or arrives, at `now`. */
void traffic_departs(struct traffic *t, int64_t exchange, enum way way, uint64_t bytes, vtime now);
void traffic_arrives(struct traffic *t, int64_t exchange, vtime now);

/* The links have carried all messages of the exchange. */
void traffic_closes(struct traffic *t, int64_t exchange);
bool traffic_is_closed(const struct traffic *t, int64_t exchange);

/* Takes out the account of the oldest exchange; what is in flight counts until `now`. false: there is none. */
bool traffic_take(struct traffic *t, vtime now, struct carried *carried);

#endif
