/* The counter by which the launcher sees that this process waits for a disk. Beside disk.c, since
 * fail.c needs these calls and disk.c needs fail.c. */
#include <stddef.h>

#include "sim/base/disk.h"

static _Atomic int *counter; /* in shared memory; NULL: there is no launcher that reads it */

void disk_tell(_Atomic int *waits)
{
    counter = waits;
}

void disk_begin(void)
{
    if (counter)
        atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

void disk_end(void)
{
    if (counter)
        atomic_fetch_sub_explicit(counter, 1, memory_order_relaxed);
}
