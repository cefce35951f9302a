#!/usr/bin/env bash
# What people type: misspelt names, units, cases and hyphens, missing values, wrong sections, wrong folders. Each must end with one
# line that says what is wrong and what would be right, and with its exit status; what can be understood is understood.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

quick=$root/experiments/quickstart.ini
export SIMULATE_DATA='' ASAN_OPTIONS=detect_leaks=0

# Folders to be wrong with: two runs, a sweep, an empty folder.
short=(--no-train -q --iterations 40 --set output.report=no)
must "$simulate" "$quick" "${short[@]}" --algorithm bsp -o run >/dev/null
must "$simulate" "$quick" "${short[@]}" --algorithm bsp --sweep experiment.seed=1,2 -o sweep >/dev/null 2>&1
mkdir empty

begin='' # what the line begins with

# judge NAME STATUS WORDS: of a program that has ended with $got. One line on stderr has the words, or there is none where it is right.
judge() {
    local lines=1
    [ "$2" -ne 0 ] || lines=0
    if [ "$got" -eq "$2" ] && [ "$(wc -l <err)" -eq $lines ] && grep -qF -- "$3" out err &&
        { [ "$2" -eq 0 ] || [[ $(<err) == "simulate: $begin"* ]]; }; then
        echo "ok $1"
    else
        echo "not ok $1"
        echo "expected status $2 and $lines lines on stderr, with: $3"
        echo "got status $got:" && cat err
        failures=$((failures + 1))
    fi
}

# said STATUS WORDS ARGUMENT...
said() {
    local status=$1 words=$2 got
    shift 2
    timeout 20 "$simulate" "$@" >out 2>err </dev/null
    got=$?
    judge "$*" "$status" "$words"
}

# A line a case: what --set gets, a tab, the words of the one line. A line without words: it is understood; then the resolved value.
while IFS=$'\t' read -r assignment words value; do
    case $assignment in '' | '#'*) continue ;; esac
    if [ "$words" = right ]; then
        said 0 "$value" --print-config "$quick" --set "$assignment"
    else
        begin="--set: " said 2 "$words" --check "$quick" --set "$assignment"
    fi
