/* The state of the fluid is small, so a question about the future is answered by running a copy of the state:
 *
 *   state ----copy---> ahead    slow_next_by() runs `ahead` on, at most to its first arrival
 *   state <--becomes-- ahead    slow_take(): the arrival happens
 *   state     (ahead dropped)   slow_depart(): a departure enters at a time that `ahead` has passed
 *
 * A state goes from change to change of the set of flows or of a bandwidth, and nothing is computed between.
 * A change costs a look at every worker: with many workers, do not ask further ahead than needed. */
#include "tests/rigs/slow_network.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/time/exact.h"
#include "tests/rigs/bandwidths.h"

typedef long double real;

/* A moment that is not rounded: ns + part, with part in [0, 1). */
struct moment {
    vtime ns;
    real part;
};

static const struct moment NEVER = {VTIME_NEVER, 0};

struct message {
    struct message *next; /* of the same worker */
    vtime due;            /* departure + latency */
    real bytes;
    int64_t id;
};

/* One worker. Its message done->next is the current one: waiting, or entered and flowing. */
struct flow {
    struct message *done; /* the last that has arrived */
    vtime arrival;        /* of that one */
    bool entered;
    real rest, rate;   /* fair, entered: bytes not yet through at the last change, and bytes/ns since */
    struct moment end; /* fair, entered: when the last byte is through if nothing changes */
};

struct state {
    struct moment now; /* fair: the last change; fifo: the end of the last message */
    int arrived;       /* messages that have arrived and are not taken yet, all at `arrival` */
    vtime arrival;
    struct flow flows[];
};

struct slow_network {
    int workers;
    enum sharing sharing;
    struct bandwidths *bandwidths;
    vtime *latency;          /* (workers) nominal */
    double *latency_seconds; /* (workers) before it is rounded, and without its factor */
    double latency_factor;
    double jitter;           /* of latencies: sigma */
    struct draw_key draws;   /* of the jitter; rank and message are to be added */
    uint64_t *departed;      /* (workers) messages so far */
    struct message **taken;  /* (workers) the message last taken, head of the list of those to come */
    struct message **newest; /* (workers) the tail of that list */
    struct state *state, *spare;
    struct state *ahead; /* `state` run on, in `spare`; or `state` itself at its arrivals; NULL: none */
    vtime reached;       /* how far, if nothing has arrived in it */
    int next_rank;       /* what has arrived in it and is not taken is of this worker or a later one */
    vtime clock;         /* of the last departure or taking */
};

/* --- moments --- */

static bool earlier(struct moment a, struct moment b)
{
    return a.ns < b.ns || (a.ns == b.ns && a.part < b.part);
}

static bool same(struct moment a, struct moment b)
{
    return a.ns == b.ns && a.part == b.part;
}

static struct moment later_by(struct moment m, real ns)
{
    if (!(ns < 0x1p62))
        die(EXIT_USAGE, "a message of %g s is more than the virtual clock holds (146 years)",
            (double)ns / NS_PER_S);
    real whole = floorl(ns);
    m.ns += (vtime)whole;
    m.part += ns - whole;
    if (m.part >= 1) {
        m.part -= 1;
        m.ns++;
    }
    return m;
}

static real ns_between(struct moment from, struct moment to)
{
    return (real)(to.ns - from.ns) + (to.part - from.part);
}

/* The arrival of a message that finishes at m. */
static vtime rounded_up(struct moment m)
{
    return m.part > SLACK_NS ? m.ns + 1 : m.ns;
}

/* --- messages --- */

static vtime entry_of(const struct flow *flow)
{
    vtime due = flow->done->next->due;
    return due > flow->arrival ? due : flow->arrival;
}

static bool is_waiting(const struct flow *flow)
{
    return !flow->entered && flow->done->next;
}

static void finish(struct state *s, struct flow *flow, vtime arrival)
{
    flow->done = flow->done->next;
    flow->entered = false;
    flow->arrival = s->arrival = arrival;
    s->arrived++;
}

/* --- fair --- */

/* Max-min: the bandwidth that a flow gets unless its link has less. Links slower than an equal share of what
 * is left leave the rest to the others (infinities pass: no comparison with inf or NaN holds). Equal links
 * get equal rates whatever the rounding, because all compare with this. */
static real fair_share(const struct slow_network *net, const struct state *s, const struct bandwidths *b)
{
    int flows = 0;
    for (int w = 0; w < net->workers; w++)
        flows += s->flows[w].entered;
    real left = b->server;
    for (int i = 0; i < net->workers; i++) {
        int w = b->order[i];
        if (!s->flows[w].entered)
            continue;
        if (b->link[w] > left / flows)
            return left / flows;
        left -= b->link[w];
        flows--;
    }
    return INFINITY; /* the server link limits no flow */
}

