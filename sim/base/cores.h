/* The cores that this process may use at once. */
#ifndef SIM_BASE_CORES_H
#define SIM_BASE_CORES_H

/* By the processor set (taskset, cpusets) and by the CPU quota of the control group; a quota of 2.5 cores
 * counts as 3. At least 1. */
int cores_available(void);

/* The quota alone, in cores; INFINITY: none. groups: /proc/self/cgroup; mount: /sys/fs/cgroup. Apart for tests. */
double cores_quota(const char *groups, const char *mount);

#endif
