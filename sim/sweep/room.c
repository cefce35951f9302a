/* Memory on this machine and how many points of a sweep fit into it. Limits come from /dev/shm, /proc/meminfo
 * and the control group (a container, a batch job); the smallest limit counts. */
#include "sim/sweep/room.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>

#include "sim/base/text.h"

enum { PAGE = 4096 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t room_shared(void)
{
    struct statvfs fs;
    return statvfs("/dev/shm", &fs) ? SIZE_MAX : (size_t)fs.f_bavail * (size_t)fs.f_frsize;
}

/* The number behind `name` in a file of /proc or /sys; with name "", the first number. SIZE_MAX: there is
 * none. */
static size_t number_in(const char *path, const char *name)
{
    char line[256];
    size_t value = SIZE_MAX;
    FILE *file = fopen(path, "re");
    while (file && value == SIZE_MAX && fgets(line, sizeof line, file)) {
        char *begin = line + strlen(name), *end;
        if (strncmp(line, name, strlen(name)) != 0)
            continue;
        value = strtoull(begin, &end, 10);
        if (end == begin) { /* "max": no limit */
            value = SIZE_MAX;
            break;
        }
    }
    if (file)
        fclose(file);
    return value;
}

/* Bytes that the control group below /sys/fs/cgroup may still allocate; SIZE_MAX: no limit. */
static size_t left_of_group(const char *group)
{
    char *most = text_format("/sys/fs/cgroup%s/memory.max", group),
         *now = text_format("/sys/fs/cgroup%s/memory.current", group),
         *kinds = text_format("/sys/fs/cgroup%s/memory.stat", group);
    size_t limit = number_in(most, ""), taken = number_in(now, ""),
           files = number_in(kinds, "inactive_file ");
    free(most);
    free(now);
    free(kinds);
    if (limit == SIZE_MAX || taken == SIZE_MAX)
        return SIZE_MAX;
    taken -= files < taken ? files : 0; /* the kernel frees cached pages of files when memory is short */
    return limit > taken ? limit - taken : 0;
}

/* The control group of this process, under both paths: inside a container the own group is the root "",
 * outside /proc/self/cgroup names it. */
static size_t left_of_groups(void)
{
    char line[4096];
    size_t left = left_of_group("");
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, "0::", 3) == 0)
            left = least(left, left_of_group(line + 3));
    }
    if (file)
        fclose(file);
    return left;
}

size_t room_memory(void)
{
    size_t kib = number_in("/proc/meminfo", "MemAvailable:");
    return least(kib == SIZE_MAX ? SIZE_MAX : kib * 1024, left_of_groups());
}

static size_t pages(size_t bytes)
{
    return (bytes + PAGE - 1) / PAGE * PAGE;
}

static int more_shared(const void *a, const void *b)
{
    const struct need_of_point *x = a, *y = b;
    return (x->shared < y->shared) - (x->shared > y->shared);
}

static int more_in_all(const void *a, const void *b)
{
    const struct need_of_point *x = a, *y = b;
    return (x->all < y->all) - (x->all > y->all);
}

size_t room_taken(struct need_of_point *needs, int n, int points)
{
    size_t taken = 0;
    qsort(needs, (size_t)n, sizeof *needs, more_shared);
    for (int i = 0; i < n && i < points; i++)
        taken += pages(needs[i].shared);
    return taken;
}

/* The largest needs count first: whichever points meet, they need at most as much. */
int room_for(struct need_of_point *needs, int n, size_t shared, size_t memory)
{
    int fit = 0, fit_in_all = 0;
    qsort(needs, (size_t)n, sizeof *needs, more_shared);
    for (; fit < n && pages(needs[fit].shared) <= shared; fit++)
        shared -= pages(needs[fit].shared);
    qsort(needs, (size_t)n, sizeof *needs, more_in_all);
    for (; fit_in_all < n && needs[fit_in_all].all <= memory; fit_in_all++)
        memory -= needs[fit_in_all].all;
    return fit < fit_in_all ? fit : fit_in_all;
}