/* When the flow leaves the server link. In the SLACK_NS after a whole ns it leaves at that ns, which is its
 * arrival: otherwise it would share with messages that enter after its arrival, even with the next one of its
 * own link. */
static struct moment end_of(const struct flow *flow, struct moment now)
{
    struct moment end = later_by(now, flow->rest / flow->rate);
    if (end.part <= SLACK_NS)
        end.part = 0;
    return end;
}

static void set_rates(const struct slow_network *net, struct state *s)
{
    const struct bandwidths *b = bandwidths_at(net->bandwidths, s->now.ns);
    real share = fair_share(net, s, b);
    for (int w = 0; w < net->workers; w++) {
        struct flow *flow = &s->flows[w];
        if (!flow->entered)
            continue;
        flow->rate = fminl(b->link[w], share);
        flow->end = end_of(flow, s->now);
    }
}

static struct moment fair_next(const struct slow_network *net, const struct state *s)
{
    struct moment next = NEVER;
    bool flows = false;
    for (int w = 0; w < net->workers; w++) {
        const struct flow *flow = &s->flows[w];
        struct moment m = flow->entered ? flow->end : NEVER;
        if (is_waiting(flow))
            m = (struct moment){entry_of(flow), 0};
        if (earlier(m, next))
            next = m;
        flows |= flow->entered;
    }
    struct moment change = {bandwidths_at(net->bandwidths, s->now.ns)->until, 0}; /* of a bandwidth */
    return flows && earlier(change, next) ? change : next;
}

/* Everything that happens at one moment is one change. */
static void fair_change(const struct slow_network *net, struct state *s, struct moment at)
{
    real ns = ns_between(s->now, at);
    s->now = at;
    for (int w = 0; w < net->workers; w++) {
        struct flow *flow = &s->flows[w];
        if (flow->entered && same(flow->end, at))
            finish(s, flow, rounded_up(at));
        else if (flow->entered)
            flow->rest = fmaxl(flow->rest - flow->rate * ns, 0);
        if (is_waiting(flow) && same((struct moment){entry_of(flow), 0}, at)) {
            flow->entered = true;
            flow->rest = flow->done->next->bytes;
        }
    }
    set_rates(net, s);
}

/* --- fifo --- */

/* The worker with the message that is served next, by (entry, rank); -1: none. */
static int fifo_first(const struct slow_network *net, const struct state *s)
{
    int first = -1;
    for (int w = 0; w < net->workers; w++)
        if (is_waiting(&s->flows[w]) && (first < 0 || entry_of(&s->flows[w]) < entry_of(&s->flows[first])))
            first = w;
    return first;
}

/* When a message that is served alone from `start` on is through, across all changes of bandwidths. */
static struct moment fifo_end(const struct slow_network *net, int w, real bytes, struct moment start)
{
    for (;;) {
        const struct bandwidths *b = bandwidths_at(net->bandwidths, start.ns);
        real rate = fmin(b->link[w], b->server);
        struct moment end = later_by(start, bytes / rate), change = {b->until, 0};
        if (!earlier(change, end))
            return end;
        bytes = fmaxl(bytes - rate * ns_between(start, change), 0);
        start = change;
    }
}

/* The end of the next message: the only kind of change here. */
static struct moment fifo_next(const struct slow_network *net, const struct state *s)
{
    int w = fifo_first(net, s);
    if (w < 0)
        return NEVER;
    struct moment start = {entry_of(&s->flows[w]), 0};
    if (earlier(start, s->now))
        start = s->now;
    return fifo_end(net, w, s->flows[w].done->next->bytes, start);
}

static void fifo_change(const struct slow_network *net, struct state *s, struct moment at)
{
    finish(s, &s->flows[fifo_first(net, s)], rounded_up(at));
    s->now = at;
}

/* --- running --- */

/* Makes all changes up to the arrival `limit`, but none after the first arrival. */
static void run(const struct slow_network *net, struct state *s, vtime limit)
{
    bool fair = net->sharing == SHARE_FAIR;
    for (;;) {
        if (s->arrived > 0 && s->arrival < limit)
            limit = s->arrival;
        struct moment next = fair ? fair_next(net, s) : fifo_next(net, s);
        if (same(next, NEVER) || rounded_up(next) > limit)
            return;
        if (fair)
            fair_change(net, s, next);
        else
            fifo_change(net, s, next);
    }
}

static unsigned long state_size(const struct slow_network *net)
{
    return sizeof(struct state) + (unsigned long)net->workers * sizeof(struct flow);
}

