/* floor(ratio n) without rounding errors. The quick way is a product of doubles; only if that product is too
 * near to a whole number does the exact way in integers decide. */
#include "sim/base/part.h"

#include <stdio.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

uint64_t part_decimal(double x, int *power)
{
    char text[40], *end;
    int digits = 0;
    do /* ends, since 17 digits identify every double */
        snprintf(text, sizeof text, "%.*e", digits++, x);
    while (strtod(text, NULL) != x);
    uint64_t whole = (uint64_t)(*text - '0');
    for (end = text + 1; *end != 'e'; end++)
        if (*end >= '0' && *end <= '9') /* not the point */
            whole = 10 * whole + (uint64_t)(*end - '0');
    *power = (int)strtol(end + 1, NULL, 10) - (digits - 1);
    return whole;
}

/* The digits of ratio (at most 17) and of n (at most 20) make a product of at most 37 digits: it fits into
 * 128 bits. Multiplications by ten stop at the largest value, so they cannot overflow. */
static uint64_t exact_part(double ratio, uint64_t n)
{
    int power;
    wide product = (wide)part_decimal(ratio, &power) * n;
    for (; power < 0 && product > 0; power++)
        product /= 10;
    for (; power > 0 && product < INT64_MAX; power--)
        product *= 10;
    return product < INT64_MAX ? (uint64_t)product : INT64_MAX;
}

uint64_t part_of(double ratio, uint64_t n)
{
    /* ratio, n and x are rounded to 53 bits each, so x is wrong by less than three parts in 2^53 */
    double x = ratio * (double)n, off = x * 0x1p-50;
    if (x + off >= 0x1p63)
        return exact_part(ratio, n);
    uint64_t least = (uint64_t)(x - off), most = (uint64_t)(x + off);
    return least == most ? least : exact_part(ratio, n);
}
