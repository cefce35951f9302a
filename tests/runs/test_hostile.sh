#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2317 # inner shells get their arguments by position; functions are called through check
# Hostile names, links, neighbours and disks: one clear line, nothing overwritten, nothing mixed.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

odd=$'a b"c\'d\ne$(touch oops);*'
small=(--algorithm "bsp,osp" --set experiment.iterations=40)

# refused NAME STATUS PATTERN COMMAND...: ends with STATUS and exactly one line on stderr, which matches.
refused() {
    local name=$1 status=$2 pattern=$3 got
    shift 3
    timeout 60 "$@" >out 2>err </dev/null
    got=$?
    check "$name" test "$got" -eq "$status" -a "$(wc -l <err)" -eq 1 -a -z "$(grep -LE -- "$pattern" err)"
    if [ "$got" -ne "$status" ] || ! grep -qE -- "$pattern" err; then echo "status $got" && cat err; fi
}

# same_files A B: the same results, with the same bytes.
files() { (cd "$1" && find . \( -name '*.csv' -o -name '*.bin' \) ! -name '*.trace.csv' -exec sha256sum {} + | sort); }
same_files() { [ "$(files "$1" | wc -l)" -ge 10 ] && same "$(files "$1")" "$(files "$2")"; }

must play plain "${small[@]}"

# ---- paths ----

mkdir "$odd" inside
cp "$smoke" "$odd/x.ini"
printf '[experiment]\nseed = x\n' >"$odd/bad.ini"
printf 'seconds,factor\n0,1\n' >"$odd/t.csv"
odd_run() { "$simulate" "$odd/x.ini" -q "${small[@]}" --set "compute.trace=t.csv" -o "$1" >out 2>err; }
cp "$odd/t.csv" t.csv
check "blanks, quotes, a newline and \$() in paths" odd_run "$odd/run"
check "  the same results" same_files "$odd/run" plain
check "  run.json is JSON" python3 -m json.tool "$odd/run/run.json" /dev/null
check "  verified" "$simulate" --verify "$odd/run" >verified
if command -v gnuplot >/dev/null; then
    odd_plots() { "$root/plots/plot.sh" "$odd/run" >out 2>err && [ ! -s err ] && [ -s "$odd/run/plots/time_split.png" ]; }
    check "  drawn" odd_plots
else
    echo "# gnuplot is not installed: odd paths of plots not tested"
fi
check "  nothing was executed" test ! -e oops -a ! -e "$odd/oops"
refused "such a path in a message is one line" 2 'e\$\(touch oops\);\*/nowhere.ini: No such file' "$simulate" "$odd/nowhere.ini"
refused "  with a line number" 2 'bad.ini:2: experiment.seed: expected' "$simulate" "$odd/bad.ini"
refused "a file that cannot be read" 2 "/proc/self/mem:1: Input/output error" "$simulate" /proc/self/mem
refused "  of an output folder" 2 'run exists' "$simulate" "$smoke" -q -o "$odd/run"
refused "  of a data folder" 3 "data.path: expected a folder that holds a data set, got 'a b" env -u SIMULATE_DATA "$simulate" "$smoke" -q --set data.set=cifar10 --set "data.path=${odd/$'\n'/}" -o never
refused "  and not in a value" 2 'data.path: expected .*control character' "$simulate" "$smoke" -q --set "data.path=$odd" -o never
sed -i '2s/^[0-9]*/x/' "$odd/run/bsp/workers.csv"
refused "  nor a finding" 1 'workers.csv:2: worker: expected' "$simulate" --verify "$odd/run/bsp"
cp "$smoke" $'x\ny.ini'
refused "a newline in the experiment's file name" 2 "the file's name will not do" "$simulate" $'x\ny.ini' -q
above() { "$simulate" "$smoke" -q "${small[@]}" -o "inside/../above/../below/run" >out 2>err && same_files below/run plain; }
check "../ in -o goes where it says" above
for taken in . .. / above/run/.. above/run/. plain/; do
    refused "-o $taken exists" 2 "exists: -o needs the name of a new folder" "$simulate" "$smoke" -q -o "$taken"
done

# ---- names of experiments ----

for name in ../up .. . .hidden /abs a/b 'a/../../up' $'a\nb' "$(printf 'a\rb')"; do
    refused "experiment.name = $(printf %q "$name")" 2 'experiment.name: expected' \
        "$simulate" "$smoke" -q --set "experiment.name=$name" --set output.path=inside
done
check "  made nothing" test -z "$(ls -A inside)" -a ! -e up -a ! -e "$scratch/../up"
for name in 'a b' 'a"b' '-x' '~' '$(touch oops)' latest '*'; do
    named() { "$simulate" "$smoke" -q "${small[@]}" --set "experiment.name=$name" --set output.path=inside >out 2>err && [ -e "inside/$name/latest/run.json" ]; }
    check "experiment.name = $name stays inside" named
done
check "  nothing was executed" test ! -e oops

# ---- links ----

mkdir target
ln -s target link
ln -s absent dangling
for taken in link link/ dangling dangling/; do
    refused "-o $taken, a symbolic link" 2 "exists: -o needs the name of a new folder" "$simulate" "$smoke" -q -o "$taken"
