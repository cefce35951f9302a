/* The best kernels ("cores") of OpenBLAS for a CPU. OpenBLAS selects by the CPU's model number. A CPU that is
 * newer than OpenBLAS gets kernels that are much too old: an Intel CPU of family 6, model 207 reaches a fifth
 * of its speed under OpenBLAS 0.3.21. The CPU's feature bits say what it really has. */
#ifndef SIM_BLAS_CORE_H
#define SIM_BLAS_CORE_H

#include <stdbool.h>

/* Instruction sets that the CPU has and the operating system allows. */
struct cpu_features {
    bool amd;
    bool sse42, avx;
    bool avx2_fma; /* both */
    bool avx512;   /* F, DQ, BW and VL: what SkylakeX's kernels use */
};

struct cpu_features cpu_features(void); /* of this CPU; none on other CPUs than x86 */

/* The core to use if OpenBLAS has selected the core `found`; NULL: keep `found`. `found` is kept if it uses
 * all that the CPU has, or if its name is unknown here: it then belongs to a newer OpenBLAS, which knows more
 * CPUs. */
const char *blas_core(const struct cpu_features *cpu, const char *found);

/* false: the kernels of this core would end in SIGILL on this CPU. Also true for an unknown name. */
bool blas_core_runs(const struct cpu_features *cpu, const char *core);

#endif
