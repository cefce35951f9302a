#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Runs with more clients than workers.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

many=(--algorithm "fedavg,bsp,local_sgd,slowmo,bmuf,diloco,scaffold,post_local_sgd,fedprox,fednova" --set cluster.clients=100 --set data.partition=dirichlet --set train.momentum=0.5
    --set output.checkpoint_every=100 --set train.batch=8)
check "100 clients on 4 workers" play whole "${many[@]}"
check "are verified" sh -c '[ "$("$1" --verify whole | grep -c ": verified")" -eq 10 ]' - "$simulate"
check "each has its share" sh -c 'head -n 1 whole/partition.csv | grep -q "^client,samples,class_0" && [ "$(wc -l <whole/partition.csv)" -eq 101 ]'
check "an epoch is as long as the client's share" sh -c '[ "$(cut -d, -f3 whole/fedavg/workers.csv | sort -u | wc -l)" -gt 4 ]'
check "played by one process" play one "${many[@]}" --set cluster.processes=1
same_run_but_ini() { diff -rq -x run.json -x summary.json -x resolved.ini -x report.html "$1" "$2"; }
check "  to the same files" same_run_but_ini whole one
check "timed without training" play timed "${many[@]}" --no-train
check "  in the same time" same "$(cut -d, -f3-5 whole/fedavg/totals.csv | xargs)" "$(cut -d, -f3-5 timed/fedavg/totals.csv | xargs)"
broken_off() {
    "$simulate" "$smoke" -q "${many[@]}" -o resumed >/dev/null 2>&1 &
    sleep 0.4
    kill -INT $! 2>/dev/null
    wait $!
    [ $? -eq 0 ] || "$simulate" -q --resume resumed >/dev/null
}
check "broken off and resumed" broken_off
check "  to the same files" same_run whole resumed
own=(--algorithm scaffold --set cluster.clients=100 --set train.batch=8 --iterations 8000 --set output.checkpoint_every=400)
own_broken_off() {
    local launcher tries=0
    "$simulate" "$smoke" -q "${own[@]}" -o own >/dev/null 2>&1 &
    launcher=$!
    until [ -e own/scaffold/checkpoint ] || [ $((tries++)) -gt 500 ]; do sleep 0.02; done
    kill -KILL $launcher
    wait $launcher 2>/dev/null
    [ -e own/scaffold/checkpoint ] && "$simulate" -q --resume own >/dev/null && play own_whole "${own[@]}" && same_run own own_whole
}
check "what clients keep is in a checkpoint" own_broken_off
check "clients = workers is no clients" play equal --algorithm local_sgd --set cluster.clients=4
check "  the same model" sh -c '"$1" "$2" -q --algorithm local_sgd -o plain >/dev/null && cmp plain/local_sgd/parameters.bin equal/local_sgd/parameters.bin' - "$simulate" "$smoke"

refused() { "$simulate" "$smoke" --check "${@:2}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q -- "$1" err; }
check "fewer clients than workers" refused "cluster.clients: expected at least 4 (cluster.workers), got 3" --set cluster.clients=3
for algorithm in osp losp dqlosp asp easgd cocod; do
    check "not with $algorithm" refused "cluster.clients: .* $algorithm" --algorithm $algorithm --set cluster.clients=10
done
check "with scaffold as long as no worker crashes" refused "cluster.clients: .*where workers may crash.* scaffold" --algorithm scaffold \
    --set cluster.clients=10 --set faults.crash_probability=0.1
check "  messages may be lost" play lossy --algorithm scaffold --set cluster.clients=50 --set faults.loss_probability=0.1
check "  as verified" sh -c '"$1" --verify lossy >/dev/null' - "$simulate"
shared_of() { "$simulate" --explain "$smoke" --algorithm scaffold --set "cluster.clients=$1" --set data.train_samples=2000 | awk '/^algorithm/ {getline; unit = $(NF - 1)} /^scaffold/ {print $(NF - 1) unit}'; }
check "  what clients keep is counted: 10,816 bytes each" same "$(shared_of 1004)" 10.7MiB
too_large() {
    "$simulate" "$smoke" -q -o never --algorithm scaffold --set model.name=resnet18 --set cluster.clients=2000 --iterations 8 2>err
    [ $? -eq 7 ] && [ "$(grep -c 'shared memory: .* MiB asked for' err)" -eq 1 ] && [ "$(wc -l <err)" -eq 1 ]
}
[ "$(df -m --output=size /dev/shm | tail -n 1)" -gt 80000 ] || check "  and refused where there is no room for it" too_large
check "nor with a residual" refused "algorithm.bsp.error_feedback: expected no" --algorithm bsp --set cluster.clients=10 \
    --set algorithm.bsp.codec=sign --set algorithm.bsp.error_feedback=yes
check "no more clients than samples" refused "data.partition: expected at least one sample" --algorithm bsp --set cluster.clients=2001
check "nothing is left" nothing_shared
finish
