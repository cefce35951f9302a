#!/usr/bin/env bash
# What coding costs on the machine of these figures, as keys of an ini: seconds for each uncoded byte, on one core. Paste them, or
# those of your own device (experiments/CALIBRATION.md).
# usage: tests/bench/costs.sh FIGURES   FIGURES: what make bench has printed on standard output
set -eu
awk '
    $1 ~ /^(codec|algorithm)\.[a-z0-9_]+\.(encode|decode)\.bytes_per_s$/ && $2 > 0 {
        split($1, part, ".")
        section = part[1] "." part[2]
        if (section != before)
            printf "%s[%s]\n", before == "" ? "" : "\n", section
        printf "%s_cost = %.3gns\n", part[3], 1e9 / $2
        before = section
    }' "$1"
