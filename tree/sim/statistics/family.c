#include "sim/statistics/family.h"

#include <assert.h>
#include <math.h>

#include "sim/statistics/interval.h"

double family_level(int m)
{
    assert(m >= 1);
    return 1 - FAMILY_ERROR / m;
}

static bool enough(int n, double std, double half_width, double level)
{
    return t_half_width(std, n, level) <= half_width;
}

/* The half-width falls with n, so the first n that is enough lies between two powers of two. */
int seeds_for(double std, double half_width, double level)
{
    int no = 1, yes = 2;
    if (!isfinite(std) || !(half_width > 0))
        return 0;
    while (yes < MOST_SEEDS && !enough(yes, std, half_width, level)) {
        no = yes;
        yes *= 2;
    }
    while (yes - no > 1) {
        int middle = no + (yes - no) / 2;
        if (enough(middle, std, half_width, level))
            yes = middle;
        else
            no = middle;
    }
    return yes < MOST_SEEDS ? yes : MOST_SEEDS;
}

double half_width_of_share(double share)
{
    return log1p(share);
}
