/* Wall time: the time of this machine. A CSV of a run on the virtual clock never contains it. */
#ifndef SIM_BASE_CLOCK_H
#define SIM_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_ns(void);     /* CLOCK_MONOTONIC */
double clock_seconds(void); /* the same */

/* From now on the sleeps of this process end on time. By default Linux lets them run 50 us longer. */
void clock_sharpen(void);

#endif
