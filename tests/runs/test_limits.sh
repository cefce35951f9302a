#!/usr/bin/env bash
# shellcheck disable=SC2016,SC2317 # inner shells get their arguments by position; functions are called through check
# Limits of memory, files and shared memory: a run is done, or refused with status 7 and a line that says what there was too little of.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
few=(-q --algorithm bsp --iterations 40 --set output.report=no)

# limited ULIMIT... -- COMMAND...: in this shell's place, under these limits.
limited() {
    local limits=()
    while [ "$1" != -- ]; do limits+=("$1"); shift; done
    shift
    (ulimit "${limits[@]}" && exec timeout -s KILL 30 "$@")
}
# done_or_refused ULIMIT... -- COMMAND...
done_or_refused() {
    local got
    rm -rf run
    limited "$@" 2>&1 >/dev/null | cat >err
    got=${PIPESTATUS[0]}
    echo "$got" >>statuses
    if [ $got -eq 0 ] && [ ! -s err ]; then return 0; fi
    [ $got -eq 7 ] && grep -qE "$pattern" err && return 0
    echo "$*: status $got"
    cat err
    return 1
}

# ---- memory ----

pattern='^simulate: .*([Nn]o memory|Cannot allocate memory)'
climb() { # OPTION FROM STEP TO ARGUMENT...: more and more memory
    local option=$1 kib
    rm -f statuses
    for ((kib = $2; kib <= $4; kib += $3)); do done_or_refused "$option" $kib -- "$simulate" "$smoke" "${few[@]}" -o run "${@:5}" || return 1; done
    [ "$(sort -u statuses | xargs)" = '0 7' ] || { echo "only status $(sort -u statuses)"; return 1; } # it saw both
}
if [ -z "${SIMULATE:-}" ]; then # sanitizers take terabytes of address space
    check "ever more address space" climb -v 100000 11000 230000
    check "  a little at a time, where libraries begin to fit" climb -v 173000 2500 200000
    check "  without libxsmm" climb -v 150000 9000 204000 --set host.kernels=portable
    check "ever more memory for data" climb -d 20000 24000 188000
    pattern=never
    version() { done_or_refused -v 160000 -- "$simulate" --version; }
    check "--version needs little" version
    if gcc -shared -fPIC -o cores.so "$root/tests/preload/cores.c" -ldl; then
        cores() { done_or_refused -v "$1" -- env LD_PRELOAD="$PWD/cores.so" "${@:2}"; }
        for kib in 1000000 4194304 8388608; do check "a machine of 64 cores with $kib KiB" cores $kib "$simulate" "$smoke" "${few[@]}" -o run; done
        check "  --version there" cores 200000 "$simulate" --version
    fi
fi

# ---- one thread, from the start ----

threads() { # COMMAND...: of the launcher, while it waits for its ini; signals are caught in main
    rm -f pipe && mkfifo pipe
    "$@" pipe -q -o run 2>err &
    local pid=$! tries=0
    until (( 0x$(sed -n 's/^SigCgt:[[:space:]]*//p' "/proc/$pid/status") & 1 << 14 )) || [ $((tries++)) -gt 500 ]; do sleep 0.01; done
    sed -n 's/^Threads:[[:space:]]*//p' "/proc/$pid/status"
    kill -KILL $pid
    wait $pid
} 2>/dev/null
one_thread() { same "$(threads "$@")" 1; }
check "one thread" one_thread "$simulate"
check "  whatever the environment asks for" one_thread env OPENBLAS_NUM_THREADS=3 OMP_NUM_THREADS=2 "$simulate"
check "  in no environment" one_thread env -i "$simulate"
said() { # COMMAND...: the version, and nothing else
    "$@" --version >out 2>err </dev/null && grep -q '^simulate [0-9.]*$' out && [ ! -s err ] || { cat err; return 1; }
}
check "started by its name alone" said env PATH="$(dirname "$simulate"):$PATH" "$(basename "$simulate")"
ln -s "$simulate" other_name
check "  by a link" said ./other_name
check "  by another name" said bash -c 'exec -a something "$1" --version' - "$simulate"
check "  by a descriptor" said bash -c 'exec 9<"$1"; exec /proc/self/fd/9 --version' - "$simulate"
kept() { "$simulate" --print-config "$smoke" --set 'experiment.name=a b' --set output.path='$x *' | grep -q '^name = a b ; ' ; }
check "  arguments arrive as they were" kept
descriptors() { "$simulate" --print-config /dev/fd/7 7<"$smoke" | grep -q 'from /dev/fd/7:'; }
check "  descriptors stay open" descriptors
if unshare -m sh -c 'umount -l /proc' 2>/dev/null; then
    check "  without /proc" said unshare -m sh -c 'umount -l /proc; exec "$1" --version' - "$simulate"
else
    echo "# it needs root and unshare to be without /proc: not tested"
