#include "sim/time/link_classes.h"

#include <stdlib.h>

#include "sim/base/fail.h"

struct link {
    double bandwidth;
    uintptr_t steps; /* where they are: links with one trace share it */
    size_t n;
    int worker;
};

static struct link link_of(const struct network_spec *spec, int worker)
{
    struct link link = {.bandwidth = spec->link_bandwidth[worker], .worker = worker};
    if (spec->link_trace && spec->link_trace[worker].n > 0) {
        link.n = spec->link_trace[worker].n;
        link.steps = (uintptr_t)spec->link_trace[worker].step;
    }
    return link;
}

static int by_kind(const struct link *x, const struct link *y)
{
    if (x->bandwidth != y->bandwidth)
        return x->bandwidth < y->bandwidth ? -1 : 1;
    if (x->steps != y->steps)
        return x->steps < y->steps ? -1 : 1;
    return (x->n > y->n) - (x->n < y->n);
}

static int by_kind_and_worker(const void *a, const void *b)
{
    const struct link *x = a, *y = b;
    int kind = by_kind(x, y);
    return kind != 0 ? kind : x->worker - y->worker;
}

int link_classes(const struct network_spec *spec, int *class_of)
{
    int n = spec->workers, classes = 0;
    struct link *link = need((size_t)n * sizeof *link);
    for (int w = 0; w < n; w++)
        link[w] = link_of(spec, w);
    qsort(link, (size_t)n, sizeof *link, by_kind_and_worker);
    for (int i = 0, first = 0; i < n; i++) { /* the first link that is like this one */
        if (by_kind(&link[i], &link[first]) != 0)
            first = i;
        class_of[link[i].worker] = link[first].worker;
    }
    for (int w = 0; w < n; w++) /* classes of lower links are numbered already */
        class_of[w] = class_of[w] == w ? classes++ : class_of[class_of[w]];
    free(link);
    return classes;
}
