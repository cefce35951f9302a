/* partition.csv in the folder of a run: the number of training samples of each worker or client, by class. */
#ifndef SIM_COMMANDS_PARTITION_H
#define SIM_COMMANDS_PARTITION_H

#include "sim/runtime/run.h"

void partition_save(const struct run *run, const char *folder); /* never overwrites a file */

/* The sizes of the smallest and of the largest share. */
void partition_extremes(const struct run *run, uint32_t *least, uint32_t *most);

#endif
