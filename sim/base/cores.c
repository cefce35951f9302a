/* The quota of a control group is in cpu.max (cgroup v2), or in cpu.cfs_quota_us and cpu.cfs_period_us (v1). A
 * group has at most the quota of each group above it, so the smallest counts. In a container the path of
 * /proc/self/cgroup may not exist below the mounted hierarchy; the root of that is then the group itself. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "sim/base/cores.h"

#include <limits.h>
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel refuses a set that is smaller than its own, which may be larger than glibc's cpu_set_t. */
static int by_set(void)
{
    enum { LEAST = 1024, MOST = 1 << 16 };
    int count = 0;
    for (size_t n = LEAST; n <= MOST && count == 0; n *= 2) {
        size_t size = CPU_ALLOC_SIZE(n);
        cpu_set_t *set = CPU_ALLOC(n);
        if (set && sched_getaffinity(0, size, set) == 0)
            count = CPU_COUNT_S(size, set);
        CPU_FREE(set);
    }
    return count;
}

/* Up to two numbers; returns how many there were. */
static int read_numbers(const char *folder, const char *name, double out[2])
{
    char path[3 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "r");
    int n = file ? fscanf(file, "%lf %lf", &out[0], &out[1]) : 0;
    if (file)
        fclose(file);
    return n < 0 ? 0 : n;
}

/* A quota of "max", or -1, is none. */
static double quota_of(const char *folder)
{
    double v2[2], quota[2], period[2];
    if (read_numbers(folder, "cpu.max", v2) == 2)
        return v2[1] > 0 ? v2[0] / v2[1] : INFINITY;
    if (read_numbers(folder, "cpu.cfs_quota_us", quota) &&
        read_numbers(folder, "cpu.cfs_period_us", period) && quota[0] > 0 && period[0] > 0)
        return quota[0] / period[0];
    return INFINITY;
}

/* The smallest quota from the group `path` up to the root of the hierarchy. */
static double least_quota(const char *hierarchy, const char *path)
{
    char folder[2 * PATH_MAX];
    size_t root = (size_t)snprintf(folder, PATH_MAX, "%s", hierarchy);
    snprintf(folder + root, PATH_MAX, "%s", path);
    double least = quota_of(folder);
    for (char *end; (end = strrchr(folder + root, '/'));) {
        *end = '\0';
        least = fmin(least, quota_of(folder));
    }
    return least;
}

static bool has_cpu(const char *controllers)
{
    size_t n = strlen("cpu");
    for (const char *at = controllers; at; at = strchr(at, ','), at = at ? at + 1 : NULL)
        if (strncmp(at, "cpu", n) == 0 && (at[n] == ',' || at[n] == '\0'))
            return true;
    return false;
}

/* A line is "0::PATH" (v2) or "NUMBER:CONTROLLERS:PATH" (v1). v1 is mounted below /sys/fs/cgroup by its
 * controllers; v2 there itself, or in a folder of its own beside v1. */
static double quota_by_line(char *line, const char *mount)
{
    char folder[PATH_MAX];
    char *controllers = strchr(line, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path)
        return INFINITY;
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    controllers++;
    if (*controllers && !has_cpu(controllers))
        return INFINITY;
    snprintf(folder, sizeof folder, *controllers ? "%s/%s" : "%s/unified", mount, controllers);
    double least = least_quota(folder, path);
    return *controllers ? least : fmin(least, least_quota(mount, path));
}

double cores_quota(const char *groups, const char *mount)
{
    char line[PATH_MAX];
    double least = INFINITY;
    FILE *file = fopen(groups, "r");
    while (file && fgets(line, sizeof line, file))
        least = fmin(least, quota_by_line(line, mount));
    if (file)
        fclose(file);
    return least;
}

int cores_available(void)
{
    double cores = fmin(by_set(), ceil(cores_quota("/proc/self/cgroup", "/sys/fs/cgroup")));
    return cores < 1 ? 1 : (int)cores;
}
