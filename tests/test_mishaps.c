/* Faults of the cluster, as the conductor plays them: times by hand, and what holds of every run whatever fails. An
 * iteration takes 1 ms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "control_rig.h"
#include "params.h"

#define MODEL_BYTES 80000

/* ---- what is watched while the run goes on ---- */

static struct watch {
    struct seen *seen;
    bool down[RIG_WORKERS];     /* has crashed, and not been told to fetch */
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

static void watch_order(void *context, const struct order *o)
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

/* Iterations in the model, told from the tasks alone. */
static void watch_model(struct watch *w, const struct task *t)
{
    if (t->op == TASK_FOLD) {
        w->now.iterations += t->k;
        w->now.consumed[t->worker] += t->k;
    } else if (t->op == TASK_KEEP) {
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

static void watch_server(struct watch *w, const struct task *t)
{
    bool works = t->op == TASK_FOLD || t->op == TASK_UPDATE || t->op == TASK_REPLY || t->op == TASK_FETCH ||
                 t->op == TASK_KEEP || t->op == TASK_EVALUATE || t->op == TASK_END;
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

static void watch_task(void *context, const struct task *t)
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

static void all_adds_up(const struct scene *s)
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

static struct seen *act(struct scene *s, const char *algorithm)
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
    struct conductor *c = conductor_create(&s->spec, &(struct score){watch_order, watch_task, &watch});
    while (conductor_advance(c))
        ;
    conductor_destroy(c);
    all_adds_up(s);
    return seen;
}

/* ---- by hand ---- */

/* Messages take 1 ms each way; worker 1 crashes at `at`. */
static struct scene *crash_scene(int workers, int64_t iterations, vtime at, vtime down)
{
    static const int who[] = {1};
    static vtime when[1];
    struct scene *s = scene(workers, iterations);
    when[0] = at;
    for (int i = 0; i < workers; i++)
        s->latency_up[i] = s->latency_down[i] = MS;
    s->spec.faults = (struct faults_spec){
        .crashes = 1, .crash_at = when, .crash_worker = who, .down_time = down, .seed = 1};
    return s;
}

/* Its push has left at 1 ms, and comes behind worker 0's, which makes round 1 at 2 ms alone, as nobody else is there: it
 * counts in round 2, at 5 ms. Back at 6.5 ms, with the model
 * at 7.5, its push there at 9.5: rounds of both at 9.5, 12.5 and 15.5 ms. */
static void a_barrier_shrinks_and_grows(void **state)
{
    (void)state;
    static const vtime rounds[] = {0, 2000000, 5000000, 9500000, 12500000, 15500000};
    struct scene *s = crash_scene(2, 8, 1500000, 5 * MS);
    struct seen *seen = act(s, "bsp");
    assert_int_equal(seen->totals.virtual_ns, 16500000);
    assert_int_equal(seen->totals.rounds, 5);
    assert_int_equal(seen->totals.iterations, 9);
    assert_int_equal(seen->totals.pushes, 9);
    assert_int_equal(seen->totals.replies, 8);
    assert_int_equal(seen->totals.wasted, 0);
    assert_int_equal(seen->totals.faults.fetches, 1);
    assert_int_equal(seen->total[1].down_ns, 5 * MS);
    assert_int_equal(seen->total[1].crashes, 1);
    assert_int_equal(seen->total[0].down_ns, 0);
    for (int i = 0; i < seen->rows; i++) {
        const struct push_row *r = &seen->row[i];
        bool early = r->worker == 1 && r->number == 0;
        assert_int_equal(r->staleness, early);
        assert_int_equal(r->reply_ns, early ? -1 : rounds[r->round] + MS); /* -1: nobody is there */
        assert_true(!early || r->round == 2);
    }
    free(s);
}

/* Worker 0's push is at the PS from 2 ms on; worker 1, ten times as slow, crashes at 5 ms for good. */
static void a_crash_completes_the_round_when_the_server_knows(void **state)
{
    (void)state;
    for (vtime detection = 0; detection <= 2 * MS; detection += 2 * MS) {
        struct scene *s = crash_scene(2, 2, 5 * MS, VTIME_NEVER);
        s->factor[1] = 10;
        s->spec.faults.detection_time = detection;
        struct seen *seen = act(s, "bsp");
        assert_int_equal(seen->row[0].reply_ns, 6 * MS + detection);
        assert_int_equal(seen->totals.virtual_ns, 9 * MS + detection);
        assert_int_equal(seen->totals.wasted, 1);
        assert_int_equal(seen->total[1].compute_ns, 5 * MS);
        assert_int_equal(seen->total[1].down_ns, 4 * MS + detection);
        free(s);
    }
}

/* Down from 1.5 to 1.7 ms while its push is on the link: it counts, and is answered to the worker that is back. */
static void a_push_from_before_the_crash_is_answered_after_it(void **state)
{
    (void)state;
    struct scene *s = crash_scene(2, 4, 1500000, 200000);
    struct seen *seen = act(s, "bsp");
    assert_int_equal(seen->totals.rounds, 2);
    assert_int_equal(seen->totals.replies, 4);
    assert_int_equal(seen->totals.pushes, 4);
    assert_int_equal(seen->totals.virtual_ns, 6 * MS);
    free(s);
}

/* Without latency. Worker 1 is down from 0.5 to 3.5 ms; worker 0 goes on, and at 4 ms waits for it to make the fourth
 * iteration: its clock is 3 when it is back, not 0. */
static void ssp_does_not_wait_for_the_absent(void **state)
{
    (void)state;
    static const vtime accepted[] = {1000000, 2000000, 3000000, 4500000, 5500000};
    struct scene *s = crash_scene(2, 20, 500000, 3 * MS);
    for (int i = 0; i < 2; i++)
        s->latency_up[i] = s->latency_down[i] = 0;
    s->params.asynchronous.slack = 0;
    struct seen *seen = act(s, "ssp");
    for (int i = 0, n = 0; i < seen->rows && n < 5; i++)
        if (seen->row[i].worker == 0)
            assert_int_equal(seen->row[i].accept_ns, accepted[n++]);
    free(s);
}

/* K-sync with K = N waits for the one that is down: its gradient comes at 6.5 ms. */
static void k_of_whom_fewer_are_there_waits(void **state)
{
    (void)state;
    struct scene *s = crash_scene(2, 2, 500000, 5 * MS);
    for (int i = 0; i < 2; i++)
        s->latency_up[i] = s->latency_down[i] = 0;
    s->params.k.k = 2;
    assert_int_equal(act(s, "k_sync")->totals.virtual_ns, 6500000);
    free(s);
}

/* The last replies leave at 2 ms. */
static void the_last_round_ends_without_those_who_crash_in_it(void **state)
{
    (void)state;
    static const int who[] = {0, 1};
    static const vtime when[] = {2500000, 2500000};
    struct scene *s = crash_scene(2, 2, 2500000, MS);
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 3 * MS);
    s->spec.faults.crashes = 2;
    s->spec.faults.crash_worker = who;
    s->spec.faults.crash_at = when;
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 2500000);
    assert_int_equal(s->seen.totals.faults.fetches, 0);
    free(s);
}

/* Of the draining pushes worker 1's never leaves: STOP is on its way to it at 2.5 ms. The other's is the last update, at
 * once if it is there, or when it comes. */
static void draining_does_not_wait_for_the_crashed(void **state)
{
    (void)state;
    struct scene *s = crash_scene(2, 2, 2500000, MS);
    s->params.overlap = (struct overlap_params){.min_local_steps = 1, .max_local_steps = 1, .drain = true};
    struct seen *seen = act(s, "osp");
    assert_int_equal(seen->totals.rounds, 2);
    assert_int_equal(seen->totals.iterations, 3);
    assert_int_equal(seen->totals.virtual_ns, 4 * MS);
    free(s);
}

/* ---- the PS, by hand ---- */

/* Messages take 1 ms each way, so that a round of equal workers takes 3. */
static struct scene *outage_scene(int64_t iterations, vtime server_at, vtime server_down)
{
    static vtime when[2];
    struct scene *s = crash_scene(2, iterations, 0, 0);
    when[0] = server_at;
    s->spec.faults = (struct faults_spec){.server_crashes = 1,
                                          .server_crash_at = when,
                                          .server_down_time = server_down,
                                          .server_checkpoint_every = 2,
                                          .seed = 1};
    return s;
}

/* Updates at 2, 5 and 8 ms; down from 9.5 to 14.5 with the model of the second. It is there at 15.5, and has the fifth
 * update, with eight iterations, at 20.5. */
static void the_server_restarts_from_its_checkpoint(void **state)
{
    (void)state;
    struct scene *s = outage_scene(8, 9500000, 5 * MS);
    const struct totals *t = &act(s, "bsp")->totals;
    assert_int_equal(t->virtual_ns, 21500000);
    assert_int_equal(t->rounds, 5);
    assert_int_equal(t->iterations, 8);
    assert_int_equal(t->pushes, 10);
    assert_int_equal(t->dropped, 0);
    assert_int_equal(t->replies, 10);
    assert_int_equal(t->faults.undone, 2);
    assert_int_equal(t->faults.server_crashes, 1);
    assert_int_equal(t->faults.crashes, 0);
    assert_int_equal(t->faults.fetches, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(s->seen.total[i].wasted, 2); /* that of the third round, and half a one */
        assert_int_equal(s->seen.total[i].down_ns, 5 * MS);
        assert_int_equal(s->seen.total[i].compute_ns, 5500000);
    }
    free(s);
}

/* Worker 1 takes 2 ms. At 2.5 ms one push is held, and one under way: that is off its link at 3 ms. The first checkpoint is
 * the start. */
static void what_was_sent_is_lost_with_the_server(void **state)
{
    (void)state;
    struct scene *s = outage_scene(2, 2500000, 500000);
    s->factor[1] = 2;
    struct seen *seen = act(s, "bsp");
    assert_int_equal(seen->totals.dropped, 2);
    assert_int_equal(seen->totals.pushes, 4);
    assert_int_equal(seen->totals.rounds, 1);
    assert_int_equal(seen->totals.faults.undone, 0);
    assert_int_equal(seen->totals.virtual_ns, 8 * MS); /* back at 3, there at 4, 6, 7 and 8 */
    assert_int_equal(seen->row[0].arrive_ns, 2 * MS);
    assert_int_equal(seen->row[1].arrive_ns, -1);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(seen->row[i].round, 0);
        assert_int_equal(seen->row[i].accept_ns, -1);
    }
    assert_int_equal(seen->total[1].communication_ns, (1 + 1 + 1 + 1) * MS);
    free(s);
}

