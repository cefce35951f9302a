/* Keeps a part of the training samples for validation (data.validation): the same share of each label, drawn at random
 * from the samples of the label by data.split_seed alone, so that runs of all seeds are judged on the same samples.
 *
 *     train.pixels   [ 0 1 2 3 4 5 6 7 8 9 ]  -->  [ 0 2 3 4 6 7 9 | 1 5 8 ]
 *                                                    train           validation
 *
 * Nothing that trains can reach the samples behind train.n: they are in no share, no epoch and no normalisation. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "models/data/partition.h"
#include "models/data/reader.h"
#include "sim/base/fail.h"
#include "sim/base/part.h"
#include "sim/base/rng.h"

enum { MOST_CLASSES = 256 }; /* a label is a byte */

struct quotas { /* of the labels */
    uint32_t samples, kept;
    int classes;
    uint32_t first[MOST_CLASSES + 1]; /* where each label begins in the order by label */
    uint32_t keep[MOST_CLASSES];      /* samples for validation */
};

static uint32_t samples_of(const struct quotas *q, int label)
{
    return q->first[label + 1] - q->first[label];
}

/* ---- how many ---- */

static uint32_t count_of(double asked, uint32_t samples)
{
    uint64_t n = asked < 1 ? part_of(asked, samples) : (uint64_t)asked;
    if (n == 0)
        die(EXIT_USAGE, "data.validation: expected at least one sample, got %g of %u training samples", asked,
            samples);
    if (n >= samples)
        die(EXIT_USAGE, "data.validation: expected fewer than the %u training samples, got %" PRIu64, samples,
            n);
    return (uint32_t)n;
}

/* The largest remainder gets the next sample; ties go to the lower label. */
static void give_rest(struct quotas *q, uint64_t *remainder, uint32_t rest)
{
    for (; rest > 0; rest--) {
        int most = 0;
        for (int c = 1; c < q->classes; c++)
            most = remainder[c] > remainder[most] ? c : most;
        q->keep[most]++;
        remainder[most] = 0;
    }
}

/* Hamilton's method: the whole part of each label's share, then the largest remainders. */
static void share_out(struct quotas *q)
{
    uint64_t remainder[MOST_CLASSES];
    uint32_t rest = q->kept;
    for (int c = 0; c < q->classes; c++) {
        uint64_t share = (uint64_t)q->kept * samples_of(q, c);
        q->keep[c] = (uint32_t)(share / q->samples);
        remainder[c] = share % q->samples;
        rest -= q->keep[c];
    }
    give_rest(q, remainder, rest);
}

/* The label with the fewest samples, of those that have some. */
static int rarest(const struct quotas *q)
{
    int least = -1;
    for (int c = 0; c < q->classes; c++)
        if (samples_of(q, c) > 0 && (least < 0 || samples_of(q, c) < samples_of(q, least)))
            least = c;
    return least;
}

/* Each label is in both parts. The bounds in the messages are those that the rarest label surely fits. */
static void check_labels(const struct quotas *q)
{
    int label = rarest(q);
    uint32_t has = samples_of(q, label), all = q->samples;
    if (has < 2)
        die(EXIT_USAGE,
            "data.validation: expected two training samples or more of each label, one to train and one to "
            "validate, got 1 of label %d",
            label);
    for (int c = 0; c < q->classes; c++) {
        if (samples_of(q, c) == 0)
            continue;
        if (q->keep[c] == 0)
            die(EXIT_USAGE,
                "data.validation: expected %u samples or more, so that each label has one (label %d has %u "
                "of "
                "%u), got %u",
                (all + has - 1) / has, label, has, all, q->kept);
        if (q->keep[c] == samples_of(q, c))
            die(EXIT_USAGE,
                "data.validation: expected %u samples or fewer, so that each label is left one to train "
                "(label "
                "%d has %u of %u), got %u",
                all - (all + has - 1) / has, label, has, all, q->kept);
    }
}

/* ---- which ---- */

/* The caller frees: (samples) whether each is kept. */
static bool *draw(const struct quotas *q, const uint32_t *by_label, uint64_t seed)
{
    bool *kept = need(q->samples * sizeof *kept);
    uint32_t *order = need(q->samples * sizeof *order);
    for (int c = 0; c < q->classes; c++) {
        const struct draw_key key = {.seed = seed, .purpose = DRAW_VALIDATION, .rank = c};
        draw_permutation(&key, order, samples_of(q, c));
        for (uint32_t i = 0; i < q->keep[c]; i++)
            kept[by_label[q->first[c] + order[i]]] = true;
    }
    free(order);
    return kept;
}

/* Moves what is kept behind the rest. Both parts stay in their order. */
static void part(uint8_t *items, size_t size, const struct quotas *q, const bool *kept)
{
    uint8_t *aside = need(q->kept * size), *to = items, *behind = aside;
    for (uint32_t i = 0; i < q->samples; i++) {
        uint8_t **at = kept[i] ? &behind : &to;
        memmove(*at, items + i * size, size);
        *at += size;
    }
    memcpy(to, aside, q->kept * size);
    free(aside);
}

static void part_all(struct dataset *ds, const struct quotas *q, const bool *kept)
{
    uint8_t *pixels = (uint8_t *)ds->train.pixels, *labels = (uint8_t *)ds->train.labels;
    size_t image = dataset_image(ds);
    uint32_t left = q->samples - q->kept;
    part(pixels, image, q, kept);
    part(labels, 1, q, kept);
    ds->train.n = left;
    ds->validation = (struct split){q->kept, pixels + left * image, labels + left};
}

void dataset_keep_validation(struct dataset *ds, const struct dataset_options *options)
{
    const struct partition_input in = {
        .samples = ds->train.n, .labels = ds->train.labels, .classes = ds->classes};
    struct quotas q = {.samples = ds->train.n, .classes = ds->classes};
    if (options->validation == 0)
        return;
    q.kept = count_of(options->validation, q.samples);
    uint32_t *by_label = samples_by_label(&in, q.first);
    share_out(&q);
    check_labels(&q);
    bool *kept = draw(&q, by_label, options->split_seed);
    part_all(ds, &q, kept);
    free(kept);
    free(by_label);
}
