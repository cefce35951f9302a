/* Ids of the conductor that have not come back, the oldest first: a ring that grows. */
#ifndef SIM_EXCHANGE_IDS_H
#define SIM_EXCHANGE_IDS_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "sim/base/fail.h"

struct ids {
    int64_t *id;
    unsigned first, n, room; /* room: 0 or a power of two */
};

static inline void ids_grow(struct ids *ids)
{
    unsigned room = ids->room ? 2 * ids->room : 2;
    int64_t *id = need(room * sizeof *id);
    for (unsigned i = 0; i < ids->n; i++)
        id[i] = ids->id[(ids->first + i) & (ids->room - 1)];
    free(ids->id);
    *ids = (struct ids){.id = id, .n = ids->n, .room = room};
}

static inline void ids_push(struct ids *ids, int64_t id)
{
    if (ids->n == ids->room)
        ids_grow(ids);
    ids->id[(ids->first + ids->n++) & (ids->room - 1)] = id;
}

static inline int64_t ids_pop(struct ids *ids)
{
    assert(ids->n > 0);
    ids->n--;
    return ids->id[ids->first++ & (ids->room - 1)];
}

static inline int64_t ids_newest(const struct ids *ids)
{
    assert(ids->n > 0);
    return ids->id[(ids->first + ids->n - 1) & (ids->room - 1)];
}

#endif
