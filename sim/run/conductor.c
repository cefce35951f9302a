#include "sim/run/conductor.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/run/player.h"
#include "sim/time/queue.h"

#define LAST_MOMENT ((vtime)1 << 61) /* a single duration is below 2^62 ns, so that no sum overflows */

enum { EVENT_SERVED, EVENT_DECISION }; /* kinds in the queue, in the order of one nanosecond */

struct held { /* a push that the PS has admitted and not yet combined */
    struct push_header header;
    int64_t number;
};

struct conductor {
    const struct conductor_spec *spec;
    struct score score;
    struct player *player; /* (workers) */
    struct network *up, *down;
    struct queue *queue;
    vtime now;
    vtime server_free; /* when the PS has served everything that has arrived */

    struct server_view server;
    struct held *held; /* (server.held) */
    int64_t evaluated; /* iterations in the model at the last evaluation */
    int stops_under_way;
    bool stopping, started, over;
    struct totals totals;
};

static struct rates rates_at(const struct conductor_spec *spec, double done, float update_rate)
{
    double total = (double)spec->iterations, rate = schedule_at(&spec->rate, done, total);
    double multiple = spec->alg->compensation ? spec->alg->compensation(spec->params, done, total) : 0;
    return (struct rates){(float)rate, (float)(multiple * rate), update_rate};
}

struct rates conductor_first_rates(const struct conductor_spec *spec)
{
    return rates_at(spec, 0, 0);
}

struct conductor *conductor_create(const struct conductor_spec *spec, const struct score *score)
{
    struct conductor *c = need(sizeof *c);
    size_t n = (size_t)spec->workers;
    c->spec = spec;
    c->score = *score;
    c->player = need(n * sizeof *c->player);
    c->held = need(n * sizeof *c->held);
    c->server = (struct server_view){.workers = spec->workers, .params = spec->params};
    c->server.control = need(spec->alg->control_size);
    c->up = net_create(&spec->up);
    c->down = net_create(&spec->down);
    c->queue = queue_create();
    for (int i = 0; i < spec->workers; i++) {
        c->player[i].view = (struct worker_view){.id = i, .params = spec->params};
        c->player[i].doing = WAITING;
        queue_push(c->queue, &(struct event){.at = 0, .kind = EVENT_DECISION, .rank = i});
    }
    return c;
}

void conductor_destroy(struct conductor *c)
{
    if (!c)
        return;
    queue_destroy(c->queue);
    net_destroy(c->up);
    net_destroy(c->down);
    free(c->server.control);
    free(c->held);
    free(c->player);
    free(c);
}

/* ---- a worker's turn ---- */

static void order(struct conductor *c, const struct player *p, enum order_op op, int64_t number)
{
    c->score.order(c->score.context, &(struct order){.op = op, .worker = p->view.id, .number = number});
}

static void write_row(struct conductor *c, const struct push_row *row)
{
    c->score.task(c->score.context, &(struct task){.op = TASK_ROW, .worker = row->worker, .row = *row});
}

static void accept(struct conductor *c, struct player *p, const struct delivery *d)
{
    p->view.version = d->version;
    p->view.inflight = false;
    p->told_to_stop |= d->stop;
    c->score.order(c->score.context, &(struct order){.op = ORDER_ACCEPT,
                                                     .worker = p->view.id,
                                                     .number = d->number,
                                                     .version = d->version,
                                                     .rates = d->rates});
    p->row.reply_ns = d->arrive;
    p->row.accept_ns = c->now;
    p->row.communication_ns += d->arrive - d->depart;
    p->row.bytes_down = (int64_t)c->spec->reply_bytes;
    write_row(c, &p->row);
}

static void send_push(struct conductor *c, struct player *p)
{
    assert(p->view.k > 0 && !p->view.inflight);
    order(c, p, ORDER_PUSH, p->pushes);
    p->row = (struct push_row){.worker = p->view.id,
                               .k = p->view.k,
                               .depart_ns = c->now,
                               .reply_ns = -1,
                               .accept_ns = -1,
                               .compute_ns = p->compute - p->compute_pushed,
                               .waiting_ns = p->waiting - p->waiting_pushed,
                               .bytes_up = (int64_t)c->spec->push_bytes};
    p->compute_pushed = p->compute;
    p->waiting_pushed = p->waiting;
    p->sent = (struct push_header){p->view.id, p->view.k, p->base, p->told_to_stop};
    p->view.k = 0;
    p->view.inflight = true;
    net_depart(c->up, p->view.id, c->now, c->spec->push_bytes, p->pushes++);
    player_link_busy(p, c->now);
    c->totals.pushes++;
    c->totals.bytes_up += (int64_t)c->spec->push_bytes;
}

