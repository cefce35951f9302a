/* Are the files of a real data set on this machine? Tests of real sets skip where they are not. */
#ifndef TESTS_RIGS_DATA_FOLDER_H
#define TESTS_RIGS_DATA_FOLDER_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/data/dataset.h"

/* Does one of the folders `places`, ended by NULL, hold the set? name: of a set in dataset_list that has files. */
static inline bool data_is_in(const char *name, const char *const *places)
{
    const struct dataset_def *const *def = dataset_list;
    char path[512];
    while (strcmp((*def)->name, name) != 0)
        def++;
    for (; *places; places++)
        for (const char *const *folder = (*def)->folders; *folder; folder++)
            for (int zipped = 0; zipped < 2; zipped++) {
                snprintf(path, sizeof path, "%s/%s/%s%s", *places, *folder, (*def)->probe,
                         zipped ? ".gz" : "");
                if (access(path, F_OK) == 0)
                    return true;
            }
    return false;
}

#endif
