#include "tests/rigs/schedule_explorer.h"

#include <stdlib.h>
#include <string.h>

#include "algorithms/keys.h"
#include "sim/base/fail.h"
#include "sim/base/fifo.h"

#define PS           EXPLORER_WORKERS /* index of the PS among the processes; the others are of workers */
#define MOST_LETTERS 1024
#define ALL          (-1) /* a reply to all workers */
#define FAREWELL     (-1) /* number of a worker's last letter */

struct letter {
    int to, worker;  /* the receiving process; the sender of a push, or the worker that a reply is for */
    int64_t number;  /* of the push or reply */
    int64_t arrival; /* rises with every arrival; 0: in flight */
    int uses;        /* reads to come */
    uint64_t value;
};

struct worker_data { /* what one worker has */
    uint64_t vector, model;
    const uint64_t *reads; /* the model: its own, or the buffer that the PS writes */
    int64_t k, pushes;
};

struct explorer {
    const struct conductor_spec *spec;
    struct exploration how;
    struct conductor *conductor;
    bool unicast, over;
    const char *stuck;
    uint64_t random;
    int64_t arrivals;
    uint32_t eagerness[EXPLORER_WORKERS + 1]; /* how often a process, or letters to it, are drawn */

    struct letter letter[MOST_LETTERS];
    int letters;

    struct worker_data worker[EXPLORER_WORKERS];
    struct fifo orders[EXPLORER_WORKERS]; /* of each process */
    int64_t taken[EXPLORER_WORKERS];      /* replies that each has been ordered to take */

    struct fifo tasks;
    struct task task; /* the PS's next, if has_task */
    bool has_task;
    uint64_t model, sum, history;
    int unread[EXPLORER_WORKERS], n_unread; /* zero-copy pushes that are not in the sum yet */
    int64_t replies, replied[EXPLORER_WORKERS];

    /* as in the shared segment of a run */
    int64_t folded[EXPLORER_WORKERS], accepted[EXPLORER_WORKERS];
    uint64_t buffers[EXPLORER_WORKERS][2];
};

/* splitmix64's finalizer over both: not symmetric, so that any other order gives another value */
static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t z = a * 0x9e3779b97f4a7c15u + b + 0x632be59bd9b4e019u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t draw(struct explorer *o, uint32_t below)
{
    o->random = mix(o->random, 1);
    return (uint32_t)(o->random >> 32) % below;
}

static bool has(const struct explorer *o, enum defect defect)
{
    return o->how.defect == defect;
}

/* ---- mail ---- */

static void post(struct explorer *o, const struct letter *letter)
{
    if (o->letters == MOST_LETTERS)
        die(EXIT_STUCK, "more than %d letters", MOST_LETTERS);
    o->letter[o->letters++] = *letter;
}

/* The letter with that number, or with `newest` the last that has come; NULL: none is there. */
static struct letter *find(struct explorer *o, int to, int worker, int64_t number, bool newest)
{
    struct letter *found = NULL;
    for (int i = 0; i < o->letters; i++) {
        struct letter *l = &o->letter[i];
        if (l->to != to || l->arrival == 0 || l->number == FAREWELL)
            continue;
        if (newest ? !found || l->arrival > found->arrival : l->worker == worker && l->number == number)
            found = l;
    }
    return found;
}

static uint64_t read_letter(struct explorer *o, struct letter *l)
{
    uint64_t value = l->value;
    if (--l->uses == 0)
        *l = o->letter[--o->letters];
    return value;
}

/* ---- workers ---- */

static const struct order *head(const struct explorer *o, int process)
{
    return fifo_front(&o->orders[process]);
}

static struct letter *awaited(struct explorer *o, int process)
{
    const struct order *order = head(o, process);
    return find(o, process, o->unicast ? order->worker : ALL, order->number, has(o, NEWEST_REPLY));
}

static bool takes_reply(const struct order *order)
{
    return order && (order->op == ORDER_ACCEPT || order->op == ORDER_SKIP);
}

