#include "sim/time/fluid.h"

#include <math.h>

#include "sim/base/fail.h"

/* 1 byte at 1 byte/ns takes 1 ns: from a unit of volumes to a unit of moments. */
enum { UNITS = 64 - VOLUME_BITS };

struct rate rate_of(double bytes_per_ns)
{
    if (isinf(bytes_per_ns))
        return (struct rate){0};
    int exponent;
    double fraction = frexp(bytes_per_ns, &exponent);
    return (struct rate){(uint64_t)ldexp(fraction, 64), 64 - exponent};
}

static int leading_zeros(uint128 x) /* x > 0 */
{
    uint64_t high = (uint64_t)(x >> 64);
    return high ? __builtin_clzll(high) : 64 + __builtin_clzll((uint64_t)x);
}

/* Long division with digits of 64 bits: the divisor has its highest bit set, and `over` is shifted so that
 * its upper half is less than the divisor. The quotient is then one digit. */
struct rate rate_of_quotient(int128 over, int scale, int under)
{
    int zeros = leading_zeros((uint128)over), more = __builtin_clzll((unsigned)under);
    uint64_t divisor = (uint64_t)under << more;
    uint128 x = (uint128)over << zeros;
    int shift = scale + zeros - more;
    if ((uint64_t)(x >> 64) >= divisor) {
        x >>= 1;
        shift--;
    }
    return (struct rate){(uint64_t)(x / divisor), shift};
}

volume volume_in(struct rate rate, moment time)
{
    uint128 low = (uint128)(uint64_t)time * rate.mantissa;
    uint128 high = (uint128)(uint64_t)(time >> 64) * rate.mantissa + (low >> 64);
    int shift = rate.shift + UNITS; /* of high * 2^64 + the lower half of low, to the right */
    if (shift >= 64)
        return shift < 64 + 128 ? (volume)(high >> (shift - 64)) : 0;
    if (shift > 0)
        return (volume)(high << (64 - shift) | (uint64_t)low >> shift);
    return (volume)((high << 64 | (uint64_t)low) << -shift);
}

_Noreturn static void too_long(struct rate rate, volume v)
{
    double ns = ldexp((double)v / (double)rate.mantissa, rate.shift - VOLUME_BITS);
    die(EXIT_USAGE, "a message of %g s is more than the virtual clock holds (146 years)", ns / NS_PER_S);
}

moment time_for(struct rate rate, volume v)
{
    if (v <= 0 || rate.mantissa == 0)
        return 0;
    int zeros = leading_zeros((uint128)v) - 1, shift = rate.shift + UNITS - zeros;
    uint128 x = (uint128)v << zeros; /* less than 2^127, so the upper half is less than the mantissa */
    uint64_t digit = (uint64_t)(x / rate.mantissa);
    if (shift <= 0)
        return shift > -64 ? (moment)(digit >> -shift) : 0;
    uint128 rest = x - (uint128)digit * rate.mantissa;
    uint128 quotient = (uint128)digit << 64 | (uint64_t)((rest << 64) / rate.mantissa);
    if (shift > 64 || quotient >> (64 - shift) >= (uint128)1 << 126)
        too_long(rate, v);
    return (moment)(quotient >> (64 - shift));
}
