/* Small CSV files of the user that a key names (traces, sites): first a line that names the columns, in any
 * order, then rows. Empty lines are ignored. */
#ifndef SIM_CONFIG_TABLE_FILE_H
#define SIM_CONFIG_TABLE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "sim/config/key.h"

enum { TABLE_COLUMNS = 8 };

struct table_file {
    /* (columns) Each reads its cell into a row's struct, with its bounds; with .preset, no cell may be empty. */
    const struct config_key *column;
    int columns;
    size_t row_size;      /* of the struct; a row begins as zeros */
    const char *expected; /* columns, for the message about a header: "seconds,factor and perhaps worker" */
    /* Whether these columns will do: bit i is set if column i is in the header. */
    bool (*has_columns)(void *context, unsigned columns);
    /* Takes a row, in the order of the file; texts are freed after it. false: why says what is wrong. */
    bool (*add)(void *context, const void *row, char *why, size_t size);
    void *context;
};

/* true, or false with "path:line: why" (or "path: why") in error. A file without rows is refused. */
bool table_read(const struct table_file *table, const char *path, char *error, size_t error_size);

#endif
