/* The host: chooses the kernels of OpenBLAS before a run, and records CPU, system and libraries in
 * run.json. */
#include "sim/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cblas.h>

#include "models/kernels.h"
#include "sim/base/fail.h"
#include "sim/blas_core.h"

void host_choose_blas(char **argv)
{
    const struct cpu_features cpu = cpu_features();
    const char *core = blas_core(&cpu, openblas_get_corename()), *own = getenv("OPENBLAS_CORETYPE");
    if (own && !blas_core_runs(&cpu, own))
        die(EXIT_USAGE,
            "OPENBLAS_CORETYPE=%s: expected kernels that this CPU can run; unset the variable for the best",
            own);
    if (core && !own) {
        setenv("OPENBLAS_CORETYPE", core, 1);
        setenv("OPENBLAS_NUM_THREADS", "1", 0);
        execv("/proc/self/exe", argv); /* returns only after an error; the run is then only slower */
        warn("could not start again with OPENBLAS_CORETYPE=%s; going on with slower kernels", core);
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
