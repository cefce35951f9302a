#include "sim/engine/sampling.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"

struct sampling {
    uint64_t seed;
    int workers, clients;
    int64_t round; /* whose clients `of` has; -1: none */
    int of[];      /* (workers) */
};

struct sampling *sampling_create(uint64_t seed, int workers, int clients)
{
    assert(workers > 0 && workers <= clients);
    struct sampling *c = need(sizeof *c + (size_t)workers * sizeof c->of[0]);
    *c = (struct sampling){.seed = seed, .workers = workers, .clients = clients, .round = -1};
    return c;
}

void sampling_free(struct sampling *c)
{
    free(c);
}

static int is_in(const int *of, int n, int client)
{
    for (int i = 0; i < n; i++)
        if (of[i] == client)
            return 1;
    return 0;
}

/* Floyd's sampling without replacement: Bentley and Floyd, Commun. ACM 30(9), 1987. */
static void draw_round(struct sampling *c, int64_t round)
{
    const struct draw_key key = {.seed = c->seed, .purpose = DRAW_CLIENTS, .round = (uint64_t)round};
    for (int i = 0; i < c->workers; i++) {
        int last = c->clients - c->workers + i;
        int drawn = (int)draw_below(&key, (uint64_t)i, (uint32_t)last + 1);
        c->of[i] = is_in(c->of, i, drawn) ? last : drawn;
    }
    c->round = round;
}

int sampling_client(struct sampling *c, int64_t round, int worker)
{
    if (c->round != round)
        draw_round(c, round);
    return c->of[worker];
}
