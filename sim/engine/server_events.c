/* The PS with a push:
 *
 *   through the link --> served, one push after the other --> admitted: the algorithm's verdict
 *                                                               |-- drop: read and forgotten
 *                                                               |-- combine: all held pushes become an update
 *                                                               `-- answer: replies depart (server_replies.c)
 *
 * A verdict is carried out in this order, because a reply brings the model that the update has made. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/conductor_internal.h"

/* ---- arrival ---- */

static void begin_service(struct conductor *c, const struct waiting_push *p)
{
    vtime begin = vtime_service(c->free_at, c->now);
    c->free_at = begin + p->service;
    if (!p->passes)
        probe_service(&c->probe, p->worker, begin, c->free_at, c->server.version);
    engine_post_served(c, &c->worker[p->worker], c->free_at);
}

/* Where the PS encodes replies, which goes before the service of pushes that wait. */
static void serve_next(struct conductor *c)
{
    struct waiting_push next;
    if (c->serving || c->encodings.count > 0 || !fifo_take(&c->unserved, &next))
        return;
    c->serving = true;
    begin_service(c, &next);
}

/* A queue with one server: the service of a push begins when the one before it is through, which is known before if
 * nothing comes in between. */
static void queue_service(struct conductor *c, const struct waiting_push *p)
{
    if (!c->encodes) {
        begin_service(c, p);
        return;
    }
    fifo_put(&c->unserved, p);
    serve_next(c);
}

void engine_server_pass(struct conductor *c, struct sim_worker *w)
{
    queue_service(c, &(struct waiting_push){.worker = w->view.id, .passes = true});
}

void engine_server_encoded(struct conductor *c)
{
    engine_server_encoded_replies(c);
    serve_next(c);
}

/* All of the push is there, but for its service. */
static void arrive(struct conductor *c, struct sim_worker *w, struct push *push)
{
    if (!c->whole)
        sim_worker_push_through(w, push, c->now);
    push->row.arrive_ns = c->now;
    probe_push_arrives(&c->probe, w->view.id, c->now);
    engine_push_waits(c, w);
}

static void free_link(struct conductor *c, struct sim_worker *w)
{
    if (w->wants_link)
        engine_post_wake(c, w);
}

/* The push of a whole exchange arrives with the update. */
void engine_server_push_is_sent(struct conductor *c, struct sim_worker *w, int64_t number)
{
    if (!c->whole)
        arrive(c, w, push_queue_at(&w->pushes, number));
    w->link.through = number + 1;
    free_link(c, w);
}

/* Pushes that arrive in one nanosecond come here in rank order. */
void engine_server_push_arrives(struct conductor *c, struct sim_worker *w)
{
    struct push *push = push_queue_arrive(&w->pushes);
    if (c->whole || push->row.number >= w->link.through)
        arrive(c, w, push);
    if (c->serves)
        queue_service(c, &(struct waiting_push){.worker = w->view.id,
                                                .service = engine_service(c->spec, push->row.number)});
    else
        engine_post_served(c, w, c->now);
    free_link(c, w);
}

/* ---- update ---- */