/* Worker 1 is down from 1.5 ms on; the PS from 4 to 9 ms. */
static void who_is_down_by_itself_comes_back_in_its_time(void **state)
{
    (void)state;
    static const int who[] = {1};
    static const vtime when[] = {1500000}, down[] = {2 * MS, 5 * MS, 10 * MS, VTIME_NEVER};
    static const vtime back[] = {9 * MS, 9 * MS, 11500000, 0};
    static const int fetches[] = {3, 2, 2, 1}; /* the first time it was back before */
    for (int i = 0; i < 4; i++) {
        struct scene *s = outage_scene(20, 4 * MS, 5 * MS);
        s->spec.faults.crashes = 1;
        s->spec.faults.crash_at = when;
        s->spec.faults.crash_worker = who;
        s->spec.faults.down_time = down[i];
        const struct totals *t = &act(s, "bsp")->totals;
        assert_int_equal(watch.back_at[0], 9 * MS);
        assert_int_equal(watch.back_at[1], back[i]);
        assert_int_equal(t->faults.crashes, 1);
        assert_int_equal(t->faults.fetches, fetches[i]);
        free(s);
    }
}

/* While it is down, and when the last update has been made: at 2 ms of 3. */
static void a_crash_of_the_server_that_changes_nothing_is_none(void **state)
{
    (void)state;
    static const vtime twice[] = {9500000, 14 * MS}, late[] = {2 * MS + 1, 2500000};
    struct scene *s = outage_scene(8, 0, 5 * MS);
    s->spec.faults.server_crashes = 2;
    s->spec.faults.server_crash_at = twice;
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 21500000);
    assert_int_equal(watch.server_crashes, 1);
    s->spec.faults.server_crash_at = late;
    s->spec.iterations = 2;
    assert_int_equal(act(s, "bsp")->totals.virtual_ns, 3 * MS);
    assert_int_equal(watch.server_crashes, 0);
    free(s);
}

