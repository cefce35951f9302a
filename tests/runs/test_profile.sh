#!/usr/bin/env bash
# model.name = profile: times and bytes of models that no machine here could hold; no data, and no memory of their size.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
unset SIMULATE_DATA
largest=1000000000000 # 10^12

cat >profile.ini <<'EOI'
[experiment]
algorithms = bsp
iterations = 64
train = no

[model]
name = profile

[profile]
parameters = 100000000000
layers = 108

[compute]
seconds = 100ms

[cluster]
workers = 4

[network]
latency = 0
bandwidth = 1Mbit/s
server_bandwidth = inf
EOI
# profile NAME OPTION...: a run into folder NAME.
profile() { "$simulate" profile.ini -q -o "$1" "${@:2}" >"$1.out" 2>"$1.err" || { cat "$1.err"; return 1; }; }
# cell FILE NAME: of the first row.
cell() { awk -F, -v name="$2" 'NR == 1 {for (i = 1; i <= NF; i++) if ($i == name) c = i} NR == 2 {print $c}' "$1"; }

# ---- times and sizes ----

must profile slow --set experiment.iterations=4
# too_long NAME OPTION...: more than 73 years.
too_long() {
    check "$1 are too long" refused_run "${@:2}"
    check "  says so" grep -q 'longer than the virtual clock holds (73 years)' too_long.err
}
refused_run() { rm -rf too_long; "$simulate" profile.ini -q -o too_long "$@" >too_long.out 2>too_long.err; same $? 2; }
shards=(--set network.exchange=sharded --set server.shards=2 --set server.cost_per_byte=1ms --set network.bandwidth=100Gbit/s --set cluster.workers=8)
too_long "shards with queues of centuries" --set profile.parameters=$largest "${shards[@]}"
for exchange in ring halving_doubling tree; do
    too_long "steps of years by $exchange" --set profile.parameters=1000 --set network.exchange=$exchange --set cluster.workers=64 \
        --set network.latency=1000000s --set network.latency_factor=1000
done
check "400 GB over 1 Mbit/s take 37 days" same "$(($(cell slow/bsp/workers.csv arrive_ns) / 86400000000000))" 37
check "  to the ns: 8 us a byte after 100 ms" same "$(cell slow/bsp/workers.csv arrive_ns)" $((100000000 + 8000 * 400000000064))
check "  and back" same "$(member slow/bsp/summary.json virtual_ns)" $((100000000 + 2 * 8000 * 400000000064))
check "  verified" "$simulate" --verify slow
in_little() { (ulimit -v 400000 && profile little --set "profile.parameters=$largest"); }
check "10^12 parameters need 400 MB of addresses at most" in_little
time_is() { grep -q "$1" <("$simulate" "$2" profile.ini --set experiment.iterations=4); }
check "--explain says so" time_is '1777 h 46 min' --explain
check "--check says so" time_is '1777 h 46 min' --check
check "  and nothing of a data set" sh -c "! '$simulate' --check profile.ini | grep -q '^data set'"
check "the model is in the list" grep -q '^profile ' <("$simulate" --list models)

no_report=(--set output.report=no)
declare -A bytes=([identity]='4 * n' [maxabs]='4 + n' [numpy_l2]='4 + 2 * n' [float16]='2 * n' [bfloat16]='2 * n' [fp4]='4 + n // 2' [sign]='4 + n // 8'
    [terngrad]='4 + n // 4' [qsgd]='4 * (n // 512) + n // 2' [topk]='4 + 8 * (n // 100)' [randomk]='4 * (n // 100)' [lowrank]='4 * n')
for codec in $("$simulate" --list codecs | awk '{print $1}'); do
    must profile "$codec" "${no_report[@]}" --set "profile.parameters=$largest" --set profile.layers=1 --set network.bandwidth=100Gbit/s --algorithm dqlosp --set "algorithm.dqlosp.codec=$codec"
    check "$codec of one tensor with 10^12 parameters has the closed form's bytes" \
        same "$(cell "$codec/dqlosp/workers.csv" bytes_up)" "$(python3 -c "n = $largest; print(64 + ${bytes[$codec]})")"
done