static bool worker_can(struct explorer *o, int process)
{
    const struct order *order = head(o, process);
    if (takes_reply(order))
        return awaited(o, process);
    if (order && order->op == ORDER_STEP && o->how.zero_copy && !has(o, BUFFER_NOT_AWAITED))
        return o->folded[order->worker] == o->worker[order->worker].pushes;
    return order;
}

/* The new model, where it lies: a buffer of the PS is not copied. */
static void take_model(struct explorer *o, struct worker_data *w, const struct order *order, uint64_t value)
{
    const struct span *span = &alg_protocol(o->spec->alg, o->spec->params)->reply[0];
    const uint64_t *buffer = &o->buffers[o->unicast ? order->worker : 0][order->number % 2];
    w->model = o->how.double_buffered ? *buffer : value;
    w->reads = o->how.double_buffered && span->fixed ? buffer : &w->model;
}

static void take_reply(struct explorer *o, struct worker_data *w, int process, const struct order *order)
{
    uint64_t value = read_letter(o, awaited(o, process));
    if (order->op == ORDER_ACCEPT) {
        take_model(o, w, order, value);
        if (order->cancel)
            w->k = 0;
    }
    o->accepted[order->worker] = order->number + 1;
}

static void leave(struct explorer *o, const struct worker_data *w, int worker)
{
    o->accepted[worker] = INT64_MAX;
    post(o,
         &(struct letter){
             .to = PS, .worker = worker, .number = FAREWELL, .uses = 1, .value = mix(w->vector, *w->reads)});
}

static void worker_goes_on(struct explorer *o, int process)
{
    struct order order = *head(o, process);
    struct worker_data *w = &o->worker[order.worker];
    if (order.op == ORDER_STEP) {
        w->vector = mix(mix(w->k == 0 ? 0 : w->vector, *w->reads), (uint64_t)order.number);
        w->k++;
    } else if (order.op == ORDER_PUSH) {
        post(o, &(struct letter){
                    .to = PS, .worker = order.worker, .number = order.number, .uses = 1, .value = w->vector});
        w->k = 0;
        w->pushes++;
    } else if (order.op == ORDER_LEAVE) {
        leave(o, w, order.worker);
    } else {
        take_reply(o, w, process, &order);
    }
    fifo_take(&o->orders[process], &order);
}

/* ---- the PS ---- */

/* As server_io_expect(): the conductor runs on until the worker has been ordered to take that reply. */
static void expect(struct explorer *o, int worker, int64_t reply)
{
    while (!has(o, NOT_ORDERED_YET) && o->taken[worker] <= reply)
        if (!conductor_advance(o->conductor)) {
            o->stuck = "the PS is to send a reply that no worker is ever ordered to take";
            return;
        }
}

static void expect_all(struct explorer *o, int64_t reply)
{
    for (int i = 0; i < o->spec->workers; i++)
        expect(o, i, reply);
}

static void fetch_task(struct explorer *o)
{
    while (o->tasks.count < o->how.window && conductor_advance(o->conductor))
        ;
    o->has_task = fifo_take(&o->tasks, &o->task);
    if (o->task.op == TASK_UPDATE && o->how.double_buffered && !o->unicast)
        expect_all(o, o->replies - 1);
    else if (o->task.op == TASK_REPLY && o->unicast)
        expect(o, o->task.worker, o->replied[o->task.worker]);
    else if (o->task.op == TASK_REPLY)
        expect_all(o, o->replies);
}

static struct letter *push_of(struct explorer *o, const struct task *t)
{
    return find(o, PS, t->worker, t->number, has(o, NEWEST_PUSH));
}

static int farewells(const struct explorer *o)
{
    int n = 0;
    for (int i = 0; i < o->letters; i++)
        n += o->letter[i].number == FAREWELL && o->letter[i].arrival > 0;
    return n;
}

static bool all_accepted(const struct explorer *o, int64_t replies)
{
    for (int i = 0; i < o->spec->workers; i++)
        if (o->accepted[i] < replies)
            return false;
    return true;
}

static bool writes(const struct explorer *o) /* a reply that its readers have not all got */
{
    for (int i = 0; i < o->letters && o->how.tight; i++)
        if (o->letter[i].to != PS && o->letter[i].arrival == 0)
            return true;
    return false;
}