/* Jitter is drawn by the number of the message on its link: other workers' messages shift no draw. */
static vtime latency_of_next(struct slow_network *net, int worker)
{
    if (net->jitter == 0)
        return net->latency[worker];
    struct draw_key key = net->draws;
    key.rank = worker;
    key.iteration = net->departed[worker]++;
    const struct exact_term product[] = {
        {EXACT_TIMES, EXACT_DECIMAL, net->latency_seconds[worker]},
        {EXACT_TIMES, EXACT_DECIMAL, net->latency_factor},
        {EXACT_TIMES, EXACT_DOUBLE, draw_lognormal(&key, 0, net->jitter)},
    };
    return exact_ns(product, 3, 0);
}

void slow_depart(struct slow_network *net, int worker, vtime t, uint64_t bytes, int64_t id)
{
    assert(worker >= 0 && worker < net->workers && t >= net->clock && bytes > 0);
    net->clock = t;
    struct message *message = need(sizeof *message);
    message->due = t + latency_of_next(net, worker);
    message->bytes = (real)bytes;
    message->id = id;
    net->newest[worker]->next = message;
    net->newest[worker] = message;
    if (net->ahead && message->due <= (net->ahead->arrived > 0 ? net->ahead->arrival : net->reached))
        net->ahead = NULL;
}

static void look_ahead(struct slow_network *net)
{
    run(net, net->state, net->clock - 1); /* final: all that departs from now on enters later */
    memcpy(net->spare, net->state, state_size(net));
    net->ahead = net->spare;
    net->reached = net->clock - 1;
    net->next_rank = 0;
}

vtime slow_next_by(struct slow_network *net, vtime limit)
{
    if (!net->ahead)
        look_ahead(net);
    if (net->ahead->arrived == 0 && limit > net->reached) {
        run(net, net->ahead, limit);
        net->reached = limit;
    }
    return net->ahead->arrived > 0 && net->ahead->arrival <= limit ? net->ahead->arrival : VTIME_NEVER;
}

vtime slow_next(struct slow_network *net)
{
    return slow_next_by(net, VTIME_NEVER);
}

void slow_take(struct slow_network *net, int *worker, int64_t *id)
{
    vtime arrival = slow_next(net);
    assert(arrival != VTIME_NEVER);
    net->clock = arrival > net->clock ? arrival : net->clock;
    struct state *s = net->ahead;
    if (s == net->spare) {
        net->spare = net->state;
        net->state = s;
    }
    int w = net->next_rank;
    while (net->taken[w] == s->flows[w].done)
        w++;
    struct message *message = net->taken[w]->next;
    free(net->taken[w]);
    net->taken[w] = message;
    net->next_rank = w;
    if (--s->arrived == 0)
        net->ahead = NULL;
    *worker = w;
    *id = message->id;
}

/* --- life --- */

struct slow_network *slow_create(const struct network_spec *spec)
{
    assert(spec->workers > 0 && spec->server_bandwidth > 0);
    unsigned long n = (unsigned long)spec->workers;
    struct slow_network *net = need(sizeof *net);
    net->workers = spec->workers;
    net->sharing = spec->sharing;
    net->bandwidths = bandwidths_create(spec);
    net->latency = need(n * sizeof *net->latency);
    net->latency_seconds = need(n * sizeof *net->latency_seconds);
    net->latency_factor = spec->latency_seconds ? spec->latency_factor : 1;
    net->jitter = spec->jitter;
    net->draws =
        (struct draw_key){.seed = spec->seed, .purpose = DRAW_LATENCY, .round = (uint64_t)spec->direction};
    net->departed = need(n * sizeof *net->departed);
    net->taken = need(n * sizeof *net->taken);
    net->newest = need(n * sizeof *net->newest);
    net->state = need(state_size(net));
    net->spare = need(state_size(net));
    for (int w = 0; w < net->workers; w++) {
        assert(spec->latency[w] >= 0);
        net->latency[w] = spec->latency[w];
        net->latency_seconds[w] =
            spec->latency_seconds ? spec->latency_seconds[w] : (double)spec->latency[w] / NS_PER_S;
        net->taken[w] = net->newest[w] =
            need(sizeof(struct message)); /* stands for the one before the first */
        net->state->flows[w].done = net->taken[w];
    }
    return net;
}

void slow_destroy(struct slow_network *net)
{
    if (!net)
        return;
    for (int w = 0; w < net->workers; w++) {
        for (struct message *m = net->taken[w], *next; m; m = next) {
            next = m->next;
            free(m);
        }
    }
    bandwidths_destroy(net->bandwidths);
    free(net->latency);
    free(net->latency_seconds);
    free(net->departed);
    free(net->taken);
    free(net->newest);
    free(net->state);
    free(net->spare);
    free(net);
}