all=$("$simulate" --list algorithms | awk '{print $1}' | paste -sd,)
must profile all --algorithm "$all" --set "profile.parameters=$largest" --set network.bandwidth=100Gbit/s
check "every algorithm runs with 10^12 parameters, and is verified" "$simulate" --verify all
must profile again "${no_report[@]}" --algorithm "$all" --set "profile.parameters=$largest" --set network.bandwidth=100Gbit/s
same_files() { diff -rq -x run.json -x summary.json -x report.html -x resolved.ini all again; }
check "  the same a second time" same_files
resolved() { "$simulate" all/resolved.ini -q -o resolved >/dev/null && cmp all/losp/workers.csv resolved/losp/workers.csv; }
check "  and from its resolved.ini" resolved
must profile parts --algorithm streaming_diloco --set algorithm.streaming_diloco.local_steps=108 --set algorithm.streaming_diloco.fragments=36 --set experiment.iterations=864
check "a fragment of 3 of 108 layers is a 36th, in lines of 64 bytes" same "$(cell parts/streaming_diloco/workers.csv bytes_up)" $((64 + 64 * ((100000000000 + 16 * 36 - 1) / (16 * 36))))
check "a sweep over sizes" sh -c "'$simulate' profile.ini -q -o sweep --sweep profile.parameters=1000,1000000000 --set network.bandwidth=1Gbit/s >/dev/null && '$simulate' --verify sweep"
over() { "$simulate" profile.ini -q -o "$1" --sweep "$2" >/dev/null; }
check "  over clusters, of which the second has more workers than the first has samples" over clusters cluster.workers=4,10001
check "  over models with data and without" over models model.name=profile,tiny
check "a report names the model alone" grep -q '<title>[^<]*profile' all/report.html
check "  without a data set" sh -c '! grep -q "on synthetic" all/report.html'

# ---- a file of tensors ----

printf 'tensor,parameters,forward_share,backward_share\nconv.weight,30000000000,3,1\n\nfc.weight,1,0,1\n' >net.csv
of_file=(--set profile.parameters= --set profile.layers= --set profile.file=net.csv)
must profile file "${of_file[@]}"
check "a file of tensors" same "$(cell file/bsp/workers.csv bytes_up)" $((64 + 4 * 30000000001))
check "  is copied to the run" cmp net.csv file/profile.file.csv
check "  which can be repeated" sh -c "cd file && '$simulate' resolved.ini --set profile.file=profile.file.csv -q -o ../repeated >/dev/null && cmp bsp/workers.csv ../repeated/bsp/workers.csv"
check "the command line's file comes before the ini's parameters" profile first --set profile.file=net.csv --set profile.layers=
printf 'parameters,tensor\n7,a\n9,b\n' >plain.csv
must profile plain --set profile.file=plain.csv --set profile.layers=
check "the shares may be left out" same "$(cell plain/bsp/workers.csv bytes_up)" $((64 + 4 * 16))

# ---- shapes and operations ----

# 2 x 3 x 10^9 multiply-accumulates x 4 samples on 1 TFLOP/s: 24 ms.
printf 'tensor,parameters,shape,operations\nconv,9408,64x3x7x7,600000000\nfc,2000000,1000x2000,400000000\nbias,1000,1000,0\n' >shapes.csv
shapes=("${of_file[@]:0:2}" --set profile.file=shapes.csv --set compute.seconds= --set compute.device=1TFLOP/s --set train.batch=4)
must profile shapes "${shapes[@]}" --set profile.layers= --algorithm bsp,powersgd --set algorithm.powersgd.rank=2
check "operations on a device are the time of a batch" same "$(cell shapes/bsp/workers.csv depart_ns)" 24000000
check "matrices are factorised: rank x rows, the bias in the first exchange" same "$(cell shapes/powersgd/workers.csv bytes_up)" $((64 + 4 * (2 * (147 + 2000) + 1000)))
check "  verified" "$simulate" --verify shapes
must profile seconds "${shapes[@]}" --set profile.layers= --set compute.seconds=7ms
check "  compute.seconds wins over operations" same "$(cell seconds/bsp/workers.csv depart_ns)" 7000000

# ---- files beside the ini, swept ----

must mkdir beside away
must cp net.csv shapes.csv beside
sed 's/^parameters = .*/file = net.csv/; /^layers/d' profile.ini >beside/files.ini
check "a file beside the ini is found" "$simulate" beside/files.ini -q -o beside_one
check "  and copied" cmp net.csv beside_one/profile.file.csv
check "  one in the working directory comes first" sh -c "cd away && cp ../plain.csv net.csv && '$simulate' ../beside/files.ini -q -o here && cmp net.csv here/profile.file.csv"
must "$simulate" beside/files.ini -q -o swept --sweep profile.file=net.csv,shapes.csv
check "files can be swept" same "$(awk -F, 'NR > 1 {print $2}' swept/sweep.csv | paste -sd' ')" 'net.csv shapes.csv'
must rm -r swept/0002-*
goes_on() { rm -r beside && cd away && rm -rf ./net.csv here && "$simulate" --resume ../swept -q >/dev/null && cd .. && cmp shapes.csv swept/0002-*/profile.file.csv; }
check "  and the sweep goes on from its folder alone" goes_on

