/* The checksum of a file, equal to that of the POSIX command cksum, which plots/list_curves.awk calls. */
#include <stdint.h>
#include <stdio.h>

#include "sim/base/text.h"
#include "sim/report/runs.h"

static uint32_t take(uint32_t crc, unsigned byte)
{
    crc ^= (uint32_t)byte << 24;
    for (int bit = 0; bit < 8; bit++)
        crc = crc << 1 ^ (crc >> 31 ? 0x04C11DB7U : 0);
    return crc;
}

char *file_contents(const char *path)
{
    FILE *file = fopen(path, "rbe");
    uint32_t crc = 0;
    uint64_t length = 0;
    if (!file)
        return text_copy("");
    for (int byte; (byte = getc(file)) != EOF; length++)
        crc = take(crc, (unsigned)byte);
    fclose(file);
    for (; length > 0; length >>= 8) /* the length counts, too, with its lowest byte first */
        crc = take(crc, (unsigned)(length & 255));
    return text_format("%lu", (unsigned long)(uint32_t)~crc);
}
