#include "tests/rigs/bandwidths.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"

/* Insertion sort: most of the order is right, because few links change at a time. */
static void sort_by_link(struct bandwidths *b)
{
    for (int n = 1; n < b->workers; n++) {
        int w = b->order[n], i = n;
        for (; i > 0 && b->link[b->order[i - 1]] > b->link[w]; i--)
            b->order[i] = b->order[i - 1];
        b->order[i] = w;
    }
}

/* The factor at t; the span of b is cut to that of the factor. */
static double factor_at(struct bandwidths *b, const struct trace *trace, vtime t)
{
    struct trace_piece piece = trace_at(trace, t);
    b->since = piece.since > b->since ? piece.since : b->since;
    b->until = piece.until < b->until ? piece.until : b->until;
    return piece.factor;
}

static void move_to(struct bandwidths *b, vtime t)
{
    b->since = INT64_MIN;
    b->until = VTIME_NEVER;
    b->server = b->nominal_server * factor_at(b, b->server_trace, t);
    for (int w = 0; w < b->workers; w++)
        b->link[w] = b->nominal_link[w] * factor_at(b, b->link_trace ? &b->link_trace[w] : NULL, t);
    sort_by_link(b);
}

const struct bandwidths *bandwidths_at(struct bandwidths *b, vtime t)
{
    if (t < b->since || t >= b->until)
        move_to(b, t);
    return b;
}

struct bandwidths *bandwidths_create(const struct network_spec *spec)
{
    unsigned long n = (unsigned long)spec->workers;
    struct bandwidths *b = need(sizeof *b);
    b->link = need(n * sizeof *b->link);
    b->order = need(n * sizeof *b->order);
    b->workers = spec->workers;
    b->nominal_link = need(n * sizeof *b->nominal_link);
    b->nominal_server = spec->server_bandwidth / NS_PER_S;
    b->link_trace = spec->link_trace;
    b->server_trace = spec->server_trace;
    for (int w = 0; w < b->workers; w++) {
        assert(spec->link_bandwidth[w] > 0);
        b->nominal_link[w] = spec->link_bandwidth[w] / NS_PER_S;
        b->order[w] = w;
    }
    move_to(b, 0);
    return b;
}

void bandwidths_destroy(struct bandwidths *b)
{
    free(b->link);
    free(b->order);
    free(b->nominal_link);
    free(b);
}
