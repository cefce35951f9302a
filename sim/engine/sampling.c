#include "sim/engine/sampling.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"

struct sampling {
    uint64_t seed;
    int workers, clients;
};

struct sampling *sampling_create(uint64_t seed, int workers, int clients)
{
    assert(workers > 0 && workers <= clients);
    struct sampling *s = need(sizeof *s);
    *s = (struct sampling){.seed = seed, .workers = workers, .clients = clients};
    return s;
}

void sampling_free(struct sampling *s)
{
    free(s);
}

/* Floyd's sampling without replacement (Bentley and Floyd, Commun. ACM 30(9), 1987): the first n clients of
 * the round. Draw i is one of 0 .. last, with last = clients - workers + i; a client that is in the set
 * already gives way to `last`, which cannot be in the set yet. A prefix is the same whatever n is. Returns
 * the last of the n. */
static int draw_clients(const struct sampling *s, int64_t round, int n, int *client)
{
    const struct draw_key key = {.seed = s->seed, .purpose = DRAW_CLIENTS, .round = (uint64_t)round};
    bool *is_in = need((size_t)s->clients * sizeof *is_in);
    int newest = -1;
    for (int i = 0; i < n; i++) {
        int last = s->clients - s->workers + i;
        int drawn = (int)draw_below(&key, (uint64_t)i, (uint32_t)last + 1);
        newest = is_in[drawn] ? last : drawn;
        is_in[newest] = true;
        if (client)
            client[i] = newest;
    }
    free(is_in);
    return newest;
}

void sampling_round(const struct sampling *s, int64_t round, int *client)
{
    draw_clients(s, round, s->workers, client);
}

int sampling_client(const struct sampling *s, int64_t round, int worker)
{
    assert(worker >= 0 && worker < s->workers);
    return draw_clients(s, round, worker + 1, NULL);
}
