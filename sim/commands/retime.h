/* --retime RUN, and sweep.retime: a run takes the numbers of another one that has trained, and makes times and bytes of
 * its own. sim/retime/ says whether an algorithm's numbers stay the same. */
#ifndef SIM_COMMANDS_RETIME_H
#define SIM_COMMANDS_RETIME_H

#include "sim/commands/program.h"

/* The folder of --retime: there is a run in it. Locks it, and reads its given.ini if the call names no other. */
void retime_open(struct program *p, struct ini_text *given);

/* Before config_finish: a preset of the command line wins over [network] of that run. */
void retime_preset(struct program *p);

/* After program_open: all runs of --retime get their numbers, or the program ends with EXIT_USAGE and the reason. Of
 * --resume: those that had numbers of another run get them again. */
void retime(struct program *p);

/* A point of a sweep: the runs that may have the numbers of the point in this folder, beside its own, get them. */
void retime_point(struct program *p, const char *folder, const char *name);

/* The run can be retimed as far as its settings say: it trains, and its times are the model's. false: why says what is
 * in the way. */
bool retime_allows(const struct run *run, char *why, size_t size);

/* The files that a run takes over as they are. */
void retime_link(const struct run *run);

#endif
