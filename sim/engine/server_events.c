/* The PS with a push: the algorithm says what becomes of it. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/engine/conductor_internal.h"

static int by_rank(const void *a, const void *b)
{
    const struct held *x = a, *y = b;
    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

struct push *engine_server_read(struct conductor *c, const struct held *h, enum task_op op)
{
    struct push *push = sim_worker_push(&c->worker[h->worker], h->number);
    const struct algorithm *alg = c->spec->alg;
    push->read = true;
    push->header.staleness = push->row.staleness = c->server.version - push->header.base;
    float weight = alg->weight ? alg->weight(c->spec->params, &push->header) : 1.0f;
    c->sink.task(
        c->sink.context,
        &(struct task){
            .op = op, .worker = h->worker, .number = h->number, .k = push->header.k, .weight = weight});
    return push;
}

static void fold(struct conductor *c, const struct held *h)
{
    struct sim_worker *w = &c->worker[h->worker];
    struct push *push = engine_server_read(c, h, TASK_FOLD);
    push->row.round = c->server.version + 1;
    probe_fold(&c->probe, &push->row, c->now);
    c->totals.iterations += push->header.k;
    w->consumed += push->header.k;
    if (push->header.final) /* that one is never answered; others may have been already */
        sim_worker_settle(w, push);
    engine_worker_write_rows(c, w);
}

static void drop(struct conductor *c, const struct held *h)
{
    struct sim_worker *w = &c->worker[h->worker];
    sim_worker_settle(w, engine_server_read(c, h, TASK_DROP));
    c->totals.dropped++;
    engine_worker_write_rows(c, w);
}

/* All held pushes, in rank order, become the next model. */
static void update(struct conductor *c)
{
    c->update_rate = conductor_rates(c->spec, (double)c->totals.iterations, 0).rate;
    qsort(c->held, (size_t)c->server.held, sizeof *c->held, by_rank);
    for (int i = 0; i < c->server.held; i++)
        fold(c, &c->held[i]);
    c->server.held = 0;
    memset(&c->idle, 0, sizeof c->idle);
    c->totals.rounds = ++c->server.version;
    probe_update(&c->probe, c->server.version, c->now);
    c->sink.task(c->sink.context,
                 &(struct task){.op = TASK_UPDATE, .number = c->server.version, .rate = c->update_rate});
    engine_outage_checkpoint(c);
    c->stopping |= c->totals.iterations >= c->spec->iterations;
}

static void reply_to(struct conductor *c, int worker, const struct delivery *d)
{
    struct sim_worker *w = &c->worker[worker];
    uint64_t bytes = conductor_reply_bytes(c->spec, d->version);
    if (w->doing == AWAY) {
        engine_faults_skip_reply(c, w, d->number);
        sim_worker_link_busy(w, c->now);
        w->reply_bytes += (int64_t)bytes;
    } else {
        sim_worker_expect(w, d);
        c->replies_under_way++;
    }
    probe_reply_departs(&c->probe, worker, d, bytes);
    net_depart(c->down, worker, c->now, bytes, d->number);
    c->totals.replies++;
    c->totals.bytes_down += (int64_t)bytes;
}

static void send_reply(struct conductor *c, int worker, int64_t number)
{
    c->sink.task(c->sink.context, &(struct task){.op = TASK_REPLY, .worker = worker, .number = number});
}

/* To those whom the verdict names, or to everybody; not to one that is away. */
static void reply(struct conductor *c, const struct verdict *v)
{
    struct delivery d = {.version = c->server.version,
                         .rates = conductor_rates(c->spec, (double)c->totals.iterations, c->update_rate),
                         .stop = c->stopping,
                         .cancel = v->cancel,
                         .depart = c->now,
                         .arrive = VTIME_NEVER};
    int answered = 0;
    for (int i = 0; i < c->spec->workers; i++)
        answered += v->answer[i];
    bool all = c->protocol->answers == ANSWER_ALL;
    assert(!all || answered == 0 || answered == c->spec->workers);
    if (all && answered)
        send_reply(c, -1, c->replies);
    for (int i = 0; i < c->spec->workers; i++) {
        if (!v->answer[i])
            continue;
        c->peer[i].unanswered = false;
        if (c->peer[i].away) {
            if (all) /* it reads the one copy of it all the same */
                engine_faults_skip_reply(c, &c->worker[i], c->replies);
            continue;
        }
        d.number = all ? c->replies : c->worker[i].replies++;
        if (!all)
            send_reply(c, i, d.number);
        reply_to(c, i, &d);
    }
    c->replies += all && answered;
}

