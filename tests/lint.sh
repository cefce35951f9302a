#!/usr/bin/env bash
# Static checks of everything: clang-tidy (.clang-tidy, tests/.clang-tidy), cppcheck (tests/cppcheck.*), shellcheck (.shellcheckrc), clang-format.
# usage: tests/lint.sh FLAGS...   what the compiler is called with; the last line says what was clean
set -u
cd "$(dirname "$0")/.." || exit 1
mapfile -t sources < <(git ls-files '*.c')
mapfile -t scripts < <(git ls-files '*.sh' '*.bash' .ci/run)
flags=()
for flag in "$@"; do
    case $flag in -I* | -isystem | /* | -D* | -std=*) flags+=("$flag") ;; esac
done
bad=0
said() { echo "$1: $([ "$2" -eq 0 ] && echo clean || echo "NOT CLEAN")"; bad=$((bad + ($2 != 0))); }

mapfile -t headers < <(git ls-files '*.h')
clang-format --dry-run -Werror "${sources[@]}" "${headers[@]}"
said "clang-format (${#sources[@]} files)" $?
printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -I{} clang-tidy --quiet {} -- "${flags[@]}" 2> >(grep -vE 'warnings? generated|^Suppressed|^Use -header' >&2)
said "clang-tidy (${#sources[@]} files)" $?
cppcheck --quiet -j "$(nproc)" --std=c11 --error-exitcode=1 --enable=warning,performance,portability \
    --library=tests/cppcheck.xml --suppressions-list=tests/cppcheck.txt -I. -DHAVE_LIBXSMM "${sources[@]}"
said "cppcheck (${#sources[@]} files)" $?
shellcheck --severity=warning "${scripts[@]}"
said "shellcheck (${#scripts[@]} scripts)" $?
exit $((bad != 0))
