/* What the files of the fluid of a graph share, from the lowest to the highest: flows_open.c (life),
 * flows_classes.c (which flows are alike), flows_clocks.c (when they are through), flows_bounds.c and
 * flows_solve.c (which link limits which), flows_count.c, flows_place.c and flows_keep.c (changes for which
 * that need not be asked again), flows.c (the flows). */
#ifndef SIM_TIME_FLOWS_INTERNAL_H
#define SIM_TIME_FLOWS_INTERNAL_H

#include "sim/time/bandwidth.h"
#include "sim/time/flows.h"
#include "sim/time/heap.h"

/* Flows that have one rate at all times: their routes have the same shared links, and the rest of their
 * routes has the same least bandwidth. A class has flows. */
struct class
{
    int number;
    int links, link[LONGEST_ROUTE]; /* shared ones */
    double cap;                     /* bytes/ns, of the rest of the route */
    struct rate rate;               /* the same */
    int128 level;                   /* the same, in 2^-scale bytes/ns */
    struct line flows;              /* by the class's clock at the end */
    int limit;                      /* the link that limits it, or one of enum limit */
    volume clock;                   /* at `since`; limited by a link: less the link's clock */
    moment since;
    int next;      /* in the table, or of those that are free; -1: none */
    int new_limit; /* `limit`, but for those that flows_solve.c looks at */
    bool is_marked, is_new;
    int spares, spare[LONGEST_ROUTE]; /* in flows_bounds.c: links with room that it may use */
};

/* No level is higher: sums over 2^20 flows fit. */
#define MOST_LEVEL ((int128)1 << 106)

enum limit { NO_LIMIT_YET = -2, LIMITED_BY_CAP = -1 };

struct link {
    struct bandwidth bandwidth;
    int128 level; /* of the bandwidth */
    int flows;
    int alone;      /* the flow, if there is one */
    bool is_shared; /* since there were two flows, until there is none */
    int *class;     /* those that share it, by level and number */
    int classes, room;
    /* A full link limits classes. It has a clock, and these classes by their first flow's end on it. */
    bool is_full, is_timed; /* timed: in the heap of ends */
    struct rate rate;
    volume clock; /* at `since` */
    moment since;
    struct heap sums;
    int sums_room;
    /* A full link: `limited` flows have an equal share of `rest`, which the others leave. */
    int limited;
    int128 rest, share;
    /* How long the same links limit the same classes (flows_keep.c). */
    int128 low, top; /* full: while the share is in between */
    int128 high;     /* full: the share for which the links that are not full have room */
    int128 spare;    /* not full: while this room is 0 or more */
    bool is_stiff;   /* full: another share is another level for other links, too */
    int outer[LONGEST_ROUTE - 1], outers; /* full: links that all flows of this one use, too */
    bool is_broken, is_touched;
    /* In flows_solve.c. */
    bool is_marked;
    int128 left;
    int unfixed, news;
    int128 fair; /* not full: what the flows have that other links limit */
    double rise; /* of shares, at most */
};

struct flow {
    const struct route *route;
    int class;
};

struct flows {
    int links;
    struct link *link;
    struct flow *flow;
    int flow_room;
    struct class **class_at; /* by number */
    int classes, class_room, free_class;
    int *table; /* heads of the lists of classes, by hash */
    int scale;  /* of levels */
    moment now;
    struct heap ends;    /* links that limit, and links + classes that are limited by their caps */
    struct heap changes; /* links in use, by the next change of their bandwidth */
    int *sums_place;     /* of each class in the heap of its link */
    int *ended;
    int *new, news;        /* classes without a limit */
    int *broken, breaks;   /* links that may limit other flows now */
    int *touched, touches; /* full links that may have another share */
    /* In flows_solve.c: a component, and its links by the level at which they are full, at least. */
    int *its_link, its_links;
    int *its_class, its_classes;
    struct heap levels;
};

static inline bool class_uses(const struct class *c, int link)
{
    for (int i = 0; i < c->links; i++)
        if (c->link[i] == link)
            return true;
    return false;
}

static inline bool link_has_outer(const struct link *l, int link)
{
    for (int i = 0; i < l->outers; i++)
        if (l->outer[i] == link)
            return true;
    return false;
}

/* Whether the class uses a full link that has this one as an outer link. */
static inline bool class_covers(const struct flows *f, const struct class *c, int link)
{
    for (int i = 0; i < c->links; i++)
        if (f->link[c->link[i]].is_full && link_has_outer(&f->link[c->link[i]], link))
            return true;
    return false;
}

/* ---- flows_open.c ---- */

int128 level_of(const struct flows *f, double rate);

/* ---- flows_classes.c ---- */

/* The class, which is opened if there is none. */
struct class *class_of(struct flows *f, int links, const int *link, double cap);
void class_close(struct flows *f, struct class *c);

/* ---- flows_clocks.c ---- */

volume class_clock(const struct flows *f, const struct class *c);
void class_limit(struct flows *f, struct class *c, int limit); /* from now on */

/* Another flow of the class is the first one, or its sum has changed. */
void class_see_first(struct flows *f, const struct class *c);

/* From now on the link limits at this rate. */
void link_limit(struct flows *f, struct link *l, struct rate rate);

/* The rate of the link has changed, or its classes, or their first flows. */
void link_see_first(struct flows *f, struct link *l);

/* ---- flows_bounds.c ---- */

/* How long the limits of the component hold. */
void flows_set_bounds(struct flows *f);

/* ---- flows_solve.c ---- */

/* Fills its links, from what is left of them, with those of its classes that have no new limit. */
void flows_fill(struct flows *f);

/* Finds the limits of all classes that can be reached from this link. */
void flows_solve(struct flows *f, int link);

/* ---- flows_count.c ---- */

void flows_break(struct flows *f, int link);
void flows_touch(struct flows *f, int link);

/* n flows of the class leave the spare room of its links, or give it back; each has at most this level. */
void flows_use_spare(struct flows *f, const struct class *c, int n, int128 level);

/* n flows more of this class, or less. */
void flows_count(struct flows *f, const struct class *c, int n);

/* The full link of the class with the lowest share; -1: none. */
int class_tightest(const struct flows *f, const struct class *c);

/* Whether another share of the link would leave all full links of the class as they are. */
bool class_is_apart(const struct flows *f, const struct class *c, int link);

/* ---- flows_place.c ---- */

void flows_place(struct flows *f, struct class *c); /* a new one, soon */
void flows_place_all(struct flows *f);

/* ---- flows_keep.c ---- */

/* The rates are those of the present flows and bandwidths then. */
void flows_settle(struct flows *f);

#endif