void engine_server_evaluate(struct conductor *c)
{
    c->evaluated = c->totals.iterations;
    c->sink.task(c->sink.context, &(struct task){.op = TASK_EVALUATE,
                                                 .eval = {.round = c->server.version,
                                                          .iterations = c->totals.iterations,
                                                          .epoch = (double)c->totals.iterations /
                                                                   c->spec->iterations_per_epoch,
                                                          .virtual_ns = c->now,
                                                          .bytes_up = c->totals.bytes_up,
                                                          .bytes_down = c->totals.bytes_down}});
}

static struct verdict no_verdict(const struct conductor *c)
{
    memset(c->answer, 0, (size_t)c->spec->workers * sizeof *c->answer);
    return (struct verdict){.answer = c->answer};
}

static struct verdict judge(struct conductor *c, const struct held *h)
{
    struct verdict v = no_verdict(c);
    struct peer *peer = &c->peer[h->worker];
    peer->pushes++;
    peer->unanswered = true;
    assert(c->server.held < c->spec->workers);
    c->held[c->server.held++] = *h;
    c->spec->alg->admit(&c->server, &sim_worker_push(&c->worker[h->worker], h->number)->header, &v);
    return v;
}

/* drains: the update that ends the run has been made, and this one is of the last pushes. */
static void carry_out(struct conductor *c, struct verdict *v, bool drains)
{
    if (v->combine)
        update(c);
    for (int i = 0; i < c->spec->workers && c->stopping; i++)
        v->answer[i] |= c->peer[i].unanswered;
    if (!drains)
        reply(c, v);
    if (!v->combine)
        return;
    bool last = drains || conductor_nothing_departs(c);
    if (last || c->totals.iterations / c->spec->eval_every > c->evaluated / c->spec->eval_every)
        engine_server_evaluate(c);
    c->drained |= drains;
}

/* The algorithm says what becomes of its oldest push. */
static void admit(struct conductor *c, struct sim_worker *w)
{
    struct held h = {w->view.id, w->served++};
    c->idle.served++;
    c->waiting--;
    if (conductor_nothing_departs(c) || sim_worker_push(w, h.number)->lost) {
        drop(c, &h);
        engine_faults_release(c, w, h.number);
        return;
    }
    bool drains = c->stopping;
    struct verdict v = judge(c, &h);
    if (v.drop) {
        c->server.held--;
        c->peer[h.worker].unanswered = v.combine = false;
        drop(c, &h);
        engine_faults_release(c, w, h.number);
    }
    carry_out(c, &v, drains);
}

/* Of a message that carries a part the number says which: so many updates must have been made before. Nobody crashes then. */
static bool is_early(const struct conductor *c, const struct sim_worker *w)
{
    return w->served > c->server.version && !conductor_nothing_departs(c);
}

/* Those who came too early and have their turn now, in rank order. */
static struct sim_worker *next_in_turn(const struct conductor *c)
{
    for (int i = 0; i < c->spec->workers; i++)
        if (c->worker[i].early > 0 && !is_early(c, &c->worker[i]))
            return &c->worker[i];
    return NULL;
}

void engine_server_serve(struct conductor *c, struct sim_worker *w)
{
    if (c->fragments == 1) {
        admit(c, w);
        return;
    }
    w->early++;
    while ((w = next_in_turn(c))) {
        w->early--;
        admit(c, w);
    }
}

void engine_server_reconsider(struct conductor *c)
{
    struct verdict v = no_verdict(c);
    void (*on_worker_down)(struct server_view *, struct verdict *) = alg_on_worker_down(c->spec->alg);
    if (!on_worker_down || conductor_nothing_departs(c))
        return;
    on_worker_down(&c->server, &v);
    assert(!v.drop && (!v.combine || c->server.held > 0));
    carry_out(c, &v, c->stopping);
}
