/* The ordered pairs of nodes of a graph between which messages have been sent: their routes, and the queues of
 * their messages. */
#ifndef SIM_TIME_PAIRS_H
#define SIM_TIME_PAIRS_H

#include "sim/time/flows.h"
#include "sim/time/graph.h"

struct message {
    struct graph_message m;
    uint64_t number; /* among those of the pair */
    vtime due;       /* departure + latency */
    struct message *next;
};

struct pair {
    int number, from, to;
    enum {
        PAIR_IDLE,
        PAIR_WAITS,
        PAIR_FLOWS
    } state; /* of the current message; waits: to enter, at `entry` */
    /* From the first that is not taken, and from the first that has not arrived, to the last. */
    struct message *oldest, *current, *youngest;
    vtime entry;
    vtime free;        /* arrival of the message before the current one */
    uint64_t departed; /* messages so far */
    vtime latency;     /* without jitter */
    struct route route;
};

struct pairs;

struct pairs *pairs_create(const struct graph_spec *spec);
void pairs_destroy(struct pairs *pairs);

struct pair *pairs_find(struct pairs *pairs, int from, int to); /* a new one if need be */
struct pair *pairs_at(const struct pairs *pairs, int number);   /* 0 .. pairs so far */

/* A message departs at time t: behind those that departed earlier, or in the same ns in a lower or equal order, but
 * not before one that has arrived. */
void pairs_queue(struct pairs *pairs, struct pair *pair, vtime t, const struct graph_message *m);

/* Takes out the oldest message, which has arrived. */
void pairs_take(struct pairs *pairs, struct pair *pair, struct graph_message *m);

#endif
