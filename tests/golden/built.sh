#!/usr/bin/env bash
# Builds the program of a commit in a git worktree for the time being, with the flags of the present build, and prints its path. It is kept in
# BUILD/golden, as the next call may want it again. usage: tests/golden/built.sh COMMIT   status 2: no such commit, or it is not built
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
tree=$scratch/tree
leave() {
    [ ! -e "$tree" ] || git -C "$root" worktree remove --force "$tree"
    rm -rf "$scratch"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP

build=$(realpath "${BUILD:-$root/build}")
commit=$(git -C "$root" rev-parse --verify --quiet "$1^{commit}") || { echo "no program and no commit: $1" >&2; exit 2; }
program=$build/golden/$commit-$(cksum <"$build/flags" | cut -d' ' -f1)/simulate
if [ ! -x "$program" ]; then
    if ! { git -C "$root" worktree add --quiet --detach "$tree" "$commit" &&
        "${MAKE:-make}" --no-print-directory -C "$tree" BUILD=build PROGRAM=simulate all; } >"$scratch/log" 2>&1; then
        tail -n 20 "$scratch/log" >&2
        echo "$1 is not built" >&2
        exit 2
    fi
    mkdir -p "$(dirname "$program")" && mv "$tree"/{plots,experiments,simulate} "$(dirname "$program")" # it looks for the others beside it
fi
echo "$program"
