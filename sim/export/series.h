/* eval.csv in long form: one row a number, as tools that draw scalars want it. Inside of sim/export/. */
#ifndef SIM_EXPORT_SERIES_H
#define SIM_EXPORT_SERIES_H

#include "sim/verify/members.h"

struct series; /* all evaluations of an algorithm */

/* NULL, with a finding: eval.csv is missing or damaged, or its last row is not the end that the summary tells of. */
struct series *series_read(const char *folder, struct members *summary, struct findings *f);
void series_free(struct series *s);

/* Columns run,tag,step,virtual_s,bytes,value; tag after tag. A step never goes back within a tag. path appears when
 * it is complete. */
void series_write(const struct series *s, const char *run, const char *path);

#endif
