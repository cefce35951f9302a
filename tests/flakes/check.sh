#!/usr/bin/env bash
# The quick tests again and again, to find those that fail now and then. A count is kept beside the build, and a next call goes on from
# there, until there have been TIMES runs with this program and these tests. Another program or other tests begin at 0.
# usage: tests/flakes/check.sh BUILD [TIMES [BATCH]]   BATCH: runs in this call; status 1 if one has failed
set -u
cd "$(dirname "$0")/../.." || exit 1
build=$1 times=${2:-1000} batch=${3:-$times}
state=$build/flakes
# Runs, and the unit tests of at most a second.
tests=(tests/flakes/runs.sh)
for name in engine/test_{asynchronous,conductor,k_sync,pace} \
    unit/test_{augment,batches,checkpoint,codecs,coding,comparison,compute,diagnose,dropout,ends,keys,mail,network,network_changes} \
    unit/test_{network_config,options,output,queue,schedule,shm,shortage,text,timeline,trace}; do
    tests+=("$build/tests/$name")
done
mkdir -p "$state"
what=$(cat simulate "${tests[@]}" | sha256sum)
if [ "$(cat "$state/what" 2>/dev/null)" != "$what" ]; then
    rm -f "$state"/*
    echo "$what" >"$state/what"
    echo "0 0 0" >"$state/count"
fi
read -r runs flaky slowest <"$state/count"
for ((i = 0; i < batch && runs < times; i++)); do
    begun=${EPOCHREALTIME/[.,]/}
    runs=$((runs + 1))
    if ! SEED=$runs tests/run.sh "${tests[@]}" >"$state/log" 2>&1; then
        flaky=$((flaky + 1))
        mv "$state/log" "$state/failed.$runs"
        echo "run $runs failed: $state/failed.$runs"
    fi
    took=$((${EPOCHREALTIME/[.,]/} - begun))
    [ $took -le "$slowest" ] || slowest=$took
    echo "$runs $flaky $slowest" >"$state/count.new"
    mv "$state/count.new" "$state/count" || exit 1
done
echo "$((runs - flaky)) of $runs runs of the quick tests right, of $times; the slowest took $((slowest / 1000)) ms"
[ "$flaky" -eq 0 ]
