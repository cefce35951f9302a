/* Wall time and timer accuracy of this process. Progress lines, deadlines and run.json use them; virtual time
 * does not (sim/time/vtime.h). */
#include "sim/base/clock.h"

#include <sys/prctl.h>
#include <time.h>

int64_t clock_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

double clock_seconds(void)
{
    return 1e-9 * (double)clock_ns();
}

void clock_sharpen(void)
{
    prctl(PR_SET_TIMERSLACK, 1UL); /* ns. If the kernel refuses, sleeps are only less accurate. */
}
