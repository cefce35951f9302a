#include "sim/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cblas.h>

#include "models/kernels.h"
#include "sim/base/fail.h"

static int cpu_has_avx512(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#else
    return 0;
#endif
}

void host_choose_blas(char **argv)
{
    const char *core = openblas_get_corename();
    if (!getenv("OPENBLAS_CORETYPE") && cpu_has_avx512() && strcmp(core, "Haswell") == 0) {
        setenv("OPENBLAS_CORETYPE", "SkylakeX", 1);
        setenv("OPENBLAS_NUM_THREADS", "1", 0);
        execv("/proc/self/exe", argv); /* comes back only when it failed: then we are merely slower */
        warn("could not start again with OPENBLAS_CORETYPE=SkylakeX; going on with slower kernels");
    }
    openblas_set_num_threads(1);
}

void host_kernels(char *out, size_t size)
{
    snprintf(out, size, "%s, OpenBLAS %s", kernels_name(), openblas_get_corename());
}

static void record_cpu(struct json *json)
{
    char line[256], *name = NULL;
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && !name && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", 10) == 0 && (name = strchr(line, ':')))
            name[strcspn(name, "\n")] = 0;
    json_text(json, "cpu", name ? name + 2 : NULL);
    json_int(json, "cores", sysconf(_SC_NPROCESSORS_ONLN));
    if (file)
        fclose(file);
}

void host_record(struct json *json)
{
    struct utsname u;
    json_text(json, "version", PROGRAM_VERSION);
    json_text(json, "compiler", __VERSION__);
    json_text(json, "blas", openblas_get_config());
    json_text(json, "blas_core", openblas_get_corename());
    json_text(json, "small_products", kernels_name());
    record_cpu(json);
    if (uname(&u) == 0)
        json_text(json, "system", u.release);
}
