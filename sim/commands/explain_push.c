#include "sim/commands/explain_push.h"

#include <stdio.h>

#include "sim/base/text.h"
#include "sim/predict/push_form.h"
#include "sim/predict/theory.h"

enum { FIRST_SHOWN = 4 }; /* of many buckets; and the last one */

/* "1.00 MiB after 20.5 ms" */
static void print_bucket(const struct conductor_spec *spec, int bucket)
{
    char bytes[32], time[32];
    vtime iteration = (vtime)push_form_slowest(spec);
    printf("  %s after %s\n",
           text_bytes(bytes, sizeof bytes,
                      buckets_bytes(spec->buckets, 0, bucket, conductor_push_bytes(spec, 0))),
           text_duration(time, sizeof time, buckets_ready(spec->buckets, 0, bucket, iteration)));
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

/* How much of the exchange is over when backward is. */
static void print_hidden(const struct run *run)
{
    char hidden[32], all[32];
    struct closed_form x = theory_exchange(&run->conductor), early = theory_early(&run->conductor);
    double ns = x.up + x.down - early.up - early.down;
    printf("%s: %s of an exchange of %s are hidden behind backward\n", run->name,
           text_duration_real(hidden, sizeof hidden, ns), text_duration_real(all, sizeof all, x.up + x.down));
}

static void print_buckets(const struct run *run)
{
    const struct conductor_spec *spec = &run->conductor;
    char time[32];
    int n = buckets_count(spec->buckets, 0);
    bool fragments = spec->buckets->fragments > 1;
    printf("%s: a push%s leaves in %d bucket%s while its last iteration, of %s, is computed:\n", run->name,
           fragments ? ", of the first fragment," : "", n, n > 1 ? "s" : "",
           text_duration_real(time, sizeof time, push_form_slowest(spec)));
    print_list(spec, n);
    print_hidden(run);
}

/* ---- coding ---- */

static void print_coding(const char *who, const struct coding_time *encode, const struct coding_time *decode)
{
    (void)who;
    (void)encode;
    (void)decode;
}

void explain_push(const struct run *run)
{
    if (run->conductor.buckets)
        print_buckets(run);
    print_coding(run->name, NULL, NULL);
}
