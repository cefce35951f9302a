#!/usr/bin/env bash
# Whole runs with every codec: both sides decode the same, from the same draw key; bytes are the closed form.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# coded NAME CODEC [OPTION...]: a short run of DQLOSP with that codec.
coded() { play "$1" -q --algorithm dqlosp --set algorithm.dqlosp.codec="$2" --set experiment.iterations=80 "${@:3}"; }
of() { member "$1/dqlosp/summary.json" "$2"; }

# sum_over_tensors EXPRESSION: in n, the floats of a tensor of the model, and o, its outputs.
sum_over_tensors() {
    python3 -c "import json, math
print(sum($1 for n, o in ((math.prod(t['shape']), t['shape'][0]) for t in json.load(open('identity/dqlosp/parameters.json'))['tensors'])))"
}
# bytes_are RUN EXPRESSION
bytes_are() { same "$(of "$1" bytes_up)" $(($(of "$1" pushes) * (64 + $(sum_over_tensors "$2")))); }

declare -A bytes=([identity]='4 * n' [maxabs]='4 + n' [numpy_l2]='4 + 2 * n' [float16]='2 * n' [bfloat16]='2 * n' [fp4]='4 + -(-n // 2)' [sign]='4 + -(-n // 8)'
    [terngrad]='4 + -(-n // 4)' [qsgd]='4 * -(-n // 512) + -(-n // 2)' [topk]='4 + 8 * max(1, int(0.01 * n))' [randomk]='4 * max(1, int(0.01 * n))'
    [lowrank]='4 * min(n, 4 * (n // o + o))')
for codec in $("$simulate" --list codecs | awk '{print $1}'); do
    check "$codec runs" coded "$codec" "$codec"
    check "  every replica equals the PS's model" same "$(of "$codec" replicas_equal)" true
    check "  its bytes are the closed form" bytes_are "$codec" "${bytes[$codec]}"
done

hash_is() { same "$(of "$1" parameters_hash)" "$(of "$2" parameters_hash)"; }
step=(--set algorithm.dqlosp.max_local_steps=1) # one a round, however long messages take
must coded plain identity "${step[@]}"
for codec in topk randomk; do
    check "$codec of everything runs" coded "all_$codec" $codec "${step[@]}" --set codec.$codec.ratio=1
    check "  it is no codec" hash_is "all_$codec" plain
done
check "error feedback runs" coded kept topk --set algorithm.dqlosp.error_feedback=yes
check "  it is another run" sh -c "! cmp -s topk/dqlosp/parameters.bin kept/dqlosp/parameters.bin"
twice() { "$simulate" --check "$root/experiments/smoke.ini" --algorithm "$1" --set "algorithm.$1.error_feedback=yes" 2>&1 >check.out; }
for name in dgc dgs loscar; do
    check "$name keeps what is not sent itself, and says so" grep -q "algorithm.$name.error_feedback: expected no" <(twice $name)
done
check "dqlosp does not" same "$(twice dqlosp | grep -c error_feedback)" 0

# One update. Where the PS puts values elsewhere than they came from, or a reply has another mask than its pushes, few of the k
# arrive: a tenth of a tenth.
once() { coded "$1" randomk "${step[@]}" --set experiment.iterations=4 --set codec.randomk.ratio=0.1 "${@:2}"; }
changed() {
    python3 -c "import array
models = [array.array('f', open(f'{run}/dqlosp/parameters.bin', 'rb').read()) for run in ('still', '$1')]
print(sum(a != b for a, b in zip(*models)))"
}
k=$(sum_over_tensors 'max(1, int(0.1 * n))')
check "a run without steps" once still --set train.learning_rate=0
check "one round with a shared mask" once shared
check "  it is one round" same "$(of shared rounds)" 1
check "  what the workers sent is what they get back: nearly k values ($k)" sh -c "[ $(changed shared) -le $k ] && [ $(changed shared) -gt $((k * 8 / 10)) ]"
check "one round with masks of their own" once own --set codec.randomk.mask=own
check "  few are in both" test "$(changed own)" -lt $((k * 6 / 10))
# The gradient of a linear layer's weight from one image is a column times a row: of rank 1, if it is the right matrix.
image() {
    coded "$1" "$2" "${step[@]}" --workers 1 --set model.name=logreg --set train.batch=1 --set experiment.iterations=1 --set codec.lowrank.rank=1 "${@:3}"
}
near() {
    python3 -c "import array
plain, coded, still = [array.array('f', open(f'{run}/dqlosp/parameters.bin', 'rb').read()) for run in ('image', 'rank1', 'unmoved')]
distance = lambda x, y: sum((a - b) ** 2 for a, b in zip(x, y)) ** 0.5
exit(not distance(plain, coded) < 1e-4 * distance(plain, still))"
}
check "one image" image image identity
check "  a run without steps" image unmoved identity --set train.learning_rate=0
check "  lowrank of rank 1" image rank1 lowrank
check "  loses nothing" near
check "  in a tenth of the bytes" test "$(($(of rank1 bytes_up) * 9))" -lt "$(of image bytes_up)"