static void begin_step(struct conductor *c, struct player *p)
{
    if (p->view.k == 0)
        p->base = p->view.version;
    player_turn(p, c->now, COMPUTING);
    vtime end = c->now + compute_duration(&c->spec->compute, p->view.id, p->iteration);
    queue_push(c->queue, &(struct event){.at = end, .kind = EVENT_DECISION, .rank = p->view.id});
}

/* A worker that has taken STOP: its last gradients are pushed once more, or dropped. */
static void stop(struct conductor *c, struct player *p)
{
    const struct algorithm *alg = c->spec->alg;
    if (alg->drain && alg->drain(c->spec->params) && p->view.k > 0)
        send_push(c, p);
    player_turn(p, c->now, GONE);
}

/* A boundary, or the arrival that a waiting worker waited for: accept, then send, compute or wait. */
static void decide(struct conductor *c, struct player *p)
{
    struct delivery d;
    if (p->doing == COMPUTING) {
        order(c, p, ORDER_STEP, p->iteration++);
        p->view.k++;
    }
    player_turn(p, c->now, WAITING);
    while (player_take(p, c->now, &d))
        accept(c, p, &d);
    if (p->told_to_stop) {
        stop(c, p);
        return;
    }
    enum next next;
    while ((next = c->spec->alg->decide(&p->view)) == SEND)
        send_push(c, p);
    if (next == STEP)
        begin_step(c, p);
}

/* ---- the PS's turn ---- */

