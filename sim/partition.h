/* partition.csv of a run's folder: how many training samples each worker has, and of which class. */
#ifndef SIM_PARTITION_H
#define SIM_PARTITION_H

#include "models/data/partition.h"

/* Refuses to overwrite. classes and labels are those of the training set. */
void partition_save(const struct shares *shares, int workers, const struct dataset *data, const char *folder);

/* The sizes of the smallest and of the largest share. */
void partition_extremes(const struct shares *shares, int workers, uint32_t *least, uint32_t *most);

#endif
