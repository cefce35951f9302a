/* The loop of the simulation. It moves virtual time to the next nanosecond t at which something happens, and
 * plays all of that nanosecond before time goes on:
 *
 *   t = the earliest of   event list       exchange: pushes  exchange: replies, results
 *                             |                |                 |
 *   +--> 1  faults  <---------'                |                 |     crashes, returns, resent messages
 *   |    2  pushes arrive  <-------------------'                 |     each is lost, or waits for its service
 *   |    3  pushes served  <-- event list                        |     admitted: update, replies depart, or are encoded
 *   |    4  replies arrive  <------------------------------------'     each is lost, or wakes its worker
 *   |    5  buckets depart  <-- event list                             of pushes, during back-propagation
 *   |    6  workers decide  <-- event list                             they accept, send, compute or wait
 *   '--- again, while anything is left at t (messages, services and iterations may take no time)
 *
 * The order decides every tie. Faults come first, so that a crash at t takes what would end at t. A push
 * served at t is in the update before its reply departs, and a reply that arrives at t is there for a
 * boundary at t: a worker that computes exactly as long as its exchange takes does not wait for it. Within a
 * step events come in rank order, so that equal specifications have one history (a total order of events, as
 * in any sequential discrete-event simulation). */
#include "sim/engine/conductor.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/engine/conductor_internal.h"
#include "sim/exchange/kind.h"

/* Bytes are checked once a nanosecond of events: what is added in between is far below the other half of an
 * int64_t. */
#define MOST_BYTES ((int64_t)1 << 61)

/* A whole exchange has a result for every worker or for none: what crashes and losses would do to it is not
 * defined, nor can a process hold its messages back (PACE_REAL). */
static void open_exchange(struct conductor *c)
{
    const struct conductor_spec *spec = c->spec;
    bool over_star = !spec->exchange.topology;
    assert(spec->pace != PACE_REAL || !spec->stops_at_target);
    assert(over_star || (spec->pace != PACE_REAL && !faults_any(&spec->faults)));
    assert(!spec->buckets || (!over_star && spec->exchange.buckets && spec->pace == PACE_MODEL));
    c->watch =
        (struct exchange_watch){engine_message_departs, engine_message_arrives, engine_exchange_closed, c};
    c->exchange = exchange_create(&spec->exchange, &c->watch);
    c->exchange_due = exchange_due(c->exchange);
    c->whole = exchange_is_whole(c->exchange);
    c->ordered = exchange_has_order(c->exchange) || spec->buckets;
    c->serves = !c->whole && exchange_kind_of(&spec->exchange, EXCHANGE_LATE)->at_server;
    c->encodes = c->serves && coding_takes_time(&spec->exchange.server_encodes);
    fifo_init(&c->open_rows, sizeof(struct task));
    fifo_init(&c->unserved, sizeof(struct waiting_push));
    fifo_init(&c->encodings, sizeof(struct encoding));
}

struct conductor *conductor_create(const struct conductor_spec *spec, const struct order_sink *sink)
{
    struct conductor *c = need(sizeof *c);
    size_t n = (size_t)spec->workers;
    c->spec = spec;
    c->sink = *sink;
    c->worker = need(n * sizeof *c->worker);
    c->held = need(n * sizeof *c->held);
    c->answer.worker = need(n * sizeof *c->answer.worker);
    c->answer.listed = need(n * sizeof *c->answer.listed);
    c->protocol = alg_protocol(spec->alg, spec->params);
    c->fragments = spec->alg->fragments ? spec->alg->fragments(spec->params) : 1;
    c->exchanges = spec->alg->exchanges ? spec->alg->exchanges(spec->params) : 1;
    c->server = (struct server_view){.workers = spec->workers, .params = spec->params};
    peers_open(&c->peers, &c->server);
    c->server.control = need(spec->alg->control_size);
    open_exchange(c);
    c->queue = queue_create();
    c->results.reached = -1;
    for (int i = 0; i < spec->workers; i++) {
        sim_worker_open(&c->worker[i], i, spec->params, c->whole);
        c->worker[i].accepted.rate = engine_rate(spec, 0);
        engine_worker_take_share(c, &c->worker[i]);
        engine_post_decision(c, &c->worker[i], 0);
    }
    engine_faults_open(c);
    engine_outage_open(c);
    engine_restart_point_open(c);
    return c;
}

