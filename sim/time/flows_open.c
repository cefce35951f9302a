/* The life of a fluid of flows, and the levels of bandwidths. */
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/flows_internal.h"

/* ---- levels ---- */

int128 level_of(const struct flows *f, double rate)
{
    double level = ldexp(rate, f->scale);
    return level >= 0x1p106 ? MOST_LEVEL : level > 1 ? (int128)level : 1;
}

static double most_rate(const struct graph_link *l)
{
    double most = 1;
    for (size_t i = 0; l->trace && i < l->trace->n; i++)
        most = fmax(most, l->trace->step[i].factor);
    return most * l->bandwidth / NS_PER_S;
}

/* The largest bandwidth has 105 bits. */
static int scale_for(const struct graph_spec *spec)
{
    double most = 0;
    for (int i = 0; i < spec->links; i++)
        if (!isinf(spec->link[i].bandwidth))
            most = fmax(most, most_rate(&spec->link[i]));
    int exponent;
    frexp(most, &exponent);
    return 105 - exponent;
}

/* ---- life ---- */

static struct heap heap_for(int n)
{
    return (struct heap){.node = need((size_t)n * sizeof(struct heap_node)),
                         .place = need((size_t)n * sizeof(int))};
}

struct flows *flows_create(const struct graph_spec *spec)
{
    struct flows *f = need(sizeof *f);
    size_t n = (size_t)spec->links;
    f->links = spec->links;
    f->scale = scale_for(spec);
    f->link = need(n * sizeof *f->link);
    for (int i = 0; i < spec->links; i++) {
        f->link[i].bandwidth = bandwidth_create(spec->link[i].bandwidth, spec->link[i].trace);
        f->link[i].level = level_of(f, f->link[i].bandwidth.rate);
    }
    f->broken = need(n * sizeof *f->broken);
    f->touched = need(n * sizeof *f->touched);
    f->its_link = need(n * sizeof *f->its_link);
    f->ends = heap_for(spec->links);
    f->changes = heap_for(spec->links);
    f->levels = heap_for(spec->links);
    f->free_class = -1;
    return f;
}

static void free_heap(struct heap *heap)
{
    free(heap->node);
    free(heap->place);
}

void flows_destroy(struct flows *f)
{
    if (!f)
        return;
    for (int i = 0; i < f->classes; i++) {
        free(f->class_at[i]->flows.queue);
        free(f->class_at[i]->flows.heap.node);
        free(f->class_at[i]);
    }
    for (int i = 0; i < f->links; i++) {
        free(f->link[i].class);
        free(f->link[i].sums.node);
    }
    free_heap(&f->ends);
    free_heap(&f->changes);
    free_heap(&f->levels);
    free(f->link);
    free(f->flow);
    free(f->ended);
    free(f->class_at);
    free(f->table);
    free(f->sums_place);
    free(f->new);
    free(f->broken);
    free(f->touched);
    free(f->its_link);
    free(f->its_class);
    free(f);
}
