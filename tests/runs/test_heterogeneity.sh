#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Heterogeneous clusters, whole runs: drawn factors, stragglers, traces, jitter of latencies. A trace or draw that comes to a
# constant must give exactly the bytes of the run with that constant.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

csv() { (cd "$1" && cat ./*/workers.csv ./*/eval.csv | sha256sum); }
same_csv() { same "$(csv "$1")" "$(csv "$2")"; }
differ() { ! same_csv "$@"; }
virtual() { member "$1/$2/summary.json" virtual_ns; }
two=(--algorithm "bsp,osp" --set experiment.iterations=200)

printf 'seconds,factor\n0,0.5\n' >half.csv
printf 'seconds,factor,worker\n0,0.5,1\n0,0.25,3\n' >some.csv
printf 'seconds,factor\n0.02,0.2\n0.04,2\n0.06,1\n' >waves.csv

# ---- a constant, given in another form ----

must play plain "${two[@]}"
must play slow "${two[@]}" --set compute.factor=2
must play slow_trace "${two[@]}" --set compute.trace=half.csv
check "half the speed from a trace is factor 2" same_csv slow slow_trace
must play some "${two[@]}" --set compute.factor="1, 2, 1, 4"
must play some_trace "${two[@]}" --set compute.trace=some.csv
check "a trace of some workers" same_csv some some_trace
must play always "${two[@]}" --set compute.straggler_probability=1 --set compute.straggler_factor=2
check "a straggler for ever is factor 2" same_csv slow always
for sharing in fair fifo; do
    narrow=("${two[@]}" --set "network.sharing=$sharing")
    must play link_$sharing "${narrow[@]}" --set network.bandwidth=500Mbit/s --set network.server_bandwidth=inf
    must play link_trace_$sharing "${narrow[@]}" --set network.trace=half.csv --set network.server_bandwidth=inf
    check "half the bandwidth of links from a trace, $sharing" same_csv link_$sharing link_trace_$sharing
    must play server_$sharing "${narrow[@]}" --set network.server_bandwidth=500Mbit/s
    must play server_trace_$sharing "${narrow[@]}" --set network.server_trace=half.csv
    check "half the bandwidth of the server link from a trace, $sharing" same_csv server_$sharing server_trace_$sharing
done

# ---- all of it at once: the same bytes again, however it is run ----

all=("${two[@]}" --set compute.spread=0.4 --set compute.jitter=0.1 --set compute.straggler_probability=0.05
    --set compute.straggler_factor=6 --set compute.straggler_duration=4 --set compute.trace=waves.csv
    --set network.jitter=0.5 --set network.trace=some.csv --set network.server_trace=waves.csv)
must play all "${all[@]}"
must play again "${all[@]}" --set cluster.processes=2
check "everything at once: the same bytes again" same_csv all again
"$simulate" all/resolved.ini -q -o resolved >/dev/null 2>err || cat err
check "  and from its resolved.ini" same_csv all resolved
kept() { cmp -s waves.csv all/compute.trace.csv && cmp -s some.csv all/network.trace.csv && cmp -s waves.csv all/network.server_trace.csv; }
check "  the traces are kept with the results" kept
check "  without traces none is" test ! -e plain/compute.trace.csv
must play seed2 "${all[@]}" --seed 2
check "another seed, other times" sh -c '[ "$1" != "$2" ]' - "$(virtual all bsp)" "$(virtual seed2 bsp)"
forecast() { "$simulate" --check "$smoke" "${all[@]}" --algorithm bsp 2>/dev/null | awk '/^algorithm/ {getline; unit = $1} $1 == "bsp" {print $4, unit}'; }
check "--check prints the virtual time" same "$(forecast)" "$(awk -v ns="$(virtual all bsp)" 'BEGIN {printf "%.3g ms", ns / 1e6}')"

# ---- each on its own does something ----

for set in compute.spread=0.3 network.jitter=0.3 compute.trace=waves.csv network.trace=waves.csv network.server_trace=waves.csv; do
    must play "on_$set" "${two[@]}" --set "$set" --set network.latency=1ms
    must play base "${two[@]}" --set network.latency=1ms
    check "$set changes the times" differ base "on_$set"
    rm -rf base
done
own_times() { # the mean time of an iteration of each worker: equal within a worker, different between workers
    awk -F, 'NR > 1 { c = $9 / $3; if (!($1 in of)) { of[$1] = c; n += !(c in seen); seen[c] = 1 } else if (of[$1] != c) exit 1 }
        END { exit n != 4 }' "$1"
}
must play drawn "${two[@]}" --set compute.spread=0.3
check "a spread is drawn once per worker" own_times drawn/bsp/workers.csv
must play episodes "${two[@]}" --set compute.straggler_probability=0.05 --set compute.straggler_factor=5 --set compute.straggler_duration=3
only_two_times() { awk -F, 'NR > 1 && $9 != 1000000 && $9 != 5000000 {exit 1} NR > 1 {seen[$9] = 1} END {exit length(seen) != 2}' "$1"; }
check "stragglers: an iteration takes its time or five times that" only_two_times episodes/bsp/workers.csv
# ---- SSP is between BSP and ASP where iterations vary ----

between=(--no-train --algorithm "bsp,ssp,asp" --set compute.jitter=0.6 --set experiment.iterations=2000)
for slack in 0 1 3 10; do must play "slack$slack" "${between[@]}" --set algorithm.ssp.slack=$slack; done
falls() { # it takes less with every slack, from about BSP's time down to not quite ASP's
    local slack times
    times=$(virtual slack0 asp)
    for slack in 10 3 1 0; do times+=" $(virtual slack$slack ssp)"; done
    times+=" $(virtual slack0 bsp)"
    echo "$times" | awk '{for (i = 2; i <= NF; i++) if ($i < $(i - 1)) exit 1} END {exit !($2 < 0.8 * $6 && $5 < 1.02 * $6)}' || { echo "$times"; return 1; }
}
check "the more slack the nearer to ASP, from BSP on" falls
finish
