#include "sim/engine/conductor.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"
#include "sim/time/exact.h"

#define MOST_BYTES ((int64_t)1 << 61)

struct rates conductor_rates(const struct conductor_spec *spec, double done, float update_rate)
{
    double total = (double)spec->iterations, rate = schedule_at(&spec->rate, done, total);
    double multiple = spec->alg->compensation ? spec->alg->compensation(spec->params, done, total) : 0;
    return (struct rates){(float)rate, (float)(multiple * rate), update_rate};
}

struct rates conductor_first_rates(const struct conductor_spec *spec)
{
    return conductor_rates(spec, 0, 0);
}

uint64_t conductor_push_bytes(const struct conductor_spec *spec, int64_t number)
{
    return spec->push_size ? spec->push_size(spec->size_context, number) : spec->push_bytes;
}

uint64_t conductor_reply_bytes(const struct conductor_spec *spec, int64_t version)
{
    return spec->reply_size ? spec->reply_size(spec->size_context, version - 1) : spec->reply_bytes;
}

vtime conductor_service(const struct conductor_spec *spec, uint64_t bytes)
{
    const struct exact_term product[] = {{EXACT_TIMES, EXACT_DECIMAL, spec->server_cost},
                                         {EXACT_TIMES, EXACT_DOUBLE, (double)bytes}};
    return exact_ns(product, 2, 0);
}

struct conductor *conductor_create(const struct conductor_spec *spec, const struct order_sink *sink)
{
    struct conductor *c = need(sizeof *c);
    size_t n = (size_t)spec->workers;
    c->spec = spec;
    c->sink = *sink;
    c->worker = need(n * sizeof *c->worker);
    c->held = need(n * sizeof *c->held);
    c->peer = need(n * sizeof *c->peer);
    c->answer = need(n * sizeof *c->answer);
    c->cohort.client = need(n * sizeof *c->cohort.client);
    c->cohort.round = -1;
    c->protocol = alg_protocol(spec->alg, spec->params);
    c->fragments = spec->alg->fragments ? spec->alg->fragments(spec->params) : 1;
    c->exchanges = spec->alg->exchanges ? spec->alg->exchanges(spec->params) : 1;
    c->server = (struct server_view){.workers = spec->workers, .params = spec->params, .peer = c->peer};
    c->server.control = need(spec->alg->control_size);
    c->up = net_create(&spec->up);
    c->down = net_create(&spec->down);
    c->queue = queue_create();
    for (int i = 0; i < spec->workers; i++) {
        sim_worker_open(&c->worker[i], i, spec->params);
        engine_worker_take_share(c, &c->worker[i]);
        queue_push(c->queue, &(struct event){.at = 0, .kind = EVENT_DECISION, .rank = i});
    }
    engine_faults_open(c);
    engine_outage_open(c);
    return c;
}

void conductor_destroy(struct conductor *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->spec->workers; i++)
        sim_worker_close(&c->worker[i]);
    queue_destroy(c->queue);
    net_destroy(c->up);
    net_destroy(c->down);
    free(c->server.control);
    free(c->held);
    free(c->peer);
    free(c->answer);
    free(c->cohort.client);
    free(c->kept.consumed);
    free(c->worker);
    free(c);
}

bool conductor_draining(const struct conductor *c)
{
    const struct algorithm *alg = c->spec->alg;
    return c->stopping && alg->drain && alg->drain(c->spec->params);
}

bool conductor_nothing_departs(const struct conductor *c)
{
    return c->stopping && !conductor_draining(c);
}

void conductor_watch(struct conductor *c, const struct probe *probe)
{
    c->probe = *probe;
}

void conductor_survive(struct conductor *c, bool *stuck)
{
    c->stuck = stuck;
}

/* ---- arrivals ---- */

