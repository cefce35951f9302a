/* comparison.csv of a run that is done. */
#ifndef SIM_VERIFY_COMPARISON_H
#define SIM_VERIFY_COMPARISON_H

#include "sim/verify/finding.h"

void comparison_judge(const char *run, struct findings *f); /* run: its folder */

#endif
