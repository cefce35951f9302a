#include "sim/predict/scene.h"

#include "sim/exchange/kind.h"

bool exchange_form_is_whole(const struct exchange_spec *spec)
{
    const struct exchange_kind *kind = exchange_kind_of(spec, EXCHANGE_LATE);
    if (spec->buckets && kind->in_buckets)
        kind = kind->in_buckets;
    return kind->all_workers || (kind->may_be_whole && spec->all_workers);
}

struct leg scene_leg(const struct scene *s, int64_t n, struct wave_pair (*pair)(const void *, int64_t),
                     double bytes)
{
    return wave_leg(&(struct wave){n, pair, s}, &s->topology->graph, bytes + s->header);
}

struct wave_pair scene_to_next(const void *scene, int64_t k)
{
    const struct scene *s = scene;
    return (struct wave_pair){s->rank[k], s->rank[(k + 1) % s->ranks]};
}

double scene_ring_step(const struct scene *s, double bytes, struct closed_form *out)
{
    struct leg leg = scene_leg(s, s->ranks, scene_to_next, bytes);
    out->exact &= leg.alike;
    return leg_ns(&leg, bytes + s->header);
}
