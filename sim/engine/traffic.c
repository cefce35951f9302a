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

/* The account of a push begins with the first message for that push, or for a later one. */
static struct carried *account_of(struct traffic *t, int64_t push)
{
    assert(push >= t->first);
    size_t place = (size_t)(push - t->first);
    while (t->carried.count <= place)
        fifo_put(&t->carried, &(struct carried){.closed = 0});
    return fifo_at(&t->carried, place);
}

void traffic_departs(struct traffic *t, int64_t push, enum way way, uint64_t bytes, vtime now)
{
    struct carried *account = account_of(t, push);
    account->bytes[way] += (int64_t)bytes;
    if (account->in_flight++ == 0)
        account->busy_since = now;
}

static void add_flight(struct carried *account, vtime now)
{
    account->communication += now - account->busy_since;
}

void traffic_arrives(struct traffic *t, int64_t push, vtime now)
{
    struct carried *account = account_of(t, push);
    assert(account->in_flight > 0);
    if (--account->in_flight == 0)
        add_flight(account, now);
}

void traffic_closes(struct traffic *t, int64_t push)
{
    account_of(t, push)->closed++;
}

bool traffic_is_closed(const struct traffic *t, int64_t push, int exchanges)
{
    assert(push >= t->first);
    size_t place = (size_t)(push - t->first);
    return place < t->carried.count &&
           ((const struct carried *)fifo_at(&t->carried, place))->closed == exchanges;
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
