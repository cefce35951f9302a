#!/usr/bin/env bash
# Without libxsmm: the program builds without it, and computes the same as with it switched off.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# The tests of the operators, and the program, in a build of their own, of the same objects but for the one that knows libxsmm.
plain=$scratch/build
mkdir "$plain" && cp -a "$root"/build/{algorithms,models,sim,flags,datadir} "$plain"
bare() { make -s -C "$root" BUILD="$plain" PROGRAM="$plain/simulate" XSMM= "$@"; }
check "one file asks for libxsmm" same "$(cd "$root" && grep -rl XSMM --include='*.[ch]' algorithms models sim)" models/ops/gemm.c
check "builds without libxsmm" bare "$plain/simulate" "$plain/tests/unit/test_ops"
check "operators match the loops without libxsmm" "$plain/tests/unit/test_ops"
no_xsmm() { ! nm "$plain/simulate" | grep -qi xsmm; }
check "nothing of libxsmm is left in it" no_xsmm

check "a portable run" play portable --set host.kernels=portable --algorithm bsp
check "says what it multiplied with" same "$(member portable/run.json small_products)" openblas
check "a run of the plain program" "$plain/simulate" "$smoke" -q -o plain --algorithm bsp
check "says so too" same "$(member plain/run.json small_products)" openblas
check "both are the same to the bit" same_member portable/bsp/summary.json plain/bsp/summary.json parameters_hash

# make ARCH= is for the compiler's own choice: it must not leave a bare -march= behind.
any_cpu() {
    make -n -C "$root" ARCH= asan fuzz coverage >made 2>/dev/null
    [ "$(grep -c 'OPT="-O1 .*-ffp-contract=off"' made)" -ge 3 ] && ! grep -E -- '-march=("|\s|$)' made
}
check "make ARCH= names no CPU, in builds of other flags neither" any_cpu
finish
