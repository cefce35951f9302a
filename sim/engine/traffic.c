#include "sim/engine/traffic.h"

#include <assert.h>

void traffic_open(struct traffic *t)
{
    *t = (struct traffic){.first = 0};
    fifo_init(&t->carried, sizeof(struct carried));
}

void traffic_close(struct traffic *t)
{
    fifo_free(&t->carried);
}

/* The account of an exchange begins with the first message of that exchange, or of a later one. */
static struct carried *account_of(struct traffic *t, int64_t exchange)
{
    assert(exchange >= t->first);
    size_t place = (size_t)(exchange - t->first);
    while (t->carried.count <= place)
        fifo_put(&t->carried, &(struct carried){.closed = false});
    return fifo_at(&t->carried, place);
}

void traffic_departs(struct traffic *t, int64_t exchange, enum way way, uint64_t bytes, vtime now)
{
    struct carried *account = account_of(t, exchange);
    assert(!account->closed);
    account->bytes[way] += (int64_t)bytes;
    if (account->in_flight++ == 0)
        account->busy_since = now;
}

static void add_flight(struct carried *account, vtime now)
{
    account->communication += now - account->busy_since;
}

void traffic_arrives(struct traffic *t, int64_t exchange, vtime now)
{
    struct carried *account = account_of(t, exchange);
    assert(account->in_flight > 0);
    if (--account->in_flight == 0)
        add_flight(account, now);
}

void traffic_closes(struct traffic *t, int64_t exchange)
{
    struct carried *account = account_of(t, exchange);
    assert(account->in_flight == 0);
    account->closed = true;
}

bool traffic_is_closed(const struct traffic *t, int64_t exchange)
{
    assert(exchange >= t->first);
    size_t place = (size_t)(exchange - t->first);
    return place < t->carried.count && ((const struct carried *)fifo_at(&t->carried, place))->closed;
}

bool traffic_take(struct traffic *t, vtime now, struct carried *carried)
{
    if (!fifo_take(&t->carried, carried))
        return false;
    t->first++;
    if (carried->in_flight > 0)
        add_flight(carried, now);
    return true;
}
