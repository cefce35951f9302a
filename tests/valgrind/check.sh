#!/usr/bin/env bash
# Short runs of the tiny model with all algorithms and codecs, a pause and a resumed run, in valgrind: wrong reads and writes, values never
# set, memory lost. usage: tests/valgrind/check.sh SIMULATE   "N of N processes without a report" last; status 1 if one has any
set -u
simulate=$(realpath "$1")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
export OPENBLAS_NUM_THREADS=1 # its threads, begun before the program says that it wants none, keep a block each

cat >tiny.ini <<'END'
[experiment]
epochs = 1
[data]
set = synthetic
shape = mnist
train_samples = 48
test_samples = 20
[model]
name = tiny
[train]
batch = 8
momentum = 0.9
[cluster]
workers = 2
[compute]
model = fixed
seconds = 1ms
[algorithm.k_sync]
k = 1
[algorithm.k_batch_sync]
k = 1
[algorithm.k_async]
k = 1
[algorithm.k_batch_async]
k = 1
[output]
report = no
checkpoint_every = 4
END

memcheck=(valgrind --quiet --leak-check=full --log-file="$folder/%p.log" "$simulate")
# judge STATUS WANTED NAME
judge() {
    if [ "$1" -ne "$2" ]; then
        echo "$3: ended with $1, not with $2"
        tail -n 3 "$3.out"
        failed=1
    fi
}
# play STATUS NAME ARGUMENT...: what the program must end with
play() {
    "${memcheck[@]}" "${@:3}" >"$2.out" 2>&1
    judge $? "$1" "$2"
}
# break_off NAME ARGUMENT...: Ctrl-C when a checkpoint has been written
break_off() {
    touch mark
    "${memcheck[@]}" "${@:2}" >"$1.out" 2>&1 &
    for _ in $(seq 600); do
        [ ! broken/osp/checkpoint -nt mark ] || break
        sleep 0.1
    done
    kill -INT $!
    wait $!
    judge $? 130 "$1"
}
failed=0
for algorithm in $("$simulate" --list algorithms | awk '{print $1}'); do
    play 0 "$algorithm" tiny.ini -q --algorithm "$algorithm" -o "$algorithm"
done
for codec in $("$simulate" --list codecs | awk '{print $1}'); do
    play 0 "codec_$codec" tiny.ini -q --algorithm dqlosp --set "algorithm.dqlosp.codec=$codec" -o "codec_$codec"
done
play 0 timing tiny.ini -q --algorithm losp,k_async --no-train -o timing
play 0 explain tiny.ini --algorithm osp --explain
play 0 verify --verify osp
play 2 mistake tiny.ini --algorithm ospp
break_off broken tiny.ini -q --algorithm osp --epochs 1000 -o broken
break_off resumed -q --resume broken

logs=(*.log)
reports=0
for log in "${logs[@]}"; do
    if [ -s "$log" ]; then
        echo "---- $log"
        cat "$log"
        reports=$((reports + 1))
    fi
done
echo "$((${#logs[@]} - reports)) of ${#logs[@]} processes without a report"
[ $reports -eq 0 ] && [ $failed -eq 0 ]