/* The schedule is that of the iterations in the model. */
static void the_learning_rate_goes_back_as_well(void **state)
{
    (void)state;
    struct scene *s = outage_scene(8, 9500000, 5 * MS);
    s->spec.rate.form = FORM_COSINE;
    struct seen *seen = act(s, "bsp");
    float rate[5], fetched = 0;
    int accepted = 0;
    for (int i = 0; i < seen->orders; i++) {
        const struct order *o = &seen->order[i];
        if (o->worker == 0 && o->op == ORDER_FETCH)
            fetched = o->rates.rate;
        if (o->worker == 0 && o->op == ORDER_ACCEPT)
            rate[accepted++] = o->rates.rate;
    }
    assert_int_equal(accepted, 5);
    assert_true(rate[0] > rate[1] && rate[1] > rate[2]);
    assert_true(fetched == rate[1] && rate[3] == rate[2]);
    free(s);
}

/* ---- losses ---- */

/* One worker, so that everything comes one after the other. */
static void a_lost_message_costs_its_way_and_the_timeout(void **state)
{
    (void)state;
    struct scene *s = crash_scene(1, 40, 0, 0);
    s->spec.faults = (struct faults_spec){.loss_probability = 0.5, .retransmit_timeout = 4 * MS, .seed = 7};
    struct seen *seen = act(s, "bsp");
    int64_t lost[2] = {0};
    for (int way = NET_UP; way <= NET_DOWN; way++)
        for (int64_t i = 0, through = 0; through < 40; i++)
            if (faults_lose(&s->spec.faults, way, 0, i))
                lost[way]++;
            else
                through++;
    assert_in_range(lost[0] + lost[1], 40, 140);
    assert_int_equal(seen->totals.virtual_ns, 40 * 3 * MS + (lost[0] + lost[1]) * 5 * MS);
    assert_int_equal(seen->totals.faults.lost, lost[0] + lost[1]);
    assert_int_equal(seen->totals.faults.bytes_resent_up, lost[0] * (int64_t)s->spec.push_bytes);
    assert_int_equal(seen->totals.faults.bytes_resent_down, lost[1] * (int64_t)s->spec.reply_bytes);
    assert_int_equal(seen->totals.communication, seen->totals.waiting);
    free(s);
}

