#include "sim/time/fifo.h"

#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/bandwidth.h"

struct fifo {
    struct bandwidth *link; /* (workers) */
    struct bandwidth server;
};

static struct bandwidth narrower(struct fifo *f, int worker, vtime t)
{
    struct bandwidth *link = &f->link[worker];
    bandwidth_move(link, t);
    bandwidth_move(&f->server, t);
    struct bandwidth both = link->rate < f->server.rate ? *link : f->server;
    both.until = link->until < f->server.until ? link->until : f->server.until;
    return both;
}

moment fifo_end(struct fifo *f, int worker, uint64_t bytes, moment start)
{
    volume rest = volume_of(bytes);
    for (;;) {
        struct bandwidth b = narrower(f, worker, whole_ns(start));
        struct rate rate = rate_of(b.rate);
        moment end = start + time_for(rate, rest), change = moment_of(b.until);
        if (change >= end)
            return end;
        rest -= volume_in(rate, change - start);
        start = change;
    }
}

struct fifo *fifo_create(const struct network_spec *spec)
{
    struct fifo *f = need(sizeof *f);
    f->link = need((size_t)spec->workers * sizeof *f->link);
    for (int w = 0; w < spec->workers; w++)
        f->link[w] =
            bandwidth_create(spec->link_bandwidth[w], spec->link_trace ? &spec->link_trace[w] : NULL);
    f->server = bandwidth_create(spec->server_bandwidth, spec->server_trace);
    return f;
}

void fifo_destroy(struct fifo *f)
{
    if (!f)
        return;
    free(f->link);
    free(f);
}
