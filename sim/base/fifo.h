/* A first-in-first-out queue of values of equal size in private memory. It grows as needed. */
#ifndef SIM_BASE_FIFO_H
#define SIM_BASE_FIFO_H

#include <stdbool.h>
#include <stddef.h>

struct fifo {
    char *room;
    size_t size; /* of a value */
    size_t slots, first, count;
};

void fifo_init(struct fifo *f, size_t size);
void fifo_free(struct fifo *f);
void fifo_put(struct fifo *f, const void *value);
void fifo_clear(struct fifo *f);
bool fifo_take(struct fifo *f, void *value);  /* false: empty */
const void *fifo_front(const struct fifo *f); /* NULL: empty */
/* Value i from the front, 0 .. count-1. The pointer is valid until the next put or take. */
void *fifo_at(const struct fifo *f, size_t i);

#endif