static int by_rank(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    if (x->header.worker != y->header.worker)
        return x->header.worker < y->header.worker ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static void fold(struct conductor *c, const struct held *h)
{
    const struct algorithm *alg = c->spec->alg;
    struct push_row *row = &c->player[h->header.worker].row;
    float weight = alg->weight ? alg->weight(c->spec->params, &h->header) : 1.0f;
    row->round = c->server.version + 1;
    row->staleness = c->server.version - h->header.base;
    c->totals.iterations += h->header.k;
    c->score.task(c->score.context, &(struct task){.op = TASK_FOLD,
                                                   .worker = h->header.worker,
                                                   .number = h->number,
                                                   .k = h->header.k,
                                                   .weight = weight});
    if (h->header.final) /* never answered: its row is complete */
        write_row(c, row);
}

/* All held pushes, in rank order, become the next model. Returns the rate of the update. */
static float update(struct conductor *c)
{
    float rate = rates_at(c->spec, (double)c->totals.iterations, 0).rate;
    qsort(c->held, (size_t)c->server.held, sizeof *c->held, by_rank);
    for (int i = 0; i < c->server.held; i++)
        fold(c, &c->held[i]);
    c->server.held = 0;
    c->totals.rounds = ++c->server.version;
    c->score.task(c->score.context,
                  &(struct task){.op = TASK_UPDATE, .number = c->server.version, .rate = rate});
    return rate;
}

static void reply_to(struct conductor *c, struct player *p, struct rates rates)
{
    struct delivery d = {.number = c->totals.replies,
                         .version = c->server.version,
                         .rates = rates,
                         .stop = c->stopping,
                         .depart = c->now,
                         .arrive = VTIME_NEVER};
    player_expect(p, &d);
    player_link_busy(p, c->now);
    net_depart(c->down, p->view.id, c->now, c->spec->reply_bytes, d.number);
    c->stops_under_way += c->stopping;
    c->totals.bytes_down += (int64_t)c->spec->reply_bytes;
}

static void reply(struct conductor *c, float update_rate)
{
    struct rates rates = rates_at(c->spec, (double)c->totals.iterations, update_rate);
    c->score.task(c->score.context, &(struct task){.op = TASK_REPLY, .number = c->totals.replies});
    for (int i = 0; i < c->spec->workers; i++)
        reply_to(c, &c->player[i], rates);
    c->totals.replies++;
}

static void evaluate(struct conductor *c)
{
    c->evaluated = c->totals.iterations;
    c->score.task(c->score.context, &(struct task){.op = TASK_EVALUATE,
                                                   .eval = {.round = c->server.version,
                                                            .iterations = c->totals.iterations,
                                                            .epoch = (double)c->totals.iterations /
                                                                     c->spec->iterations_per_epoch,
                                                            .virtual_ns = c->now,
                                                            .bytes_up = c->totals.bytes_up,
                                                            .bytes_down = c->totals.bytes_down}});
}

/* Ends the run at this instant: whatever is unfinished is cut here, and everybody takes the last reply. */
static void finish(struct conductor *c)
{
    struct totals *t = &c->totals;
    struct delivery d;
    for (int i = 0; i < c->spec->workers; i++) {
        struct player *p = &c->player[i];
        t->wasted += p->view.k + (p->doing == COMPUTING && p->since < c->now);
        player_turn(p, c->now, GONE);
        while (player_take(p, c->now, &d))
            accept(c, p, &d);
        assert(p->deliveries == 0 && p->compute + p->waiting == c->now);
        t->compute += p->compute;
        t->waiting += p->waiting;
        t->communication += p->communication;
        order(c, p, ORDER_LEAVE, p->iteration);
    }
    t->virtual_ns = c->now;
    c->score.task(c->score.context, &(struct task){.op = TASK_END, .totals = *t});
    c->over = true;
}

static bool draining(const struct conductor *c)
{
    const struct algorithm *alg = c->spec->alg;
    return c->stopping && alg->drain && alg->drain(c->spec->params);
}

/* A push has been served: the algorithm says what becomes of it. */
static void served(struct conductor *c, const struct player *p)
{
    struct verdict v = {0};
    bool final = p->sent.final;
    c->held[c->server.held++] = (struct held){p->sent, p->pushes - 1};
    c->spec->alg->admit(&c->server, &p->sent, &v);
    assert(v.combine == v.answer_all); /* a barrier is all that has been needed so far */
    if (!v.combine)
        return;
    float rate = update(c);
    c->stopping |= c->totals.iterations >= c->spec->iterations;
    if (!final)
        reply(c, rate);
    bool last = final || (c->stopping && !draining(c));
    if (last || c->totals.iterations / c->spec->eval_every > c->evaluated / c->spec->eval_every)
        evaluate(c);
    if (final)
        finish(c);
}

/* The PS serves one push after the other, in (arrival, rank) order. */
static void push_arrived(struct conductor *c)
{
    int worker;
    int64_t number;
    net_take(c->up, &worker, &number);
    struct player *p = &c->player[worker];
    player_link_free(p, c->now);
    p->row.arrive_ns = c->now;
    p->row.communication_ns += c->now - p->row.depart_ns;
    double seconds = c->spec->server_cost * (double)c->spec->push_bytes;
    vtime begin = c->server_free > c->now ? c->server_free : c->now;
    c->server_free = begin + vtime_from_seconds(seconds, 0);
    queue_push(c->queue, &(struct event){.at = c->server_free, .kind = EVENT_SERVED, .rank = worker});
}

static void reply_arrived(struct conductor *c)
{
    int worker;
    int64_t number;
    net_take(c->down, &worker, &number);
    struct player *p = &c->player[worker];
    player_link_free(p, c->now);
    player_arrived(p, c->now);
    c->stops_under_way -= c->stopping;
    if (p->doing == WAITING)
        queue_push(c->queue, &(struct event){.at = c->now, .kind = EVENT_DECISION, .rank = worker});
}

/* ---- the clock ---- */

static bool due(const struct conductor *c, int kind)
{
    struct event e;
    return queue_peek(c->queue, &e) && e.at == c->now && e.kind == kind;
}

static struct player *next_player(struct conductor *c)
{
    struct event e;
    queue_pop(c->queue, &e);
    return &c->player[e.rank];
}

static vtime next_instant(const struct conductor *c)
{
    struct event e;
    vtime t = queue_peek(c->queue, &e) ? e.at : VTIME_NEVER;
    vtime up = net_next(c->up), down = net_next(c->down);
    t = up < t ? up : t;
    return down < t ? down : t;
}

static _Noreturn void deadlock(const struct conductor *c)
{
    for (int i = 0; i < c->spec->workers; i++) {
        const struct player *p = &c->player[i];
        fprintf(stderr,
                "  worker %d: waits since %.9f s with %" PRId64 " iterations, push %s, model version %" PRId64
                "\n",
                i, (double)p->since / NS_PER_S, p->view.k, p->view.inflight ? "unanswered" : "not sent",
                p->view.version);
    }
    die(EXIT_STUCK, "deadlock at %.9f virtual seconds: everybody waits, the PS holds %d of %d pushes",
        (double)c->now / NS_PER_S, c->server.held, c->spec->workers);
}

bool conductor_advance(struct conductor *c)
{
    if (c->over)
        return false;
    if (!c->started) {
        c->started = true;
        evaluate(c);
    }
    vtime t = next_instant(c);
    if (t == VTIME_NEVER)
        deadlock(c);
    assert(t >= c->now);
    if (t > LAST_MOMENT)
        die(EXIT_USAGE, "the run is longer than the virtual clock holds (73 years)");
    c->now = t;
    do {
        while (net_next(c->up) == t)
            push_arrived(c);
        while (!c->over && due(c, EVENT_SERVED))
            served(c, next_player(c));
        while (!c->over && net_next(c->down) == t)
            reply_arrived(c);
        while (!c->over && due(c, EVENT_DECISION))
            decide(c, next_player(c));
    } while (!c->over && next_instant(c) == t);
    if (!c->over && c->stopping && !draining(c) && c->stops_under_way == 0)
        finish(c);
    return true;
}
