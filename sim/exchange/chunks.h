/* The chunks in which `tree` and `hierarchical` relay a vector, so that a worker passes on the first while the next
 * ones come. Their size follows from the whole push, and there are at most 1024 of them; the last is shorter. */
#ifndef SIM_EXCHANGE_CHUNKS_H
#define SIM_EXCHANGE_CHUNKS_H

#include "sim/exchange/kind.h"

enum { MOST_CHUNKS = 1024 };

static inline uint64_t chunk_size(const struct collective *e)
{
    uint64_t least = exchange_spec_of(e->exchange)->chunk, fine = share_of(e->payload, MOST_CHUNKS);
    return least > fine ? least : fine;
}

static inline int chunk_count(const struct collective *e, uint64_t bytes) /* of a vector, or a part of it */
{
    return bytes > 0 ? (int)share_of(bytes, chunk_size(e)) : 1; /* the header travels without content, too */
}

static inline uint64_t chunk_bytes(const struct collective *e, uint64_t bytes, int chunk)
{
    uint64_t size = chunk_size(e), rest = bytes - (uint64_t)chunk * size;
    return rest < size ? rest : size;
}

#endif
