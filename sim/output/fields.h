/* Writes rows by the tables of sim/schema/columns.h. */
#ifndef SIM_OUTPUT_FIELDS_H
#define SIM_OUTPUT_FIELDS_H

#include "sim/output/csv.h"
#include "sim/output/json.h"
#include "sim/schema/columns.h"

/* Opens folder/<the file of these columns>. end: NULL: makes a new file with the header; otherwise opens
 * the existing file and cuts it off after *end bytes. */
struct csv *fields_open(const char *folder, const struct columns *columns, const int64_t *end);
void fields_write(struct csv *csv, const struct columns *columns, const void *row); /* one whole row */

/* Writes the row's members into the open object. Without faults, the members WITH_FAULTS are left out.
 * Without a target, the members WITH_TARGET are null; without training, the members WITH_TRAINING are
 * null. */
struct present {
    bool faults, target, training;
};
void fields_to_json(struct json *json, const struct columns *members, const void *row, struct present p);

#endif
