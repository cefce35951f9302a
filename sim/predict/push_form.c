#include "sim/predict/push_form.h"

#include <math.h>
#include <stdlib.h>

#include "sim/base/fail.h"
#include "sim/predict/exchange_form.h"

double push_form_compute(const struct conductor_spec *spec, int worker)
{
    return (double)compute_calm(&spec->compute, worker);
}

double push_form_slowest(const struct conductor_spec *spec)
{
    double most = 0;
    for (int i = 0; i < spec->workers; i++)
        most = fmax(most, push_form_compute(spec, i));
    return most;
}

/* A shard serves its part of a push, the PS all of it. */
static vtime service_of(const struct conductor_spec *spec, uint64_t push)
{
    const struct exchange_spec *x = &spec->exchange;
    int shards = x->topology ? x->topology->shards : 1;
    if (shards == 1)
        return conductor_service(spec, push);
    uint64_t header = (uint64_t)x->header;
    return conductor_service(spec, (push - header + (uint64_t)shards - 1) / (uint64_t)shards + header);
}

/* What the PS, or each shard, decodes of a push, and encodes of the replies to an update. */
static vtime server_coding(const struct conductor_spec *spec, const struct coding_time *what, int64_t number)
{
    const struct exchange_spec *x = &spec->exchange;
    return coding_part_ns(what, number, x->topology ? x->topology->shards : 1);
}

static struct closed_form over_star(const struct conductor_spec *spec, const struct exchange_part *part)
{
    struct closed_form_direction up = {&spec->exchange.up, (uint64_t)part->push},
                                 down = {&spec->exchange.down, (uint64_t)part->reply};
    struct closed_form x = closed_form_of(&up, &down, part->service);
    x.down += (double)part->answer;
    x.cycle += (double)part->answer;
    return x;
}

/* Bucket b of the push is exchange `first` + b. */
static struct exchange_part part_of(const struct conductor_spec *spec, int64_t number, int bucket)
{
    const struct exchange_spec *x = &spec->exchange;
    int64_t exchange = buckets_exchange(spec->buckets, number) + bucket;
    uint64_t push = buckets_bytes(spec->buckets, number, bucket, conductor_push_bytes(spec, number)),
             reply = buckets_bytes(spec->buckets, number, bucket, conductor_reply_bytes(spec, number + 1));
    return (struct exchange_part){.push = (double)push,
                                  .reply = (double)reply,
                                  .service = service_of(spec, push) +
                                             server_coding(spec, &x->server_decodes, exchange),
                                  .answer = server_coding(spec, &x->server_encodes, exchange)};
}

/* Relative to the moment at which all of the push is computed and encoded. iteration: 0: of none of its buckets. */
static double ready_of(const struct conductor_spec *spec, int64_t number, int bucket, vtime iteration)
{
    const struct coding_time *encode = &spec->worker_encodes;
    vtime computed = iteration > 0 ? buckets_ready(spec->buckets, number, bucket, iteration) - iteration : 0;
    vtime all = coding_until_ns(encode, number, buckets_count(spec->buckets, number) - 1);
    return (double)(computed + coding_until_ns(encode, number, bucket) - all);
}

struct closed_form push_form(const struct conductor_spec *spec, int64_t number, bool early)
{
    struct closed_form x = {.up = NAN, .down = NAN, .cycle = NAN};
    int n = buckets_count(spec->buckets, number);
    struct exchange_part *part = need((size_t)n * sizeof *part);
    vtime iteration = early && spec->buckets ? (vtime)push_form_slowest(spec) : 0;
    for (int b = 0; b < n; b++) {
        part[b] = part_of(spec, number, b);
        if (spec->buckets)
            part[b].ready = ready_of(spec, number, b, iteration);
    }
    if (spec->exchange.topology)
        exchange_form_of(&spec->exchange, buckets_exchange(spec->buckets, number), part, n, &x);
    else
        x = over_star(spec, part);
    free(part);
    return x;
}
