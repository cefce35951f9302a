/* How much of a run its timeline shows: the value of [output] trace. */
#ifndef SIM_CONFIG_TRACE_LIMIT_H
#define SIM_CONFIG_TRACE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* The values that a user may give, in words for error messages. */
#define TRACE_EXPECTED "'first N rounds' (N from 1 to 10^9), 'all' or 'none'"

/* Sets *rounds to N, INT64_MAX (all) or 0 (none). false: the text is none of these values. */
bool trace_rounds(const char *text, int64_t *rounds);

#endif
