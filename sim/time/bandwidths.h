/* The bandwidths of a star over time: the nominal ones times the factors of their traces. */
#ifndef SIM_TIME_BANDWIDTHS_H
#define SIM_TIME_BANDWIDTHS_H

#include "sim/time/network.h"

struct bandwidths {
    double *link, server; /* (workers) bytes/ns at the moment last asked for */
    int *order;           /* (workers) by rising bandwidth of their links */
    vtime since, until;   /* all this holds in [since, until) */

    int workers;
    double *nominal_link, nominal_server; /* (workers) bytes/ns */
    const struct trace *link_trace, *server_trace;
};

struct bandwidths *bandwidths_create(const struct network_spec *spec); /* keeps the traces by pointer */
void bandwidths_destroy(struct bandwidths *b);

/* Turns b to the moment t, quickly while t stays between two changes, and returns it. */
const struct bandwidths *bandwidths_at(struct bandwidths *b, vtime t);

#endif