done <<'EOF'
# names
data.set=CIFAR-10	right	set = cifar10 ; from --set
data.set=FashionMNIST	right	set = fashion_mnist ; from --set
data.set=cifar	data.set: expected a name from --list datasets, got 'cifar'; did you mean 'cifar10'?
data.set=MNST	data.set: expected a name from --list datasets, got 'MNST'; did you mean 'mnist'?
data.set=imagenet	data.set: expected a name from --list datasets, got 'imagenet'
data.set=idx	data.set: idx needs data.path (--data DIR), the folder of its files
model.name=ResNet-18	right	name = resnet18 ; from --set
model.name=alexnett	model.name: expected a name from --list models, got 'alexnett'; did you mean 'alexnet'?
model.name=resnet	model.name: expected a name from --list models, got 'resnet'; did you mean 'resnet14'?
model.name=	model.name: expected a name from --list models, got ''
algorithm.losp.codec=Top-K	right	codec = topk ; from --set
algorithm.losp.codec=maxab	algorithm.losp.codec: expected a name from --list codecs, got 'maxab'; did you mean 'maxabs'?
algorithm.losp.codec=t1: Top-K	right	codec = t1: topk ; from --set
experiment.algorithms=BSP, Local-SGD	right	algorithms = bsp, local_sgd ; from --set
experiment.algorithms=topk1: Bsp	right	algorithms = topk1: bsp ; from --set
experiment.algorithms=bspp	experiment.algorithms: expected a name from --list algorithms, got 'bspp'; did you mean 'bsp'?
experiment.algorithms=bsp, BSP	experiment.algorithms: expected each name once, got 'bsp' twice
experiment.algorithms=bsp,,losp	experiment.algorithms: expected different names separated by commas
experiment.algorithms=t: bspp	experiment.algorithms: t: expected a variant of a name from --list algorithms, got one of 'bspp'; did you mean 'bsp'?
experiment.algorithms=t: bsp, t: losp	experiment.algorithms: expected different names
experiment.algorithms=losp: bsp	experiment.algorithms: losp: expected a variant with another name than --list has, got one of bsp
experiment.algorithms=: bsp	experiment.algorithms: expected
algorithm.topk9.codec=topk	unknown section 'algorithm.topk9' (--list algorithms names all; experiment.algorithms = topk9: ALGORITHM would declare it)
train.optimizer=Adam-W	right	optimizer = adamw ; from --set
train.optimizer=adam	train.optimizer: expected one of sgd, nesterov, adamw, got 'adam'
data.partition=Dirichlet	right	partition = dirichlet ; from --set
data.partition=noniid	data.partition: expected one of full, iid, dirichlet, shards, label, got 'noniid'
experiment.clock=wall	experiment.clock: expected one of virtual, real, got 'wall'
experiment.train=No	right	train = no ; from --set
experiment.train=maybe	experiment.train: expected yes or no, got 'maybe'
# keys and sections
learning_rate=0.1	expected section.key=value, got 'learning_rate=0.1'; did you mean train.learning_rate=...?
lr=0.1	expected section.key=value, got 'lr=0.1'; did you mean train.learning_rate=...?
train.lr=0.1	unknown key 'lr' in [train]; did you mean 'learning_rate'?
train.Learning-Rate=0.1	unknown key 'Learning-Rate' in [train]; did you mean 'learning_rate'?
train.batch_size=32	unknown key 'batch_size' in [train]; did you mean 'batch'?
train.wd=0.1	unknown key 'wd' in [train]; did you mean 'weight_decay'?
train.learning_rate	expected section.key=value, got 'train.learning_rate'
network.bandwith=1Gbit/s	unknown key 'bandwith' in [network]; did you mean 'bandwidth'?
network.batch=32	unknown key 'batch' in [network]; it belongs to [train]
netwrok.latency=1ms	unknown section 'netwrok'; did you mean [network]?
Network.latency=1ms	unknown section 'Network'; did you mean [network]?
cluster.worker=8	unknown key 'worker' in [cluster]; did you mean 'workers'?
experiment.algorithm=bsp	unknown key 'algorithm' in [experiment]; did you mean 'algorithms'?
faults.crash=1s	unknown key 'crash' in [faults]; did you mean 'crash_at'?
algorithm.bps.codec=topk	unknown section 'algorithm.bps'; did you mean [algorithm.bsp]? (experiment.algorithms = bps: ALGORITHM would declare it)
algorithms.bsp.codec=topk	unknown section 'algorithms.bsp'; did you mean [algorithm.bsp]?
codec.top-k.ratio=0.1	unknown section 'codec.top-k'; did you mean [codec.topk]?
codec.nothing.bits=3	unknown section 'codec.nothing' (--list codecs names all)
bsp.codec=topk	unknown section 'bsp'; did you mean [algorithm.bsp]?
topk.ratio=0.1	unknown section 'topk'; did you mean [codec.topk]?
# numbers and units
train.learning_rate=	train.learning_rate: expected a number >= 0, got ''
train.learning_rate=fast	train.learning_rate: expected a number >= 0, got 'fast'
train.learning_rate=0,1	train.learning_rate: expected a number >= 0, got '0,1'
train.batch=32.5	train.batch: expected a whole number from 1 to 65536, got '32.5' (not whole)
train.momentum=90%	train.momentum: expected a number >= 0 and < 1, got '90%' (a fraction: 0.01 is 1%)
experiment.target_accuracy=80	experiment.target_accuracy: expected a number > 0 and <= 1, got '80'
network.bandwidth=100	such as 1Gbit/s, 125MB/s or inf, got '100' (the unit is missing: bit/s for bits, B/s for bytes)
network.bandwidth=100Mbps	got '100Mbps' (ambiguous: write bit/s for bits, B/s for bytes)
network.bandwidth=100mbit/s	got '100mbit/s' (unknown unit; did you mean Mbit/s?)
network.bandwidth=1gbit	got '1gbit' (unknown unit; did you mean Gbit/s?)
network.latency=20	such as 10ms or 1.5s, got '20' (the unit is missing)
network.latency=20msec	got '20msec' (unknown unit; did you mean ms?)
network.latency=20MS	got '20MS' (unknown unit; did you mean ms?)
network.latency=0,02s	network.latency: expected one value or 4 (cluster.workers), got 2
compute.device=1TFLOPS	got '1TFLOPS' (unknown unit; did you mean TFLOP/s?)
experiment.virtual_time=5min	right	virtual_time = 300s ; from --set
experiment.virtual_time=0s	experiment.virtual_time: expected a duration > 0 and <= 1e18ns such as 10ms or 1.5s, got '0s'
experiment.virtual_time=-1s	experiment.virtual_time: expected a duration > 0
experiment.virtual_time=5 minutes	got '5 minutes' (unknown unit
experiment.bytes=0	experiment.bytes: expected a size from 1B to
experiment.bytes=-1MB	experiment.bytes: expected a size from 1B to
experiment.bytes=10gb	got '10gb' (unknown unit; did you mean GB?)
experiment.stop=goal	experiment.stop: expected one of budget, target, got 'goal'
output.trace=some	output.trace: expected 'first N rounds' (N from 1 to 10^9), 'all' or 'none', got 'some'
data.train_samples=1e9	data.train_samples: expected 1 .. 1000000 (what synthetic has), got 1000000000
EOF

# ini WORDS LINE...: an ini of these lines is refused.
ini() {
    local words=$1
    shift
    printf '%s\n' "$@" >x.ini
    begin=x.ini said 2 "$words" --check x.ini
}
bsp='algorithms = bsp'
ini ":2: unknown key 'algorithm' in [experiment]; did you mean 'algorithms'?" '[experiment]' 'algorithm = bsp'
ini ":3: experiment.algorithms: given twice, first in line 2" '[experiment]' "$bsp" 'algorithms = losp'
ini ":1: unknown section 'Experiment'; did you mean [experiment]?" '[Experiment]' "$bsp"
ini ":1: key in front of the first [section]" "$bsp"
ini ":1: '[' without ']'" '[experiment' "$bsp"
ini ":2: expected 'key = value', got 'algorithms bsp'" '[experiment]' 'algorithms bsp'
ini ":2: expected 'key = value', got 'algorithms: bsp'" '[experiment]' 'algorithms: bsp'
ini ":2: indented line: keys and sections start in the first column" '[experiment]' "  $bsp"
ini ":2: experiment.algorithms: expected" '[experiment]' "$bsp # all"
ini ":2: experiment.algorithms: expected a name from --list algorithms, got 'lops'; did you mean 'losp'?" '[experiment]' 'algorithms = bsp, lops'
ini ":2: experiment.algorithms: expected" '[experiment]' 'algorithms = bsp losp'
ini ":2: experiment.algorithms: expected" '[experiment]' 'algorithms = "bsp"'
ini ":3: unknown section 'algorithm.bps'; did you mean [algorithm.bsp]? (experiment.algorithms = bps: ALGORITHM would declare it)" '[experiment]' "$bsp" '[algorithm.bps]' 'codec = topk'
ini ":4: unknown key 'seed' in [sweep]; did you mean 'experiment.seed'?" '[experiment]' "$bsp" '[sweep]' 'seed = 1..3'
ini ":4: model.name: expected a name from --list models, got 'vgg'" '[experiment]' "$bsp" '[model]' 'name = vgg'
ini ":4: algorithm.k_sync.k: expected at most cluster.workers = 8, got 40" '[experiment]' 'algorithms = k_sync' '[algorithm.k_sync]' 'k = 40'
ini ":4: cluster.workers: expected at most 1024 with experiment.train = yes, got 1025; more of them can be timed: --no-train" \
    '[experiment]' "$bsp" '[cluster]' 'workers = 1025'
ini ":6: compute.factor: expected one value or 4 (cluster.workers), got 3" '[experiment]' "$bsp" '[cluster]' 'workers = 4' '[compute]' 'factor = 1, 2, 3'
ini ":4: compute.model: fixed needs compute.seconds, such as 50ms" '[experiment]' "$bsp" '[compute]' 'model = fixed'
ini ":3: experiment.epochs: excludes experiment.iterations, given too (x.ini:4)" '[experiment]' "$bsp" 'epochs = 1' 'iterations = 10'
ini ":3: experiment.stop: target needs experiment.target_accuracy, such as 0.9" '[experiment]' "$bsp" 'stop = target'
goal='target_accuracy = 0.5'
ini ":4: experiment.stop: expected budget with experiment.train = no (--no-train), where no accuracy is measured, got target" \
    '[experiment]' "$bsp" "$goal" 'stop = target' 'train = no'
ini ":4: experiment.stop: expected budget with experiment.clock = real, which does not wait for an evaluation, got target" \
    '[experiment]' "$bsp" "$goal" 'stop = target' 'clock = real'
ini ":3: experiment.bytes: expected another bound beside it: one worker with the only shard sends nothing" \
    '[experiment]' "$bsp" 'bytes = 1MB' '[cluster]' 'workers = 1' '[network]' 'exchange = sharded' '[server]' 'colocated = yes'
ini ": expected a section [experiment] with at least one key, found none" '[network]' 'latency = 1ms'
ini ":1: expected 'key = value', got '{\"experiment\": 1}'" '{"experiment": 1}'

# options
said 2 "unknown option '--algorithms'; did you mean --algorithm?" --algorithms bsp "$quick"
said 2 "option '--output' needs a value" "$quick" --output
said 2 "--workers: cluster.workers: expected a whole number from 1 to 32767, got 'eight'" "$quick" --workers eight
said 2 "--jobs: expected a sweep: a section [sweep] or --sweep" "$quick" --jobs 4
said 2 "--list: expected algorithms, models, datasets, codecs, optimizers, exchanges, networks or keys, got 'optimisers'; did you mean optimizers?" --list optimisers
said 2 "--export: expected npz or csv, got 'xlsx'" --export xlsx run
said 2 "--color: expected auto, always or never, got 'maybe'" --color maybe "$quick"
said 2 "got '1-5' (a plain number; in a sweep, a range is written 1..5)" "$quick" --sweep experiment.seed=1-5
said 2 "train.learning_rate is swept (--sweep): expected --sweep train.learning_rate=..." "$quick" --sweep train.learning_rate=0.1 --set train.learning_rate=1

# files and folders
said 2 "quikstart.ini: No such file or directory; searched: " quikstart.ini
said 2 "did you mean 'quickstart.ini'?" quikstart.ini
said 2 "empty: expected an ini file, got a folder" empty
said 2 "run exists: -o needs the name of a new folder, results are never overwritten" "$quick" -o run
for option in --verify --report --resume; do
    said 2 "simulate: $option: expected the folder of a run or sweep, got 'nowhere': No such file or directory" $option nowhere
    said 2 "simulate: $option: expected the folder of a run or sweep, got the file 'run/comparison.csv'" $option run/comparison.csv
    said 2 "simulate: $option: expected the folder of a run" $option empty
done
said 2 "--export: expected the folder of a run or sweep, got the file 'run/comparison.csv'" --export csv run/comparison.csv
said 2 "--report: sweep is a sweep: expected it alone, or folders of runs" --report run sweep
said 2 "--report: expected no --seed: the run stays as it was (of a sweep, --set sweep.tune=RULE chooses again, sweep.count_by=KEYS counts again; of a comparison, compare.reference, pairs, measures and resolutions judge again)" --report run --seed 3
said 2 "--verify: expected no --set: the run stays as it was" --verify run --set train.batch=2
said 2 "--export: expected no --workers: the run stays as it was" --export csv run --workers 2
said 2 "--report: run/: expected each run once, got it twice" --report run run/
said 2 "--resume: expected no --seed: the run goes on as it was" --resume run --seed 3
said 1 "trained: expected true, got false: such a run has no final model" --export npz run
finish
