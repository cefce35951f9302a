#!/usr/bin/env bash
# An OpenBLAS that does not know the CPU (tests/preload/stranger.c) gets the name of a core that it knows; a user's own choice stands.
. "$(dirname "$0")/../lib.sh"

"${CC:-gcc}" -std=gnu11 -O1 -Wall -Wextra -shared -fPIC -o stranger.so "$root/tests/preload/stranger.c" || exit 1

# flag WORD: the CPU has it.
flag() { grep -qwm1 "$1" /proc/cpuinfo; }
deserved() {
    if flag avx512f && flag avx512dq && flag avx512bw && flag avx512vl; then
        echo SkylakeX
    elif flag avx2 && flag fma; then
        if flag AuthenticAMD; then echo Zen; else echo Haswell; fi
    elif flag avx; then
        echo Sandybridge
    elif flag sse4_2; then
        echo Nehalem
    else
        echo Prescott
    fi
}
# core FOLDER: what a run's products were made with.
core() { sed -nE 's/^ *"blas_core": "([^"]*)",?$/\1/p' "$1/run.json"; }
short=(--algorithm bsp --iterations 4 --set output.eval_every=4)

# The sanitizers' libraries want to be loaded first.
case $(uname -m)$(nm "$simulate" 2>/dev/null | grep -m1 -o __asan_init) in
x86_64)
    must env -u OPENBLAS_CORETYPE LD_PRELOAD=./stranger.so "$simulate" "$smoke" -q -o advised "${short[@]}" >advised.out 2>&1
    check "the CPU's own kernels are asked for" same "$(core advised)" "$(deserved)"
    must env OPENBLAS_CORETYPE=Prescott LD_PRELOAD=./stranger.so "$simulate" "$smoke" -q -o own "${short[@]}" >own.out 2>&1
    check "a user's choice stands" same "$(core own)" Prescott
    ;;
esac
must env OPENBLAS_CORETYPE=Nehalem "$simulate" "$smoke" -q -o other "${short[@]}" >other.out 2>&1
[ "$(uname -m)" != x86_64 ] || check "any choice of a user stands" same "$(core other)" Nehalem
finish