/* The PS serves one push after the other, in (arrival, rank) order. */
static void push_arrived(struct conductor *c)
{
    int worker;
    int64_t number;
    net_take(c->up, &worker, &number);
    struct sim_worker *w = &c->worker[worker];
    if (engine_faults_lose_push(c, w, number))
        return;
    uint64_t bytes = conductor_push_bytes(c->spec, w->arrived);
    struct push *push = sim_worker_push(w, w->arrived++);
    sim_worker_link_free(w, c->now);
    push->row.arrive_ns = c->now;
    push->row.communication_ns += c->now - push->row.depart_ns;
    vtime begin = c->server_free > c->now ? c->server_free : c->now;
    begin = begin > VTIME_LAST ? VTIME_LAST + 1 : begin; /* it is never played, whenever that is */
    c->server_free = begin + conductor_service(c->spec, bytes);
    probe_push_arrives(&c->probe, worker, c->now);
    probe_service(&c->probe, worker, begin, c->server_free, c->server.version);
    queue_push(c->queue, &(struct event){.at = c->server_free,
                                         .kind = EVENT_SERVED,
                                         .rank = worker,
                                         .id = c->totals.faults.server_crashes});
    c->waiting++;
    if (w->wants_link)
        engine_worker_call(c, w);
}

static void deliver(struct conductor *c, struct sim_worker *w, const struct delivery *d)
{
    probe_reply_arrives(&c->probe, w->view.id, c->now);
    c->replies_under_way -= !d->fetch;
    if (w->doing == COMPUTING && d->cancel)
        engine_worker_cut(c, w);
    if (w->doing == WAITING)
        engine_worker_call(c, w);
}

static void reply_arrived(struct conductor *c)
{
    int worker;
    int64_t id;
    net_take(c->down, &worker, &id);
    struct sim_worker *w = &c->worker[worker];
    struct delivery *d = sim_worker_delivery(w, id < 0, id < 0 ? -1 - id : id);
    if (engine_faults_lose_delivery(c, w, d))
        return;
    d->here = true;
    for (const struct delivery *next; (next = sim_worker_arrived(w, c->now));)
        deliver(c, w, next);
}

static void add_account(struct totals *sum, const struct sim_worker *w)
{
    sum->compute += w->compute;
    sum->waiting += w->waiting;
    sum->communication += w->communication;
    sum->overlapped += w->overlapped;
    sum->faults.down_ns += w->down;
}

/* Ends the run at this instant: iterations and pushes that are unfinished are cut here, and every worker takes the
 * replies that it has. */
static void finish(struct conductor *c)
{
    struct totals *t = &c->totals;
    if (conductor_draining(c) && !c->drained && c->evaluated < t->iterations)
        engine_server_evaluate(c);
    for (int i = 0; i < c->spec->workers; i++) {
        struct sim_worker *w = &c->worker[i];
        engine_worker_finish(c, w);
        assert(w->compute + w->waiting + w->down == c->now);
        add_account(t, w);
        t->wasted += w->begun - w->consumed;
        c->sink.task(c->sink.context, &(struct task){.op = TASK_TOTAL,
                                                     .worker = i,
                                                     .total = {.worker = i,
                                                               .iterations = w->begun,
                                                               .wasted = w->begun - w->consumed,
                                                               .compute_ns = w->compute,
                                                               .communication_ns = w->communication,
                                                               .waiting_ns = w->waiting,
                                                               .overlapped_ns = w->overlapped,
                                                               .crashes = w->crashes,
                                                               .down_ns = w->down}});
    }
    engine_write_last_row(c);
    t->virtual_ns = c->now;
    c->sink.task(c->sink.context, &(struct task){.op = TASK_END, .totals = *t});
    c->over = true;
}

/* ---- the clock ---- */

/* What is counted until the next look is far below the rest. */
static void check_bytes(const struct conductor *c)
{
    const struct totals *t = &c->totals;
    if (t->bytes_up > MOST_BYTES || t->bytes_down > MOST_BYTES)
        die(EXIT_USAGE, "%s: the run sends more bytes one way than are counted (2 EiB)", c->spec->alg->name);
}

/* What was to come in an activity that has ended, or at a PS that has crashed meanwhile. */
static bool is_void(const struct conductor *c, const struct event *e)
{
    if (e->kind == EVENT_SERVED)
        return e->id != c->totals.faults.server_crashes;
    return (e->kind == EVENT_DECISION || (e->kind == EVENT_CRASH && e->id >= 0)) &&
           e->id != c->worker[e->rank].activity;
}