# ---- refusals: one line ----

# refused WORDS OPTION...
refused() { "$simulate" profile.ini -q -o refused "${@:2}" >out 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -qF -- "$1" err; }
check "training is refused" refused 'model.name: profile needs experiment.train = no (--no-train): it has no network to train' --set experiment.train=yes
check "  and so are counted operations" refused 'compute.model: expected fixed with model.name = profile without operations in its file, got flops' --set compute.model=flops
check "  and a measured time" refused 'compute.model: expected flops or fixed with experiment.train = no, got measured' --set compute.model=measured
check "  a time is needed" refused 'profile.ini:7: model.name: profile needs compute.seconds, such as 50ms' --set compute.seconds=
check "  and sizes" refused 'model.name: profile needs profile.parameters, such as 1000000000, or profile.file' --set profile.parameters=
check "both ways at once" refused 'profile.file: excludes profile.parameters, given too' --set profile.file=net.csv --set profile.parameters=8
check "more than 10^12" refused 'profile.parameters: expected' --set profile.parameters=1000000000001
check "more layers than parameters" refused 'profile.layers: expected at most 8 (profile.parameters), got 108' --set profile.parameters=8
# file_refused WORDS TEXT
file_refused() { printf '%b' "$2" >bad.csv && refused "$1" "${of_file[@]:0:4}" --set profile.file=bad.csv; }
check "a file that is not there" refused 'profile.file: none.csv: No such file' "${of_file[@]:0:4}" --set profile.file=none.csv
check "  without a column" file_refused 'bad.csv:1: expected the columns tensor,parameters and perhaps shape, operations, backward_share, with this forward_share' 'tensor,forward_share\na,1\n'
check "  with the share of forward alone" file_refused 'bad.csv:1: expected the columns' 'tensor,parameters,forward_share\na,1,1\n'
check "  an empty tensor" file_refused 'bad.csv:2: parameters: expected' 'tensor,parameters\na,0\n'
check "  a negative share" file_refused 'bad.csv:2: forward_share: expected' 'tensor,parameters,forward_share,backward_share\na,1,-1,1\n'
check "  shares of nothing" file_refused 'bad.csv: backward_share: expected a share above 0, found none' 'tensor,parameters,forward_share,backward_share\na,1,1,0\n'
check "  nor without that of forward" file_refused 'bad.csv: backward_share: expected a share above 0, found none' 'tensor,parameters,backward_share\na,1,0\n'
check "  operations of nothing" file_refused 'bad.csv: operations: expected a number above 0, found none' 'tensor,parameters,operations\na,1,0\n'
check "  too many operations" file_refused 'bad.csv:3: operations: expected at most 1e+15 of all tensors together' 'tensor,parameters,operations\na,1,1000000000000000\nb,1,1\n'
for shape in 2x3 6x 6xx1 1x1x1x1x6 x6 -6 6.0 '6 x 1' 0; do
    check "  the shape $shape of 6 parameters" file_refused 'bad.csv:2: shape: expected' "tensor,parameters,shape\na,$([ "$shape" = 2x3 ] && echo 7 || echo 6),$shape\n"
done
check "  10^12 in all" file_refused 'bad.csv:3: parameters: expected at most 1e+12 of all tensors together, got 1000000000001' "tensor,parameters\na,$largest\nb,1\n"
check "  a name that is too long" file_refused 'bad.csv:2: tensor: expected at most 63 bytes, got 64' "tensor,parameters\n$(printf 'x%.0s' {1..64}),1\n"

# said WORDS OPTION...: a warning.
said() { "$simulate" --explain "$smoke" "${@:2}" 2>err >out; grep -qF "$1" err || { cat err; return 1; }; }
check "sizes without a profile have no effect" said 'profile.parameters has no effect: model.name is not profile' --set profile.parameters=8
said() { "$simulate" --explain profile.ini "${@:2}" 2>err >out; grep -qF "$1" err || { cat err; return 1; }; }
check "  nor a data set with one" said 'data.set has no effect: a profile reads no data' --set data.set=cifar10
check "  nor layers beside a file" said 'profile.layers has no effect' --set profile.parameters= --set profile.file=net.csv
check "  nothing else is said" sh -c "[ -z \"\$('$simulate' --explain profile.ini 2>&1 >/dev/null)\" ]"

finish
