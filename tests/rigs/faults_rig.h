/* Faults in the control plane: what is watched while a run goes on, and what holds of every run, whatever
 * fails. Include after cmocka.h. */
#ifndef TESTS_RIGS_FAULTS_RIG_H
#define TESTS_RIGS_FAULTS_RIG_H

#include "tests/rigs/control_rig.h"

#define MODEL_BYTES 80000

/* ---- what is watched while the run goes on ---- */

static struct watch {
    struct seen *seen;
    bool down[RIG_WORKERS];     /* has crashed, without an order to fetch since */
    int64_t taken[RIG_WORKERS]; /* replies, accepted or skipped */
    int64_t fetched[RIG_WORKERS];
    int64_t fetches, given, crashes, backs, lost;
    vtime fault_at, back_at[RIG_WORKERS]; /* the last return */
    bool server_down;
    int64_t server_crashes, undone, keeps;
    struct model { /* what the PS has, and what it restarts from */
        int64_t iterations, consumed[RIG_WORKERS];
    } now, kept;
    int64_t every;
} watch;

static inline void watch_order(void *context, const struct order *o)
{
    struct watch *w = context;
    see_order(w->seen, o);
    if (o->op == ORDER_ACCEPT || o->op == ORDER_SKIP)
        assert_int_equal(o->number, w->taken[o->worker]++);
    if (o->op == ORDER_FETCH) {
        assert_int_equal(o->number, w->fetched[o->worker]++);
        assert_true(w->down[o->worker]);
        assert_true(w->fetches++ < w->given); /* its task came before */
        w->down[o->worker] = false;
    }
    if (o->op == ORDER_STEP || o->op == ORDER_PUSH || o->op == ORDER_ACCEPT)
        assert_false(w->down[o->worker]);
}

/* Iterations in the model, counted from the tasks alone. */
static inline void watch_model(struct watch *w, const struct task *t)
{
    if (t->op == TASK_FOLD) {
        w->now.iterations += t->k;
        w->now.consumed[t->worker] += t->k;
    } else if (t->op == TASK_RESTART_POINT) {
        assert_int_equal(t->number, w->seen->updates);
        assert_int_equal(t->number, ++w->keeps * w->every); /* none is left out */
        w->kept = w->now;
    } else if (t->op == TASK_RESTORE) {
        assert_int_equal(t->number, w->seen->updates);
        assert_int_equal(t->k, w->now.iterations - w->kept.iterations);
        assert_int_equal(w->keeps, t->number / w->every);
        w->undone += t->k;
        w->now = w->kept;
    } else if (t->op == TASK_EVALUATE) {
        assert_int_equal(t->eval.iterations, w->now.iterations);
        assert_int_equal(t->eval.round, w->seen->updates);
    } else if (t->op == TASK_TOTAL) {
        assert_int_equal(t->total.wasted, t->total.iterations - w->now.consumed[t->worker]);
    }
}

static inline void watch_server(struct watch *w, const struct task *t)
{
    bool works = t->op == TASK_FOLD || t->op == TASK_UPDATE || t->op == TASK_REPLY || t->op == TASK_FETCH ||
                 t->op == TASK_RESTART_POINT || t->op == TASK_EVALUATE || t->op == TASK_END;
    assert_false(works && w->server_down);
    if (t->op != TASK_FAULT || t->worker >= 0)
        return;
    assert_int_equal(t->fault.bytes, 0);
    assert_int_equal(t->fault.what, w->server_down ? FAULT_SERVER_BACK : FAULT_SERVER_CRASH);
    w->server_down = !w->server_down;
    w->server_crashes += w->server_down;
    for (int i = 0; i < RIG_WORKERS && w->server_down; i++)
        w->down[i] = true;
}

