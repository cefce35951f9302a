#include "sim/time/vtime.h"

#include <math.h>

#include "sim/base/fail.h"

vtime vtime_from_seconds(double seconds, vtime least)
{
    double ns = seconds * NS_PER_S;
    if (!(fabs(ns) < 0x1p62)) /* NaN too */
        die(EXIT_USAGE, "a duration of %g s is more than the virtual clock holds (146 years)", seconds);
    vtime rounded = (vtime)llrint(ns); /* to nearest, a half to even: the default rounding of IEEE 754 */
    return rounded < least ? least : rounded;
}