static int by_rank(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

static float weight_of(const struct conductor *c, const struct push *push)
{
    const struct algorithm *alg = c->spec->alg;
    return alg->weight ? alg->weight(c->spec->params, &push->header) : 1.0f;
}

struct push *engine_server_read(struct conductor *c, const struct held *h, enum task_op op)
{
    struct push *push = push_queue_at(&c->worker[h->worker].pushes, h->number);
    push->read = true;
    push->header.staleness = push->row.staleness = c->server.version - push->header.base;
    engine_task(c, &(struct task){.op = op,
                                  .worker = h->worker,
                                  .number = h->number,
                                  .k = push->header.k,
                                  .weight = c->protocol->weighs_rate ? 1.0f : weight_of(c, push)});
    return push;
}

/* Returns the push's weight. */
static float fold(struct conductor *c, const struct held *h)
{
    struct sim_worker *w = &c->worker[h->worker];
    struct push *push = engine_server_read(c, h, TASK_FOLD);
    float weight = weight_of(c, push);
    push->row.round = c->server.version + 1;
    probe_fold(&c->probe, &push->row, c->now);
    c->totals.iterations += push->header.k;
    sim_worker_include(w, h->number, push->header.k);
    if (push->header.final) /* that one is never answered; others may have been already */
        sim_worker_settle(w, push);
    engine_write_rows(c, w);
    return weight;
}

static void drop(struct conductor *c, const struct held *h)
{
    struct sim_worker *w = &c->worker[h->worker];
    struct push *push = engine_server_read(c, h, TASK_DROP);
    sim_worker_settle(w, push);
    sim_worker_lose(w, h->number, push->header.k);
    c->totals.dropped++;
    engine_write_rows(c, w);
}

/* A whole step of the model has been made. */
static void end_step(struct conductor *c)
{
    bool complete = engine_has_iterations(c), used = engine_has_used_budget(c);
    c->place = engine_place(c);
    c->totals.at_once |= used && !complete && c->server.version == c->exchanges;
    c->stopping |= complete || used || engine_is_past_target(c);
}

/* The sum of floats depends on its order: rank order makes it a function of what is held, not of the order of
 * arrival. */
static void update(struct conductor *c)
{
    double before = c->place;
    c->update_rate = engine_rate(c->spec, before);
    qsort(c->held, (size_t)c->server.held, sizeof *c->held, by_rank);
    float weights = 0;
    for (int i = 0; i < c->server.held; i++)
        weights += fold(c, &c->held[i]);
    if (c->protocol->weighs_rate)
        c->update_rate *= weights / (float)c->server.held;
    c->server.held = 0;
    memset(&c->since_update, 0, sizeof c->since_update);
    c->totals.rounds = ++c->server.version;
    probe_update(&c->probe, c->server.version, c->now);
    engine_task(c, &(struct task){.op = TASK_UPDATE,
                                  .number = c->server.version,
                                  .rate = c->update_rate,
                                  .progress = engine_progress(c->spec, before)});
    if (c->server.version % c->exchanges == 0)
        end_step(c);
    engine_restart_point_write(c);
    if (engine_nothing_departs(c))
        exchange_stop(c->exchange);
}

/* ---- verdicts ---- */

/* A worker that is down has no model, and one that is back has none before the PS's model arrives. The iteration
 * that an order is held back for is not in its model yet: a reply may still cancel it. */
static int64_t order_comparisons(struct conductor *c)
{
    int64_t workers = 0;
    for (int i = 0; i < c->spec->workers; i++) {
        const struct sim_worker *w = &c->worker[i];
        if (w->doing == DOWN || w->crash.fetching)
            continue;
        struct order compare = engine_order_of(w, ORDER_COMPARE, c->evaluations);
        compare.version = c->server.version;
        c->sink.order(c->sink.context, &compare);
        workers++;
    }
    return workers;
}

void engine_server_evaluate(struct conductor *c)
{
    int64_t compared = c->spec->compares ? order_comparisons(c) : 0;
    c->evaluated = c->totals.iterations;
    engine_task(c,
                &(struct task){.op = TASK_EVALUATE,
                               .number = c->evaluations++,
                               .k = compared,
                               .eval = {.round = c->server.version,
                                        .iterations = c->totals.iterations,
                                        .epoch = (double)c->totals.iterations / c->spec->iterations_per_epoch,
                                        .virtual_ns = c->now,
                                        .bytes_up = c->totals.bytes_up,
                                        .bytes_down = c->totals.bytes_down}});
}

static struct verdict no_verdict(struct conductor *c)
{
    struct answer_list *a = &c->answer;
    while (a->n > 0)
        a->listed[a->worker[--a->n]] = false;
    return (struct verdict){.answer = a};
}

static struct verdict judge(struct conductor *c, const struct held *h)
{
    struct verdict v = no_verdict(c);
    peers_serve(&c->peers, h->worker);
    assert(c->server.held < c->spec->workers);
    c->held[c->server.held++] = *h;
    c->spec->alg->admit(&c->server, &push_queue_at(&c->worker[h->worker].pushes, h->number)->header, &v);
    return v;
}

/* drains: the update that ends the run has been made, and this one is of the last pushes. */
static void carry_out(struct conductor *c, struct verdict *v, bool drains)
{
    if (v->combine)
        update(c);
    if (c->stopping && !drains) /* each worker that waits is told to stop */
        alg_answer_waiting(&c->server, v);
    if (!drains)
        engine_server_reply(c, v);
    if (!v->combine)
        return;
    bool last = drains || engine_nothing_departs(c);
    if (last || engine_evaluation_is_due(c, c->totals.iterations))
        engine_server_evaluate(c);
    c->drained |= drains && !c->whole; /* a whole exchange has a result for every worker first */
}

/* The worker may have been waiting for a reply to the push that is dropped here. */
static void drop_and_release(struct conductor *c, struct sim_worker *w, const struct held *h)
{
    drop(c, h);
    if (sim_worker_push_is_void(w, h->number) && w->doing == WAITING)
        engine_post_wake(c, w);
}

static void admit(struct conductor *c, struct sim_worker *w)
{
    struct held h = {w->view.id, push_queue_serve(&w->pushes)};
    c->since_update.served++;
    c->waiting--;
    if (engine_nothing_departs(c) || push_queue_at(&w->pushes, h.number)->lost) {
        drop_and_release(c, w, &h);
        return;
    }
    bool drains = c->stopping;
    struct verdict v = judge(c, &h);
    if (v.drop) {
        assert(c->protocol->drops_pushes);
        c->server.held--;
        peers_settle(&c->peers, h.worker);
        v.combine = false;
        w->dropped = sim_worker_sent_last(w, h.number);
        drop_and_release(c, w, &h);
    }
    carry_out(c, &v, drains);
}

/* ---- fragments come in turns ---- */

/* Push number i carries fragment i mod fragments. The update of fragment i needs push i of every worker, so a
 * push numbered i waits until i updates have been made. Workers do not crash where messages have
 * fragments. */
static bool is_early(const struct conductor *c, const struct sim_worker *w)
{
    return w->pushes.served > c->server.version && !engine_nothing_departs(c);
}

static bool is_due(const struct conductor *c, const struct sim_worker *w)
{
    return w->pushes.early > 0 && !is_early(c, w);
}

static void let_in(struct conductor *c, struct sim_worker *w)
{
    push_queue_let_through(&w->pushes);
    admit(c, w);
}

/* An update has been made that others have waited for: always the first of them in rank order is next. */
static void take_turns(struct conductor *c)
{
    for (int i = 0; i < c->spec->workers;) {
        int64_t version = c->server.version;
        if (is_due(c, &c->worker[i]))
            let_in(c, &c->worker[i]);
        else
            i++;
        if (c->server.version != version)
            i = 0;
    }
    c->turn = c->server.version;
}

/* Without an update since the last look at all workers, no other push than this worker's can be due. At most one update
 * comes of it: the next one needs a later push of this worker. */
static void admit_in_turn(struct conductor *c, struct sim_worker *w)
{
    push_queue_hold_back(&w->pushes);
    while (c->turn == c->server.version && is_due(c, w))
        let_in(c, w);
    if (c->turn != c->server.version)
        take_turns(c);
}

void engine_server_serve(struct conductor *c, struct sim_worker *w)
{
    c->serving = false;
    if (c->fragments == 1)
        admit(c, w);
    else
        admit_in_turn(c, w);
    serve_next(c);
}

/* ---- what faults do to the PS ---- */

void engine_server_reconsider(struct conductor *c)
{
    struct verdict v = no_verdict(c);
    void (*on_worker_down)(struct server_view *, struct verdict *) = alg_on_worker_down(c->spec->alg);
    if (!on_worker_down || engine_nothing_departs(c))
        return;
    on_worker_down(&c->server, &v);
    assert(!v.drop && (!v.combine || c->server.held > 0));
    carry_out(c, &v, c->stopping);
}

void engine_server_forget(struct conductor *c)
{
    peers_forget(&c->peers);
    c->server.held = 0;
    c->waiting = 0;
    c->serving = false;
    fifo_clear(&c->unserved);
    fifo_clear(&c->encodings);
    memset(c->server.control, 0, c->spec->alg->control_size);
}