# Messages of different sizes: 8 of each worker, and of the PS, say more than later. A sum over their numbers, once per worker.
warm=(--set codec.topk.warmup=8 --set codec.topk.ratio=0.001)
warm_bytes() { # messages 0 .. $1-1 of a sender
    local sum=0 i part=0.001
    for ((i = 0; i < $1; i++)); do
        ((i < 8)) && part=$(python3 -c "print(max(0.001, 0.25 ** (1 + $i * 4 // 8)))") || part=0.001
        sum=$((sum + 64 + $(sum_over_tensors "4 + 8 * max(1, int($part * n))")))
    done
    echo $sum
}
columns() { awk -F, -v column="$2" 'NR > 1 { print $column }' "$1"; } # bytes_up: 12, bytes_down: 13
sum_column() { columns "$1" "$2" | awk '{ s += $1 } END { print s }'; }
check "messages that shrink run" coded warm topk "${warm[@]}" "${step[@]}" --set experiment.iterations=48
workers=$(of warm workers) rounds=$(of warm rounds)
check "  replicas are equal" same "$(of warm replicas_equal)" true
check "  pushes are those of their numbers" same "$(of warm bytes_up)" $((workers * $(warm_bytes "$rounds")))
check "  replies as well" same "$(of warm bytes_down)" $((workers * $(warm_bytes "$rounds")))
check "  times and bytes are those without training" coded warm_times topk "${warm[@]}" "${step[@]}" --set experiment.iterations=48 --set experiment.train=no
check "    all of them" cmp -s <(cut -d, -f1-3,5- warm/dqlosp/workers.csv) <(cut -d, -f1-3,5- warm_times/dqlosp/workers.csv)
check "another codec for replies runs" coded mixed topk --set algorithm.dqlosp.reply_codec=maxabs --set algorithm.dqlosp.error_feedback=yes
check "  replicas are equal" same "$(of mixed replicas_equal)" true
check "  pushes are of the one" bytes_are mixed "${bytes[topk]}"
check "  replies of the other" same "$(of mixed bytes_down)" $(($(of mixed replies) * (64 + $(sum_over_tensors "${bytes[maxabs]}"))))
check "  times and bytes are those without training" coded mixed_times topk --set algorithm.dqlosp.reply_codec=maxabs --set algorithm.dqlosp.error_feedback=yes --set experiment.train=no
check "    all of them" cmp -s <(cut -d, -f1-3,5- mixed/dqlosp/workers.csv) <(cut -d, -f1-3,5- mixed_times/dqlosp/workers.csv)
check "  --verify finds nothing" "$simulate" --verify mixed
unknown() { "$simulate" "$smoke" -q -o unknown --algorithm "$1" --set "algorithm.$1.reply_codec=$2" 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF "$3" err; }
check "  one that there is not is refused" unknown dgs maxab "maxabs"
check "  and any where replies are not coded" unknown bsp maxabs "reply_codec"
check "  no theory is given for it" sh -c "'$simulate' --explain '$smoke' --algorithm dqlosp --set algorithm.dqlosp.codec=topk --set codec.topk.warmup=8 | grep -q 'dqlosp: no closed form'"
check "  --verify finds nothing" "$simulate" --verify warm
for algorithm in dgc dgs doublesqueeze; do
    for faults in "" "--set faults.loss_probability=0.05 --set faults.retransmit_timeout=20ms --set faults.crash_probability=0.01 --set faults.down_time=20ms"; do
        # shellcheck disable=SC2086 # words
        check "$algorithm warms up${faults:+ with faults}" play "$algorithm${faults:+_faults}" -q --algorithm $algorithm --set algorithm.$algorithm.codec=topk --set experiment.iterations=120 "${warm[@]}" $faults
        check "  --verify finds nothing" "$simulate" --verify "$algorithm${faults:+_faults}"
    done
done

