/* Compares the instruction sets that a kernel of OpenBLAS uses with those that the CPU has. Both are ordered
 * levels, so one comparison decides. */
#include "sim/blas_core.h"

#include <string.h>
#include <strings.h>

enum level { OLDER, SSE42, AVX, AVX2, AVX512, UNKNOWN };

/* The instruction set that the kernels of each core use. */
static const struct core {
    const char *name;
    enum level level;
} cores[] = {
    {"Unknown", OLDER},   {"Generic", OLDER},      {"Katmai", OLDER},      {"Coppermine", OLDER},
    {"Northwood", OLDER}, {"Prescott", OLDER},     {"Banias", OLDER},      {"Atom", OLDER},
    {"Core2", OLDER},     {"Penryn", OLDER},       {"Dunnington", OLDER},  {"Athlon", OLDER},
    {"Opteron", OLDER},   {"Opteron_SSE3", OLDER}, {"Barcelona", OLDER},   {"Nano", OLDER},
    {"Bobcat", OLDER},    {"Nehalem", SSE42},      {"Sandybridge", AVX},   {"Bulldozer", AVX},
    {"Piledriver", AVX},  {"Steamroller", AVX},    {"Excavator", AVX2},    {"Haswell", AVX2},
    {"Zen", AVX2},        {"SkylakeX", AVX512},    {"Cooperlake", AVX512}, {"SapphireRapids", AVX512},
};

static enum level level_of_core(const char *name)
{
    for (size_t i = 0; i < sizeof cores / sizeof *cores; i++)
        if (strcasecmp(name, cores[i].name) == 0)
            return cores[i].level;
    return UNKNOWN;
}

static enum level level_of_cpu(const struct cpu_features *cpu)
{
    return cpu->avx512 ? AVX512 : cpu->avx2_fma ? AVX2 : cpu->avx ? AVX : cpu->sse42 ? SSE42 : OLDER;
}

const char *blas_core(const struct cpu_features *cpu, const char *found)
{
    /* OpenBLAS 0.3.21 and all later versions have these cores */
    const char *const best[] = {[OLDER] = NULL,
                                [SSE42] = "Nehalem",
                                [AVX] = "Sandybridge",
                                [AVX2] = cpu->amd ? "Zen" : "Haswell",
                                [AVX512] = "SkylakeX"};
    enum level level = level_of_cpu(cpu);
    return level_of_core(found) < level ? best[level] : NULL;
}

bool blas_core_runs(const struct cpu_features *cpu, const char *core)
{
    enum level level = level_of_core(core);
    return level == UNKNOWN || level <= level_of_cpu(cpu);
}

struct cpu_features cpu_features(void)
{
    struct cpu_features cpu = {0};
#if defined(__x86_64__)
    __builtin_cpu_init();
    cpu.amd = __builtin_cpu_is("amd");
    cpu.sse42 = __builtin_cpu_supports("sse4.2");
    cpu.avx = __builtin_cpu_supports("avx");
    cpu.avx2_fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    cpu.avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                 __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
    return cpu;
}
