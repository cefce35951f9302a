/* partition.csv of a run's folder: how many training samples each worker, or client, has, and of which class. */
#ifndef SIM_COMMANDS_PARTITION_H
#define SIM_COMMANDS_PARTITION_H

#include "sim/runtime/run.h"

void partition_save(const struct run *run, const char *folder); /* refuses to overwrite */

/* The sizes of the smallest and of the largest share. */
void partition_extremes(const struct run *run, uint32_t *least, uint32_t *most);

#endif
