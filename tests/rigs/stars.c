#include "tests/rigs/stars.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "sim/runtime/network_config.h"

enum { MOST_WORKERS = 16, MOST_MESSAGES = 256 };

struct message {
    int worker, direction; /* 0: up, 1: down */
    vtime gap;             /* from the arrival of that worker's message before to the departure */
    uint64_t bytes;
    double arrival; /* seconds, says the file; NAN: not to be compared */
};

struct star {
    struct config cfg;
    double latency, link[2][MOST_WORKERS];
    struct message message[MOST_MESSAGES];
    int messages;
};

/* --- reading --- */

static FILE *open_file(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.txt", folder, name);
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("%s: cannot be read", path);
    return in;
}

static void read_message(FILE *in, const struct star *star, struct message *m)
{
    char direction[8];
    assert_int_equal(fscanf(in, "%d %7s %" SCNd64 " %" SCNu64 " %lf", &m->worker, direction, &m->gap,
                            &m->bytes, &m->arrival),
                     5);
    assert_in_range(m->worker, 0, star->cfg.cluster.workers - 1);
    m->direction = strcmp(direction, "down") == 0;
}

/* False: the file is at its end. */
static bool read_star(FILE *in, struct star *star)
{
    struct config *cfg = &star->cfg;
    *star = (struct star){.cfg.network.sharing = SHARE_FAIR};
    int read =
        fscanf(in, " star %" SCNd64 " %d %lf %lf %lf %lf %lf %lf", &cfg->cluster.workers, &star->messages,
               &cfg->network.server_bandwidth_up, &cfg->network.server_bandwidth_down, &star->latency,
               &cfg->network.efficiency, &cfg->network.latency_factor, &cfg->network.tcp_window);
    if (read == EOF)
        return false;
    assert_int_equal(read, 8);
    assert_in_range(cfg->cluster.workers, 1, MOST_WORKERS);
    assert_in_range(star->messages, 1, MOST_MESSAGES);
    for (int w = 0; w < cfg->cluster.workers; w++)
        assert_int_equal(fscanf(in, "%lf %lf", &star->link[0][w], &star->link[1][w]), 2);
    for (int i = 0; i < star->messages; i++)
        read_message(in, star, &star->message[i]);
    star->latency /= NS_PER_S;
    if (isinf(cfg->network.tcp_window))
        cfg->network.tcp_window = NAN; /* left out */
    cfg->network.latency = (struct reals){1, &star->latency};
    cfg->network.bandwidth_up = (struct reals){(int)cfg->cluster.workers, star->link[0]};
    cfg->network.bandwidth_down = (struct reals){(int)cfg->cluster.workers, star->link[1]};
    return true;
}

/* --- one direction of one star --- */

struct play {
    const struct star *star;
    int direction;
    struct network *net;
    int next[MOST_WORKERS];        /* its next message; star->messages: none */
    vtime departure[MOST_WORKERS]; /* of that; VTIME_NEVER: none, or not known yet */
};

static void find_next(struct play *p, int worker, int from, vtime now)
{
    const struct star *star = p->star;
    int i = from;
    while (i < star->messages &&
           (star->message[i].worker != worker || star->message[i].direction != p->direction))
        i++;
    p->next[worker] = i;
    p->departure[worker] = i < star->messages ? now + star->message[i].gap : VTIME_NEVER;
}

static int first_to_depart(const struct play *p)
{
    int first = 0;
    for (int w = 1; w < p->star->cfg.cluster.workers; w++)
        if (p->departure[w] < p->departure[first])
            first = w;
    return first;
}

static void depart(struct play *p, int worker)
{
    int i = p->next[worker];
    net_depart(p->net, worker, p->departure[worker], p->star->message[i].bytes, i);
    p->departure[worker] = VTIME_NEVER;
}

/* How far its arrival is off, relative. */
static double arrive(struct play *p, vtime arrival)
{
    int worker;
    int64_t i;
    net_take(p->net, &worker, &i);
    find_next(p, worker, (int)i + 1, arrival);
    double ours = (double)arrival / NS_PER_S, expected = p->star->message[i].arrival;
    return isnan(expected) ? 0 : fabs(ours - expected) / expected;
}

static double worst_of(const struct star *star, int direction, int *arrived)
{
    struct network_spec spec = direction ? star_down(&star->cfg) : star_up(&star->cfg);
    struct play p = {.star = star, .direction = direction, .net = net_create(&spec)};
    double worst = 0;
    for (int w = 0; w < spec.workers; w++)
        find_next(&p, w, 0, 0);
    for (;;) {
        int w = first_to_depart(&p);
        vtime due = net_due(p.net);
        if (p.departure[w] != VTIME_NEVER && p.departure[w] <= due) {
            depart(&p, w);
        } else if (due == VTIME_NEVER) {
            break;
        } else if (net_play(p.net, due)) {
            worst = fmax(worst, arrive(&p, due));
            ++*arrived;
        }
    }
    net_destroy(p.net);
    star_free(&spec);
    return worst;
}

/* --- all stars --- */

void stars_compare(const char *folder, const char *name, double tolerance)
{
    static struct star star;
    double worst = 0;
    int stars = 0, messages = 0, arrived = 0;
    FILE *in = open_file(folder, name);
    for (; read_star(in, &star); stars++) {
        double off = fmax(worst_of(&star, 0, &arrived), worst_of(&star, 1, &arrived));
        if (!(off <= tolerance))
            print_message("%s: star %d (from 0) is off by %.2g\n", name, stars, off);
        worst = fmax(worst, off);
        messages += star.messages;
    }
    fclose(in);
    print_message("%s: %d messages of %d stars, off by at most %.2g\n", name, messages, stars, worst);
    assert_true(stars > 0);
    assert_int_equal(arrived, messages);
    assert_true(worst <= tolerance);
}