void conductor_destroy(struct conductor *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->spec->workers; i++)
        sim_worker_close(&c->worker[i]);
    engine_restart_point_close(c);
    peers_close(&c->peers);
    queue_destroy(c->queue);
    exchange_destroy(c->exchange);
    fifo_free(&c->open_rows);
    fifo_free(&c->unserved);
    fifo_free(&c->encodings);
    free(c->server.control);
    free(c->held);
    free(c->answer.worker);
    free(c->answer.listed);
    free(c->worker);
    free(c);
}

void conductor_watch(struct conductor *c, const struct probe *probe)
{
    c->probe = *probe;
}

void conductor_survive(struct conductor *c, bool *stuck)
{
    c->stuck = stuck;
}

/* ---- the end of the run ---- */

static void add_account(struct totals *sum, const struct sim_worker *w)
{
    sum->compute += w->account.compute;
    sum->waiting += w->account.waiting;
    sum->communication += w->link.communication;
    sum->overlapped += w->link.overlapped;
    sum->coding += w->account.coding;
    sum->faults.down_ns += w->account.down;
    sum->wasted += w->iterations.begun - w->iterations.consumed;
}

static struct worker_total total_of(const struct sim_worker *w)
{
    return (struct worker_total){.worker = w->view.id,
                                 .iterations = w->iterations.begun,
                                 .wasted = w->iterations.begun - w->iterations.consumed,
                                 .compute_ns = w->account.compute,
                                 .communication_ns = w->link.communication,
                                 .waiting_ns = w->account.waiting,
                                 .overlapped_ns = w->link.overlapped,
                                 .coding_ns = w->account.coding,
                                 .crashes = w->crash.crashes,
                                 .down_ns = w->account.down};
}

/* Ends the run in this nanosecond: iterations and pushes that are unfinished are cut here, and every worker
 * takes the replies that have arrived. */
static void finish(struct conductor *c)
{
    struct totals *t = &c->totals;
    if (engine_draining(c) && c->evaluated < t->iterations) /* no final push has come */
        engine_server_evaluate(c);
    for (int i = 0; i < c->spec->workers; i++) {
        struct sim_worker *w = &c->worker[i];
        engine_worker_finish(c, w);
        assert(w->account.compute + w->account.waiting + w->account.down == c->now);
        add_account(t, w);
        engine_task(c, &(struct task){.op = TASK_TOTAL, .worker = i, .total = total_of(w)});
    }
    engine_write_last_rows(c);
    t->virtual_ns = c->now;
    engine_task(c, &(struct task){.op = TASK_END, .totals = *t});
    c->over = true;
}

static bool has_ended(const struct sim_worker *w)
{
    return (w->doing == STOPPED || w->doing == DOWN) && w->pushes.served == w->pushes.sent;
}

/* Draining: every worker that could push has crashed, so the last final push will never come. No worker
 * returns then: the look goes on at the worker that had not ended when the last look broke off. */
static bool no_push_will_come(struct conductor *c)
{
    if (c->replies_in_flight > 0 || c->server.held > 0)
        return false;
    for (int n = 0; n < c->spec->workers; n++) {
        if (!has_ended(&c->worker[c->last_to_end]))
            return false;
        c->last_to_end = (c->last_to_end + 1) % c->spec->workers;
    }
    return true;
}

/* The run lasts until the last reply has arrived, whether it says STOP or is an older one; with drain until
 * the last final push is in the model, and if the exchange is whole, until its last result has arrived. */
