#include "sim/exchange/buckets.h"

#include <assert.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/exchange/words.h"

const char *const overlap_words[] = {[OVERLAP_NONE] = "none", [OVERLAP_BACKWARD] = "backward", NULL};

/* ---- making ---- */

/* A share is  ((A - 1) + f + (1 - f) x done / all) / A,  with f = p / q:
 *
 *     ((A - 1) q all + p all + (q - p) done)  /  (A q all) */
static int128 whole_of(const struct bucket_rule *rule)
{
    return (int128)rule->batches * rule->forward_of * rule->operations;
}

static int128 share_until(const struct bucket_rule *rule, int128 done)
{
    int64_t p = rule->forward, q = rule->forward_of;
    return ((int128)(rule->batches - 1) * q + p) * rule->operations + (q - p) * done;
}

struct buckets *buckets_create(const struct bucket_rule *rule, int64_t fragments)
{
    assert(rule->operations > 0 && rule->operations <= BUCKETS_OPERATIONS);
    assert(rule->forward >= 0 && rule->forward < rule->forward_of && rule->batches >= 1);
    assert((int128)rule->batches * rule->forward_of < (int128)1 << 62);
    struct buckets *b = need(sizeof *b);
    b->fragments = fragments;
    b->list = need((size_t)fragments * sizeof *b->list);
    b->whole = whole_of(rule);
    return b;
}

static bool is_full(const struct bucket_rule *rule, const struct bucket_part *part, int64_t floats,
                    int buckets)
{
    int64_t limit = buckets == 0 ? rule->first_limit : rule->limit;
    return rule->limit == 0 ? part->ends_layer : 4 * floats >= limit;
}

void buckets_add(struct buckets *b, const struct bucket_rule *rule, int64_t fragment,
                 const struct bucket_part *part, int n)
{
    struct bucket_list *list = &b->list[fragment];
    list->before = b->exchanges;
    list->at = need((size_t)(n + 1) * sizeof *list->at);
    struct bucket next = {0};
    int64_t before = 0;
    for (int i = 0; i < n; i++) {
        next.floats += part[i].floats;
        next.first_tensor = part[i].tensor;
        next.share = share_until(rule, part[i].operations);
        if (i + 1 < n && !is_full(rule, &part[i], next.floats - before, list->n))
            continue;
        before = next.floats;
        list->at[list->n++] = next;
    }
    if (n == 0) /* filler alone */
        list->n = 1;
    else if (b->fragments > 1 && next.share < b->whole) /* its layers are ready before the iteration ends */
        list->at[list->n++] = next;
    list->at[list->n - 1].share = b->whole;
    b->exchanges += list->n;
}

void buckets_destroy(struct buckets *b)
{
    for (int64_t i = 0; b && i < b->fragments; i++)
        free(b->list[i].at);
    free(b ? b->list : NULL);
    free(b);
}

/* ---- numbers ---- */

static const struct bucket_list *list_of(const struct buckets *b, int64_t push)
{
    return &b->list[b->fragments == 1 ? 0 : push % b->fragments];
}

int buckets_count(const struct buckets *b, int64_t push)
{
    return b ? list_of(b, push)->n : 1;
}

int64_t buckets_exchange(const struct buckets *b, int64_t push)
{
    return b ? push / b->fragments * b->exchanges + list_of(b, push)->before : push;
}

/* The last fragment that begins at `place` or before. */
static int64_t fragment_at(const struct buckets *b, int64_t place)
{
    int64_t low = 0, high = b->fragments - 1;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        if (b->list[middle].before <= place)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

int64_t buckets_push(const struct buckets *b, int64_t exchange, int *bucket)
{
    int64_t round = b ? exchange / b->exchanges : exchange, place = b ? exchange % b->exchanges : 0;
    int64_t fragment = b ? fragment_at(b, place) : 0;
    if (bucket)
        *bucket = b ? (int)(place - b->list[fragment].before) : 0;
    return b ? round * b->fragments + fragment : exchange;
}

/* ---- size and time ---- */

/* The nearest whole number to  x part / whole, a half up; part <= whole. An estimate is off by a few at most, and
 * its error x part - estimate whole is exact though both products may run over: only their difference counts. */
static int64_t nearest(int64_t x, int128 part, int128 whole)
{
    __extension__ typedef unsigned __int128 uint128;
    int64_t estimate = (int64_t)((long double)x * (long double)part / (long double)whole);
    int128 rest = (int128)((uint128)x * (uint128)part - (uint128)estimate * (uint128)whole);
    for (; rest >= whole - rest; rest -= whole)
        estimate++;
    for (; - rest > whole + rest; rest += whole)
        estimate--;
    return estimate;
}

static uint64_t until(const struct bucket_list *list, int bucket, uint64_t payload)
{
    if (bucket < 0)
        return 0;
    if (bucket == list->n - 1)
        return payload;
    return (uint64_t)nearest((int64_t)payload, list->at[bucket].floats, list->at[list->n - 1].floats);
}

uint64_t buckets_bytes(const struct buckets *b, int64_t push, int bucket, uint64_t bytes)
{
    if (!b)
        return bytes;
    const struct bucket_list *list = list_of(b, push);
    assert(bucket >= 0 && bucket < list->n && bytes >= b->header + b->statistics);
    uint64_t payload = bytes - b->header - b->statistics;
    uint64_t statistics = bucket == list->n - 1 ? b->statistics : 0;
    return until(list, bucket, payload) - until(list, bucket - 1, payload) + statistics + b->header;
}

vtime buckets_ready(const struct buckets *b, int64_t push, int bucket, vtime duration)
{
    const struct bucket_list *list = list_of(b, push);
    return bucket == list->n - 1 ? duration : nearest(duration, list->at[bucket].share, b->whole);
}
