/* Forms of exchanges in which every worker sends at once, step after step. */
#include <math.h>

#include "sim/predict/scene.h"

/* ---- ring, all_gather ---- */

void form_ring(struct scene *s, struct closed_form *out)
{
    double part = ceil(s->push / s->ranks), steps = s->ranks - 1;
    out->up = out->down = steps * scene_ring_step(s, part, out);
    out->even = out->exact;
    out->bytes_up += 2 * s->ranks * steps * (part + s->header);
    out->bytes_after =
        s->ranks * (steps - 1) * (part + s->header); /* the first step back departs at the update */
}

void form_all_gather(struct scene *s, struct closed_form *out)
{
    double steps = s->ranks - 1;
    out->up = steps * scene_ring_step(s, s->push, out);
    out->even = out->exact;
    out->bytes_up += s->ranks * steps * (s->push + s->header);
}

/* ---- halving_doubling ---- */

static struct wave_pair to_partner(const void *scene, int64_t k)
{
    const struct scene *s = scene;
    return (struct wave_pair){s->rank[k], s->rank[k ^ s->distance]};
}

static struct wave_pair to_neighbour(const void *scene, int64_t k)
{
    (void)scene;
    return (struct wave_pair){(int)(2 * k), (int)(2 * k + 1)};
}

/* Even ranks below 2 x folded stand aside. */
static void leave_out_folded(struct scene *s, int folded)
{
    for (int i = 0; i < s->ranks - folded; i++)
        s->rank[i] = i < folded ? 2 * i + 1 : folded + i;
    s->ranks -= folded;
}

void form_halving_doubling(struct scene *s, struct closed_form *out)
{
    int power = 1;
    while (2 * power <= s->ranks)
        power *= 2;
    int folded = s->ranks - power;
    if (folded > 0) {
        struct leg leg = scene_leg(s, folded, to_neighbour, s->push);
        out->up += leg_ns(&leg, s->push + s->header);
        out->exact = false; /* what the others send meets this on the links */
        out->bytes_up += 2 * folded * (s->push + s->header);
        out->bytes_after += folded * (s->push + s->header);
        leave_out_folded(s, folded);
    }
    double part = s->push;
    for (s->distance = power / 2; s->distance > 0; s->distance /= 2) {
        part = ceil(s->push / (power / s->distance)); /* P / 2, P / 4 ... */
        struct leg leg = scene_leg(s, power, to_partner, part);
        out->up += leg_ns(&leg, part + s->header);
        out->exact &= leg.alike;
        out->bytes_up += 2 * power * (part + s->header);
        out->bytes_after +=
            s->distance > 1 ? power * (part + s->header) : 0; /* the last way back is the first */
    }
    out->down = out->up;
    out->even = out->exact;
}
