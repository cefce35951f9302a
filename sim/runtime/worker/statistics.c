/* BatchNorm's statistics of a worker: the rule of statistics.h for overlapping pushes. loop.c and step.c
 * call the events below in the order in which they happen. Nothing here depends on the moment at which a
 * reply is accepted, only on the number of iterations. */
#include "sim/runtime/worker/statistics.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/fail.h"
#include "sim/base/vec.h"

static struct mark mark_create(size_t n, const float *values)
{
    return (struct mark){.values = vec_create(n, values)};
}

static void mark_set(const struct statistics *s, struct mark *m, const float *values)
{
    vec_copy(m->values, values, s->n);
    m->at = s->iterations;
    m->next = s->pushes;
}

void statistics_open(struct statistics *s, size_t n, double memory, const float *first)
{
    *s = (struct statistics){.n = n, .memory = memory};
    s->own = vec_create(n, first);
    s->mean = vec_create(n, NULL);
    s->shift = mark_create(n, NULL);
    s->shift.at = -1;
    s->accepted = mark_create(n, first);
    s->left = mark_create(n, first);
}

void statistics_close(struct statistics *s)
{
    free(s->own);
    free(s->mean);
    free(s->shift.values);
    free(s->accepted.values);
    free(s->left.values);
    for (size_t i = 0; i < s->sents; i++)
        free(s->sent[i].values);
    free(s->sent);
}

/* ---- pushes that have been sent and not answered ---- */

static struct mark *add_sent(struct statistics *s)
{
    if (s->sents == s->room) {
        s->room = 2 * s->room + 1;
        s->sent = need_more(s->sent, s->sents * sizeof *s->sent, s->room * sizeof *s->sent);
    }
    s->sent[s->sents] = mark_create(s->n, NULL);
    return &s->sent[s->sents++];
}

/* Drops the marks of pushes below this number: no reply to them will come. */
static void forget_sent(struct statistics *s, int64_t below)
{
    size_t gone = 0;
    while (gone < s->sents && s->sent[gone].next < below)
        free(s->sent[gone++].values);
    s->sents -= gone;
    if (gone > 0)
        memmove(s->sent, s->sent + gone, s->sents * sizeof *s->sent);
}

/* The statistics that the reply's mean corrects: sent_j of statistics.h. */
static const struct mark *reference(const struct statistics *s, int64_t answers)
{
    for (size_t i = 0; i < s->sents; i++)
        if (s->sent[i].next == answers)
            return &s->sent[i];
    return &s->accepted;
}

/* ---- shifts ---- */

/* r^iterations: what is left of a change after this number of iterations. */
static float remains(const struct statistics *s, int64_t iterations)
{
    return (float)pow(s->memory, (double)iterations);
}

static void add_shift(struct statistics *s, float *to)
{
    if (s->shift.at >= 0)
        vec_add_scaled(to, remains(s, s->iterations - s->shift.at), s->shift.values, s->n);
}

/* Adds to every younger push what remains of the shift at that push, since the push would have carried it. */
static void shift_sent(struct statistics *s, const struct mark *from)
{
    for (size_t i = 0; i < s->sents; i++) {
        struct mark *m = &s->sent[i];
        bool younger = from == &s->accepted ? m->next >= from->next : m->next > from->next;
        if (!younger)
            continue;
        float left = remains(s, m->at - from->at);
        if (m->at == from->at)
            vec_copy(m->values, s->mean, s->n);
        for (size_t j = 0; m->at > from->at && j < s->n; j++)
            m->values[j] += left * (s->mean[j] - from->values[j]);
    }
}

/* Adds the new shift to the shift that waits already. The sum is stated at the later of the two moments. */
static void put_off(struct statistics *s, const struct mark *from)
{
    struct mark *shift = &s->shift;
    if (shift->at < 0) {
        memset(shift->values, 0, s->n * sizeof(float));
        shift->at = from->at;
    }
    int64_t at = from->at > shift->at ? from->at : shift->at;
    float of_old = remains(s, at - shift->at), of_new = remains(s, at - from->at);
    for (size_t j = 0; j < s->n; j++)
        shift->values[j] = of_old * shift->values[j] + of_new * (s->mean[j] - from->values[j]);
    shift->at = at;
}

static void overwrite(struct statistics *s, const float *values)
{
    vec_copy(s->own, values, s->n);
    s->shift.at = -1;
    mark_set(s, &s->left, s->own);
}

/* ---- events ---- */

void statistics_step(struct statistics *s)
{
    s->iterations++;
}

void statistics_push(struct statistics *s, int64_t number)
{
    if (s->n == 0)
        return;
    add_shift(s, s->own);
    s->shift.at = -1;
    s->pushes = number;
    mark_set(s, add_sent(s), s->own);
    s->pushes++;
    mark_set(s, &s->left, s->own);
}

void statistics_cancel(struct statistics *s)
{
    if (s->n == 0)
        return;
    vec_copy(s->own, s->left.values, s->n);
    s->iterations = s->left.at;
    if (s->shift.at > s->iterations)
        s->shift.at = s->iterations;
    if (s->accepted.at > s->iterations) {
        int64_t next = s->accepted.next;
        mark_set(s, &s->accepted, s->own);
        add_shift(s, s->accepted.values);
        s->accepted.next = next;
    }
}

void statistics_accept(struct statistics *s, int64_t answers, int64_t served)
{
    if (s->n == 0)
        return;
    const struct mark *from = reference(s, answers);
    assert(answers < 0 || from->next == answers);
    shift_sent(s, from);
    if (from->at == s->iterations)
        overwrite(s, s->mean);
    else
        put_off(s, from);
    forget_sent(s, answers + 1 > served ? answers + 1 : served);
    mark_set(s, &s->accepted, s->own);
    add_shift(s, s->accepted.values);
}

void statistics_fetch(struct statistics *s, const float *values)
{
    forget_sent(s, s->pushes);
    overwrite(s, values);
    mark_set(s, &s->accepted, s->own);
}

/* ---- checkpoint ---- */

static void persist_mark(const struct statistics *s, struct mark *m, struct section *c)
{
    section_floats(c, m->values, s->n);
    section_bytes(c, &m->at, sizeof m->at);
    section_bytes(c, &m->next, sizeof m->next);
}

void statistics_persist(struct statistics *s, struct section *c)
{
    if (s->n == 0)
        return;
    section_floats(c, s->own, s->n);
    section_bytes(c, &s->iterations, sizeof s->iterations);
    section_bytes(c, &s->pushes, sizeof s->pushes);
    persist_mark(s, &s->shift, c);
    persist_mark(s, &s->accepted, c);
    persist_mark(s, &s->left, c);
    size_t sents = section_count(c, s->sents, s->n * sizeof(float));
    for (size_t i = 0; i < sents; i++)
        persist_mark(s, i < s->sents ? &s->sent[i] : add_sent(s), c);
}
