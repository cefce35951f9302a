/* What the conductor writes: orders, tasks and rows. Nothing here decides. */
#include <assert.h>

#include "sim/engine/conductor_internal.h"

struct order engine_order_of(const struct sim_worker *w, enum order_op op, int64_t number)
{
    return (struct order){.op = (int8_t)op, .worker = (int16_t)w->view.id, .number = number};
}

void engine_order(const struct conductor *c, const struct sim_worker *w, enum order_op op, int64_t number)
{
    struct order o = engine_order_of(w, op, number);
    c->sink.order(c->sink.context, &o);
}

void engine_task(const struct conductor *c, const struct task *task)
{
    c->sink.task(c->sink.context, task);
}

void engine_record_fault(const struct conductor *c, int worker, enum fault what, uint64_t bytes)
{
    engine_task(
        c, &(struct task){
               .op = TASK_FAULT,
               .worker = worker,
               .fault = {.virtual_ns = c->now, .worker = worker, .what = what, .bytes = (int64_t)bytes}});
}

/* ---- rows of workers.csv ---- */

static void write_last(struct conductor *c)
{
    if (c->last_row.exists)
        engine_task(c, &c->last_row.task);
    c->last_row.exists = false;
}

/* One row late, so that the run's last row can still be changed when the end is known. */
static struct task *next_row(struct conductor *c)
{
    write_last(c);
    c->last_row.exists = true;
    return &c->last_row.task;
}

static void write_open_row(struct conductor *c)
{
    struct task *task = next_row(c);
    struct carried carried;
    fifo_take(&c->open_rows, task);
    struct traffic *traffic = &c->worker[task->worker].traffic;
    /* The end keeps exchanges from starting: then neither this one nor a later one has an account. */
    assert(traffic->first == task->number || (traffic->first < task->number && traffic->carried.count == 0));
    if (traffic_take(traffic, c->now, &carried)) {
        task->row.bytes_up = carried.bytes[WAY_UP];
        task->row.bytes_down = carried.bytes[WAY_DOWN];
        task->row.communication_ns = carried.communication;
    }
}

/* Rows stand in the order of acceptance: a row that is closed waits for those before it. */
void engine_write_closed_rows(struct conductor *c)
{
    const struct task *oldest;
    while ((oldest = fifo_front(&c->open_rows)) &&
           traffic_is_closed(&c->worker[oldest->worker].traffic, oldest->number,
                             buckets_count(c->spec->buckets, oldest->number)))
        write_open_row(c);
}

void engine_write_rows(struct conductor *c, struct sim_worker *w)
{
    struct push push;
    struct task open;
    int64_t number;
    while (push_queue_take(&w->pushes, &push, &number)) {
        struct task *row = c->whole ? &open : next_row(c);
        *row = (struct task){.op = TASK_ROW, .worker = w->view.id, .number = number, .row = push.row};
        if (c->whole)
            fifo_put(&c->open_rows, row);
    }
    if (c->whole)
        engine_write_closed_rows(c);
}

/* Of exchanges that have no row: a worker has joined without a push, or never. */
static void take_unlisted(struct conductor *c)
{
    struct carried carried;
    for (int i = 0; i < c->spec->workers; i++)
        while (traffic_take(&c->worker[i].traffic, c->now, &carried))
            for (int way = WAY_UP; way < WAYS; way++)
                c->last_row.unlisted[way] += carried.bytes[way];
}

/* Every byte that a link has carried is in a row then. */
void engine_write_last_rows(struct conductor *c)
{
    while (fifo_front(&c->open_rows))
        write_open_row(c);
    take_unlisted(c);
    c->last_row.task.row.bytes_up += c->last_row.unlisted[WAY_UP];
    c->last_row.task.row.bytes_down += c->last_row.unlisted[WAY_DOWN];
    write_last(c);
}

/* ---- names on the wire ---- */

/* Replies and fetches are numbered apart, each from 0, and share a worker's link: a fetch f has the id -1 -
 * f. */
int64_t engine_wire_id(const struct delivery *d)
{
    return d->fetch ? -1 - d->number : d->number;
}

struct delivery *engine_delivery(const struct sim_worker *w, int64_t wire_id)
{
    bool fetch = wire_id < 0;
    return delivery_queue_find(&w->deliveries, fetch, fetch ? -1 - wire_id : wire_id);
}
