#include "sim/engine/sampling.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/rng.h"

/* Workers of a process are in the same round or in two that follow each other: both are kept. */
enum { KEPT = 2 };

struct drawn {     /* the clients of one round */
    int64_t round; /* -1: none yet */
    int *client;   /* (workers) */
};

struct sampling {
    uint64_t seed;
    int workers, clients;
    struct drawn kept[KEPT]; /* round r is in kept[r % KEPT] */
    uint64_t *in;            /* (a bit for each client) of the round that is being drawn; else zeros */
};

struct sampling *sampling_create(uint64_t seed, int workers, int clients)
{
    assert(workers > 0 && workers <= clients);
    struct sampling *s = need(sizeof *s);
    *s = (struct sampling){.seed = seed, .workers = workers, .clients = clients};
    s->in = need(((size_t)clients + 63) / 64 * sizeof *s->in);
    for (int i = 0; i < KEPT; i++)
        s->kept[i] = (struct drawn){-1, need((size_t)workers * sizeof(int))};
    return s;
}

void sampling_free(struct sampling *s)
{
    if (!s)
        return;
    for (int i = 0; i < KEPT; i++)
        free(s->kept[i].client);
    free(s->in);
    free(s);
}

static uint64_t *word_of(const struct sampling *s, int client)
{
    return &s->in[client / 64];
}

static uint64_t bit_of(int client)
{
    return UINT64_C(1) << client % 64;
}

/* Floyd's sampling without replacement (Bentley and Floyd, Commun. ACM 30(9), 1987). Draw i is one of
 * 0 .. last, with last = clients - workers + i; a client that is in the set already gives way to `last`, which
 * cannot be in the set yet. The cost is that of the workers, however many clients there are. */
static void draw_clients(const struct sampling *s, int64_t round, int *client)
{
    const struct draw_key key = {.seed = s->seed, .purpose = DRAW_CLIENTS, .round = (uint64_t)round};
    for (int i = 0; i < s->workers; i++) {
        int last = s->clients - s->workers + i;
        int drawn = (int)draw_below(&key, (uint64_t)i, (uint32_t)last + 1);
        client[i] = *word_of(s, drawn) & bit_of(drawn) ? last : drawn;
        *word_of(s, client[i]) |= bit_of(client[i]);
    }
    for (int i = 0; i < s->workers; i++)
        *word_of(s, client[i]) = 0;
}

int sampling_client(struct sampling *s, int64_t round, int worker)
{
    assert(round >= 0 && worker >= 0 && worker < s->workers);
    struct drawn *d = &s->kept[round % KEPT];
    if (d->round != round)
        draw_clients(s, round, d->client);
    d->round = round;
    return d->client[worker];
}
