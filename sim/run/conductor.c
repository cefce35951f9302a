#include "sim/run/conductor.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/run/player.h"
#include "sim/time/queue.h"

#define LAST_MOMENT ((vtime)1 << 61) /* a single duration is below 2^62 ns, so that no sum overflows */

enum { EVENT_SERVED, EVENT_DECISION }; /* kinds in the queue, in the order of one nanosecond */

struct held { /* a push that the PS has admitted and not yet combined */
    int worker;
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
    struct peer *peer; /* (workers) */
    bool *answer;      /* (workers) of the verdict */
    struct held *held; /* (server.held) */
    enum answers answers;
    float update_rate; /* of the newest model */
    int64_t evaluated; /* iterations in the model at the last evaluation */
    int64_t replies;   /* to everybody */
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
    c->peer = need(n * sizeof *c->peer);
    c->answer = need(n * sizeof *c->answer);
    c->answers = spec->alg->protocol(spec->params)->answers;
    c->server = (struct server_view){.workers = spec->workers, .params = spec->params, .peer = c->peer};
    c->server.control = need(spec->alg->control_size);
    c->up = net_create(&spec->up);
    c->down = net_create(&spec->down);
    c->queue = queue_create();
    for (int i = 0; i < spec->workers; i++) {
        player_open(&c->player[i], i, spec->params);
        queue_push(c->queue, &(struct event){.at = 0, .kind = EVENT_DECISION, .rank = i});
    }
    return c;
}

void conductor_destroy(struct conductor *c)
{
    if (!c)
        return;
    for (int i = 0; i < c->spec->workers; i++)
        player_close(&c->player[i]);
    queue_destroy(c->queue);
    net_destroy(c->up);
    net_destroy(c->down);
    free(c->server.control);
    free(c->held);
    free(c->peer);
    free(c->answer);
    free(c->player);
    free(c);
}

static bool draining(const struct conductor *c)
{
    const struct algorithm *alg = c->spec->alg;
    return c->stopping && alg->drain && alg->drain(c->spec->params);
}

/* From the update that ends the run on. */
static bool nothing_departs(const struct conductor *c)
{
    return c->stopping && !draining(c);
}

/* ---- a worker's turn ---- */

static void order(struct conductor *c, const struct player *p, enum order_op op, int64_t number)
{
    c->score.order(c->score.context, &(struct order){.op = op, .worker = p->view.id, .number = number});
}

static void write_rows(struct conductor *c, struct player *p)
{
    struct push push;
    int64_t number;
    while (player_settled(p, &push, &number))
        c->score.task(
            c->score.context,
            &(struct task){.op = TASK_ROW, .worker = p->view.id, .number = number, .row = push.row});
}

/* At its next decision, which is now. */
static void call(struct conductor *c, const struct player *p)
{
    queue_push(c->queue,
               &(struct event){.at = c->now, .kind = EVENT_DECISION, .rank = p->view.id, .id = p->turn});
}

/* An iteration that is complete is ordered once nothing can cancel it any more. */
static void issue(struct conductor *c, struct player *p)
{
    if (p->unissued)
        order(c, p, ORDER_STEP, p->iteration++);
    p->unissued = false;
}

/* Its iterations since the last push are forgotten; each keeps its number. */
static void cancel(struct player *p)
{
    p->iteration += p->unissued;
    p->unissued = p->wants_link = false;
    p->view.k = 0;
}

static void accept(struct conductor *c, struct player *p, const struct delivery *d)
{
    if (d->cancel)
        cancel(p);
    else
        issue(c, p);
    c->score.order(c->score.context, &(struct order){.op = ORDER_ACCEPT,
                                                     .worker = p->view.id,
                                                     .number = d->number,
                                                     .version = d->version,
                                                     .cancel = d->cancel,
                                                     .rates = d->rates});
    player_accept(p, d, c->now, c->spec->reply_bytes);
    write_rows(c, p);
}

static void send_push(struct conductor *c, struct player *p)
{
    assert(p->view.k > 0);
    issue(c, p);
    order(c, p, ORDER_PUSH, p->sent);
    net_depart(c->up, p->view.id, c->now, c->spec->push_bytes, p->sent);
    player_send(p, c->now, c->spec->push_bytes);
    c->totals.pushes++;
    c->totals.bytes_up += (int64_t)c->spec->push_bytes;
}

static void begin_step(struct conductor *c, struct player *p)
{
    issue(c, p);
    if (p->view.k == 0)
        p->base = p->view.version;
    player_turn(p, c->now, COMPUTING);
    p->begun++;
    vtime end = c->now + compute_duration(&c->spec->compute, p->view.id, p->iteration, c->now);
    queue_push(c->queue,
               &(struct event){.at = end, .kind = EVENT_DECISION, .rank = p->view.id, .id = p->turn});
}

