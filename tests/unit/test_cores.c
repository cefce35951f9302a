/* The CPU quota of a control group: v1 and v2, from the group up to the root, as seen in a container, and none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/cores.h"

static char folder[] = "/tmp/ospsim_cores.XXXXXX";

/* Makes the folders of the path, too. */
static void put(const char *path, const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s", folder, path);
    for (char *at = strchr(whole + strlen(folder) + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        mkdir(whole, 0700);
        *at = '/';
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static double quota(const char *mount, const char *groups)
{
    char file[512], at[512];
    put("groups", groups);
    snprintf(file, sizeof file, "%s/groups", folder);
    snprintf(at, sizeof at, "%s/%s", folder, mount);
    return cores_quota(file, at);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char command[64];
    (void)state;
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

static void v2(void **state)
{
    (void)state;
    put("v2/a/b/cpu.max", "250000 100000\n");
    put("v2/a/cpu.max", "max 100000\n");
    assert_float_equal(quota("v2", "0::/a/b\n"), 2.5, 1e-9);
    put("v2/a/cpu.max", "150000 100000\n");
    assert_float_equal(quota("v2", "0::/a/b\n"), 1.5, 1e-9); /* the group above has less */
    put("v2/cpu.max", "50000 100000\n");
    assert_float_equal(quota("v2", "0::/of/the/host\n"), 0.5, 1e-9); /* a container: the path is not there */
    assert_float_equal(quota("v2", "0::/\n"), 0.5, 1e-9);
}

static void v1(void **state)
{
    (void)state;
    put("v1/cpu,cpuacct/a/cpu.cfs_quota_us", "300000\n");
    put("v1/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
    put("v1/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    put("v1/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    assert_float_equal(quota("v1", "5:memory:/a\n4:cpu,cpuacct:/a\n0::/\n"), 3, 1e-9);
    assert_true(isinf(quota("v1", "4:cpuacct,cpuset:/a\n")));
}

static void none(void **state)
{
    (void)state;
    assert_true(isinf(quota("nowhere", "0::/\n")));
    assert_true(isinf(quota("v2", "damaged\n")));
    assert_true(isinf(cores_quota("/nowhere", "/nowhere")));
    assert_in_range(cores_available(), 1, 1 << 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(v2), cmocka_unit_test(v1), cmocka_unit_test(none)};
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