static inline void watch_task(void *context, const struct task *t)
{
    struct watch *w = context;
    see_task(w->seen, t);
    watch_model(w, t);
    watch_server(w, t);
    w->given += t->op == TASK_FETCH;
    if (t->op != TASK_FAULT)
        return;
    assert_true(t->fault.virtual_ns >= w->fault_at);
    w->fault_at = t->fault.virtual_ns;
    w->crashes += t->fault.what == FAULT_CRASH;
    w->backs += t->fault.what == FAULT_BACK;
    w->lost += t->fault.what == FAULT_PUSH_LOST || t->fault.what == FAULT_REPLY_LOST ||
               t->fault.what == FAULT_MODEL_LOST;
    if (t->fault.what == FAULT_CRASH)
        w->down[t->worker] = true;
    if (t->fault.what == FAULT_BACK)
        w->back_at[t->worker] = t->fault.virtual_ns;
}

/* ---- what holds of every run ---- */

static inline void all_adds_up(const struct scene *s)
{
    const struct seen *seen = &s->seen;
    const struct totals *t = &seen->totals;
    int64_t consumed = 0, dropped = 0, wasted = 0, begun = 0, crashes = 0;
    for (int i = 0; i < seen->rows; i++) {
        consumed += seen->row[i].round > 0 ? seen->row[i].k : 0;
        dropped += seen->row[i].round == 0;
    }
    for (int i = 0; i < s->spec.workers; i++) {
        const struct worker_total *w = &seen->total[i];
        assert_int_equal(w->compute_ns + w->waiting_ns + w->down_ns, t->virtual_ns);
        assert_true(w->communication_ns <= w->overlapped_ns + w->waiting_ns + w->down_ns);
        wasted += w->wasted;
        begun += w->iterations;
        crashes += w->crashes;
    }
    assert_int_equal(begun, consumed - t->faults.undone + wasted);
    assert_int_equal(t->iterations, consumed - t->faults.undone);
    assert_int_equal(t->faults.undone, watch.undone);
    assert_int_equal(t->faults.server_crashes, watch.server_crashes);
    assert_int_equal(t->faults.crashes, crashes);
    assert_int_equal(t->wasted, wasted);
    assert_int_equal(t->dropped, dropped);
    assert_int_equal(seen->drops, dropped);
    assert_int_equal(t->pushes, seen->rows);
    assert_int_equal(t->rounds, seen->updates);
    assert_true(t->iterations >= s->spec.iterations);
    assert_int_equal(t->bytes_up, t->pushes * (int64_t)s->spec.push_bytes + t->faults.bytes_resent_up);
    assert_int_equal(t->bytes_down, t->replies * (int64_t)s->spec.reply_bytes + t->faults.bytes_fetched +
                                        t->faults.bytes_resent_down);
    assert_int_equal(t->faults.bytes_fetched, t->faults.fetches * MODEL_BYTES);
    assert_int_equal(t->faults.crashes, watch.crashes);
    assert_int_equal(t->faults.fetches, watch.backs);
    assert_int_equal(t->faults.lost, watch.lost);
}

static inline struct seen *act(struct scene *s, const char *algorithm)
{
    struct seen *seen = &s->seen;
    memset(seen, 0, sizeof *seen);
    memset(&watch, 0, sizeof watch);
    watch.seen = seen;
    watch.every = s->spec.faults.server_checkpoint_every;
    s->spec.alg = named(algorithm);
    if (!s->spec.params)
        s->spec.params = &s->params;
    s->spec.model_bytes = MODEL_BYTES;
    struct conductor *c = conductor_create(&s->spec, &(struct order_sink){watch_order, watch_task, &watch});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    all_adds_up(s);
    return seen;
}

/* ---- scenes ---- */

/* Messages take 1 ms each way; worker 1 crashes at `at`. */
static inline struct scene *crash_scene(int workers, int64_t iterations, vtime at, vtime down)
{
    static const int worker[] = {1};
    static vtime when[1];
    struct scene *s = scene(workers, iterations);
    when[0] = at;
    for (int i = 0; i < workers; i++)
        s->latency_up[i] = s->latency_down[i] = MS;
    s->spec.faults = (struct faults_spec){
        .crashes = 1, .crash_at = when, .crash_worker = worker, .down_time = down, .seed = 1};
    return s;
}

#endif
