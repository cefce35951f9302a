/* The block of shared memory of a run. The launcher creates the block before it forks, so every child has it
 * at the same address. The block never keeps a name in /dev/shm, so nothing is left behind, whichever process
 * dies. */
#ifndef SIM_TRANSPORT_SHM_H
#define SIM_TRANSPORT_SHM_H

#include <stddef.h>

/* Returns zeroed, page-aligned memory that posix_fallocate has really reserved. If /dev/shm is full, the
 * program ends with EXIT_RESOURCE and a line that says how much it needs and how much is free, instead of a
 * SIGBUS later. */
void *shm_create(size_t bytes);
void shm_destroy(void *block, size_t bytes);

#endif
