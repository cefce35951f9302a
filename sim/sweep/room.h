/* How many points of a sweep fit into the memory of this machine side by side. */
#ifndef SIM_SWEEP_ROOM_H
#define SIM_SWEEP_ROOM_H

#include <stddef.h>

struct need_of_point { /* bytes that the largest run of the point needs */
    size_t shared;     /* in /dev/shm */
    size_t all;        /* shared memory, and private memory of all processes */
};

size_t room_shared(void); /* bytes that are free in /dev/shm; SIZE_MAX: unknown */
size_t
room_memory(void); /* bytes that are available on this machine or in the container; SIZE_MAX: unknown */

/* The largest number of points (at most n) that fit side by side, whichever points these are. 0: some point
 * does not fit even alone. Sorts the needs. */
int room_for(struct need_of_point *needs, int n, size_t shared, size_t memory);

/* The sum of the `points` largest needs in /dev/shm. Sorts the needs. */
size_t room_taken(struct need_of_point *needs, int n, int points);

#endif
