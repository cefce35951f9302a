/* Memory planning: every buffer lives for an interval of time; two may share bytes when their intervals do
 * not meet. */
#ifndef MODELS_PLAN_H
#define MODELS_PLAN_H

#include <stddef.h>

struct buffer {
    size_t floats;
    int birth, death; /* first and last moment of use; death < birth: not used at all */
    size_t offset;    /* the answer, in floats, a multiple of 16 (64 bytes) */
};

/* Sets every offset; returns the floats needed in all. Depends on nothing but its arguments. */
size_t plan_memory(struct buffer *buffers, int n);

#endif