/* The first event that still counts. */
static bool peek(const struct conductor *c, struct event *e)
{
    while (queue_peek(c->queue, e) && is_void(c, e))
        queue_cancel(c->queue);
    return queue_peek(c->queue, e);
}

static bool fault_due(const struct conductor *c)
{
    struct event e;
    return peek(c, &e) && e.at == c->now && e.kind <= LAST_FAULT;
}

static void play_fault(struct conductor *c)
{
    struct event e;
    queue_pop(c->queue, &e);
    if (e.kind <= EVENT_SERVER_BACK)
        engine_outage_play(c, &e);
    else
        engine_faults_play(c, &e);
}

static bool due(const struct conductor *c, int kind)
{
    struct event e;
    return peek(c, &e) && e.at == c->now && e.kind == kind;
}

static struct sim_worker *next_worker(struct conductor *c)
{
    struct event e;
    queue_pop(c->queue, &e);
    return &c->worker[e.rank];
}

static vtime next_instant(const struct conductor *c)
{
    struct event e;
    vtime t = peek(c, &e) ? e.at : VTIME_NEVER;
    vtime up = net_next_by(c->up, t);
    t = up < t ? up : t;
    vtime down = net_next_by(c->down, t);
    return down < t ? down : t;
}

void conductor_report(struct conductor *c, int worker, int64_t iteration, double seconds, vtime at)
{
    struct sim_worker *w = &c->worker[worker];
    c->unplaced--;
    if (w->doing != COMPUTING || w->iteration != iteration) /* cancelled or cut meanwhile */
        return;
    if (c->spec->pace == PACE_REPORT)
        at = w->since + compute_measured(&c->spec->compute, seconds, worker, iteration, w->since);
    engine_worker_end_at(c, w, at > c->now ? at : c->now);
}

void conductor_clock(struct conductor *c, vtime now)
{
    c->real_now = now;
}

vtime conductor_due(const struct conductor *c)
{
    return c->over ? VTIME_NEVER : next_instant(c);
}

/* Nothing can be played before somebody has reported, or the clock has come to it. */
static bool must_wait(const struct conductor *c, vtime next)
{
    return (c->spec->pace == PACE_REPORT && c->unplaced > 0) || (next == VTIME_NEVER && c->unplaced > 0) ||
           (c->spec->pace == PACE_REAL && next != VTIME_NEVER && next > c->real_now);
}

/* Draining: nobody is left who could push any more, because the last ones have crashed. */
static bool nobody_pushes(const struct conductor *c)
{
    bool all = c->replies_under_way == 0 && c->server.held == 0;
    for (int i = 0; i < c->spec->workers && all; i++) {
        const struct sim_worker *w = &c->worker[i];
        all = (w->doing == GONE || w->doing == AWAY) && w->served == w->sent;
    }
    return all;
}

/* The last reply has arrived, be it one that says STOP or an older one. */
static bool is_over(const struct conductor *c)
{
    if (c->drained || (conductor_nothing_departs(c) && c->replies_under_way == 0))
        return true;
    return conductor_draining(c) && nobody_pushes(c);
}

bool conductor_advance(struct conductor *c)
{
    if (c->over)
        return false;
    if (!c->started) {
        c->started = true;
        engine_server_evaluate(c);
    }
    vtime t = next_instant(c);
    if (must_wait(c, t))
        return false;
    if (t == VTIME_NEVER) {
        conductor_deadlock(c);
        return false;
    }
    assert(t >= c->now);
    if (t > VTIME_LAST)
        die(EXIT_USAGE, "%s: " VTIME_TOO_LONG, c->spec->alg->name);
    c->now = t;
    do {
        while (!c->drained && fault_due(c))
            play_fault(c);
        while (!c->drained && net_next_by(c->up, t) == t)
            push_arrived(c);
        while (!c->drained && due(c, EVENT_SERVED))
            engine_server_serve(c, next_worker(c));
        while (!c->drained && net_next_by(c->down, t) == t)
            reply_arrived(c);
        while (!c->drained && due(c, EVENT_DECISION))
            engine_worker_decide(c, next_worker(c));
    } while (!c->drained && next_instant(c) == t);
    check_bytes(c);
    if (is_over(c))
        finish(c);
    else if (conductor_is_endless(c))
        return false;
    return true;
}