/* A worker that has taken STOP: its last gradients are pushed once more, or dropped. */
static void stop(struct conductor *c, struct player *p)
{
    if (draining(c) && p->view.k > 0)
        send_push(c, p);
    player_turn(p, c->now, GONE);
}

/* Sends, then computes or waits. */
static void act(struct conductor *c, struct player *p)
{
    enum next next;
    while ((next = c->spec->alg->decide(&p->view)) == SEND) {
        p->wants_link = p->arrived < p->sent;
        if (p->wants_link || nothing_departs(c))
            return;
        send_push(c, p);
    }
    if (next == STEP)
        begin_step(c, p);
    else
        issue(c, p);
}

/* A boundary, or the arrival that a waiting worker waited for: accept, then act. */
static void decide(struct conductor *c, struct player *p)
{
    struct delivery d;
    if (p->doing == COMPUTING) {
        p->unissued = true;
        p->view.k++;
    }
    player_turn(p, c->now, WAITING);
    while (player_take(p, &d))
        accept(c, p, &d);
    if (p->told_to_stop)
        stop(c, p);
    else
        act(c, p);
}

/* ---- the PS's turn ---- */

static int by_rank(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* Asks for the numbers of a push: added to an update, or forgotten. */
static struct push *read_push(struct conductor *c, const struct held *h, enum task_op op)
{
    struct push *push = player_push(&c->player[h->worker], h->number);
    const struct algorithm *alg = c->spec->alg;
    push->read = true;
    push->header.staleness = push->row.staleness = c->server.version - push->header.base;
    float weight = alg->weight ? alg->weight(c->spec->params, &push->header) : 1.0f;
    c->score.task(
        c->score.context,
        &(struct task){
            .op = op, .worker = h->worker, .number = h->number, .k = push->header.k, .weight = weight});
    return push;
}

static void fold(struct conductor *c, const struct held *h)
{
    struct push *push = read_push(c, h, TASK_FOLD);
    push->row.round = c->server.version + 1;
    c->totals.iterations += push->header.k;
    push->settled = push->header.final; /* that one is never answered */
    write_rows(c, &c->player[h->worker]);
}

static void drop(struct conductor *c, const struct held *h)
{
    read_push(c, h, TASK_DROP)->settled = true;
    c->totals.dropped++;
    write_rows(c, &c->player[h->worker]);
}

/* All held pushes, in rank order, become the next model. */
static void update(struct conductor *c)
{
    c->update_rate = rates_at(c->spec, (double)c->totals.iterations, 0).rate;
    qsort(c->held, (size_t)c->server.held, sizeof *c->held, by_rank);
    for (int i = 0; i < c->server.held; i++)
        fold(c, &c->held[i]);
    c->server.held = 0;
    c->totals.rounds = ++c->server.version;
    c->score.task(c->score.context,
                  &(struct task){.op = TASK_UPDATE, .number = c->server.version, .rate = c->update_rate});
    c->stopping |= c->totals.iterations >= c->spec->iterations;
}

static void reply_to(struct conductor *c, int worker, const struct delivery *d)
{
    player_expect(&c->player[worker], d);
    c->peer[worker].unanswered = false;
    net_depart(c->down, worker, c->now, c->spec->reply_bytes, d->number);
    c->stops_under_way += d->stop;
    c->totals.replies++;
    c->totals.bytes_down += (int64_t)c->spec->reply_bytes;
}

static void send_reply(struct conductor *c, int worker, int64_t number)
{
    c->score.task(c->score.context, &(struct task){.op = TASK_REPLY, .worker = worker, .number = number});
}

/* To those whom the verdict names, or to everybody. */
static void reply(struct conductor *c, const struct verdict *v)
{
    struct delivery d = {.version = c->server.version,
                         .rates = rates_at(c->spec, (double)c->totals.iterations, c->update_rate),
                         .stop = c->stopping,
                         .cancel = v->cancel,
                         .depart = c->now,
                         .arrive = VTIME_NEVER};
    int answered = 0;
    for (int i = 0; i < c->spec->workers; i++)
        answered += v->answer[i];
    bool all = c->answers == ANSWER_ALL;
    assert(!all || answered == 0 || answered == c->spec->workers);
    if (all && answered)
        send_reply(c, -1, c->replies);
    for (int i = 0; i < c->spec->workers; i++) {
        if (!v->answer[i])
            continue;
        d.number = all ? c->replies : c->player[i].replies++;
        if (!all)
            send_reply(c, i, d.number);
        reply_to(c, i, &d);
    }
    c->replies += all && answered;
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

/* What of a worker's messages the end cuts: pushes are read and forgotten, replies as well. */
static void cut(struct conductor *c, struct player *p)
{
    struct delivery d;
    for (int64_t i = p->done; i < p->sent; i++) {
        struct push *push = player_push(p, i);
        if (!push->read)
            read_push(c, &(struct held){p->view.id, i}, TASK_DROP);
        c->totals.dropped += push->row.round == 0 && !push->settled;
        push->settled = true;
    }
    write_rows(c, p);
    while (fifo_take(&p->delivery, &d))
        order(c, p, ORDER_SKIP, d.number);
    if (p->under_way > 0)
        p->communication += c->now - p->busy_since;
}

/* Ends the run at this instant: whatever is unfinished is cut here, and everybody takes the last reply. */
static void finish(struct conductor *c)
{
    struct totals *t = &c->totals;
    struct delivery d;
    t->wasted = -t->iterations;
    for (int i = 0; i < c->spec->workers; i++) {
        struct player *p = &c->player[i];
        t->wasted += p->begun - (p->doing == COMPUTING && p->since == c->now);
        player_turn(p, c->now, GONE);
        while (player_take(p, &d))
            accept(c, p, &d);
        cut(c, p);
        assert(p->compute + p->waiting == c->now);
        t->compute += p->compute;
        t->waiting += p->waiting;
        t->communication += p->communication;
        order(c, p, ORDER_LEAVE, p->iteration);
    }
    t->virtual_ns = c->now;
    c->score.task(c->score.context, &(struct task){.op = TASK_END, .totals = *t});
    c->over = true;
}

static struct verdict judge(struct conductor *c, const struct held *h)
{
    struct verdict v = {.answer = c->answer};
    struct peer *peer = &c->peer[h->worker];
    memset(c->answer, 0, (size_t)c->spec->workers * sizeof *c->answer);
    peer->pushes++;
    peer->unanswered = true;
    c->held[c->server.held++] = *h;
    c->spec->alg->admit(&c->server, &player_push(&c->player[h->worker], h->number)->header, &v);
    return v;
}

/* A push has been served: the algorithm says what becomes of it. */
static void served(struct conductor *c, struct player *p)
{
    struct held h = {p->view.id, p->served++};
    if (nothing_departs(c)) {
        drop(c, &h);
        return;
    }
    bool final = player_push(p, h.number)->header.final;
    struct verdict v = judge(c, &h);
    if (v.drop) {
        c->server.held--;
        c->peer[h.worker].unanswered = false;
        drop(c, &h);
    } else if (v.combine) {
        update(c);
    }
    for (int i = 0; i < c->spec->workers && c->stopping; i++)
        v.answer[i] |= c->peer[i].unanswered;
    if (!final)
        reply(c, &v);
    if (!v.combine)
        return;
    bool last = final || nothing_departs(c);
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
    struct push *push = player_push(p, p->arrived++);
    player_link_free(p, c->now);
    push->row.arrive_ns = c->now;
    push->row.communication_ns += c->now - push->row.depart_ns;
    double seconds = c->spec->server_cost * (double)c->spec->push_bytes;
    vtime begin = c->server_free > c->now ? c->server_free : c->now;
    c->server_free = begin + vtime_from_seconds(seconds, 0);
    queue_push(c->queue, &(struct event){.at = c->server_free, .kind = EVENT_SERVED, .rank = worker});
    if (p->wants_link)
        call(c, p);
}

static void reply_arrived(struct conductor *c)
{
    int worker;
    int64_t number;
    net_take(c->down, &worker, &number);
    struct player *p = &c->player[worker];
    const struct delivery *d = player_arrived(p, c->now);
    c->stops_under_way -= d->stop;
    if (p->doing == COMPUTING && d->cancel) {
        player_turn(p, c->now, WAITING); /* the iteration ends here */
        p->iteration++;
    }
    if (p->doing == WAITING)
        call(c, p);
}

/* ---- the clock ---- */

/* The first event that still counts: a worker's decisions of earlier turns do not. */
static bool peek(const struct conductor *c, struct event *e)
{
    while (queue_peek(c->queue, e) && e->kind == EVENT_DECISION && e->id != c->player[e->rank].turn)
        queue_cancel(c->queue);
    return queue_peek(c->queue, e);
}

static bool due(const struct conductor *c, int kind)
{
    struct event e;
    return peek(c, &e) && e.at == c->now && e.kind == kind;
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
    vtime t = peek(c, &e) ? e.at : VTIME_NEVER;
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
    if (!c->over && nothing_departs(c) && c->stops_under_way == 0)
        finish(c);
    return true;
}
