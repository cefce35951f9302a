/* How many points of a sweep have room on this machine side by side. */
#ifndef SIM_SWEEP_ROOM_H
#define SIM_SWEEP_ROOM_H

#include <stddef.h>

struct need_of_point { /* in bytes, the most that any of its runs takes */
    size_t shared;     /* in /dev/shm */
    size_t all;        /* that, and what its processes have for themselves */
};

size_t room_shared(void); /* bytes that are free in /dev/shm; SIZE_MAX: unknown */
size_t room_memory(void); /* bytes that this machine, or the container, has to give; SIZE_MAX: unknown */

/* The most points, of n at most, that fit together whichever of them meet; 0: there is one that does not fit. Sorts
 * the needs. */
int room_for(struct need_of_point *needs, int n, size_t shared, size_t memory);

/* What the `points` largest of the needs take together in /dev/shm. */
size_t room_taken(struct need_of_point *needs, int n, int points);

#endif