static bool is_over(struct conductor *c)
{
    if (c->drained || (engine_nothing_departs(c) && c->replies_in_flight == 0))
        return true;
    return engine_draining(c) && !c->whole && no_push_will_come(c);
}

static void check_bytes(const struct conductor *c)
{
    const struct totals *t = &c->totals;
    if (t->bytes_up > MOST_BYTES || t->bytes_down > MOST_BYTES)
        die(EXIT_USAGE, "%s: the run sends more bytes one way than are counted (2 EiB)",
            engine_name(c->spec));
}

/* ---- time ---- */

static vtime earlier(vtime a, vtime b)
{
    return a < b ? a : b;
}

static vtime next_due(struct conductor *c)
{
    struct event e;
    vtime t = engine_next_event(c, &e) ? e.at : VTIME_NEVER;
    c->exchange_due = exchange_due(c->exchange);
    return earlier(t, c->exchange_due);
}

/* The next ns in which something happens here. Whatever else changes in the network, the exchange plays by itself:
 * but not beyond the next event or the clock, since more may depart then. */
static vtime next_instant(struct conductor *c)
{
    for (;;) {
        struct event e;
        vtime event = engine_next_event(c, &e) ? e.at : VTIME_NEVER;
        vtime t = c->exchange_due;
        if (t >= event)
            return event;
        if (t > VTIME_LAST || (c->spec->pace == PACE_REAL && t > c->real_now))
            return t;
        if (exchange_play(c->exchange, t))
            return t;
        c->exchange_due = exchange_due(c->exchange);
    }
}

void conductor_report(struct conductor *c, int worker, int64_t iteration, double seconds, vtime at)
{
    struct sim_worker *w = &c->worker[worker];
    c->unplaced--;
    if (w->doing != COMPUTING || w->iterations.number != iteration) /* cancelled or cut meanwhile */
        return;
    if (c->spec->pace == PACE_REPORT)
        at = w->since + compute_measured(&c->spec->compute, seconds, worker, iteration, w->since);
    engine_post_decision(c, w, at > c->now ? at : c->now);
}

void conductor_clock(struct conductor *c, vtime now)
{
    c->real_now = now;
}

vtime conductor_due(struct conductor *c)
{
    return c->over ? VTIME_NEVER : next_due(c);
}

/* Nothing can be played before a worker has reported: any report may be the next event. */
static bool must_report(const struct conductor *c)
{
    return c->spec->pace == PACE_REPORT && c->unplaced > 0;
}

/* Nor before the real clock has come to `next`. */
static bool must_wait(const struct conductor *c, vtime next)
{
    if (c->spec->pace != PACE_REAL)
        return false;
    return next == VTIME_NEVER ? c->unplaced > 0 : next > c->real_now;
}

/* ---- one nanosecond ---- */

