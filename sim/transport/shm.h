/* One block of shared memory for a run: created by the launcher before it forks, seen by every child at the
 * same address. It never has a name in /dev/shm, so nothing can be left behind, whatever dies. */
#ifndef SIM_TRANSPORT_SHM_H
#define SIM_TRANSPORT_SHM_H

#include <stddef.h>

/* bytes, zeroed, page aligned, really reserved (posix_fallocate: a full /dev/shm ends the program with
 * EXIT_RESOURCE and a line that says how much was asked for and how much is free, instead of a SIGBUS later). */
void *shm_create(size_t bytes);
void shm_destroy(void *block, size_t bytes);

#endif
