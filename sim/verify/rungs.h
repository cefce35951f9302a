/* rungs.csv of a halved sweep. */
#ifndef SIM_VERIFY_RUNGS_H
#define SIM_VERIFY_RUNGS_H

#include "sim/verify/finding.h"
#include "sim/verify/settings.h"

/* folder: of the sweep. */
void rungs_judge(const char *folder, struct settings *settings, struct findings *f);

#endif
