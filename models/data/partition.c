/* The list of partitions, and what they share. */
#include "models/data/partition.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"

#define WORD(name, NAME)     #name,
#define FUNCTION(name, NAME) partition_##name,

const char *const partition_words[] = {PARTITIONS(WORD) NULL};
static void (*const split[])(const struct partition_input *in, struct shares *out) = {PARTITIONS(FUNCTION)};

void partition_full(const struct partition_input *in, struct shares *out)
{
    for (uint32_t i = 0; i < in->samples; i++)
        out->sample[i] = i;
    out->begin[1] = in->samples;
}

struct shares *shares_create(enum partition partition, const struct partition_input *input)
{
    struct partition_input in = *input;
    if (partition == PARTITION_FULL)
        in.shares = 1;
    if (in.samples < in.shares)
        die(EXIT_USAGE, "data.partition: expected at least one sample for each of %u workers, got %u samples",
            in.shares, in.samples);
    struct shares *s = need(sizeof *s);
    s->n = in.shares;
    s->begin = need((in.shares + 1) * sizeof *s->begin);
    s->sample = need(in.samples * sizeof *s->sample);
    split[partition](&in, s);
    assert(s->begin[0] == 0 && s->begin[s->n] == in.samples);
    return s;
}

void shares_free(struct shares *s)
{
    if (!s)
        return;
    free(s->begin);
    free(s->sample);
    free(s);
}

struct share shares_of(const struct shares *s, int worker)
{
    uint32_t i = s->n == 1 ? 0 : (uint32_t)worker;
    assert(i < s->n);
    return (struct share){s->sample + s->begin[i], s->begin[i + 1] - s->begin[i]};
}

void share_classes(const struct share *share, const uint8_t *labels, int classes, uint32_t *out)
{
    memset(out, 0, (size_t)classes * sizeof *out);
    for (uint32_t i = 0; i < share->n; i++)
        out[labels[share->sample[i]]]++;
}

/* A counting sort. */
uint32_t *samples_by_label(const struct partition_input *in, uint32_t *first)
{
    uint32_t *order = need(in->samples * sizeof *order), *at = need((size_t)in->classes * sizeof *at);
    memset(first, 0, ((size_t)in->classes + 1) * sizeof *first);
    for (uint32_t i = 0; i < in->samples; i++)
        first[in->labels[i] + 1]++;
    for (int c = 0; c < in->classes; c++) {
        first[c + 1] += first[c];
        at[c] = first[c];
    }
    for (uint32_t i = 0; i < in->samples; i++)
        order[at[in->labels[i]]++] = i;
    free(at);
    return order;
}

/* ---- from the owner of each sample to shares ---- */

static uint32_t largest(const uint32_t *size, uint32_t n)
{
    uint32_t most = 0;
    for (uint32_t i = 1; i < n; i++)
        most = size[i] > size[most] ? i : most;
    return most;
}

static void take_last(uint32_t *owner, uint32_t samples, uint32_t from, uint32_t to)
{
    uint32_t i = samples - 1;
    while (owner[i] != from)
        i--;
    owner[i] = to;
}

/* No share is empty: a worker without samples could not make a batch. */
static void fill_empty(uint32_t *owner, uint32_t samples, uint32_t *size, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (size[i] > 0)
            continue;
        uint32_t from = largest(size, n);
        take_last(owner, samples, from, i);
        size[from]--;
        size[i]++;
    }
}

/* A counting sort by owner. */
void shares_by_owner(const struct partition_input *in, uint32_t *owner, struct shares *out)
{
    uint32_t *size = need(in->shares * sizeof *size);
    for (uint32_t i = 0; i < in->samples; i++)
        size[owner[i]]++;
    fill_empty(owner, in->samples, size, in->shares);
    for (uint32_t i = 0; i < in->shares; i++) {
        out->begin[i + 1] = out->begin[i] + size[i];
        size[i] = out->begin[i]; /* from here on: where the share's next sample goes */
    }
    for (uint32_t i = 0; i < in->samples; i++)
        out->sample[size[owner[i]]++] = i;
    free(size);
}