# What travels as it is: tensors of few dimensions, and the first messages of a sender. E: 1 where a tensor is compressed.
tensors() { # EXPRESSION: of all; n: floats of a tensor, d: its dimensions
    python3 -c "import json, math
sizes = [(math.prod(t['shape']), len(t['shape'])) for t in json.load(open('identity/dqlosp/parameters.json'))['tensors']]
print($1)"
}
one() { echo "max(1, int(0.01 * $1))"; } # of one vector
raw=$(tensors "sum(4 * n for n, d in sizes if d < 2)")
each=$(tensors "sum(4 + 8 * $(one n) for n, d in sizes if d > 1)") joint=$(tensors "4 + 8 * $(one "sum(n for n, d in sizes if d > 1)")")
all=$(tensors "sum(4 * n for n, d in sizes)") usual=$(tensors "sum(4 + 8 * $(one n) for n, d in sizes)")
every_is() { same "$(of "$1" bytes_up)" $(($(of "$1" pushes) * (64 + $2))); }
short=(--set algorithm.dqlosp.min_dimensions=2)
check "short tensors travel as they are" coded short topk "${short[@]}"
check "  bytes are the closed form" every_is short $((raw + each))
check "one topk of all tensors runs" coded joint topk "${short[@]}" --set codec.topk.scope=model --set algorithm.dqlosp.error_feedback=yes
check "  bytes are the closed form" every_is joint $((raw + joint))
check "  replicas are equal" same "$(of joint replicas_equal)" true
check "  times and bytes are those without training" coded joint_times topk "${short[@]}" --set codec.topk.scope=model --set algorithm.dqlosp.error_feedback=yes --set experiment.train=no
check "    all of them" cmp -s <(cut -d, -f1-3,5- joint/dqlosp/workers.csv) <(cut -d, -f1-3,5- joint_times/dqlosp/workers.csv)
check "messages that are compressed later run" coded later topk "${step[@]}" --set algorithm.dqlosp.compress_after=5
rounds=$(of later rounds)
expected=$((workers * (rounds * 64 + 5 * all + (rounds - 5) * usual)))
check "  bytes are the closed form" same "$(of later bytes_up) $(of later bytes_down)" "$expected $expected"
check "  replicas are equal" same "$(of later replicas_equal)" true
check "  no theory is given for it" sh -c "'$simulate' --explain '$smoke' --algorithm dqlosp --set algorithm.dqlosp.codec=topk --set algorithm.dqlosp.compress_after=5 | grep -q 'dqlosp: no closed form'"
check "  messages that are longer later run" coded longer topk "${step[@]}" --set algorithm.dqlosp.compress_after=5 --set codec.topk.ratio=0.9
check "  replicas are equal" same "$(of longer replicas_equal)" true
for run in short joint later longer; do check "  --verify finds nothing in $run" "$simulate" --verify $run; done
check "powersgd is dense at first" play dense -q --algorithm powersgd --set algorithm.powersgd.compress_after=3
check "  its first three steps" same "$(columns dense/powersgd/workers.csv 12 | head -$((6 * workers)) | sort -n | uniq -c | awk '{print $1, $2}' | xargs)" "$((3 * workers)) 64 $((3 * workers)) $((64 + all))"
check "  replicas are equal" same "$(member dense/powersgd/summary.json replicas_equal)" true
check "  --verify finds nothing" "$simulate" --verify dense
check "  no theory is given for it" sh -c "'$simulate' --explain '$smoke' --algorithm powersgd --set algorithm.powersgd.compress_after=3 | grep -q 'powersgd: no closed form'"

# Error feedback in units of the step, and after a push that is dropped.
falling=(--set train.schedule=cosine --set algorithm.k_sync.k=2 --set algorithm.k_sync.codec=topk --set "compute.factor=1, 1.1, 1.3, 2" --set compute.jitter=0.5)
k_sync() { play "$1" -q --algorithm k_sync "${falling[@]}" --set algorithm.k_sync.error_feedback="$2" "${@:3}"; }
check "k_sync drops pushes" k_sync steps step
check "  some" test "$(member steps/k_sync/summary.json dropped_pushes)" -gt 0
check "  it is another run with residuals of gradients" k_sync gradients gradient
check "  really" sh -c "! cmp -s steps/k_sync/parameters.bin gradients/k_sync/parameters.bin"
check "  it is the same in one process" k_sync alone step --set cluster.processes=1
check "  really" cmp -s steps/k_sync/parameters.bin alone/k_sync/parameters.bin
check "  and so with checkpoints" k_sync stops step --set output.checkpoint_every=7
check "  really" cmp -s steps/k_sync/parameters.bin stops/k_sync/parameters.bin
refused() { "$simulate" --check "$smoke" --algorithm "$1" "${@:3}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF "algorithm.$1.$2" err; }
said() { "$simulate" --check "$smoke" --algorithm "$1" "${@:3}" >out 2>err && [ "$(wc -l <err)" -eq "$2" ] && { [ "$2" -eq 0 ] || grep -qF "algorithm.$1.error_feedback: expected gradient, got step" err; }; }
check "steps of a difference of models are said to be none" said diloco 1 --set algorithm.diloco.codec=topk --set algorithm.diloco.error_feedback=step
check "  also of those that come back" said scaffold 1 --set algorithm.scaffold.codec=topk --set algorithm.scaffold.error_feedback=step
check "  yes is no such thing" said diloco 0 --set algorithm.diloco.codec=topk --set algorithm.diloco.error_feedback=yes
check "  nor are steps of gradients" said bsp 0 --set algorithm.bsp.codec=topk --set algorithm.bsp.error_feedback=step
check "fragments have no dimensions" refused streaming_diloco "min_dimensions: expected 0 with 4 fragments, got 2" --set algorithm.streaming_diloco.codec=topk --set algorithm.streaming_diloco.min_dimensions=2 --set algorithm.streaming_diloco.local_steps=8
finish
