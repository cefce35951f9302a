/* --json: one object per line on standard output. The start and the end of a run are here. Evaluations
 * (sim/runtime/display.c) and summaries (sim/output/summary.h) come in between. */
#ifndef SIM_COMMANDS_JSON_EVENTS_H
#define SIM_COMMANDS_JSON_EVENTS_H

#include "sim/commands/program.h"

void json_events_start(const struct program *p); /* call when the folder exists */
void json_events_end(const struct program *p, int exit_status);

#endif
