#include "sim/commands/explain_push.h"

#include <stdio.h>

#include "sim/base/text.h"
#include "sim/predict/push_form.h"
#include "sim/predict/theory.h"

enum { FIRST_SHOWN = 4 }; /* of many buckets; and the last one */

/* "1.00 MiB after 20.5 ms": computed, and encoded as all buckets before it. */
static void print_bucket(const struct conductor_spec *spec, int bucket)
{
    char bytes[32], time[32];
    vtime iteration = (vtime)push_form_slowest(spec),
          departs = buckets_ready(spec->buckets, 0, bucket, iteration) +
                    coding_until_ns(&spec->worker_encodes, 0, bucket);
    printf("  %s after %s\n",
           text_bytes(bytes, sizeof bytes,
                      buckets_bytes(spec->buckets, 0, bucket, conductor_push_bytes(spec, 0))),
           text_duration(time, sizeof time, departs));
}

static void print_list(const struct conductor_spec *spec, int n)
{
    for (int b = 0; b < n; b++) {
        bool left_out = n > FIRST_SHOWN + 2 && b >= FIRST_SHOWN && b < n - 1;
        if (!left_out)
            print_bucket(spec, b);
        else if (b == FIRST_SHOWN)
            printf("  ... %d more ...\n", n - 1 - FIRST_SHOWN);
    }
}

static bool are_equal(const struct conductor_spec *a, const struct conductor_spec *b)
{
    int n = buckets_count(a->buckets, 0);
    uint64_t size[] = {conductor_push_bytes(a, 0), conductor_push_bytes(b, 0)};
    bool equal = buckets_count(b->buckets, 0) == n && a->buckets->fragments == b->buckets->fragments;
    for (int i = 0; equal && i < n; i++)
        equal = buckets_bytes(a->buckets, 0, i, size[0]) == buckets_bytes(b->buckets, 0, i, size[1]) &&
                coding_until_ns(&a->worker_encodes, 0, i) == coding_until_ns(&b->worker_encodes, 0, i);
    return equal;
}

/* The run before this one with the same buckets; NULL: there is none. */
static const struct run *same_before(const struct run *first, const struct run *run)
{
    for (const struct run *r = first; r < run; r++)
        if (r->conductor.buckets && are_equal(&r->conductor, &run->conductor))
            return r;
    return NULL;
}

/* " and 1.08 ms of encoding"; nothing where it takes no time. */
static void print_encoding(const struct conductor_spec *spec, int buckets)
{
    char time[32];
    vtime encoding = coding_until_ns(&spec->worker_encodes, 0, buckets - 1);
    if (encoding > 0)
        printf(" and %s of encoding", text_duration(time, sizeof time, encoding));
}

static void print_buckets(const struct run *first, const struct run *run)
{
    const struct conductor_spec *spec = &run->conductor;
    const struct run *before = same_before(first, run);
    char time[32];
    int n = buckets_count(spec->buckets, 0);
    const char *fragment = spec->buckets->fragments > 1 ? " (fragment 0)" : "";
    if (before) {
        printf("%s: the buckets of %s; ", run->name, before->name);
        return;
    }
    printf("%s: a push%s leaves in %d bucket%s during its last iteration of %s", run->name, fragment, n,
           n > 1 ? "s" : "", text_duration_real(time, sizeof time, push_form_slowest(spec)));
    print_encoding(spec, n);
    puts(":");
    print_list(spec, n);
    printf("%s: ", run->name);
}

/* How much of the exchange is over when backward is. */
static void print_hidden(const struct conductor_spec *spec)
{
    char hidden[32], all[32];
    struct closed_form x = theory_exchange(spec), early = theory_early(spec);
    double ns = x.up + x.down - early.up - early.down;
    printf("%s of an exchange of %s are hidden behind backward\n",
           text_duration_real(hidden, sizeof hidden, ns), text_duration_real(all, sizeof all, x.up + x.down));
}

/* ---- coding ---- */

struct coded {
    const char *verb; /* "encodes a push" */
    double ns;
};

/* "bsp: a worker encodes a push in 21.6 us, and decodes a result in 10.8 us"; what takes no time is left out. */
static void print_coded(const struct run *run, const char *who, const struct coded *coded)
{
    char time[32];
    const char *before = who;
    if (coded[0].ns + coded[1].ns == 0)
        return;
    printf("%s: ", run->name);
    for (int i = 0; i < 2; i++)
        if (coded[i].ns > 0) {
            printf("%s %s in %s", before, coded[i].verb, text_duration_real(time, sizeof time, coded[i].ns));
            before = ", and";
        }
    puts("");
}

static void print_coding(const struct run *run)
{
    struct theory_coding t = theory_coding(&run->conductor);
    bool parts = t.shards > 1;
    print_coded(run, "a worker",
                (const struct coded[]){
                    {"encodes a push", t.encode},
                    {t.gathers ? "decodes the codes of all others" : "decodes a result", t.decode}});
    print_coded(
        run, parts ? "a shard" : "the PS",
        (const struct coded[]){{parts ? "decodes its part of a push" : "decodes a push", t.server_decode},
                               {parts ? "encodes its part of replies" : "encodes replies", t.server_encode}});
}

void explain_push(const struct run *first, const struct run *run)
{
    if (run->conductor.buckets) {
        print_buckets(first, run);
        print_hidden(&run->conductor);
    }
    print_coding(run);
}
