#include "sim/predict/exchange_form.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/exchange/kind.h"
#include "sim/predict/wave.h"

struct scene { /* what a form is made from */
    const struct exchange_spec *spec;
    const struct topology *topology;
    double push, reply, header; /* push, reply: without header */
    vtime service;
    int *rank; /* (ranks) of the workers that take part in this wave, in their order */
    int ranks, distance;
};

static struct leg leg_of(const struct scene *s, int64_t n, struct wave_pair (*pair)(const void *, int64_t),
                         double bytes)
{
    return wave_leg(&(struct wave){n, pair, s}, &s->topology->graph, bytes + s->header);
}

/* ---- ring, all_gather ---- */

static struct wave_pair to_next(const void *scene, int64_t k)
{
    const struct scene *s = scene;
    return (struct wave_pair){s->rank[k], s->rank[(k + 1) % s->ranks]};
}

/* Of one step in a ring of s->rank, with this many bytes a message. */
static double ring_step(const struct scene *s, double bytes, struct closed_form *out)
{
    struct leg leg = leg_of(s, s->ranks, to_next, bytes);
    out->exact &= leg.alike;
    return leg_ns(&leg, bytes + s->header);
}

static void form_ring(struct scene *s, struct closed_form *out)
{
    double part = ceil(s->push / s->ranks), steps = s->ranks - 1;
    out->up = out->down = steps * ring_step(s, part, out);
    out->even = out->exact;
    out->bytes_up += 2 * s->ranks * steps * (part + s->header);
}

static void form_all_gather(struct scene *s, struct closed_form *out)
{
    double steps = s->ranks - 1;
    out->up = steps * ring_step(s, s->push, out);
    out->even = out->exact;
    out->bytes_up += s->ranks * steps * (s->push + s->header);
}

/* ---- halving_doubling ---- */

static struct wave_pair to_partner(const void *scene, int64_t k)
{
    const struct scene *s = scene;
    return (struct wave_pair){s->rank[k], s->rank[k ^ s->distance]};
}

static struct wave_pair to_neighbour(const void *scene, int64_t k)
{
    (void)scene;
    return (struct wave_pair){(int)(2 * k), (int)(2 * k + 1)};
}

/* Even ranks below 2 x folded stand aside. */
static void leave_out_folded(struct scene *s, int folded)
{
    for (int i = 0; i < s->ranks - folded; i++)
        s->rank[i] = i < folded ? 2 * i + 1 : folded + i;
    s->ranks -= folded;
}

static void form_halving_doubling(struct scene *s, struct closed_form *out)
{
    int power = 1;
    while (2 * power <= s->ranks)
        power *= 2;
    int folded = s->ranks - power;
    if (folded > 0) {
        struct leg leg = leg_of(s, folded, to_neighbour, s->push);
        out->up += leg_ns(&leg, s->push + s->header);
        out->exact = false; /* what the others send meets this on the links */
        out->bytes_up += 2 * folded * (s->push + s->header);
        leave_out_folded(s, folded);
    }
    double part = s->push;
    for (s->distance = power / 2; s->distance > 0; s->distance /= 2) {
        part = ceil(s->push / (power / s->distance)); /* P / 2, P / 4 ... */
        struct leg leg = leg_of(s, power, to_partner, part);
        out->up += leg_ns(&leg, part + s->header);
        out->exact &= leg.alike;
        out->bytes_up += 2 * power * (part + s->header);
    }
    out->down = out->up;
    out->even = out->exact;
}

/* ---- chains, hierarchical, tree ---- */

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
        struct leg leg = leg_of(s, hops, up ? to_before : to_behind, c.each);
        out->exact &= leg.alike;
        ns = chain_ns(s, &leg, p->longest - 1);
        out->bytes_up += hops * (s->push + c.n * s->header);
    }
    free(s->rank);
    s->rank = all;
    return ns;
}

