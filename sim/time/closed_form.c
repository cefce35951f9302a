#include "sim/time/closed_form.h"

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

/* Alone on the server link. */
static double alone(const struct closed_form_direction *direction, int worker)
{
    return (double)direction->bytes /
           rate_of(fmin(direction->network->link_bandwidth[worker], direction->network->server_bandwidth));
}

static int by_bandwidth(const void *a, const void *b)
{
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* The most that a link gets of the server link while the first n links, in rising order, are in use. */
static double share_of(const double *link, int n, double server)
{
    for (int i = 0; i < n; i++) {
        if (link[i] > server / (n - i))
            return server / (n - i);
        server -= link[i];
    }
    return INFINITY; /* the server link limits no message */
}

/* Of messages that start together the one on the fastest link is through first, then the next one: a faster
 * link never gets less of the server link. */
static void fill(const struct closed_form_direction *direction, double *end)
{
    int n = direction->network->workers;
    double server = rate_of(direction->network->server_bandwidth), now = 0;
    double *link = need((size_t)n * sizeof *link), *rest = need((size_t)n * sizeof *rest);
    for (int i = 0; i < n; i++) {
        link[i] = rate_of(direction->network->link_bandwidth[i]);
        rest[i] = (double)direction->bytes;
    }
    qsort(link, (size_t)n, sizeof *link, by_bandwidth);
    for (int left = n; left > 0; left--) {
        if (rest[left - 1] == 0) { /* its link is as fast as the one before: they end together */
            end[n - left] = now;
            continue;
        }
        double share = share_of(link, left, server);
        double ns = rest[left - 1] / fmin(link[left - 1], share);
        for (int i = 0; i < left; i++)
            rest[i] = fmax(rest[i] - fmin(link[i], share) * ns, 0);
        now += ns;
        end[n - left] = now;
    }
    free(link);
    free(rest);
}

static void queue_up(const struct closed_form_direction *direction, double *end)
{
    double now = 0;
    for (int i = 0; i < direction->network->workers; i++) {
        now += alone(direction, i);
        end[i] = now;
    }
}

/* When the messages are through, one after the other; latency not counted. The caller frees. */
static double *ends_of(const struct closed_form_direction *direction)
{
    double *end = need((size_t)direction->network->workers * sizeof *end);
    if (direction->network->sharing == SHARE_FAIR)
        fill(direction, end);
    else
        queue_up(direction, end);
    return end;
}

static double all_served(const struct closed_form_direction *up, double service)
{
    double *end = ends_of(up), served = 0;
    for (int i = 0; i < up->network->workers; i++)
        served = fmax(served, arrival(end[i])) + service;
    free(end);
    return served;
}

static double all_there(const struct closed_form_direction *down)
{
    double *end = ends_of(down), last = arrival(end[down->network->workers - 1]);
    free(end);
    return last;
}

/* Replies in rank order, each followed by that worker's push, and that by its service. */
static double flow_shop(const struct closed_form_direction *up, const struct closed_form_direction *down,
                        double service)
{
    double replied = 0, pushed = 0, served = 0;
    for (int i = 0; i < up->network->workers; i++) {
        replied += alone(down, i);
        pushed = fmax(pushed, arrival(replied)) + alone(up, i);
        served = fmax(served, arrival(pushed)) + service;
    }
    return served;
}

static bool links_are_equal(const struct network_spec *net)
{
    bool equal = net->sharing == SHARE_FAIR && net->jitter == 0;
    for (int i = 1; equal && i < net->workers; i++)
        equal = net->latency[i] == net->latency[0] && net->link_bandwidth[i] == net->link_bandwidth[0];
    return equal;
}

struct closed_form closed_form_of(const struct closed_form_direction *up,
                                  const struct closed_form_direction *down, vtime service)
{
    double there = longest_latency(up->network), back = longest_latency(down->network);
    double each = (double)service, workers = up->network->workers;
    struct closed_form x = {.up = there + all_served(up, each),
                            .down = back + all_there(down),
                            .bytes_up = workers * (double)up->bytes,
                            .bytes_down = workers * (double)down->bytes,
                            .bytes_after = workers * (double)down->bytes,
                            .exact = links_are_equal(up->network) && links_are_equal(down->network)};
    x.even = x.exact;
    bool fair = up->network->sharing == SHARE_FAIR;
    x.cycle = fair ? x.up + x.down : there + back + flow_shop(up, down, each);
    return x;
}
