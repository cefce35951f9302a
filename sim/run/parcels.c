#include "sim/run/parcels.h"

#include "sim/run/parts.h"

static size_t span_bytes(const struct run *run, const struct span *span, const struct coding *coding,
                         int64_t number)
{
    return span->coded ? coding_bytes(coding, number) : parts_floats(run, number) * sizeof(float);
}

static void resize_push(struct parcel *p, int64_t number)
{
    const struct run *run = p->context;
    for (int i = 0; i < run->protocol->push_spans; i++)
        p->bytes[i] = span_bytes(run, &run->protocol->push[i], &run->push_coding, number);
}

static void resize_reply(struct parcel *p, int64_t number)
{
    const struct run *run = p->context;
    for (int i = 0; i < run->protocol->reply_spans; i++)
        p->bytes[i] = span_bytes(run, &run->protocol->reply[i], &run->reply_coding, number);
}

static uint64_t wire_bytes(const struct parcel *p, int64_t number)
{
    struct parcel own = parcel_of(p, number);
    return WIRE_HEADER + parcel_bytes(&own);
}

static uint64_t push_size(const void *run, int64_t number)
{
    return wire_bytes(&((const struct run *)run)->push, number);
}

static uint64_t reply_size(const void *run, int64_t number)
{
    return wire_bytes(&((const struct run *)run)->reply, number);
}

static struct parcel parcel_with(const struct run *run, int spans, void (*resize)(struct parcel *, int64_t))
{
    struct parcel p = {.spans = spans, .context = run};
    for (int64_t i = 0; i < run->parts.count; i++) {
        struct parcel one = {.context = run};
        resize(&one, i);
        for (int s = 0; s < spans; s++)
            p.bytes[s] = one.bytes[s] > p.bytes[s] ? one.bytes[s] : p.bytes[s];
    }
    if (run->stats)
        p.bytes[p.spans++] = run->stats * sizeof(float);
    return p;
}

void parcels_prepare(struct run *run)
{
    const struct protocol *protocol = run->protocol;
    struct conductor_spec *c = &run->conductor;
    run->push = parcel_with(run, protocol->push_spans, resize_push);
    run->reply = parcel_with(run, protocol->reply_spans, resize_reply);
    run->snapshot = (struct parcel){.spans = 1 + (run->stats > 0),
                                    .bytes = {run->n * sizeof(float), run->stats * sizeof(float)}};
    c->push_bytes = wire_bytes(&run->push, 0); /* before they are told to change: the most */
    c->reply_bytes = wire_bytes(&run->reply, 0);
    c->model_bytes = wire_bytes(&run->snapshot, 0);
    c->size_context = run;
    if (run->parts.floats || coding_shrinks(&run->push_coding)) {
        run->push.resize = resize_push;
        c->push_size = push_size;
    }
    if (run->parts.floats || coding_shrinks(&run->reply_coding)) {
        run->reply.resize = resize_reply;
        c->reply_size = reply_size;
    }
}
