#include "sim/time/bandwidth.h"

#include <assert.h>

bool bandwidth_move(struct bandwidth *b, vtime t)
{
    if (t >= b->since && t < b->until)
        return false;
    struct trace_piece piece = trace_at(b->trace, t);
    b->rate = b->nominal * piece.factor;
    b->since = piece.since;
    b->until = piece.until;
    return true;
}

struct bandwidth bandwidth_create(double nominal, const struct trace *trace)
{
    assert(nominal > 0);
    struct bandwidth b = {.nominal = nominal / NS_PER_S, .trace = trace};
    bandwidth_move(&b, 0);
    return b;
}
