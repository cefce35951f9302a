/* A CSV file of a sweep's results: it is written as a whole under a temporary name and then renamed, so a reader never
 * sees half a file. */
#ifndef SIM_SWEEP_SWEEP_FILE_H
#define SIM_SWEEP_SWEEP_FILE_H

#include "sim/output/csv.h"

struct sweep_file {
    char *path, *temporary;
    struct csv *csv;
};

struct sweep_file sweep_file_open(const char *folder, const char *name, char *header); /* frees the header */
void sweep_file_close(struct sweep_file *file);

#endif
