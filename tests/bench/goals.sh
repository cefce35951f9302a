#!/usr/bin/env bash
# The figures of `make bench` that have a goal: was it reached? tests/bench/goals has the goals.
# usage: tests/bench/goals.sh FIGURES
set -eu
awk '
    FNR == NR && /^[^#]/ {pattern[++n] = "^" $1 "$"; sign[n] = $2; goal[n] = $3}
    FNR != NR && /^[^#]/ {
        for (i = 1; i <= n; i++)
            if ($1 ~ pattern[i]) {
                reached = sign[i] == ">=" ? $2 >= goal[i] : $2 <= goal[i]
                printf "%s: %s %s %s, goal %s %s\n", reached ? "reached" : "missed", $1, $2, $3, sign[i], goal[i]
            }
    }' "$(dirname "$0")/goals" "$1"
