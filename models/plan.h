/* The memory plan of a workspace: where each buffer lies in one block of memory. Every buffer is used during
 * an interval of steps, and two buffers may share bytes if their intervals do not meet.
 *
 *     offset
 *       ^   +---------+     +-----+
 *       |   |    B    |     |  D  |          B and D share bytes, since the last use of B is
 *       |   +----+----+---+-+-----+          before the first use of D
 *       |   | A  |        |    C  |
 *       +---+----+--------+-------+--> step
 *
 * (Usage records and offset calculation: Pisarchyk and Lee, Efficient Memory Management for Deep Neural Net
 * Inference, 2020, arXiv:2001.03288.) */
#ifndef MODELS_PLAN_H
#define MODELS_PLAN_H

#include <stddef.h>

struct usage {
    size_t floats;
    int first, last; /* steps of the first and the last use; last < first: not used at all */
    size_t offset;   /* the answer, in floats, a multiple of 16 (64 bytes, a cache line) */
};

/* Sets the offset of all n usages; returns the floats needed in all. The same usages give the same plan. */
size_t plan_memory(struct usage *usages, int n);

#endif
