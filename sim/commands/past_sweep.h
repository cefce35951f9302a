/* A sweep that a folder has, to be read and not to be run. */
#ifndef SIM_COMMANDS_PAST_SWEEP_H
#define SIM_COMMANDS_PAST_SWEEP_H

#include "sim/commands/program.h"
#include "sim/sweep/sweep.h"

struct past_sweep {
    struct sweep sweep; /* what tables and reports read of it */
    char *milestones;
};

/* Makes the configuration from the folder and the options, too; the caller ends it with config_end(p->source). Ends the
 * program with EXIT_USAGE where the folder's grid cannot be read. */
struct past_sweep past_sweep_open(struct program *p, const char *folder);
void past_sweep_close(struct past_sweep *past);

#endif
