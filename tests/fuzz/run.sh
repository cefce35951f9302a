#!/usr/bin/env bash
# Usage: tests/fuzz/run.sh BUILD [TARGET...]: runs the fuzzers that are built there, one after the other, FUZZ_RUNS inputs each
# (default 10 million), at most FUZZ_SECONDS each (default 0: no limit). New inputs go to
# BUILD/corpus/TARGET, the input of a finding to BUILD/TARGET-crash-...; stops at the first.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1
shift
if [ $# -eq 0 ]; then
    set -- tests/fuzz/fuzz_*.c
    set -- "${@#tests/fuzz/fuzz_}"
    set -- "${@%.c}"
fi
# What ASan does for its reports costs a quarter of the inputs a second; a finding is replayed without them.
quick=quarantine_size_mb=1:thread_local_quarantine_size_kb=64:malloc_context_size=0:max_malloc_fill_size=0
for target in "$@"; do
    case $target in
    audit | quality) length=4096 ;; # several files
    set) length=256 ;;    # every line is a search among all keys
    *) length=1024 ;;
    esac
    mkdir -p "$build/corpus/$target"
    ASAN_OPTIONS=$quick "$build/tests/fuzz/fuzz_$target" -runs="${FUZZ_RUNS:-10000000}" -max_total_time="${FUZZ_SECONDS:-0}" \
        -max_len=$length -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 -artifact_prefix="$build/$target-" \
        "$build/corpus/$target" "tests/fuzz/corpus/$target" >"$build/$target.log" 2>&1 </dev/null
    status=$?
    printf '%-10s %s\n' "$target" "$(grep -E '^Done|^stat::average' "$build/$target.log" | tr '\n' ' ')"
    if [ $status -ne 0 ]; then
        tail -n 40 "$build/$target.log"
        exit $status
    fi
done
