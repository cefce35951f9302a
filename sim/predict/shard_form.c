/* The form of the server over a graph, and of shards: several exchanges share the links, so those of a worker go through
 * three stages, each of which takes them one after the other.
 *
 *     up-links    | bucket 0 |   | bucket 1 |  | bucket 2 |
 *     service                | 0 |         | 1 |         | 2 |             of all workers' parts, at each shard
 *     down-links                 | bucket 0 |  | bucket 1 |  | bucket 2 |
 */
#include <math.h>

#include "sim/predict/scene.h"

static struct wave_pair to_shard(const void *scene, int64_t k)
{
    const struct topology *t = ((const struct scene *)scene)->topology;
    if (!t->colocated)
        return (struct wave_pair){(int)(k / t->shards), topology_server(t, (int)(k % t->shards))};
    int worker = (int)(k / (t->shards - 1)), shard = (int)(k % (t->shards - 1));
    return (struct wave_pair){worker, topology_server(t, shard + (shard >= worker))};
}

static struct wave_pair from_shard(const void *scene, int64_t k)
{
    struct wave_pair push = to_shard(scene, k);
    return (struct wave_pair){push.to, push.from};
}

/* The moment at which a message is through that departs at `at`, when the one before it is through at `before`. */
static double through(const struct leg *leg, double at, double before, double bytes)
{
    return fmax(at + leg->latency, before) + leg_flow(leg, bytes);
}

/* All parts of all workers at once; but a colocated shard has its own worker's part without message or service. Its
 * replies use the same links as its worker's pushes. */
void form_shards(struct scene *s, const struct exchange_part *part, int parts, struct closed_form *out)
{
    const struct topology *t = s->topology;
    int64_t messages = (int64_t)t->workers * (t->shards - t->colocated);
    double sent = -INFINITY, served = -INFINITY, back = -INFINITY;
    if (messages == 0) { /* one worker beside its one shard */
        out->up = part[parts - 1].ready;
        out->even = true;
        return;
    }
    struct leg up = scene_leg(s, messages, to_shard, ceil(s->push / t->shards)),
               down = scene_leg(s, messages, from_shard, ceil(s->reply / t->shards));
    for (int i = 0; i < parts; i++) {
        double push = ceil((part[i].push - s->header) / t->shards) + s->header,
               reply = ceil((part[i].reply - s->header) / t->shards) + s->header;
        sent = through(&up, part[i].ready, sent, push);
        out->up = fmax(sent, served) + (t->workers - t->colocated) * (double)part[i].service;
        served = out->up + (double)part[i].answer;
        back = through(&down, served, back, reply);
        out->bytes_up += (double)messages * push;
        out->bytes_down += (double)messages * reply;
        /* Shards answer by themselves, and the PS in the moment after the update. */
        out->bytes_after =
            part[i].answer > 0 || !exchange_form_is_whole(s->spec) ? (double)messages * reply : 0;
    }
    out->down = back - out->up;
    out->exact = up.alike && down.alike && (parts == 1 || !t->colocated);
    out->even = out->exact;
}
