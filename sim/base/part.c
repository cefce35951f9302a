#include "sim/base/part.h"

#include <stdio.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

/* The decimal with the fewest digits that reads as x: its digits as a whole number, and the power of ten that they
 * are multiplied by. */
static uint64_t shortest_decimal(double x, int *power)
{
    char text[40], *end;
    int digits = 0;
    do /* ends: 17 digits always do */
        snprintf(text, sizeof text, "%.*e", digits++, x);
    while (strtod(text, NULL) != x);
    uint64_t whole = (uint64_t)(*text - '0');
    for (end = text + 1; *end != 'e'; end++)
        if (*end >= '0' && *end <= '9') /* not the point */
            whole = 10 * whole + (uint64_t)(*end - '0');
    *power = (int)strtol(end + 1, NULL, 10) - (digits - 1);
    return whole;
}

/* At most 17 digits and 20 of n: there is room. */
static uint64_t exact_part(double ratio, uint64_t n)
{
    int power;
    wide product = (wide)shortest_decimal(ratio, &power) * n;
    for (; power < 0 && product > 0; power++)
        product /= 10;
    for (; power > 0 && product < INT64_MAX; power--)
        product *= 10;
    return product < INT64_MAX ? (uint64_t)product : INT64_MAX;
}

uint64_t part_of(double ratio, uint64_t n)
{
    double x = ratio * (double)n, off = x * 0x1p-50; /* more than the roundings of ratio, n and x together */
    if (x + off >= 0x1p63)
        return exact_part(ratio, n);
    uint64_t least = (uint64_t)(x - off), most = (uint64_t)(x + off);
    return least == most ? least : exact_part(ratio, n);
}
