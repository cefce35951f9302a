/* Presets of [network]: network.preset = NAME takes the values of experiments/networks/NAME.ini, which is installed
 * with the program. The file begins with two comments: what it is, and "Source: ...". */
#ifndef SIM_COMMANDS_NETWORKS_H
#define SIM_COMMANDS_NETWORKS_H

#include "sim/config/config.h"

void networks_list(void); /* --list networks */

/* Before config_finish. Does nothing without network.preset, or if every key of [network] is given, as in
 * resolved.ini. A warning, once in each process, names keys that are given in a file and win over a preset of the
 * command line. false, with one line in error: there is no such preset, or it is damaged. */
bool networks_apply(struct config_source *src, char *error, size_t error_size);

#endif
