/* The time of this machine. Never in a CSV of a run on the virtual clock. */
#ifndef SIM_BASE_CLOCK_H
#define SIM_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ns(void); /* CLOCK_MONOTONIC */

/* From now on this process's sleeps end when they should; Linux lets them run 50 us over otherwise. */
void clock_sharpen(void);

#endif
