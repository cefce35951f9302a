/* The order of candidates. Times and bytes count in classes of 10 %: what differs by less is as good, and then the
 * candidate comes first that takes less. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/advise/advise.h"
#include "sim/base/fail.h"
#include "sim/base/text.h"

char *candidate_with(const struct candidate *c)
{
    return c->key ? text_format("%s = %lld", c->key, (long long)c->steps) : text_copy("");
}

/* ---- local steps ---- */

static bool is_of_one(const struct candidate *a, const struct candidate *b)
{
    return strcmp(a->name, b->name) == 0;
}

/* The candidate of the algorithm of `first` with the fewest steps that have nearly its shortest time. */
static int enough_steps(const struct advice *a, int first)
{
    double shortest = INFINITY;
    int chosen = -1;
    for (int i = first; i < a->n; i++)
        if (is_of_one(&a->at[i], &a->at[first]) && !a->at[i].refusal)
            shortest = fmin(shortest, a->at[i].is.ns);
    for (int i = first; i < a->n; i++) {
        const struct candidate *c = &a->at[i];
        if (is_of_one(c, &a->at[first]) && !c->refusal && c->is.ns * (1 - STEPS_SLACK) <= shortest &&
            (chosen < 0 || c->steps < a->at[chosen].steps))
            chosen = i;
    }
    return chosen;
}

void advice_choose(struct advice *a)
{
    for (int i = 0; i < a->n; i++) {
        a->at[i].by = -1;
        a->at[i].standing = a->at[i].refusal ? REFUSED : i == a->reference ? REFERENCE : CANDIDATE;
    }
    for (int i = 0; i < a->n; i++) {
        int chosen = a->at[i].standing == CANDIDATE ? enough_steps(a, i) : -1;
        for (int j = i; chosen >= 0 && j < a->n; j++)
            if (j != chosen && a->at[j].standing == CANDIDATE && is_of_one(&a->at[j], &a->at[i])) {
                a->at[j].standing = NOT_CHOSEN;
                a->at[j].by = chosen;
            }
    }
}

/* ---- what beats what ---- */

static int class_of(double x, double least)
{
    return (int)floor(log(fmax(x, 1) / fmax(least, 1)) / log1p(ADVICE_SLACK) + 1e-9);
}

enum { BY_TIME, BY_APART, BY_COMPRESSION, BY_BYTES, SCORES };
struct scores { /* the less, the better; in the order that ranks */
    double at[SCORES];
};

static struct scores scores_of(const struct candidate *c, double least_ns, double least_bytes)
{
    return (struct scores){{[BY_TIME] = class_of(c->is.ns, least_ns),
                            [BY_APART] = round(10 * c->is.apart),
                            [BY_COMPRESSION] = round(10 * fmax(c->is.compression, 1)),
                            [BY_BYTES] = class_of(c->is.bytes, least_bytes)}};
}

static bool beats(const struct scores *a, const struct scores *b)
{
    bool some = false;
    for (int i = 0; i < SCORES; i++) {
        if (a->at[i] > b->at[i])
            return false;
        some |= a->at[i] < b->at[i];
    }
    return some;
}

static bool are_twins(const struct candidate *a, const struct candidate *b)
{
    return a->is.ns == b->is.ns && a->is.bytes == b->is.bytes && a->is.steps == b->is.steps &&
           a->is.staleness == b->is.staleness && a->is.compression == b->is.compression;
}

static bool takes_part(const struct candidate *c)
{
    return c->standing == CANDIDATE || c->standing == REFERENCE;
}

/* The reference, then the first in the list, stands for its twins. */
static void find_twins(struct advice *a)
{
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < a->n && a->at[i].standing == CANDIDATE; j++) {
            bool stands = j == a->reference || (j < i && a->at[j].standing == CANDIDATE);
            if (stands && are_twins(&a->at[i], &a->at[j])) {
                a->at[i].standing = TWIN;
                a->at[i].by = j;
            }
        }
}

static void find_beaten(struct advice *a, const struct scores *scores)
{
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < a->n && a->at[i].standing == CANDIDATE; j++)
            if (takes_part(&a->at[j]) && beats(&scores[j], &scores[i])) {
                a->at[i].standing = BEATEN;
                a->at[i].by = j;
            }
}

static void find_costly(struct advice *a, const struct scores *scores)
{
    const struct scores *r = &scores[a->reference];
    for (int i = 0; i < a->n; i++) {
        const struct scores *c = &scores[i];
        bool gives = c->at[BY_TIME] < r->at[BY_TIME] ||
                     (c->at[BY_TIME] == r->at[BY_TIME] && c->at[BY_BYTES] < r->at[BY_BYTES]);
        if (a->at[i].standing == CANDIDATE && !gives)
            a->at[i].standing = COSTS_MORE;
    }
}

static bool comes_first(const struct scores *a, const struct scores *b)
{
    for (int i = 0; i < SCORES; i++)
        if (a->at[i] != b->at[i])
            return a->at[i] < b->at[i];
    return false;
}

void advice_rank(struct advice *a)
{
    double least_ns = INFINITY, least_bytes = INFINITY;
    struct scores *scores = need((size_t)a->n * sizeof *scores);
    find_twins(a);
    for (int i = 0; i < a->n; i++)
        if (takes_part(&a->at[i])) {
            least_ns = fmin(least_ns, a->at[i].is.ns);
            least_bytes = fmin(least_bytes, a->at[i].is.bytes);
        }
    for (int i = 0; i < a->n; i++)
        scores[i] = scores_of(&a->at[i], least_ns, least_bytes);
    find_beaten(a, scores);
    find_costly(a, scores);
    for (int i = 0; i < a->n; i++) {
        a->at[i].rank = a->at[i].standing == CANDIDATE;
        for (int j = 0; j < a->n && a->at[i].rank; j++)
            a->at[i].rank +=
                a->at[j].standing == CANDIDATE && j != i &&
                (comes_first(&scores[j], &scores[i]) || (j < i && !comes_first(&scores[i], &scores[j])));
    }
    free(scores);
}

const struct candidate *advice_of_rank(const struct advice *a, int rank)
{
    for (int i = 0; i < a->n; i++)
        if (a->at[i].rank == rank)
            return &a->at[i];
    return NULL;
}
