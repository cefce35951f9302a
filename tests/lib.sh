# shellcheck shell=bash
# For test scripts: source it. Each works in a fresh folder that is removed at the end, and says "ok NAME" or "not ok NAME".
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
simulate=${SIMULATE:-$root/simulate}
# shellcheck disable=SC2034
smoke=$root/experiments/smoke.ini
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
failures=0
unset COLUMNS # tables have all their columns

# check NAME COMMAND...: ok when the command succeeds.
check() {
    local name=$1
    shift
    if "$@"; then
        echo "ok $name"
    else
        echo "not ok $name"
        failures=$((failures + 1))
    fi
}

# play NAME ARGUMENT...: a quiet run of the smoke experiment into folder NAME.
play() {
    local name=$1
    shift
    "$simulate" "$smoke" -q -o "$name" "$@" >"$name.out" 2>"$name.err" || { cat "$name.err"; return 1; }
}

# must COMMAND...: something that later checks rest on; its failure is one.
must() { "$@" || { echo "not ok $*"; failures=$((failures + 1)); }; }

# member FILE NAME: a top-level member of a summary.json.
member() { sed -nE "s/^  \"$2\": \"?([^\",]*)\"?,?$/\1/p" "$1"; }
same() { [ -n "$1" ] && [ "$1" = "$2" ]; }
# column RUN NAME: the cells of a column of comparison.csv, one a line.
column() { awk -F, -v name="$2" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == name) c = i} NR > 1 {print $c}' "$1/comparison.csv"; }
same_member() { same "$(member "$1" "$3")" "$(member "$2" "$3")"; }

# same_run A B: the same files, but for how long it took, when, and on which machine.
same_run() {
    local file
    diff -rq -x run.json -x summary.json "$1" "$2" || return 1
    for file in "$1"/*/summary.json; do
        diff <(grep -v wall_seconds "$file") <(grep -v wall_seconds "$2/${file#*/}") || return 1
    done
}

# Every object in /dev/shm that a run of ours made belongs to a launcher that is still there (another test's; it has a name for a moment).
nothing_shared() {
    local object pid
    for object in /dev/shm/ospsim-*; do
        pid=${object#*/ospsim-} pid=${pid%-*}
        [ ! -e "$object" ] || [ -d "/proc/$pid" ] || { echo "left: $object"; return 1; }
    done
}
# forked PID: waits until it has children. A shell's background jobs ignore Ctrl-C until the program takes it, which is before it forks.
forked() {
    local tries=0
    until pgrep -P "$1" >/dev/null; do
        [ $((tries++)) -lt 500 ] && kill -0 "$1" || return 1
        sleep 0.02
    done
}
no_process_left() { ! pgrep -g 0 -x simulate; } # of this test's process group
finish() { [ "$failures" -eq 0 ]; exit $?; }