static bool ps_can(struct explorer *o)
{
    const struct task *t = &o->task;
    if (writes(o))
        return false;
    if (!o->has_task)
        fetch_task(o);
    bool buffered = o->how.double_buffered && !has(o, READERS_IGNORED);
    if (t->op == TASK_FOLD || t->op == TASK_DROP)
        return push_of(o, t);
    if (t->op == TASK_UPDATE && buffered && !o->unicast)
        return all_accepted(o, o->replies);
    if (t->op == TASK_REPLY && buffered && o->unicast)
        return o->accepted[t->worker] >= o->replied[t->worker];
    return t->op != TASK_END || farewells(o) == o->spec->workers;
}

static void add_unread(struct explorer *o)
{
    for (int i = 0; i < o->n_unread; i++) {
        o->sum = mix(o->sum, o->worker[o->unread[i]].vector);
        o->folded[o->unread[i]]++;
    }
    o->n_unread = 0;
}

/* As aggregate_fold(): zero-copy pushes are added up with the next one, if that is there or the round is
 * complete. */
static void fold(struct explorer *o, const struct task *t)
{
    uint64_t value = read_letter(o, push_of(o, t));
    if (!o->how.zero_copy) {
        o->sum = mix(o->sum, value);
        return;
    }
    o->unread[o->n_unread++] = t->worker;
    const struct task *next = fifo_front(&o->tasks);
    if (!next || !(next->op == TASK_UPDATE || (next->op == TASK_FOLD && push_of(o, next))))
        add_unread(o);
}

static void drop(struct explorer *o, const struct task *t)
{
    read_letter(o, push_of(o, t));
    o->folded[t->worker] += o->how.zero_copy;
}

static void update(struct explorer *o, const struct task *t)
{
    add_unread(o);
    o->model = mix(mix(o->model, o->sum), (uint64_t)t->number);
    o->sum = 0;
    if (o->how.double_buffered && !o->unicast)
        o->buffers[0][o->replies % 2] = o->model;
}

static void reply_to_one(struct explorer *o, int worker)
{
    if (o->how.double_buffered)
        o->buffers[worker][o->replied[worker] % 2] = o->model;
    post(o, &(struct letter){.to = worker % o->how.processes,
                             .worker = worker,
                             .number = o->replied[worker]++,
                             .uses = 1,
                             .value = o->model});
}

static void reply_to_all(struct explorer *o)
{
    for (int p = 0; p < o->how.processes; p++)
        post(o, &(struct letter){.to = p,
                                 .worker = ALL,
                                 .number = o->replies,
                                 .uses = (o->spec->workers - p + o->how.processes - 1) / o->how.processes,
                                 .value = o->model});
    o->replies++;
}

/* What every worker ended with, in rank order. */
static void end(struct explorer *o)
{
    for (int rank = 0; rank < o->spec->workers; rank++)
        for (int i = 0; i < o->letters; i++)
            if (o->letter[i].number == FAREWELL && o->letter[i].worker == rank)
                o->history = mix(o->history, o->letter[i].value);
    o->over = true;
}

static void note(struct explorer *o, const struct task *t)
{
    const struct push_row *r = &t->row;
    const int64_t facts[] = {t->op, t->worker, t->number};
    const int64_t row[] = {r->round,     r->k,          r->depart_ns,  r->arrive_ns, r->reply_ns,
                           r->accept_ns, r->compute_ns, r->waiting_ns, r->staleness, r->bytes_down};
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        o->history = mix(o->history, (uint64_t)facts[i]);
    for (size_t i = 0; i < sizeof row / sizeof *row && t->op == TASK_ROW; i++)
        o->history = mix(o->history, (uint64_t)row[i]);
    o->history = mix(o->history, o->model);
}

static void ps_goes_on(struct explorer *o)
{
    const struct task *t = &o->task;
    if (t->op == TASK_FOLD)
        fold(o, t);
    else if (t->op == TASK_DROP)
        drop(o, t);
    else if (t->op == TASK_UPDATE)
        update(o, t);
    else if (t->op == TASK_REPLY && o->unicast)
        reply_to_one(o, t->worker);
    else if (t->op == TASK_REPLY)
        reply_to_all(o);
    else if (t->op == TASK_END)
        end(o);
    note(o, t);
    o->has_task = false;
}

