/* The messages of one direction: when they enter, which is next, which have arrived. How those that have
 * entered share the server link is the solver's part: star.c (fair) or fifo.c.
 *
 *      net_depart()              entry            the solver           net_take()
 *   ------------> in flight ------------> flowing ------------> arrived ------------>
 *                 a heap by entry                               a heap by rank
 *
 * With fifo a message waits in the heap by entry until it has been served. */
#include "sim/time/network.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"
#include "sim/time/exact.h"
#include "sim/time/fifo.h"
#include "sim/time/heap.h"
#include "sim/time/ranks.h"
#include "sim/time/star.h"

const char *const sharing_words[] = {[SHARE_FAIR] = "fair", [SHARE_FIFO] = "fifo", NULL};

struct message {
    vtime due;      /* departure + latency */
    uint64_t bytes; /* 0: no message */
    int64_t id;
    struct message *next;
};

/* The messages of one worker that are not taken yet. There is seldom more than one, and it is here: a message
 * then costs one line of the cache. */
struct link {
    struct message oldest;
    struct message *youngest;
    struct message *current; /* the oldest that has not arrived; NULL: none */
    vtime free;              /* arrival of the one before */
    uint64_t departed;       /* messages so far */
};

struct network {
    int workers;
    struct link *link;
    struct star *star; /* fair; NULL: fifo */
    struct fifo *fifo;
    struct line entering; /* workers by the entry of their current message, unless it flows */
    struct ranks arrived; /* workers with messages that have arrived */
    vtime arrival;        /* of those messages */
    moment now;           /* everything up to here has been played */
    moment next;          /* change, if is_known */
    bool is_known;
    int *ended;              /* (workers) what the solver says */
    vtime *latency;          /* (workers) nominal */
    double *latency_seconds; /* (workers) before it is rounded, and without its factor */
    double latency_factor;
    double jitter;         /* of latencies: sigma */
    struct draw_key draws; /* of the jitter; rank and message are to be added */
    vtime clock;           /* of the last departure or taking */
};

/* ---- departures ---- */

/* Jitter is drawn by the number of the message on its link: other workers' messages shift no draw. */
static vtime latency_of_next(struct network *net, int worker)
{
    if (net->jitter == 0)
        return net->latency[worker];
    struct draw_key key = net->draws;
    key.rank = worker;
    key.iteration = net->link[worker].departed++;
    const struct exact_term product[] = {
        {EXACT_TIMES, EXACT_DECIMAL, net->latency_seconds[worker]},
        {EXACT_TIMES, EXACT_DECIMAL, net->latency_factor},
        {EXACT_TIMES, EXACT_DOUBLE, draw_lognormal(&key, 0, net->jitter)},
    };
    return exact_ns(product, 3, 0);
}

static moment later(moment a, moment b)
{
    return a > b ? a : b;
}

/* The order (entry, rank). */
static int128 entry_key(vtime entry, int worker)
{
    return moment_of(entry) + worker;
}

/* The current message of the worker is the next one on its link. */
static void begin(struct network *net, int worker)
{
    const struct link *link = &net->link[worker];
    vtime entry = link->current->due > link->free ? link->current->due : link->free;
    if (net->star && moment_of(entry) < net->now) /* a late departure */
        entry = whole_ns(net->now - 1) + 1;
    line_push(&net->entering, entry_key(entry, worker), worker);
    net->is_known &= net->star && moment_of(entry) >= net->next;
}

void net_depart(struct network *net, int worker, vtime t, uint64_t bytes, int64_t id)
{
    assert(worker >= 0 && worker < net->workers && t >= net->clock && bytes > 0 && bytes < MOST_MESSAGE);
    net->clock = t;
    struct link *link = &net->link[worker];
    const struct message message = {t + latency_of_next(net, worker), bytes, id, NULL};
    if (link->oldest.bytes == 0) {
        link->oldest = message;
        link->youngest = &link->oldest;
    } else {
        struct message *younger = link->youngest->next = need(sizeof *younger);
        *younger = message;
        link->youngest = younger;
    }
    if (!link->current) {
        link->current = link->youngest;
        begin(net, worker);
    }
}

/* ---- playing ---- */

static moment find_next(struct network *net)
{
    if (line_count(&net->entering) == 0)
        return net->star ? star_next(net->star) : MOMENT_NEVER;
    const struct heap_node *first = line_first(&net->entering);
    moment entry = moment_of(whole_ns(first->key));
    if (net->star) {
        moment next = star_next(net->star);
        return entry < next ? entry : next;
    }
    return fifo_end(net->fifo, first->item, net->link[first->item].current->bytes, later(entry, net->now));
}

static moment next_change(struct network *net)
{
    if (!net->is_known)
        net->next = find_next(net);
    net->is_known = true;
    return net->next;
}

