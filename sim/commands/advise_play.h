/* What a candidate of --advise does on the cluster, tried in a process of its own: a setting that cannot run ends that
 * process alone. */
#ifndef SIM_COMMANDS_ADVISE_PLAY_H
#define SIM_COMMANDS_ADVISE_PLAY_H

#include "sim/advise/advise.h"
#include "sim/commands/program.h"

/* Sets c->is, for this number of training samples, or c->refusal. p: of FILE, open; the candidate runs in its place.
 * as_it_is: the steps of c are FILE's. */
void advise_play(const struct program *p, double samples, struct candidate *c);

/* Calls what(context) in a process of its own. NULL: it has returned; else the reason why die() has ended it, without
 * the program's name. The caller frees. */
char *advise_refusal(void (*what)(const void *context), const void *context);

#endif