fi

# ---- sizes of files ----

pattern='(File too large|ulimit -f)'
one_line() { [ ! -s err ] || [ "$(wc -l <err)" -eq 1 ]; }
small_files() { # a run of more and more bytes a file: shared memory, tables, traces, parameters
    local kib
    rm -f statuses
    for kib in 0 4 340 700 100000; do
        done_or_refused -f $kib -- "$simulate" "$smoke" -q --algorithm bsp --iterations 2000 --set output.eval_every=1000 --set output.report=no -o run && one_line ||
            { cat err; return 1; }
    done
    [ "$(sort -u statuses | xargs)" = '0 7' ]
}
check "ever larger files" small_files
kept_rows() { # a limit that ends it in the middle of a table
    done_or_refused -f 340 -- "$simulate" "$smoke" -q --algorithm bsp --iterations 100000 --set output.report=no --set output.trace=none -o run && one_line &&
        [ "$(tail -1 statuses)" -eq 7 ] && grep -q 'workers.csv: File too large' err
}
check "  the table that has become too long is named" kept_rows
to_standard_output() { # what is printed
    limited -f 1 -- bash -c '"$@" >printed' - "$simulate" --list keys 2>&1 | cat >err
    [ "${PIPESTATUS[0]}" -eq 7 ] && one_line && grep -q 'standard output: File too large' err || { cat err; return 1; }
}
check "  standard output" to_standard_output

# ---- shared memory ----

cat - "$smoke" >sweep.ini <<'END'
[sweep]
experiment.seed = 1..6
END
with_shm() { # SIZE COMMAND...: with a /dev/shm of that size
    unshare -m sh -c 'mount -t tmpfs -o size="$0" none /dev/shm && exec "$@"' "$@" >out 2>err
}
if unshare -m sh -c 'mount -t tmpfs none /dev/shm' 2>/dev/null; then
    one_of=$("$simulate" --explain "$smoke" --algorithm bsp | awk '$1 == "bsp" {print int($(NF - 1)) + 8}') # KiB, with some to spare
    # --check and the run: the same answer, on both sides of the limit.
    same_answer() { # SIZE STATUS ARGUMENT...
        local got
        rm -rf run
        with_shm "$1" "$simulate" "${@:3}" "${few[@]}" --check
        got=$?
        [ $got -eq "$2" ] || { echo "--check: status $got"; cat err; return 1; }
        with_shm "$1" "$simulate" "${@:3}" "${few[@]}" -o run
        got=$?
        [ $got -eq "$2" ] || { echo "status $got"; cat err; return 1; }
        [ "$2" -eq 0 ] || { [ "$(wc -l <err)" -eq 1 ] && [ ! -e run ] && grep -q /dev/shm err; }
    }
    check "--check refuses what the run would not get" same_answer $((one_of / 2))k 7 "$smoke"
    check "  and nothing else" same_answer ${one_of}k 0 "$smoke"
    check "  of a sweep as well" same_answer $((one_of / 2))k 7 sweep.ini
    check "a sweep takes as many points at a time as have room: one" same_answer ${one_of}k 0 sweep.ini
    many_cores() { # a machine of 64 cores would take ten
        rm -rf run
        with_shm "$1" env LD_PRELOAD="$PWD/cores.so" "$simulate" sweep.ini "${few[@]}" "${@:2}" -o run
    }
    if [ -e cores.so ]; then
        three() { many_cores $((3 * one_of))k && grep -q 'memory is enough for 3 points at the same time, cores for 10 (--jobs)' err || { cat err; return 1; }; }
        check "  three" three
        all() { many_cores $((7 * one_of))k && ! grep -q 'memory is enough' err || { cat err; return 1; }; }
        check "  all" all
    fi
    check "  --jobs is held to nothing but memory" same_answer $((6 * one_of))k 0 sweep.ini --jobs 6
    check "  and refused where that does not suffice" same_answer $((3 * one_of))k 7 sweep.ini --jobs 4
    check "  with the most that would" grep -q 'jobs: expected at most 3, got 4, which need .* of shared memory; .* are free in /dev/shm$' err
else
    echo "# a small /dev/shm needs root and unshare: not tested"
fi
if strace -e trace=none true 2>/dev/null; then
    taken() { # meanwhile by others: what a point has been promised it does not get
        rm -rf run
        strace -f -qq -o calls -e trace=fallocate -e inject=fallocate:error=ENOSPC:when=3 "$simulate" sweep.ini "${few[@]}" --iterations 4000 --jobs 2 -o run >out 2>err
        [ $? -eq 7 ] && grep -q 'so does the sweep; with --jobs 1 a point has all memory for itself$' err || { cat err; return 1; }
    }
    check "a point that does not get its shared memory: the line names --jobs" taken
else
    echo "# strace may not be used here: shared memory that others take not tested"
fi
finish