static void draws_have_their_probability(void **state)
{
    (void)state;
    const struct faults_spec spec = {.crash_probability = 0.3, .loss_probability = 0.1, .seed = 3};
    int crashes = 0, lost = 0;
    for (int i = 0; i < 10000; i++) {
        vtime after;
        lost += faults_lose(&spec, NET_UP, 2, i);
        if (!faults_crash(&spec, 2, i, 10, &after))
            continue;
        crashes++;
        assert_in_range(after, 1, 10);
    }
    assert_in_range(crashes, 2800, 3200); /* 4 sigma */
    assert_in_range(lost, 880, 1120);
    assert_false(faults_any(&(struct faults_spec){.down_time = 5, .retransmit_timeout = 5, .seed = 3}));
}

/* ---- anything ---- */

/* The scene keeps them until it is freed. */
static void prepare(struct scene *s, const struct algorithm *alg, uint32_t *draw)
{
    void *params = params_preset(alg);
    params_set(alg, params, "k", 1 + pick(draw, s->spec.workers));
    params_set(alg, params, "slack", pick(draw, 4));
    params_set(alg, params, "max_local_steps", 1 + pick(draw, 4));
    params_set(alg, params, "drain", pick(draw, 2));
    params_set(alg, params, "local_steps", 1 + pick(draw, 4));
    params_set(alg, params, "fragments", 1); /* which divides them */
    s->spec.params = params;
    s->spec.server_cost = 0;
}

static void dismiss(struct scene *s, const struct algorithm *alg)
{
    params_free(alg, s->spec.params);
    free(s);
}

