/* eval.csv in long form: one number per row, as tools that draw scalars expect. Only sim/export/ uses this
 * header. */
#ifndef SIM_EXPORT_SERIES_H
#define SIM_EXPORT_SERIES_H

#include "sim/verify/members.h"

struct series; /* all evaluations of an algorithm */

/* NULL, with a finding: eval.csv is missing or damaged, or its last row disagrees with the summary. */
struct series *series_read(const char *folder, struct members *summary, struct findings *f);
void series_free(struct series *s);

/* Writes the columns run,tag,step,virtual_s,bytes,value, tag by tag. Steps never fall within a tag. The file
 * appears at path when it is complete. */
void series_write(const struct series *s, const char *run, const char *path);

#endif
