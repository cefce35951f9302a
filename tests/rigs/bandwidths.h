/* The bandwidths of a star over time: the nominal ones times the factors of their traces. The struct
 * remembers one span between two changes, so that most questions cost nothing. */
#ifndef TESTS_RIGS_BANDWIDTHS_H
#define TESTS_RIGS_BANDWIDTHS_H

#include "sim/time/network.h"

struct bandwidths {
    double *link, server; /* (workers) bytes/ns, at the time last asked for */
    int *order;           /* (workers) ranks by rising bandwidth of the links */
    vtime since, until;   /* the above holds in [since, until) */

    int workers;
    double *nominal_link, nominal_server; /* (workers) bytes/ns */
    const struct trace *link_trace, *server_trace;
};

struct bandwidths *bandwidths_create(const struct network_spec *spec); /* keeps the traces by pointer */
void bandwidths_destroy(struct bandwidths *b);

/* The bandwidths at t: quick while t stays in the span last asked for. */
const struct bandwidths *bandwidths_at(struct bandwidths *b, vtime t);

#endif
