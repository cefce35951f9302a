/* Where two streams differ, in words: "worker 3 has 4 local iterations in its push 17 there, 5 here". There: in the
 * run that has trained; here: in the run that shall have its numbers. */
#ifndef SIM_RETIME_DIFFERENCE_H
#define SIM_RETIME_DIFFERENCE_H

#include "sim/retime/steps.h"

struct difference {
    const struct steps *there, *here; /* their first parts are whole and differ, from the step `at` on */
    size_t at;
    int worker;     /* -1: the PS */
    int64_t parts;  /* equal parts before these: pushes of a worker */
    int64_t before; /* local iterations of the next push in equal parts that no push ends */
};

/* Compares the first parts, which are whole. true: they differ, and d->at says where. */
bool difference_find(struct difference *d);

void difference_say(const struct difference *d, char *out, size_t size);

#endif
