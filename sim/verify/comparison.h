/* comparison.csv of a run that is done. */
#ifndef SIM_VERIFY_COMPARISON_H
#define SIM_VERIFY_COMPARISON_H

#include "sim/verify/finding.h"
#include "sim/verify/settings.h"

/* run: its folder, and what its resolved.ini says. */
void comparison_judge(const char *run, struct settings *settings, struct findings *f);

#endif
