#include "sim/predict/wave.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/time/exact.h"

struct route {
    int links, link[LONGEST_ROUTE];
};

static struct route route_of(const struct wave *wave, const struct graph_spec *graph, int64_t k)
{
    struct wave_pair pair = wave->pair(wave->context, k);
    struct route route;
    route.links = graph->route(graph->context, pair.from, pair.to, route.link);
    return route;
}

static int64_t *count(const struct wave *wave, const struct graph_spec *graph)
{
    int64_t *messages = need((size_t)graph->links * sizeof *messages);
    for (int64_t k = 0; k < wave->n; k++) {
        struct route route = route_of(wave, graph, k);
        for (int i = 0; i < route.links; i++)
            messages[route.link[i]]++;
    }
    return messages;
}

static double nominal_latency(const struct graph_spec *graph, const struct route *route)
{
    double latency = 0;
    for (int i = 0; i < route->links; i++)
        latency += graph->link[route->link[i]].latency;
    return latency;
}

static double exact_latency(const struct graph_spec *graph, const struct route *route)
{
    struct exact_term term[LONGEST_ROUTE + 1];
    for (int i = 0; i < route->links; i++)
        term[i] = (struct exact_term){i ? EXACT_PLUS : EXACT_TIMES, EXACT_DECIMAL,
                                      graph->link[route->link[i]].latency};
    term[route->links] = (struct exact_term){EXACT_TIMES, EXACT_DECIMAL, graph->latency_factor};
    return (double)exact_ns(term, route->links + 1, 0);
}

static double rate_of(const struct graph_spec *graph, const struct route *route, const int64_t *messages)
{
    double latency = nominal_latency(graph, route),
           rate = latency > 0 ? graph->window / (2 * latency) : INFINITY;
    for (int i = 0; i < route->links; i++)
        rate = fmin(rate, graph->link[route->link[i]].bandwidth / (double)messages[route->link[i]]);
    return rate / NS_PER_S;
}

static bool is_calm(const struct graph_spec *graph, const struct route *route)
{
    bool calm = graph->jitter == 0;
    for (int i = 0; i < route->links; i++)
        calm &= graph->link[route->link[i]].trace == NULL;
    return calm;
}

struct leg wave_leg(const struct wave *wave, const struct graph_spec *graph, double bytes)
{
    int64_t *messages = count(wave, graph);
    struct leg leg = {.alike = true};
    struct route slowest = {0};
    double longest = -1, first_latency = 0;
    assert(wave->n > 0);
    for (int64_t k = 0; k < wave->n; k++) {
        struct route route = route_of(wave, graph, k);
        double latency = nominal_latency(graph, &route), rate = rate_of(graph, &route, messages);
        double time = latency * graph->latency_factor * NS_PER_S + bytes / rate;
        if (k == 0)
            first_latency = latency, leg.rate = rate;
        leg.alike &= latency == first_latency && rate == leg.rate && is_calm(graph, &route);
        if (time > longest) {
            longest = time;
            slowest = route;
            leg.rate = rate;
        }
    }
    leg.latency = exact_latency(graph, &slowest);
    free(messages);
    return leg;
}

double leg_flow(const struct leg *leg, double bytes)
{
    return ceil(bytes / leg->rate - SLACK_NS);
}

double leg_ns(const struct leg *leg, double bytes)
{
    return leg->latency + leg_flow(leg, bytes);
}
