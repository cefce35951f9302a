/* Which kernels OpenBLAS is asked for, by what the CPU has and what OpenBLAS took. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "sim/blas_core.h"

static const struct cpu_features
    OLD = {0},
    SSE42 = {.sse42 = true}, AVX = {.sse42 = true, .avx = true},
    INTEL_AVX2 = {.sse42 = true, .avx = true, .avx2_fma = true},
    AMD_AVX2 = {.amd = true, .sse42 = true, .avx = true, .avx2_fma = true},
    INTEL_AVX512 = {.sse42 = true, .avx = true, .avx2_fma = true, .avx512 = true},
    AMD_AVX512 = {.amd = true, .sse42 = true, .avx = true, .avx2_fma = true, .avx512 = true};

static const struct trial {
    const struct cpu_features *cpu;
    const char *found, *choice; /* NULL: what was found */
} trials[] = {
    {&INTEL_AVX512, "Prescott", "SkylakeX"}, /* family 6, model 207, under OpenBLAS 0.3.21 */
    {&INTEL_AVX512, "Nehalem", "SkylakeX"},
    {&INTEL_AVX512, "Sandybridge", "SkylakeX"},
    {&INTEL_AVX512, "Haswell", "SkylakeX"},
    {&INTEL_AVX512, "SkylakeX", NULL},
    {&INTEL_AVX512, "Cooperlake", NULL},
    {&INTEL_AVX512, "SapphireRapids", NULL},
    {&AMD_AVX512, "Haswell", "SkylakeX"}, /* Zen 4 and 5 under OpenBLAS 0.3.21 */
    {&AMD_AVX512, "Zen", "SkylakeX"},
    {&AMD_AVX512, "Barcelona", "SkylakeX"},
    {&AMD_AVX512, "Cooperlake", NULL},
    {&INTEL_AVX2, "Prescott", "Haswell"},
    {&INTEL_AVX2, "Core2", "Haswell"},
    {&INTEL_AVX2, "Unknown", "Haswell"},
    {&INTEL_AVX2, "Sandybridge", "Haswell"},
    {&INTEL_AVX2, "Haswell", NULL},
    {&INTEL_AVX2, "Zen", NULL},
    {&AMD_AVX2, "Prescott", "Zen"},
    {&AMD_AVX2, "Bobcat", "Zen"},
    {&AMD_AVX2, "Piledriver", "Zen"},
    {&AMD_AVX2, "Excavator", NULL},
    {&AMD_AVX2, "Zen", NULL},
    {&AMD_AVX2, "Haswell", NULL},
    {&AVX, "Prescott", "Sandybridge"},
    {&AVX, "Nehalem", "Sandybridge"},
    {&AVX, "Sandybridge", NULL},
    {&AVX, "Bulldozer", NULL},
    {&SSE42, "Prescott", "Nehalem"},
    {&SSE42, "Nehalem", NULL},
    {&OLD, "Prescott", NULL},
    {&OLD, "Core2", NULL},
    {&INTEL_AVX512, "Diamondrapids", NULL}, /* of a newer OpenBLAS */
    {&AMD_AVX2, "zen", NULL},               /* as OPENBLAS_CORETYPE has it, in any case of letters */
    {&OLD, "neoversen1", NULL},             /* no x86 */
};

static void cores_fit_cpus(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        const struct trial *t = &trials[i];
        const char *choice = blas_core(t->cpu, t->found);
        if (t->choice)
            assert_string_equal(choice ? choice : t->found, t->choice);
        else
            assert_null(choice);
    }
}

/* What is chosen is good enough: asked again, nothing changes. */
static void choices_are_final(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++)
        if (trials[i].choice)
            assert_null(blas_core(trials[i].cpu, trials[i].choice));
}

/* A CPU that has the newer instructions has the older ones. */
static void features_come_in_order(void **state)
{
    (void)state;
    struct cpu_features cpu = cpu_features();
    assert_true(!cpu.avx512 || cpu.avx2_fma);
    assert_true(!cpu.avx2_fma || cpu.avx);
    assert_true(!cpu.avx || cpu.sse42);
}

static void what_a_cpu_cannot_run_is_known(void **state)
{
    (void)state;
    const struct cpu_features none = {0}, avx2 = {.sse42 = true, .avx = true, .avx2_fma = true},
                              all = {.sse42 = true, .avx = true, .avx2_fma = true, .avx512 = true};
    assert_true(blas_core_runs(&all, "SkylakeX") && blas_core_runs(&avx2, "zen"));
    assert_false(blas_core_runs(&avx2, "SkylakeX") || blas_core_runs(&none, "Nehalem"));
    assert_true(blas_core_runs(&none, "Prescott") && blas_core_runs(&none, "of a later OpenBLAS"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cores_fit_cpus),
        cmocka_unit_test(choices_are_final),
        cmocka_unit_test(features_come_in_order),
        cmocka_unit_test(what_a_cpu_cannot_run_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
