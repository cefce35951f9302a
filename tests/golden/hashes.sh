#!/usr/bin/env bash
# Small runs that equal programs do alike, bit for bit, on one machine: a line `hash  case/path` for each of their files, and
# `hash  prose/case/path` where words may change (facts.py says which those are). Prints no hash of a date, a wall-clock time or the host.
# usage: tests/golden/hashes.sh PROGRAM [CASE...]   status 1 if a run does not end as it should; JOBS cases side by side (default: a core each)
set -u
here=$(cd "$(dirname "$0")" && pwd)
experiments=$here/../../experiments
program=$(realpath "$1")
shift
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
mapfile -t every < <("$program" --list algorithms | awk '{print $1}')
all=$(IFS=, && echo "${every[*]}")
mapfile -t codecs < <("$program" --list codecs | awk '{print $1}')
crashable=${all/powersgd,/} # what goes on after a crash: streaming_diloco with one fragment
whole=(--set=algorithm.streaming_diloco.fragments=1)
coders=bsp,osp,dqlosp,asp,streaming_diloco

# ends STATUS NAME ARGUMENT...: runs the program; its output and status are files of the case.
ends() {
    local wanted=$1 name=$2 got
    shift 2
    "$program" "$@" >"$name.txt" 2>"$name.err" </dev/null
    got=$?
    echo $got >"$name.status"
    [ $got -eq "$wanted" ] || { echo "$PWD/$name: status $got, not $wanted: $(head -n 3 "$name.err")" >&2; touch "$scratch/failed"; }
}
# run NAME ALGORITHMS ARGUMENT...
run() {
    local name=$1 algorithms=$2
    shift 2
    ends 0 "$name" ../base.ini -q --json -o "$name" --algorithm "$algorithms" "$@"
    mv "$name.txt" "$name.jsonl"
}
times() { run "$@" --no-train; }

