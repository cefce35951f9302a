/* Trace files: CSV, first a line that names the columns, in any order:
 *
 *   seconds,factor,worker
 *   0,1,0
 *   12.5,0.25,0
 *
 * From `seconds` of virtual time on, rounded to the ns, a speed or bandwidth is `factor` times its nominal
 * value, until the worker's next row. Before the worker's first row the factor is 1. Without the column
 * `worker` the rows hold for all workers. Seconds rise from row to row of a worker. Empty lines are
 * ignored. */
#ifndef SIM_CONFIG_TRACE_FILE_H
#define SIM_CONFIG_TRACE_FILE_H

#include <stddef.h>

#include "sim/time/trace.h"

enum { THE_SERVER = 0 }; /* as the number of workers: one trace, for the PS, and no column `worker` */

/* Returns one trace for each worker, in one block that the caller frees; or NULL with "path:line: why" (or
 * "path: why") in error. */
struct trace *trace_read(const char *path, int workers, char *error, size_t error_size);

#endif