static bool fault_is_due(struct conductor *c)
{
    struct event e;
    return engine_next_event(c, &e) && e.at == c->now && e.kind <= LAST_FAULT;
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

static bool is_due(struct conductor *c, int kind)
{
    struct event e;
    return engine_next_event(c, &e) && e.at == c->now && e.kind == kind;
}

static struct sim_worker *next_worker(struct conductor *c)
{
    struct event e;
    queue_pop(c->queue, &e);
    return &c->worker[e.rank];
}

static void play_encoded(struct conductor *c)
{
    struct event e;
    queue_pop(c->queue, &e);
    engine_server_encoded(c);
}

static bool push_is_sent(struct conductor *c)
{
    int worker;
    int64_t number;
    if (c->serves || !exchange_take(c->exchange, EXCHANGE_SENT, c->now, &worker, &number))
        return false;
    if (!c->ordered)
        engine_server_push_is_sent(c, &c->worker[worker], number);
    return true;
}

static bool push_arrives(struct conductor *c)
{
    int worker;
    int64_t number;
    if (!exchange_take(c->exchange, EXCHANGE_PUSH, c->now, &worker, &number))
        return false;
    if (c->whole && number == ID_BUCKET) {
        engine_bucket_reduced(c, worker);
        return true;
    }
    struct sim_worker *w = &c->worker[worker];
    if (c->whole && engine_draining(c) && !engine_final_reduced(c, number))
        return true;
    if (!engine_faults_lose_push(c, w, number))
        engine_server_push_arrives(c, w);
    return true;
}

static bool reply_arrives(struct conductor *c)
{
    int worker;
    int64_t id;
    if (!exchange_take(c->exchange, EXCHANGE_REPLY, c->now, &worker, &id))
        return false;
    if (c->whole && id == ID_BUCKET)
        return true;
    if (c->whole && id == ID_NO_PUSH) {
        engine_final_result(c);
        return true;
    }
    struct sim_worker *w = &c->worker[worker];
    struct delivery *d = engine_delivery(w, id);
    if (engine_faults_lose_delivery(c, w, d))
        return true;
    d->here = true;
    engine_worker_arrivals(c, w);
    return true;
}

/* A push has been served. false: a result must be known first. */
static bool serve(struct conductor *c)
{
    struct event e;
    engine_next_event(c, &e);
    if (engine_awaits_result(c, &c->worker[e.rank]))
        return false;
    engine_server_serve(c, next_worker(c));
    return true;
}

/* What comes before pushes are served. *idle: nothing arrives, unless something departs before. false: broken off. */
static bool play_before_service(struct conductor *c, bool *idle)
{
    for (; !c->drained && fault_is_due(c); *idle = false) {
        if (engine_awaits_result(c, NULL)) {
            c->broken_off = BEFORE_FAULT;
            return false;
        }
        play_fault(c);
    }
    while (!c->drained && !*idle && push_is_sent(c))
        ;
    while (!c->drained && !*idle && push_arrives(c))
        ;
    for (; !c->drained && c->encodes && is_due(c, EVENT_ENCODED); *idle = false)
        play_encoded(c);
    return true;
}

/* Once through the steps of the nanosecond, from where it was broken off. false: it is broken off again. */
static bool play_steps(struct conductor *c)
{
    enum broken_off from = c->broken_off;
    bool idle = from == NOT_BROKEN_OFF && c->exchange_due > c->now;
    c->broken_off = NOT_BROKEN_OFF;
    if (from != BEFORE_SERVICE && !play_before_service(c, &idle))
        return false;
    for (; !c->drained && is_due(c, EVENT_SERVED); idle = false)
        if (!serve(c)) {
            c->broken_off = BEFORE_SERVICE;
            return false;
        }
    while (!c->drained && !idle && reply_arrives(c))
        ;
    while (!c->drained && c->spec->buckets && is_due(c, EVENT_BUCKET))
        engine_buckets_depart(c, next_worker(c));
    while (!c->drained && is_due(c, EVENT_DECISION))
        engine_worker_decide(c, next_worker(c));
    return true;
}

/* The next nanosecond begins. false: the conductor has to wait, or the run cannot go on. */
static bool begin_instant(struct conductor *c)
{
    if (must_report(c))
        return false;
    vtime t = next_instant(c);
    if (must_wait(c, t))
        return false;
    if (t == VTIME_NEVER) {
        engine_deadlock(c);
        return false;
    }
    assert(t >= c->now);
    if (t > VTIME_LAST)
        die(EXIT_USAGE, "%s: " VTIME_TOO_LONG, engine_name(c->spec));
    c->now = t;
    return true;
}

bool conductor_advance(struct conductor *c)
{
    if (c->over)
        return false;
    if (!c->started) {
        c->started = true;
        engine_server_evaluate(c);
    }
    if (c->broken_off == NOT_BROKEN_OFF && !begin_instant(c))
        return false;
    do
        if (!play_steps(c))
            return false;
    while (!c->drained && next_due(c) == c->now);
    check_bytes(c);
    if (is_over(c))
        finish(c);
    else if (engine_is_endless(c))
        return false;
    return true;
}
