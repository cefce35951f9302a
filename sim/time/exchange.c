#include "sim/time/exchange.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/fail.h"

/* Bytes per ns. */
static double rate_of(double bandwidth)
{
    return bandwidth / NS_PER_S;
}

static double arrival(double end)
{
    return ceil(end - SLACK_NS);
}

static double longest_latency(const struct network_spec *net)
{
    vtime most = 0;
    for (int i = 0; i < net->workers; i++)
        most = net->latency[i] > most ? net->latency[i] : most;
    return (double)most;
}

/* Alone on the card. */
static double alone(const struct way *way, int worker)
{
    return (double)way->bytes /
           rate_of(fmin(way->network->link_bandwidth[worker], way->network->card_bandwidth));
}

static int by_bandwidth(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* What a link gets of the card at most when the first n, which rise, are in use. */
static double share_of(const double *link, int n, double card)
{
    for (int i = 0; i < n; i++) {
        if (link[i] > card / (n - i))
            return card / (n - i);
        card -= link[i];
    }
    return INFINITY; /* the card limits nobody */
}

/* Of messages that start together the one on the fastest link is through first, then the next: a worker with a faster
 * link never has less. */
static void fill(const struct way *way, double *end)
{
    int n = way->network->workers;
    double card = rate_of(way->network->card_bandwidth), now = 0;
    double *link = need((size_t)n * sizeof *link), *rest = need((size_t)n * sizeof *rest);
    for (int i = 0; i < n; i++) {
        link[i] = rate_of(way->network->link_bandwidth[i]);
        rest[i] = (double)way->bytes;
    }
    qsort(link, (size_t)n, sizeof *link, by_bandwidth);
    for (int left = n; left > 0; left--) {
        double share = share_of(link, left, card);
        double ns = rest[left - 1] / fmin(link[left - 1], share);
        for (int i = 0; i < left; i++)
            rest[i] = fmax(rest[i] - fmin(link[i], share) * ns, 0);
        now += ns;
        end[n - left] = now;
    }
    free(link);
    free(rest);
}

static void queue_up(const struct way *way, double *end)
{
    double now = 0;
    for (int i = 0; i < way->network->workers; i++)
        end[i] = now += alone(way, i);
}

/* When the messages are through, one after the other; latency not counted. The caller frees. */
static double *ends_of(const struct way *way)
{
    double *end = need((size_t)way->network->workers * sizeof *end);
    if (way->network->sharing == SHARE_FAIR)
        fill(way, end);
    else
        queue_up(way, end);
    return end;
}

static double all_served(const struct way *up, double service)
{
    double *end = ends_of(up), served = 0;
    for (int i = 0; i < up->network->workers; i++)
        served = fmax(served, arrival(end[i])) + service;
    free(end);
    return served;
}

static double all_there(const struct way *down)
{
    double *end = ends_of(down), last = arrival(end[down->network->workers - 1]);
    free(end);
    return last;
}

/* Replies in rank order, each followed by that worker's push, and that by its service. */
static double flow_shop(const struct way *up, const struct way *down, double service)
{
    double replied = 0, pushed = 0, served = 0;
    for (int i = 0; i < up->network->workers; i++) {
        replied += alone(down, i);
        pushed = fmax(pushed, arrival(replied)) + alone(up, i);
        served = fmax(served, arrival(pushed)) + service;
    }
    return served;
}

struct exchange exchange_of(const struct way *up, const struct way *down, vtime service)
{
    double there = longest_latency(up->network), back = longest_latency(down->network);
    double each = (double)service;
    struct exchange x = {.up = there + all_served(up, each), .down = back + all_there(down)};
    bool fair = up->network->sharing == SHARE_FAIR;
    x.cycle = fair ? x.up + x.down : there + back + flow_shop(up, down, each);
    return x;
}
