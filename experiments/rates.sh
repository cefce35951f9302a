#!/usr/bin/env bash
# Chooses learning rates again, by the command in the head of an ini, and prints what it chose beside what stands in the ini.
# rates.sh FILE.ini ...: of these; without: of every experiment here that has such a command. Folders: results/rates/, resumed
# where they are there. Status 1: they differ.
set -eu
cd "$(dirname "$0")/.."
command='^; +(\./simulate --compare .*--tune .*)'
[ $# -gt 0 ] || mapfile -t all < <(grep -lE "$command" experiments/*.ini)
status=0

here() { # ALGORITHM INI: its learning rate there
    ./simulate --print-config "$2" | awk -v "own=[algorithm.$1]" '/^\[/ {section = $1} !/^learning_rate = [0-9]/ {next}
        section == "[train]" {common = $3} section == own {mine = $3} END {print mine == "" ? common : mine}'
}

mkdir -p results/rates
for ini in "${@:-${all[@]}}"; do
    folder=results/rates/$(basename "$ini" .ini)
    mapfile -t words < <(sed -nE "s|$command|\1|p" "$ini" | xargs -rn 1)
    [ ${#words[@]} -gt 0 ] || { echo "$ini: its head has no command that chooses learning rates" >&2; exit 2; }
    if [ -d "$folder" ]; then words=(./simulate --resume "$folder"); else words+=(--set compare.seeds=2 -o "$folder"); fi
    "${words[@]}" >"$folder.out"
    echo "$ini"
    while IFS=, read -r _ algorithm _ _ chosen edge _; do
        [ "$algorithm" != algorithm ] || continue
        [ "$(here "$algorithm" "$ini")" = "$chosen" ] || status=1
        printf '  %-18s chosen %s, here %s, edge: %s\n' "$algorithm" "$chosen" "$(here "$algorithm" "$ini")" "$edge"
    done < <(sed 's/"[^"]*"//g' "$folder/tune.csv")
done
exit $status
