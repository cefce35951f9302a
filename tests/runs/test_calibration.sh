#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# experiments/CALIBRATION.md: its numbers follow from its measurements, and its ini gives back what was measured.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
doc=$root/experiments/CALIBRATION.md

sed -n '/^```ini$/,/^```$/{/^```/d;p}' "$doc" >calibrated.ini
# setting KEY: its value in the ini of the document.
setting() { sed -nE "s/^$1 = //p" calibrated.ini; }
# measured WHAT: the last cell of that row, a number.
measured() { sed -nE "s/^\| $1.* \| ([0-9.]+) [A-Za-z/]+ \|$/\1/p" "$doc"; }
# converted KEY: the last cell of that row.
converted() { sed -nE "s/^\| \`$1\`.* \| ([^ ]+) \|$/\1/p" "$doc"; }
# near A B: to one in 100,000.
near() { awk -v a="$1" -v b="$2" 'BEGIN {d = a - b; exit !(b > 0 && (d < 0 ? -d : d) <= 1e-5 * b)}'; }
calculate() { awk "BEGIN {printf \"%.${2:-9}f\", $1}"; }
# cell FILE COLUMN: of its first row.
cell() { awk -F, -v c="$2" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == c) at = i} NR == 2 {print $at}' "$1"; }

iteration=$(measured 'one iteration') trip=$(measured 'round trip') transfer=$(measured 'one transfer')
bytes=$(sed -nE 's/^\| one transfer of ([0-9,]+) bytes.*/\1/p' "$doc" | tr -d ,)
check "the measurements are there" test -n "$iteration" -a -n "$trip" -a -n "$transfer" -a -n "$bytes"
check "the time of an iteration" same "$(converted compute.seconds) $(setting seconds)" "${iteration}ms ${iteration}ms"
check "half the round trip" same "$(converted network.latency) $(setting latency)" "$(calculate "$trip / 2" 2)ms $(calculate "$trip / 2" 2)ms"
check "the efficiency" same "$(converted network.efficiency)" "$(calculate "$bytes * 8 / (1e9 * ($transfer - $trip / 2000))" 4)"
check "  is that of the ini" same "$(converted network.efficiency)" "$(setting efficiency)"

must "$simulate" calibrated.ini -q --no-train --set output.report=no -o calibrated >out
must "$simulate" calibrated.ini -q --no-train --set output.report=no --algorithm bsp --workers 1 -o alone >out
check "it is verified" sh -c '"$1" --verify calibrated alone >out' - "$simulate"
check "an iteration lasts as measured" near "$(cell alone/bsp/workers.csv compute_ns)" "$(calculate "$iteration * 1e6")"
# The transfer is linear in its size: latency + bytes / rate.
size=$(cell alone/bsp/workers.csv bytes_up)
flight=$(($(cell alone/bsp/workers.csv arrive_ns) - $(cell alone/bsp/workers.csv depart_ns)))
latency=$(calculate "$trip * 5e5" 0)
check "a transfer of the measured size lasts as measured" \
    sh -c 'awk -v t="$1" -v m="$2" "BEGIN {d = t / m - 1; exit !(d < 1e-4 && d > -1e-4)}"' - \
    "$(calculate "($flight - $latency) * $bytes / $size + $latency")" "$(calculate "$transfer * 1e9")"

round=$(sed -nE 's/.*: ([0-9.]+) ms, and `bsp\/workers.csv` says the same\.$/\1/p' "$doc")
rate=$(calculate "$(setting efficiency) * 0.125")
check "the size of a push" same "$(sed -nE 's/.*S = ([0-9,]+) bytes.*/\1/p' "$doc" | tr -d ,)" "$size"
check "the round by its formula" same "$round" \
    "$(calculate "$iteration + 2 * ($latency + 4 * $size / $rate) / 1e6" 2)"
check "  and by the simulator" same "$round" "$(calculate "$(cell calibrated/bsp/workers.csv accept_ns) / 1e6" 2)"

must "$simulate" calibrated.ini -q --no-train --set output.report=no --algorithm bsp --set compute.model=flops --set compute.device=1TFLOP/s -o device >out
cost=$(sed -nE 's/^which is ([0-9.]+) ms here.*/\1/p' "$doc")
check "an iteration at 1 TFLOP/s" same "$cost" "$(calculate "$(cell device/bsp/workers.csv compute_ns) / 1e6" 4)"
check "the device" grep -q "compute.device = $(calculate "$cost / $iteration * 1000" 1)GFLOP/s" "$doc"
must "$simulate" calibrated.ini -q --no-train --set output.report=no --algorithm bsp --set compute.model=flops \
    --set compute.device="$(sed -nE 's/^`compute.device = (.*)`\.$/\1/p' "$doc")" -o again >out
check "  takes as long, to three digits" same "$(calculate "$(cell again/bsp/workers.csv compute_ns) / 1e6" 1)" "$iteration"

# Every key that is named is one.
named() {
    local key
    for key in $(grep -oE '`(compute|network|server)\.[a-z_]+' "$doc" | tr -d '`' | sort -u); do
        "$simulate" --list keys | grep -q "^$key = " || { echo "$key"; return 1; }
    done
}
check "every key that is named exists" named
finish