/* ---- the schedule ---- */

/* A ring that holds nothing is read while its reader waits for what comes through it. */
static bool can_arrive(struct explorer *o, const struct letter *l)
{
    if (l->arrival > 0)
        return false;
    return l->to == PS || !o->how.tight || (takes_reply(head(o, l->to)) && !awaited(o, l->to));
}

struct choice {
    uint32_t at, total;  /* of the draw; of the weights so far */
    int process, letter; /* chosen; -1: neither */
};

static bool choose(struct choice *c, uint32_t weight)
{
    c->total += weight;
    return c->at >= c->total - weight && c->at < c->total;
}

/* Looks at all that can happen next and remembers what the draw falls on. */
static void look_around(struct explorer *o, struct choice *c)
{
    c->total = 0;
    c->process = c->letter = -1;
    if (ps_can(o) && choose(c, o->eagerness[PS])) /* first: the conductor may write more orders for it */
        c->process = PS;
    for (int p = 0; p < o->how.processes; p++)
        if (worker_can(o, p) && choose(c, o->eagerness[p]))
            c->process = p;
    for (int i = 0; i < o->letters; i++)
        if (can_arrive(o, &o->letter[i]) && choose(c, o->eagerness[o->letter[i].to]))
            c->letter = i;
}

static void go_on(struct explorer *o)
{
    struct choice c = {.at = UINT32_MAX};
    look_around(o, &c);
    if (c.total == 0 && !o->stuck)
        o->stuck = "no process can go on";
    if (o->stuck)
        return;
    c.at = draw(o, c.total);
    look_around(o, &c);
    if (c.letter >= 0)
        o->letter[c.letter].arrival = ++o->arrivals;
    else if (c.process == PS)
        ps_goes_on(o);
    else
        worker_goes_on(o, c.process);
}

/* ---- the orders ---- */

static void take_order(void *context, const struct order *order)
{
    struct explorer *o = context;
    o->taken[order->worker] += takes_reply(order);
    fifo_put(&o->orders[order->worker % o->how.processes], order);
}

static void take_task(void *context, const struct task *task)
{
    fifo_put(&((struct explorer *)context)->tasks, task);
}

static void set_up(struct explorer *o)
{
    const struct protocol *p = alg_protocol(o->spec->alg, o->spec->params);
    o->unicast = p->answers == ANSWER_EACH;
    const struct algorithm *alg = o->spec->alg;
    bool whole = !alg->fragments && !alg->exchanges; /* as pushes_in_place() */
    bool safe = whole && !p->reply_may_precede_update && o->how.processes == o->spec->workers;
    bool raw = strcmp(((const struct alg_common *)o->spec->params)->codec, "none") == 0;
    o->how.zero_copy &=
        p->push_spans == 1 && (raw || !p->push[0].coded) && (safe || has(o, ZERO_COPY_EVERYWHERE));
    o->how.double_buffered &= whole && p->reply_spans == 1 && (raw || !p->reply[0].coded);
    o->random = o->how.seed;
    for (int i = 0; i <= PS; i++)
        o->eagerness[i] = 1u << draw(o, 11); /* some are a thousand times slower than others */
    for (int i = 0; i < o->spec->workers; i++) {
        o->worker[i].reads = &o->worker[i].model;
        fifo_init(&o->orders[i], sizeof(struct order));
    }
    fifo_init(&o->tasks, sizeof(struct task));
    o->conductor = conductor_create(o->spec, &(struct order_sink){take_order, take_task, o});
}

struct ending schedule_explore(const struct conductor_spec *spec, const struct exploration *exploration)
{
    struct explorer *o = need(sizeof *o);
    o->spec = spec;
    o->how = *exploration;
    set_up(o);
    while (!o->over && !o->stuck)
        go_on(o);
    struct ending ending = {o->history, o->stuck};
    conductor_destroy(o->conductor);
    for (int i = 0; i < spec->workers; i++)
        fifo_free(&o->orders[i]);
    fifo_free(&o->tasks);
    free(o);
    return ending;
}
