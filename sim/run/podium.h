/* Inside of the conductor, shared by conductor.c (the clock), turns.c (workers at their boundaries), admission.c
 * (the PS with a push) and deadlock.c. */
#ifndef SIM_RUN_PODIUM_H
#define SIM_RUN_PODIUM_H

#include "sim/run/conductor.h"
#include "sim/run/player.h"
#include "sim/time/queue.h"

enum { EVENT_SERVED, EVENT_DECISION }; /* kinds in the queue, in the order of one nanosecond */

struct held { /* a push that the PS has admitted and not yet combined */
    int worker;
    int64_t number;
};

struct conductor {
    const struct conductor_spec *spec;
    struct score score;
    struct player *player; /* (workers) */
    struct network *up, *down;
    struct queue *queue;
    vtime now;
    vtime server_free; /* when the PS has served everything that has arrived */

    struct server_view server;
    struct peer *peer; /* (workers) */
    bool *answer;      /* (workers) of the verdict */
    struct held *held; /* (server.held) */
    enum answers answers;
    bool on_waiting;   /* see struct protocol */
    float update_rate; /* of the newest model */
    int64_t evaluated; /* iterations in the model at the last evaluation */
    int64_t replies;   /* to everybody */
    int stops_under_way;
    int unplaced;   /* iterations ordered and not yet reported */
    vtime real_now; /* PACE_REAL */
    bool stopping, started, over;
    bool drained; /* the last final push is in */
    struct totals totals;
    struct notes notes;
};

/* conductor.c */
struct rates conductor_rates(const struct conductor_spec *spec, double done, float update_rate);
bool conductor_draining(const struct conductor *c);
bool conductor_nothing_departs(const struct conductor *c); /* from the update that ends the run on */

/* deadlock.c */
_Noreturn void conductor_deadlock(const struct conductor *c); /* who waits for whom; EXIT_STUCK */

/* turns.c */
void turn_call(struct conductor *c, const struct player *p); /* to its next decision, which is now */
void turn_decide(struct conductor *c, struct player *p); /* a boundary, or what a waiting worker waited for */
void turn_end_at(struct conductor *c, const struct player *p, vtime t); /* of the iteration being computed */
void turn_cut(struct conductor *c, struct player *p); /* the iteration that is being computed ends here */
void turn_last(struct conductor *c,
               struct player *p); /* the run ends: it takes what has arrived, the rest is cut */
void turn_write_rows(struct conductor *c, struct player *p); /* those that are complete */

/* admission.c */
void admission_serve(struct conductor *c, struct player *p); /* its oldest push that waits */
struct push *admission_read(struct conductor *c, const struct held *h,
                            enum task_op op); /* its numbers are asked for */
void admission_evaluate(struct conductor *c);

#endif
