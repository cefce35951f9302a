/* --json: how a run begins and ends, one object a line on standard output. In between are evaluations (run/display.c) and summaries
 * (output/summary.h). */
#ifndef SIM_COMMANDS_JSON_EVENTS_H
#define SIM_COMMANDS_JSON_EVENTS_H

#include "sim/commands/program.h"

void json_events_start(const struct program *p); /* its folder is there */
void json_events_end(const struct program *p, int exit_status);

#endif
