/* The command that --advise ends with: a comparison of the best few, for a shell. */
#ifndef SIM_COMMANDS_ADVISE_COMMAND_H
#define SIM_COMMANDS_ADVISE_COMMAND_H

#include "sim/advise/advise.h"
#include "sim/commands/program.h"

/* Prints it on stdout, or why there is none. */
void advise_command(const struct program *p, const struct advice *a, const char *program);

#endif
