#include "sim/time/vtime.h"

#include <assert.h>
#include <math.h>

vtime vtime_from_seconds(double seconds, vtime least)
{
    double ns = seconds * NS_PER_S;
    assert(fabs(ns) < 0x1p63);         /* beyond that (292 years) a vtime ends; false for NaN too */
    vtime rounded = (vtime)llrint(ns); /* to nearest, a half to even: the default rounding of IEEE 754 */
    return rounded < least ? least : rounded;
}