static void form_hierarchical(struct scene *s, struct closed_form *out)
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
        steps = (p.n - 1) * ring_step(s, part, out);
        out->bytes_up += 2.0 * p.n * (p.n - 1) * (part + s->header);
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
static void form_tree(struct scene *s, struct closed_form *out)
{
    double half[2] = {ceil(s->push / 2), floor(s->push / 2)}, wire = 0;
    double depth = floor(log2(s->ranks)), load = s->ranks == 2 ? 1 : s->ranks < 5 ? 1.5 : 2;
    for (int i = 0; i < 2; i++)
        wire += half[i] + chunks_of(s, half[i]).n * s->header;
    struct chunks c = chunks_of(s, half[0]);
    double first = fmin(c.each, half[0]) + s->header;
    struct leg leg = leg_of(s, s->ranks, to_next, first);
    double levels = s->ranks < 5 ? depth - 1 : depth;
    double all = 2 * (depth * leg.latency + levels * leg_flow(&leg, first)) + leg_flow(&leg, load * wire);
    out->down = c.n > 1 ? depth * leg_ns(&leg, first) : all / 2;
    out->up = all - out->down;
    out->exact = false;
    out->bytes_up += 2 * (s->ranks - 1) * wire;
}

/* ---- sharded, server ---- */

static struct wave_pair to_shard(const void *scene, int64_t k)
{
    const struct topology *t = ((const struct scene *)scene)->topology;
    if (!t->colocated)
        return (struct wave_pair){(int)(k / t->shards), topology_server(t, (int)(k % t->shards))};
    int worker = (int)(k / (t->shards - 1)), shard = (int)(k % (t->shards - 1));
    return (struct wave_pair){worker, topology_server(t, shard + (shard >= worker))};
}

static struct wave_pair from_shard(const void *scene, int64_t k)
{
    struct wave_pair push = to_shard(scene, k);
    return (struct wave_pair){push.to, push.from};
}

/* All parts of all workers at once; but a colocated shard has its own worker's part without message or service. */
static void form_shards(struct scene *s, struct closed_form *out)
{
    const struct topology *t = s->topology;
    double part = ceil(s->push / t->shards), answer = ceil(s->reply / t->shards);
    int64_t messages = (int64_t)t->workers * (t->shards - t->colocated);
    if (messages > 0) { /* not one worker beside its one shard */
        struct leg there = leg_of(s, messages, to_shard, part),
                   back = leg_of(s, messages, from_shard, answer);
        out->up = leg_ns(&there, part + s->header) + (t->workers - t->colocated) * (double)s->service;
        out->down = leg_ns(&back, answer + s->header);
        out->exact = there.alike && back.alike;
    }
    out->even = out->exact;
    out->bytes_up = (double)messages * (part + s->header);
    out->bytes_down = (double)messages * (answer + s->header);
}

/* ---- all kinds ---- */

static const struct {
    const char *kind;
    void (*form)(struct scene *s, struct closed_form *out);
} forms[] = {
    {"server", form_shards},
    {"sharded", form_shards},
    {"ring", form_ring},
    {"halving_doubling", form_halving_doubling},
    {"tree", form_tree},
    {"hierarchical", form_hierarchical},
    {"all_gather", form_all_gather},
};
enum { FORMS = sizeof forms / sizeof *forms };

static void fill(int form, const struct exchange_spec *spec, const struct exchange_sizes *sizes,
                 struct closed_form *out)
{
    int workers = spec->topology->workers;
    struct scene s = {.spec = spec,
                      .topology = spec->topology,
                      .header = spec->header,
                      .push = sizes->push - spec->header,
                      .reply = sizes->reply - spec->header,
                      .service = sizes->service,
                      .rank = need((size_t)workers * sizeof *s.rank),
                      .ranks = workers};
    for (int i = 0; i < workers; i++)
        s.rank[i] = i;
    *out = (struct closed_form){.exact = true};
    forms[form].form(&s, out);
    if (spec->kind && spec->kind->has_order)
        out->up += (double)spec->overhead;
    out->cycle = out->up + out->down;
    free(s.rank);
}

bool exchange_form_of(const struct exchange_spec *spec, int64_t number, const struct exchange_sizes *sizes,
                      struct closed_form *out)
{
    const char *kind = exchange_kind_of(spec, number)->name;
    for (int i = 0; i < FORMS; i++)
        if (strcmp(forms[i].kind, kind) == 0) {
            fill(i, spec, sizes, out);
            return true;
        }
    return false;
}
