#!/usr/bin/env bash
# shellcheck disable=SC2317 # functions are called through check
# The inputs of tests/fuzz/corpus, each through its target: what `make fuzz` found stays mended, without clang.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$root" || exit 1
# replayed TARGET: it comes to its end, and has read something.
replayed() {
    local said
    said=$("${BUILD:-build}/tests/fuzz/fuzz_$1" "tests/fuzz/corpus/$1"/*) && [ "${said% inputs}" -ge 3 ]
}
for source in tests/fuzz/fuzz_*.c; do
    target=$(basename -s .c "$source")
    check "$target" replayed "${target#fuzz_}"
done
small() { [ "$(du -sb tests/fuzz/corpus | cut -f1)" -lt 200000 ]; }
check "the corpus is small" small
finish
