/* What the PS knows of its workers, and what it would learn by a look at all of them: how many a barrier waits
 * for, which of them have an unanswered push, and the fewest pushes of one. Every change of a peer goes
 * through this file, which keeps these in step: a look at N workers for each push would cost N^2 in a round. */
#ifndef SIM_ENGINE_PEERS_H
#define SIM_ENGINE_PEERS_H

#include "algorithms/algorithm.h"

struct peers {
    struct server_view *view; /* its peer, awaited, fewest, unanswered and waiting are kept here */
    struct peer *peer;        /* (workers) */
    int *waiting;             /* (view->unanswered) workers with an unanswered push, in no order */
    int *place;               /* (workers) of the worker in `waiting`, if it is there */
    int leaves;
    /* A tournament: node i has the fewer of its children 2i and 2i + 1; the leaf of worker w is leaves + w. The
     * winner is node 1. */
    int64_t *fewest; /* (2 leaves) pushes; INT64_MAX: away */
};

/* view->workers is set already. All peers begin as zeros. */
void peers_open(struct peers *p, struct server_view *view);
void peers_close(struct peers *p);

void peers_serve(struct peers *p, int worker);  /* a push has been served */
void peers_settle(struct peers *p, int worker); /* the worker's pushes are answered, or need no answer */
void peers_leave(struct peers *p, int worker);  /* the worker is away */
void peers_rejoin(struct peers *p, int worker); /* it is back, and has the fewest pushes of the others */
void peers_forget(struct peers *p);             /* all are away, and nothing else is known of them */

#endif
