/* The parts of a star: its classes of links, the memory of its heaps, and the levels of bandwidths. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/link_classes.h"
#include "sim/time/star_internal.h"

/* ---- levels ---- */

/* A level that no server link has: infinitely fast links are never limited. */
#define MOST_LEVEL ((int128)1 << 106)

/* The largest bandwidth of the server link has 105 bits, the smallest of a trace still has enough. Sums of
 * 2^20 levels fit. Without a server link all flows with finite links are limited, by the level 0. */
static int scale_for(const struct bandwidth *server)
{
    double most = server->nominal;
    for (size_t i = 0; server->trace && i < server->trace->n; i++)
        most = fmax(most, server->nominal * server->trace->step[i].factor);
    int exponent;
    frexp(most, &exponent);
    return 105 - exponent;
}

static int128 level_of(const struct star *s, double rate)
{
    if (isinf(s->server.rate))
        return isinf(rate) ? 1 : 0;
    double level = ldexp(rate, s->scale);
    return level < 0x1p106 ? (int128)level : MOST_LEVEL;
}

void star_see_server(struct star *s)
{
    int128 level = level_of(s, s->server.rate);
    s->server_level = isinf(s->server.rate) ? 0 : level > 1 ? level : 1;
}

void star_see_links(const struct star *s, struct class *c)
{
    c->rate = rate_of(c->bandwidth.rate);
    c->level = level_of(s, c->bandwidth.rate);
}

/* ---- life ---- */

static void open_classes(struct star *s, const struct network_spec *spec)
{
    for (int w = spec->workers; w-- > 0;) {
        const struct trace *trace = spec->link_trace ? &spec->link_trace[w] : NULL;
        s->class[s->class_of[w]].bandwidth = bandwidth_create(spec->link_bandwidth[w], trace);
        s->class[s->class_of[w]].flows.room++;
    }
}

/* n nodes behind those that have been given out. */
static struct heap_node *take_nodes(struct heap_node **unused, int n)
{
    struct heap_node *nodes = *unused;
    *unused += n;
    return nodes;
}

static struct heap heap_for(struct heap_node **unused, int n, int *place)
{
    return (struct heap){.node = take_nodes(unused, n), .place = place};
}

static void open_line(struct line *line, struct heap_node **unused)
{
    line->queue = take_nodes(unused, line->room);
    line->heap = heap_for(unused, line->room, NULL);
}

static void open_heaps(struct star *s, int workers, int classes)
{
    size_t n = (size_t)classes;
    struct heap_node *nodes = s->nodes = need((2 * (size_t)workers + 5 * n) * sizeof *nodes);
    s->places = need(3 * n * sizeof *s->places);
    s->ends = heap_for(&nodes, classes, s->places); /* a class is in one of each pair */
    s->sums = heap_for(&nodes, classes, s->places);
    s->widest = heap_for(&nodes, classes, s->places + n);
    s->narrowest = heap_for(&nodes, classes, s->places + n);
    s->changes = heap_for(&nodes, classes, s->places + 2 * n);
    for (int i = 0; i < classes; i++) {
        star_see_links(s, &s->class[i]);
        open_line(&s->class[i].flows, &nodes);
    }
}

struct star *star_create(const struct network_spec *spec)
{
    struct star *s = need(sizeof *s);
    s->class_of = need((size_t)spec->workers * sizeof *s->class_of);
    int classes = link_classes(spec, s->class_of);
    s->class = need((size_t)classes * sizeof *s->class);
    s->server = bandwidth_create(spec->server_bandwidth, spec->server_trace);
    s->scale = scale_for(&s->server);
    s->is_settled = true;
    s->fair_end = MOMENT_NEVER;
    star_see_server(s);
    open_classes(s, spec);
    open_heaps(s, spec->workers, classes);
    return s;
}

void star_destroy(struct star *s)
{
    if (!s)
        return;
    free(s->class_of);
    free(s->class);
    free(s->nodes);
    free(s->places);
    free(s);
}