/* Up to three crashes of the PS in the first 100 ms. */
static void threaten_server(struct scene *s, uint32_t *draw)
{
    static const vtime times[] = {0, 1, MS, 30 * MS};
    static const int64_t every[] = {1, 2, 7, 100};
    static vtime when[3];
    s->spec.faults.server_crashes = pick(draw, 4);
    for (int i = 0; i < s->spec.faults.server_crashes; i++)
        when[i] = pick(draw, 4) * 25 * MS + pick(draw, 2) * pick(draw, 1000) * 25000;
    s->spec.faults.server_crash_at = when;
    s->spec.faults.server_down_time = times[pick(draw, 4)];
    s->spec.faults.server_checkpoint_every = every[pick(draw, 4)];
}

static void whatever_fails_it_ends_and_adds_up(void **state)
{
    (void)state;
    int64_t outages = 0, undone = 0;
    static const double crashes[] = {0, 0.01, 0.1, 0.3}, losses[] = {0, 0.1, 0.5};
    static const vtime times[] = {0, 1, MS, 30 * MS};
    static struct seen before;
    for (uint32_t seed = 1; seed <= 40; seed++)
        for (int a = 0; alg_list[a]; a++) {
            uint32_t draw = seed * 747796405u + (uint32_t)a;
            struct scene *s = rough_scene(seed);
            prepare(s, alg_list[a], &draw);
            s->spec.faults = (struct faults_spec){.crash_probability = crashes[pick(&draw, 4)],
                                                  .down_time = times[pick(&draw, 4)],
                                                  .detection_time = times[pick(&draw, 4)],
                                                  .loss_probability = losses[pick(&draw, 3)],
                                                  .retransmit_timeout = times[pick(&draw, 4)],
                                                  .seed = seed};
            threaten_server(s, &draw);
            if (alg_list[a]->parts || alg_list[a]->exchanges) { /* refused: run_prepare() */
                s->spec.faults.crash_probability = 0;
                s->spec.faults.server_crashes = 0;
            }
            act(s, alg_list[a]->name);
            outages += watch.server_crashes;
            undone += watch.undone;
            before = s->seen;
            act(s, alg_list[a]->name);
            assert_memory_equal(&before, &s->seen, sizeof before);
            dismiss(s, alg_list[a]);
        }
    assert_true(outages > 1000 && undone > 3000);
}

static void without_faults_nothing_changes(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 10; seed++)
        for (int a = 0; alg_list[a]; a++) {
            uint32_t x = seed, y = seed;
            struct scene *s = rough_scene(seed), *t = rough_scene(seed);
            prepare(s, alg_list[a], &x);
            prepare(t, alg_list[a], &y);
            t->spec.faults = (struct faults_spec){.down_time = MS, .retransmit_timeout = MS, .seed = 9};
            act(s, alg_list[a]->name);
            act(t, alg_list[a]->name);
            assert_memory_equal(&s->seen, &t->seen, sizeof s->seen);
            dismiss(s, alg_list[a]);
            dismiss(t, alg_list[a]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_barrier_shrinks_and_grows),
        cmocka_unit_test(a_crash_completes_the_round_when_the_server_knows),
        cmocka_unit_test(a_push_from_before_the_crash_is_answered_after_it),
        cmocka_unit_test(ssp_does_not_wait_for_the_absent),
        cmocka_unit_test(k_of_whom_fewer_are_there_waits),
        cmocka_unit_test(the_last_round_ends_without_those_who_crash_in_it),
        cmocka_unit_test(draining_does_not_wait_for_the_crashed),
        cmocka_unit_test(the_server_restarts_from_its_checkpoint),
        cmocka_unit_test(what_was_sent_is_lost_with_the_server),
        cmocka_unit_test(who_is_down_by_itself_comes_back_in_its_time),
        cmocka_unit_test(a_crash_of_the_server_that_changes_nothing_is_none),
        cmocka_unit_test(the_learning_rate_goes_back_as_well),
        cmocka_unit_test(a_lost_message_costs_its_way_and_the_timeout),
        cmocka_unit_test(draws_have_their_probability),
        cmocka_unit_test(whatever_fails_it_ends_and_adds_up),
        cmocka_unit_test(without_faults_nothing_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