static void arrive(struct network *net, int worker)
{
    struct link *link = &net->link[worker];
    net->arrival = link->free = arrival_of(net->now);
    if (link->current == &link->oldest)
        ranks_add(&net->arrived, worker);
    link->current = link->current->next;
    if (link->current)
        begin(net, worker);
}

/* Everything that happens at one moment is one change: what ends there shares with nothing that enters. */
static void change(struct network *net, moment at)
{
    net->now = at;
    net->is_known = false;
    if (!net->star) {
        arrive(net, line_pop(&net->entering));
        return;
    }
    int n = star_move(net->star, at, net->ended);
    for (int i = 0; i < n; i++)
        arrive(net, net->ended[i]);
    while (line_count(&net->entering) > 0 && whole_ns(line_first(&net->entering)->key) <= whole_ns(at)) {
        int worker = line_pop(&net->entering);
        star_enter(net->star, worker, net->link[worker].current->bytes);
    }
}

vtime net_due(struct network *net)
{
    if (net->arrived.n > 0)
        return net->arrival;
    moment next = next_change(net);
    return next == MOMENT_NEVER ? VTIME_NEVER : arrival_of(next);
}

bool net_play(struct network *net, vtime t)
{
    if (net->arrived.n > 0) /* all of that ns has been played */
        return net->arrival <= t;
    for (;;) {
        moment next = next_change(net);
        if (next == MOMENT_NEVER || arrival_of(next) > t)
            return net->arrived.n > 0;
        change(net, next);
        if (net->arrived.n > 0)
            t = net->arrival;
    }
}

/* The second oldest becomes the oldest. */
static void take_oldest(struct link *link)
{
    struct message *next = link->oldest.next;
    if (!next) {
        link->oldest.bytes = 0;
        return;
    }
    link->oldest = *next;
    if (link->current == next)
        link->current = &link->oldest;
    if (link->youngest == next)
        link->youngest = &link->oldest;
    free(next);
}

void net_take(struct network *net, int *worker, int64_t *id)
{
    assert(net->arrived.n > 0);
    net->clock = net->arrival > net->clock ? net->arrival : net->clock;
    *worker = ranks_lowest(&net->arrived);
    struct link *link = &net->link[*worker];
    *id = link->oldest.id;
    take_oldest(link);
    if (link->oldest.bytes == 0 || link->current == &link->oldest)
        ranks_remove(&net->arrived, *worker);
}

/* ---- life ---- */

static void open_latencies(struct network *net, const struct network_spec *spec)
{
    size_t n = (size_t)spec->workers;
    net->latency = need(n * sizeof *net->latency);
    net->latency_seconds = need(n * sizeof *net->latency_seconds);
    net->latency_factor = spec->latency_seconds ? spec->latency_factor : 1;
    net->jitter = spec->jitter;
    net->draws =
        (struct draw_key){.seed = spec->seed, .purpose = DRAW_LATENCY, .round = (uint64_t)spec->direction};
    for (int w = 0; w < spec->workers; w++) {
        assert(spec->latency[w] >= 0);
        net->latency[w] = spec->latency[w];
        net->latency_seconds[w] =
            spec->latency_seconds ? spec->latency_seconds[w] : (double)spec->latency[w] / NS_PER_S;
    }
}

struct network *net_create(const struct network_spec *spec)
{
    assert(spec->workers > 0 && spec->server_bandwidth > 0);
    size_t n = (size_t)spec->workers;
    struct network *net = need(sizeof *net);
    net->workers = spec->workers;
    net->link = need(n * sizeof *net->link);
    if (spec->sharing == SHARE_FAIR)
        net->star = star_create(spec);
    else
        net->fifo = fifo_create(spec);
    net->entering.room = spec->workers;
    net->entering.queue = need(n * sizeof *net->entering.queue);
    net->entering.heap.node = need(n * sizeof *net->entering.heap.node);
    int words = ranks_words(spec->workers);
    net->arrived.bits = need((size_t)words * sizeof *net->arrived.bits);
    net->arrived.words = need((size_t)ranks_words(words) * sizeof *net->arrived.words);
    net->ended = need(n * sizeof *net->ended);
    open_latencies(net, spec);
    return net;
}

static void free_messages(struct message *m)
{
    for (struct message *next; m; m = next) {
        next = m->next;
        free(m);
    }
}

void net_destroy(struct network *net)
{
    if (!net)
        return;
    for (int w = 0; w < net->workers; w++)
        free_messages(net->link[w].oldest.next);
    star_destroy(net->star);
    fifo_destroy(net->fifo);
    free(net->link);
    free(net->entering.queue);
    free(net->entering.heap.node);
    free(net->arrived.bits);
    free(net->arrived.words);
    free(net->ended);
    free(net->latency);
    free(net->latency_seconds);
    free(net);
}
