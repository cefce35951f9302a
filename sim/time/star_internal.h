/* What star.c, which plays, and star_open.c share. */
#ifndef SIM_TIME_STAR_INTERNAL_H
#define SIM_TIME_STAR_INTERNAL_H

#include "sim/time/bandwidth.h"
#include "sim/time/heap.h"
#include "sim/time/star.h"

struct class
{
    struct bandwidth bandwidth; /* of each of its links */
    struct rate rate;           /* the same, now */
    int128 level;               /* the same, in 2^-scale bytes/ns */
    struct line flows;          /* workers by the clock at the end; equal messages come in its order */
    bool is_limited;
    volume clock;  /* limited: at `since` */
    moment since;  /* of its rate */
    volume offset; /* fair: its clock less the star's */
};

struct star {
    int *class_of; /* (workers) */
    struct class *class;
    int scale;
    struct bandwidth server;
    int128 server_level;
    int flows, limited_flows;
    int128 limited_sum; /* of the levels of limited flows */
    moment now;
    volume clock; /* of fair classes */
    struct rate fair_rate;
    moment fair_end; /* of the first fair flow */
    bool is_settled; /* the two above are of the present flows and bandwidths */
    /* Classes with flows. */
    struct heap ends, widest;    /* limited: by the end of the first flow; by falling level */
    struct heap sums, narrowest; /* fair: by the first flow's sum; by level */
    struct heap changes;         /* by the next change of bandwidth, if there is one */
    struct heap_node *nodes;     /* memory of all heaps */
    int *places;
};

/* After the bandwidth of the server link, or of the links of a class, has changed. */
void star_see_server(struct star *star);
void star_see_links(const struct star *star, struct class *c);

#endif
