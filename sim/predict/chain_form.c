/* Forms of exchanges that pass chunks on: through chains, and through trees. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/predict/scene.h"

struct chunks {
    double n, each, last; /* bytes without header */
};

static struct chunks chunks_of(const struct scene *s, double bytes)
{
    const double most = 1024;
    struct chunks c = {.each = fmax((double)s->spec->chunk, ceil(s->push / most))};
    c.n = fmax(ceil(bytes / c.each), 1);
    c.last = bytes - (c.n - 1) * c.each;
    return c;
}

/* One chunk after the other through that number of hops; a hop sends a chunk on when it has it. */
static double chain_ns(const struct scene *s, const struct leg *leg, double hops)
{
    struct chunks c = chunks_of(s, s->push);
    double each = leg_flow(leg, c.each + s->header), last = leg_flow(leg, c.last + s->header);
    if (hops == 0)
        return 0;
    return hops * leg->latency + (c.n > 1 ? (hops + c.n - 2) * each + last : hops * last);
}

struct parts { /* those that have workers */
    int n, shortest, longest;
    int *worker;  /* (workers) by part, then by rank */
    int *members; /* (n) */
};

static int members_of(const struct topology *t, int part)
{
    int n = 0;
    for (int i = 0; i < t->workers; i++)
        n += t->part_of[i] == part;
    return n;
}

static struct parts parts_of(const struct topology *t)
{
    size_t each = sizeof(int);
    struct parts p = {.worker = need((size_t)t->workers * each), .members = need((size_t)t->parts * each)};
    p.shortest = t->workers;
    int at = 0;
    for (int part = 0; part < t->parts; part++) {
        int n = members_of(t, part);
        for (int i = 0; n > 0 && i < t->workers; i++)
            if (t->part_of[i] == part)
                p.worker[at++] = i;
        if (n == 0)
            continue;
        p.members[p.n++] = n;
        p.shortest = n < p.shortest ? n : p.shortest;
        p.longest = n > p.longest ? n : p.longest;
    }
    return p;
}

static struct wave_pair to_before(const void *scene, int64_t k)
{
    const struct scene *s = scene;
    return (struct wave_pair){s->rank[2 * k + 1], s->rank[2 * k]};
}

static struct wave_pair to_behind(const void *scene, int64_t k)
{
    const struct scene *s = scene;
    return (struct wave_pair){s->rank[2 * k], s->rank[2 * k + 1]};
}

/* All hops of all chains at once, as they are in full use: each has links of its own. */
static double chains_ns(struct scene *s, const struct parts *p, bool up, struct closed_form *out)
{
    int hops = 0, at = 0;
    int *all = s->rank;
    s->rank = need(2 * (size_t)s->ranks * sizeof *s->rank);
    for (int g = 0; g < p->n; at += p->members[g++])
        for (int i = 1; i < p->members[g]; i++, hops++) {
            s->rank[2 * hops] = p->worker[at + i - 1];
            s->rank[2 * hops + 1] = p->worker[at + i];
        }
    double ns = 0;
    if (hops > 0) {
        struct chunks c = chunks_of(s, s->push);
        struct leg leg = scene_leg(s, hops, up ? to_before : to_behind, c.each);
        out->exact &= leg.alike;
        ns = chain_ns(s, &leg, p->longest - 1);
        out->bytes_up += hops * (s->push + c.n * s->header);
        int first = p->n == 1; /* the one leader holds the sum, and sends all of it at the update */
        out->bytes_after += up ? 0 : (hops - first) * (s->push + c.n * s->header);
    }
    free(s->rank);
    s->rank = all;
    return ns;
}

void form_hierarchical(struct scene *s, struct closed_form *out)
{
    struct parts p = parts_of(s->topology);
    double steps = 0, part = ceil(s->push / p.n);
    out->up = chains_ns(s, &p, true, out);
    out->down = chains_ns(s, &p, false, out);
    if (p.n > 1) {
        int at = 0;
        for (int g = 0; g < p.n; at += p.members[g++])
            s->rank[g] = p.worker[at];
        s->ranks = p.n;
        steps = (p.n - 1) * scene_ring_step(s, part, out);
        out->bytes_up += 2.0 * p.n * (p.n - 1) * (part + s->header);
        out->bytes_after += p.n * (p.n - 2.0) * (part + s->header);
    }
    out->up += steps;
    out->down += steps;
    out->exact &= p.shortest == p.longest; /* else the leaders enter their ring one after the other */
    out->even = out->exact && p.longest == 1;
    free(p.worker);
    free(p.members);
}

/* An estimate. From five workers on, the links of a worker that is inside one tree and a leaf of the other carry 2 P.
 * To that comes the way of one chunk through all levels, up and down. */
void form_tree(struct scene *s, struct closed_form *out)
{
    double half[2] = {ceil(s->push / 2), floor(s->push / 2)}, wire = 0;
    double depth = floor(log2(s->ranks)), load = s->ranks == 2 ? 1 : s->ranks < 5 ? 1.5 : 2;
    for (int i = 0; i < 2; i++)
        wire += half[i] + chunks_of(s, half[i]).n * s->header;
    struct chunks c = chunks_of(s, half[0]);
    double first = fmin(c.each, half[0]) + s->header;
    struct leg leg = scene_leg(s, s->ranks, scene_to_next, first);
    double levels = s->ranks < 5 ? depth - 1 : depth;
    double all = 2 * (depth * leg.latency + levels * leg_flow(&leg, first)) + leg_flow(&leg, load * wire);
    out->down = c.n > 1 ? depth * leg_ns(&leg, first) : all / 2;
    out->up = all - out->down;
    out->exact = false;
    out->bytes_up += 2 * (s->ranks - 1) * wire;
    out->bytes_after = (s->ranks - 1) * wire / c.n; /* of the last chunk */
}