case_algorithms() { run all "$all"; }
case_timing() { times all "$all"; times long "$all" --iterations 600 --set=output.trace=all; }
case_settings() { # each key of an algorithm that its default hides
    run all "$all" --seed 7 \
        --set=algorithm.local_sgd.{exchange=gradients,local_steps=3} --set=algorithm.osp.{weighting=mean,drain=yes} \
        --set=algorithm.losp.{weighting=mean,drain=yes,max_local_steps=3,compensation=1.5,compensation_schedule=step,compensation_warmup=0.2} \
        --set=algorithm.dqlosp.{min_local_steps=2,compensation_schedule=cosine,drain=yes} --set=algorithm.asp.{staleness_scaling=yes,delay_compensation=1} \
        --set=algorithm.ssp.slack=0 --set=algorithm.k_{sync,batch_sync,async,batch_async}.k=3 --set=algorithm.easgd.mode=asynchronous \
        --set=algorithm.overlap_local_sgd.{pullback=0.3,anchor_momentum=0.2} --set=algorithm.slowmo.{slow_rate=0.5,slow_momentum=0.8} \
        --set=algorithm.bmuf.{nesterov=yes,block_momentum=0.5} --set=algorithm.{dga,dasgd}.delay=7 --set=algorithm.dc_asgd.lambda=1 \
        --set=algorithm.{diloco,eager_diloco}.{local_steps=3,outer_rate=0.3} --set=algorithm.eager_diloco.eager=no \
        --set=algorithm.streaming_diloco.{delay=5,mixing=0.2} --set=algorithm.loscar.overlap_steps=1 --set=algorithm.{fedavg,fedprox,fednova}.local_epochs=2 \
        --set=algorithm.fedprox.mu=0.1 --set=algorithm.post_local_sgd.{local_steps=3,switch_at=0.3} \
        --set=algorithm.scaffold.{local_steps=3,global_rate=0.5} --set=algorithm.dgc.masking=no --set=algorithm.dgs.waiting_momentum=0.5 \
        --set=algorithm.powersgd.{rank=2,exchanges=4,memory=no}
}
case_codecs() {
    local codec feedback
    for codec in "${codecs[@]}"; do
        for feedback in no yes; do
            # shellcheck disable=SC2046,SC2086 # a word each
            run "$codec-$feedback" $coders $(printf -- "--set=algorithm.%s.codec=$codec --set=algorithm.%s.error_feedback=$feedback " \
                $(printf '%s' $coders | awk -v RS=, '{print $1, $1}'))
        done
    done
}
case_codec_settings() {
    codec() { run "$1-$2" losp,asp --set=algorithm.{losp,asp}.codec="$1" "${@:3}"; }
    codec maxabs 2 --set=codec.maxabs.{bits=2,rounding=stochastic}
    codec numpy_l2 4 --set=codec.numpy_l2.{bits=4,range=0.5,wrap=no}
    codec sign none --set=codec.sign.scale=none --set=train.learning_rate=0.0001
    codec terngrad wide --set=codec.terngrad.clip=0
    codec qsgd max --set=codec.qsgd.{levels=3,bucket=100,norm=max}
    codec topk warmup --set=codec.topk.{ratio=0.1,warmup=8}
    codec randomk own --set=codec.randomk.{ratio=0.1,mask=own,scale=yes}
    codec lowrank 2 --set=codec.lowrank.{rank=2,iterations=2}
    local reply
    for reply in identity maxabs topk sign; do
        run "reply-$reply" dqlosp,loscar,dgs,doublesqueeze --set=algorithm.{dqlosp,loscar,dgs,doublesqueeze}.reply_codec=$reply \
            --set=algorithm.{dqlosp,dgs,doublesqueeze}.codec=randomk --set=algorithm.{dqlosp,doublesqueeze}.error_feedback=yes
    done
    run timed dqlosp,loscar,dgs,doublesqueeze,powersgd --no-train --set=algorithm.{dqlosp,dgs}.reply_codec=topk
}
case_optimizers() {
    local few=bsp,local_sgd,losp,dqlosp,asp,easgd,eager_diloco,streaming_diloco,scaffold
    run momentum "$all" --set=train.momentum=0.9
    run nesterov $few --set=train.{optimizer=nesterov,momentum=0.9}
    run adamw $few --set=train.{optimizer=adamw,weight_decay=0.01,learning_rate=0.001}
    run zero $few --set=train.{momentum=0.9,state_on_reset=zero}
    run decay $few --set=train.weight_decay=0.01
    run clip $few --set=train.clip_norm=0.5
    run step $few --set=train.{schedule=step,warmup=0.2,step_at=0.4}
    run cosine $few --set=train.{schedule=cosine,warmup=0.1}
    run own bsp,losp,asp --set=algorithm.bsp.{learning_rate=0.1,momentum=0.5} --set=algorithm.losp.optimizer=adamw
}
case_shares() {
    local few=bsp,local_sgd,losp,fedavg,scaffold partition
    for partition in full dirichlet shards label; do
        run $partition $few --set=data.{partition=$partition,train_samples=301}
    done
    run thin $few --set=data.{partition=dirichlet,beta=0.05} --workers 5
    run pieces $few --set=data.{partition=shards,shards_per_worker=3}
    run augment bsp,losp --set=data.{shape=cifar,augment=crop_flip}
}
case_compute() {
    run factor "$all" --set=compute.factor=1,1.5,4 --set=compute.jitter=0.2
    times drawn "$all" --iterations 300 --set=compute.{spread=0.4,jitter=0.3,straggler_probability=0.05,straggler_factor=5,straggler_duration=3}
    times traced "$all" --iterations 300 --set=compute.trace=../speeds.csv
    times flops "$all" --set=compute.{model=flops,device=1GFLOP/s,overhead=1ms}
}
case_network() {
    run slow "$all" --set=network.bandwidth=1Mbit/s,5Mbit/s,1Gbit/s --set=network.latency=1ms,2ms,10us --set=network.server_bandwidth=10Mbit/s
    times fifo "$all" --set=network.{sharing=fifo,server_bandwidth=20Mbit/s,jitter=0.3} --set=server.cost_per_byte=10ns
    times ways "$all" --set=network.{bandwidth_up=3Mbit/s,bandwidth_down=inf,server_bandwidth_up=inf,server_bandwidth_down=5Mbit/s,efficiency=0.9}
    times traced "$all" --iterations 300 --set=network.trace=../links.csv --set=network.server_trace=../server.csv
    times simgrid "$all" --set=network.{latency_factor=13.01,efficiency=0.97,tcp_window=4KiB}
}
case_faults() {
    local crashes=(--set=faults.{crash_probability=0.03,down_time=15ms,detection_time=2ms} "${whole[@]}")
    local server=(--set=faults.{server_crash_at=9ms,server_down_time=5ms,server_checkpoint_every=2} "${whole[@]}")
    local losses=(--set=faults.{loss_probability=0.1,retransmit_timeout=4ms})
    run crashes "$crashable" "${crashes[@]}"
    times losses "$all" "${losses[@]}"
    run server "$crashable" "${server[@]}"
    run everything "$crashable" "${crashes[@]}" "${losses[@]}" "${server[@]}" --set=compute.jitter=0.3 --set=cluster.processes=2
    run given "$crashable" "${whole[@]}" --set=faults.crash_at=3ms,5ms --set=faults.crash_worker=0,2 --set=faults.down_time=4ms
    times forever bsp,losp,asp,ssp,fedavg --set=faults.{crash_at=3ms,crash_worker=0,down_time=inf}
    times many "$crashable" "${crashes[@]}" "${losses[@]}" "${server[@]}" --iterations 600 --set=faults.server_crash_at=20ms,60ms,61ms --set=compute.jitter=0.5
    times fifo "$crashable" "${losses[@]}" "${crashes[@]}" --iterations 300 --set=network.{sharing=fifo,server_bandwidth=20Mbit/s}
}
case_clients() {
    run many fedavg,bsp,local_sgd,slowmo,bmuf,diloco,scaffold,post_local_sgd,fedprox,fednova --set=cluster.clients=20 --set=data.partition=dirichlet --set=train.momentum=0.5
    run faults fedavg,local_sgd --set=cluster.clients=9 --set=faults.{crash_probability=0.05,down_time=20ms}
}
case_processes() {
    local many
    for many in 1 3; do run $many bsp,losp,asp,k_async,scaffold --set=cluster.processes=$many --workers 4; done
    run 2 "$all" --set=cluster.processes=2 --workers 4 --set=output.checkpoint_every=24
    run wide bsp,losp,asp --workers 40 --set=cluster.processes=2 --iterations 200
}
case_output() {
    run rows "$all" --set=output.{workers_every=3,trace=none}
    run trace bsp,osp,losp,asp --set=output.trace="first 3 rounds"
    run epochs bsp,losp,ssp --iterations 75 --set=output.trace=all --set=experiment.name=other
    run often bsp,losp,asp,k_batch_async --set=output.eval_every=1
    run seldom bsp,losp --set=output.eval_every=1000
}
case_models() {
    local small=(--iterations 4 --workers 2 --set=train.batch=2 --set=data.{train_samples=30,test_samples=10})
    run logreg bsp,losp,dqlosp,powersgd --set=model.name=logreg
    run cnn bsp,losp "${small[@]}" --set=model.name=cnn
    run dropout bsp "${small[@]}" --set=model.name=cnn --set=train.dropout=no
    run alexnet losp "${small[@]}" --set=model.name=alexnet --set=data.shape=cifar
    run resnet14 losp "${small[@]}" --set=model.name=resnet14 --set=data.shape=cifar
    run resnet18 bsp "${small[@]}" --set=model.name=resnet18 --set=data.shape=cifar --iterations 3
    run portable bsp,losp,asp --set=host.kernels=portable
}
case_batchnorm() {
    local model=(--set=model.name=tiny_bn --set=train.learning_rate=0.005)
    run running bsp,osp,losp,asp,k_sync,local_sgd "${model[@]}"
    run precise "$all" "${model[@]}" --set=output.batchnorm=precise
    run samples osp,losp,dqlosp "${model[@]}" --set=output.{batchnorm=precise,batchnorm_samples=40}
}
case_sweep() {
    local jobs grid
    grid=(--sweep "network.bandwidth=10Mbit/s,1Gbit/s" --sweep "experiment.seed=1..2" --sweep "algorithm.losp.learning_rate=0.01,0.02")
    for jobs in 1 2; do
        ends 0 jobs$jobs ../base.ini -q --jobs $jobs -o jobs$jobs --algorithm bsp,losp "${grid[@]}"
    done
    ends 0 report ../base.ini -q -o report --algorithm bsp,losp --set=output.report=yes "${grid[@]}"
    for jobs in 1 2; do ends 0 share$jobs ../base.ini -q -o shares --index $jobs --of 2 --algorithm bsp,losp "${grid[@]}"; done
    ends 0 together -q --resume shares
}
case_readers() { # what reads a run again
    run plain bsp,losp,asp --set=output.report=yes
    run faulty bsp,losp --set=faults.{crash_probability=0.03,down_time=15ms,loss_probability=0.1} --set=output.report=yes
    ends 0 csv --export csv plain
    ends 0 npz --export npz plain
    ends 0 verify --verify plain faulty
    ends 0 report --report -o both.html plain faulty
    ends 0 again --report plain
    ends 0 table ../base.ini -q -o table --algorithm "$all"
    mv table.txt table.timed
}
case_prediction() {
    local ini name shape
    for ini in "$experiments"/*.ini "$experiments"/published/*.ini; do
        name=${ini#"$experiments"/} name=${name%.ini} name=${name/\//_}
        shape=cifar
        ! grep -q mnist "$ini" || shape=mnist
        cp "$ini" copy.ini
        ends 0 "$name" copy.ini --explain --set=data.set=synthetic --set=data.shape=$shape
    done
    rm copy.ini
    ends 0 explain ../base.ini --explain --algorithm "$all"
    ends 0 check ../base.ini --check --algorithm "$all"
    mv check.txt check.timed
    ends 0 config ../base.ini --print-config --set=train.momentum=0.5
    mv config.txt config.list
}
case_lists() {
    local what
    for what in algorithms models datasets codecs keys; do
        ends 0 $what --list $what
        mv $what.txt $what.list
    done
    ends 0 help --help
    mv help.txt help.help
}
case_statuses() {
    ends 2 option --frobnicate
    ends 2 key ../base.ini --set=network.latancy=1ms
    ends 2 value ../base.ini --set=network.latency=5km
    ends 2 algorithm ../base.ini --algorithm lops
    ends 2 none nowhere.ini
    rm none.err # it names the program's folder
    ends 3 data ../base.ini --set=data.set=mnist --data nowhere -o data
    ends 4 diverged ../base.ini -q -o diverged --algorithm bsp --set=train.learning_rate=1e30
    ends 2 there ../base.ini -q -o diverged
    rm -r diverged diverged.err # which worker is the first to find out is chance, and what had been written by then
    ends 2 resume --resume nowhere
    ends 2 verify --verify nowhere
}
case_resume() { # broken off some time after a checkpoint, and gone on with: the files of the whole run
    local name tries=0 long=(../base.ini -q --algorithm "losp,asp" --iterations 1600 --set=output.{checkpoint_every=50,eval_every=1000,trace=none})
    ends 0 whole "${long[@]}" -o whole
    "$program" "${long[@]}" -o broken >/dev/null 2>&1 </dev/null &
    until [ -e broken/losp/checkpoint ] || [ $((tries++)) -gt 500 ]; do sleep 0.01; done
    kill -INT $!
    wait $!
    grep -q interrupted broken/run.json || echo "$PWD: not broken off" >&2
    ends 0 resumed -q --resume broken
    for name in whole resumed; do mv $name.txt $name.timed; done
    diff -rq -x run.json -x summary.json whole broken >&2 || touch "$scratch/failed"
}

cases=("$@")
[ $# -gt 0 ] || mapfile -t cases < <(declare -F | sed -n 's/^declare -f case_//p')
cp "$here/base.ini" "$scratch"
printf 'seconds,factor,worker\n0,1,0\n0.01,0.5,0\n0,0.25,1\n0.02,2,1\n0,1,2\n' >"$scratch/speeds.csv"
cp "$scratch/speeds.csv" "$scratch/links.csv"
printf 'seconds,factor\n0,1\n0.005,0.1\n0.02,1\n' >"$scratch/server.csv"
count=0
for case in "${cases[@]}"; do
    [ $count -lt "${JOBS:-$(nproc)}" ] || wait -n
    count=$((count + 1))
    declare -F "case_$case" >/dev/null || { echo "no case $case" >&2; exit 2; }
    mkdir "$scratch/$case" && (cd "$scratch/$case" && "case_$case") &
done
wait
cd "$scratch" && "$here/facts.py" "${cases[@]}" || exit 1
[ ! -e "$scratch/failed" ]
