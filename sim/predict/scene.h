/* Inside of exchange_form.c: what the form of one kind of exchange is made from, and the forms.
 *
 *   exchange_form.c            all kinds, and several exchanges one after the other
 *     |          |         |
 *   ring_form.c  chain_form.c  shard_form.c
 *     |          |         |
 *   scene.c                    a wave of messages (wave.h) among some workers */
#ifndef SIM_PREDICT_SCENE_H
#define SIM_PREDICT_SCENE_H

#include "sim/predict/exchange_form.h"
#include "sim/predict/wave.h"

struct scene {
    const struct exchange_spec *spec;
    const struct topology *topology;
    double push, reply, header; /* push, reply: without header */
    int *rank;                  /* (ranks) of the workers that take part in this wave, in their order */
    int ranks, distance;
};

/* What n messages of these bytes (without header) meet that depart together. */
struct leg scene_leg(const struct scene *s, int64_t n, struct wave_pair (*pair)(const void *scene, int64_t k),
                     double bytes);
/* pair: worker k of s->rank to the one behind it. */
struct wave_pair scene_to_next(const void *scene, int64_t k);
/* Of one step in a ring of s->rank, with this many bytes a message. */
double scene_ring_step(const struct scene *s, double bytes, struct closed_form *out);

/* Each sets up, down, bytes, exact and even of out, which is exact before. It may change s->rank, s->ranks and
 * s->distance. */
void form_ring(struct scene *s, struct closed_form *out);
void form_all_gather(struct scene *s, struct closed_form *out);
void form_halving_doubling(struct scene *s, struct closed_form *out);
void form_tree(struct scene *s, struct closed_form *out);
void form_hierarchical(struct scene *s, struct closed_form *out);
void form_shards(struct scene *s, const struct exchange_part *part, int parts, struct closed_form *out);

#endif