done
check "  made nothing" test -z "$(ls -A target)" -a ! -e absent
below_link() { "$simulate" "$smoke" -q "${small[@]}" -o link/run >out 2>err && same_files target/run plain; }
check "-o below a link goes where it points" below_link
refused "-o below a dangling link" 7 'making dangling' "$simulate" "$smoke" -q -o dangling/run
mkdir -p latest/smoke/latest
left() { "$simulate" "$smoke" -q "${small[@]}" --set output.path=latest >out 2>err && grep -q 'is not a symbolic link' err && [ -z "$(ls -A latest/smoke/latest)" ]; }
check "a folder called latest is left alone, with a warning" left

# ---- two at once ----

# at_once FOLDER...: a run into each at the same moment ("-": none given); statuses in the order of the folders.
at_once() {
    local i=0 pids=() folder
    for folder in "$@"; do
        i=$((i + 1))
        if [ "$folder" = - ]; then set -- --set output.path=stamped; else set -- -o "$folder"; fi
        "$simulate" "$smoke" -q "${small[@]}" "$@" >"at_once.$i.out" 2>"at_once.$i.err" &
        pids+=($!)
    done
    for i in "${pids[@]}"; do
        wait "$i"
        printf '%d ' $?
    done
}
one_wins() {
    local statuses
    statuses=$(at_once together together together | tr ' ' '\n' | sort | tr '\n' ' ')
    same "${statuses# }" "0 2 2 " && [ "$(cat at_once.*.err | wc -l)" -eq 2 ] && [ "$(grep -c 'together exists' at_once.*.err | grep -c ':1$')" -eq 2 ]
}
check "three runs with the same -o: one wins, the others say so" one_wins
check "  with complete files" same_files together plain
apart() { same "$(at_once one two)" "0 0 " && same_files one plain && same_files two plain; }
check "two runs with different -o do not mix" apart
stamped() {
    same "$(at_once - - -)" "0 0 0 " || return 1
    local runs=(stamped/smoke/2*)
    [ ${#runs[@]} -eq 3 ] && same_files "${runs[0]}" plain && same_files "${runs[1]}" plain && same_files "${runs[2]}" plain &&
        [ -L stamped/smoke/latest ] && [ -e stamped/smoke/latest/run.json ] && [ "$(find stamped/smoke -maxdepth 1 -name '.latest*' | wc -l)" -eq 0 ]
}
check "three runs in the same second without -o: three folders" stamped

# ---- no permission: root may do anything, so another user tries ----

mkdir -p closed/cifar-10-batches-bin open
cp "$smoke" closed/x.ini
cp -r plain closed/run
chmod 755 . && chmod 777 open && chmod 0 closed
if [ "$(id -u)" -ne 0 ]; then
    other=()
else
    other=(setpriv --reuid=65534 --regid=65534 --clear-groups)
fi
if "${other[@]}" "$simulate" --check "$smoke" >/dev/null 2>&1; then
    refused "an experiment in an unreadable folder" 2 'closed/x.ini: Permission denied' "${other[@]}" "$simulate" closed/x.ini
    refused "-o in it" 7 'making closed/new: Permission denied' "${other[@]}" "$simulate" "$smoke" -q -o closed/new
    refused "data in it" 3 'closed/cifar-10-batches-bin \(permission denied\)' env SIMULATE_DATA= \
        "${other[@]}" "$simulate" "$smoke" -q --set data.set=cifar10 --data closed -o open/never
    refused "a trace in it" 2 'compute.trace: closed/t.csv: Permission denied' "${other[@]}" "$simulate" "$smoke" --set compute.trace=closed/t.csv
    refused "--verify of it" 2 'closed: Permission denied' "${other[@]}" "$simulate" --verify closed
    refused "--verify of a run in it" 2 'closed/run: Permission denied' "${other[@]}" "$simulate" --verify closed/run
else
    echo "# no other user may run this program here: folders without permission not tested"
fi
chmod 755 closed

# ---- full disks ----

# on_disk OPTIONS: a run on a tmpfs of these options, a copy of which is in `kept` then.
on_disk() {
    rm -rf disk kept
    mkdir disk kept
    unshare -m sh -c 'mount -t tmpfs -o "$1" none disk || exit 99; shift; "$@" -o disk/run; status=$?; cp -r disk/. kept; exit $status' \
        - "$1" "$simulate" "$smoke" -q "${small[@]}" >out 2>err
}
# Whatever is there of a run that ended early, no file claims to be whole that is not.
full() {
    on_disk "$1"
    if [ $? -ne 7 ] || [ "$(wc -l <err)" -ne 1 ] || ! grep -q 'No space left on device$' err || same "$(member kept/run/run.json status 2>&1)" "done"; then
        cat err
        return 1
    fi
    for summary in kept/run/*/summary.json; do
        [ ! -e "$summary" ] || "$simulate" --verify "$(dirname "$summary")" >out 2>err || { cat err; return 1; }
    done
}
if [ "$(id -u)" -eq 0 ] && command -v unshare >/dev/null && unshare -m true 2>/dev/null; then
    for options in size=4k size=12k size=24k size=48k size=64k size=100k size=140k nr_inodes=2 nr_inodes=3 nr_inodes=6 nr_inodes=9 nr_inodes=13 nr_inodes=16; do
        check "a disk of $options" full "$options"
    done
    on_disk size=10m
    check "a disk that is large enough" same_files kept/run plain
else
    echo "# a small disk needs root and unshare: full disks not tested"
fi
check "nothing in /dev/shm" nothing_shared
finish
