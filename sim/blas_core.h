/* Which of OpenBLAS's kernels ("cores") a CPU deserves. OpenBLAS knows CPUs by their model numbers, and gives those
 * that are younger than itself kernels for much less than they can do: a fifth of the speed for an Intel CPU of family
 * 6, model 207 under OpenBLAS 0.3.21. What a CPU can do stands in its feature bits. */
#ifndef SIM_BLAS_CORE_H
#define SIM_BLAS_CORE_H

#include <stdbool.h>

/* What the CPU has and the operating system allows. */
struct cpu_features {
    bool amd;
    bool sse42, avx;
    bool avx2_fma; /* both */
    bool avx512;   /* F, DQ, BW and VL: what SkylakeX's kernels use */
};

struct cpu_features cpu_features(void); /* of this CPU; none where it is no x86 */

/* The core to ask for where OpenBLAS took the core `found`; NULL: keep that one. It is kept where it uses all that
 * the CPU has, and where its name is not known here: it is of a newer OpenBLAS, which knows better. */
const char *blas_core(const struct cpu_features *cpu, const char *found);

/* false: the CPU would end a program with this core's kernels by SIGILL. true also where the name is not known. */
bool blas_core_runs(const struct cpu_features *cpu, const char *core);

#endif
