#include "sim/time/coding_time.h"

#include "sim/time/exact.h"

static vtime duration(const struct coding_time *c, uint64_t bytes)
{
    const struct exact_term product[] = {{EXACT_TIMES, EXACT_DECIMAL, c->cost},
                                         {EXACT_TIMES, EXACT_DECIMAL, c->factor},
                                         {EXACT_TIMES, EXACT_DOUBLE, (double)bytes}};
    vtime each = exact_ns(product, 3, 0);
    int64_t messages = c->messages > 1 ? c->messages : 1;
    return each > VTIME_LAST / messages ? VTIME_LAST + 1
                                        : each * messages; /* such a moment is never played */
}

bool coding_takes_time(const struct coding_time *c)
{
    return c->cost > 0 && c->factor > 0;
}

vtime coding_ns(const struct coding_time *c, int64_t number)
{
    return coding_takes_time(c) ? duration(c, c->uncoded(c->context, number)) : 0;
}

vtime coding_until_ns(const struct coding_time *c, int64_t number, int bucket)
{
    return coding_takes_time(c) ? duration(c, c->uncoded_until(c->context, number, bucket)) : 0;
}

vtime coding_part_ns(const struct coding_time *c, int64_t number, int parts)
{
    if (!coding_takes_time(c))
        return 0;
    uint64_t bytes = c->uncoded(c->context, number), n = (uint64_t)parts;
    return duration(c, bytes / n + (bytes % n > 0));
}
