/* The conductor's picture of one worker: what it is doing, its accounts, the replies on their way to it. Pure
 * bookkeeping; decisions are conductor.c's. */
#ifndef SIM_RUN_PLAYER_H
#define SIM_RUN_PLAYER_H

#include "algorithms/algorithm.h"
#include "sim/run/score.h"

enum doing { COMPUTING, WAITING, GONE };

struct delivery { /* a reply that has left the PS for this worker and has not been accepted */
    int64_t number, version;
    struct rates rates;
    bool stop;
    vtime depart, arrive; /* arrive: VTIME_NEVER while under way */
};

/* Replies at once for one worker; one in every algorithm with one push in flight. */
#define MAX_DELIVERIES 4

struct player {
    struct worker_view view;
    enum doing doing;
    vtime since; /* when what it does began */
    int64_t iteration, pushes;
    int64_t base; /* version held when the first iteration since the last push began */
    bool told_to_stop;

    struct push_header sent; /* the last push */
    struct push_row row;     /* its row: complete when its reply has been accepted */
    struct delivery delivery[MAX_DELIVERIES];
    int deliveries;

    vtime compute, waiting;               /* since the start */
    vtime compute_pushed, waiting_pushed; /* both at the last push */
    int under_way;                        /* messages on its links */
    vtime busy_since, communication;
};

/* Ends what it was doing at t, charges it to the account, and begins `next`. */
void player_turn(struct player *p, vtime t, enum doing next);

/* A message of this worker departs or arrives: communication is the union of these intervals. */
void player_link_busy(struct player *p, vtime t);
void player_link_free(struct player *p, vtime t);

/* Queue of replies, first in first out. */
void player_expect(struct player *p, const struct delivery *d);
void player_arrived(struct player *p, vtime t);                  /* the oldest one under way is there */
bool player_take(struct player *p, vtime t, struct delivery *d); /* one that has arrived by t */

#endif
