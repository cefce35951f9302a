#!/bin/bash
# models/data/fetch.sh against a server on the loopback that gives wrong files, none, or (where a machine has them: in
# $SIMULATE_DATA or Debian's dataset-fashion-mnist) the right ones. Prints "ok NAME" or "not ok NAME" for each check.
set -uo pipefail

fetch=$(cd "$(dirname "$0")/../.." && pwd)/models/data/fetch.sh
real=${SIMULATE_DATA:-/nonexistent}
debian=/usr/share/datasets
work=$(mktemp -d)
status=0
servers=()

# shellcheck disable=SC2317 # called by the trap
clean() {
    for pid in "${servers[@]}"; do
        kill "$pid" 2>/dev/null
    done
    rm -rf "$work"
}
trap clean EXIT

# check NAME COMMAND...
check() {
    local name=$1
    shift
    if "$@"; then
        echo "ok $name"
    else
        echo "not ok $name"
        sed 's/^/# /' "$work/log"
        status=1
    fi
}

# Runs fetch.sh with output in log; the status is in $code.
run() {
    "$fetch" "$@" >"$work/log" 2>&1
    code=$?
}

# The last run failed, said so in one line with these words, and left nothing.
# shellcheck disable=SC2317 # called by check
refused() {
    [ "$code" -ne 0 ] && [ "$(grep -c '^fetch: ' "$work/log")" -eq 1 ] && grep -q "^fetch: .*$1" "$work/log" &&
        [ ! -e "$work/out" ]
}

# shellcheck disable=SC2317 # called by check
succeeded() {
    [ "$code" -eq 0 ]
}

# same FOLDER OTHER: equal when uncompressed, with nothing else, hidden or not
# shellcheck disable=SC2317 # called by check
same() {
    local file count=0
    for file in "$1"/*; do
        cmp -s <(zcat -f "$file") <(zcat -f "$2/$(basename "$file")") || return 1
        count=$((count + 1))
    done
    [ "$(find "$work/out" -type f | wc -l)" -eq "$count" ] && [ "$count" -ge 4 ]
}

# Starts a server of $work/www and sets $base to its address.
serve() {
    mkdir -p "$work/www"
    python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$work/www" >"$work/server" 2>/dev/null &
    servers+=($!)
    for _ in {1..100}; do
        base=$(sed -n 's/.* port \([0-9]*\) .*/http:\/\/127.0.0.1:\1/p' "$work/server" 2>/dev/null)
        [ -n "$base" ] && return
        sleep 0.1
    done
    echo "not ok server: python3 -m http.server did not start"
    exit 1
}

# Starts a server that takes connections and never answers; sets $silent to its address.
serve_silently() {
    python3 -uc '
import socket, time
s = socket.socket()
s.bind(("127.0.0.1", 0))
s.listen()
print(s.getsockname()[1])
time.sleep(60)' >"$work/silent" &
    servers+=($!)
    for _ in {1..100}; do
        [ -s "$work/silent" ] && break
        sleep 0.1
    done
    silent=http://127.0.0.1:$(cat "$work/silent")
}

serve
serve_silently
closed=http://127.0.0.1:1 # no server listens there

run "$work/out" imagenet
check "an unknown set is refused" refused "unknown set imagenet"

export SIMULATE_MNIST_URL=$closed
run "$work/out" mnist
check "no connection: one line, nothing left" refused "cannot download train-images"

export SIMULATE_MNIST_URL=$base/absent
run "$work/out" mnist
check "a missing file: one line, nothing left" refused "404"

mkdir -p "$work/www/fake"
echo "not MNIST" | gzip >"$work/www/fake/train-images-idx3-ubyte.gz"
export SIMULATE_MNIST_URL=$base/fake
run "$work/out" mnist
check "a wrong file is thrown away" refused "train-images-idx3-ubyte.gz .*SHA-256"

echo "not gzip" >"$work/www/fake/train-images-idx3-ubyte.gz"
run "$work/out" mnist
check "a file that is not compressed is thrown away" refused "train-images-idx3-ubyte.gz .*SHA-256"

echo "no archive" >"$work/www/fake/cifar-10-binary.tar.gz"
export SIMULATE_CIFAR10_URL=$base/fake
run "$work/out" cifar10
check "a damaged archive is thrown away" refused "cifar-10-binary.tar.gz .*damaged"

mkdir "$work/cifar-10-batches-bin"
for file in data_batch_{1..5}.bin test_batch.bin; do
    echo wrong >"$work/cifar-10-batches-bin/$file"
done
tar -C "$work" -czf "$work/www/fake/cifar-10-binary.tar.gz" cifar-10-batches-bin
run "$work/out" cifar10
check "an archive of wrong files is thrown away" refused "data_batch_1.bin .*SHA-256"

export SIMULATE_MNIST_URL=$silent
SECONDS=0
timeout -s TERM 1 "$fetch" "$work/out" mnist >"$work/log" 2>&1
check "a signal ends it at once and nothing is left" [ "$SECONDS" -lt 5 -a ! -e "$work/out" ]
in_a_row() { # signals, the later ones while it cleans up
    local i
    for ((i = 0; i < 20; i++)); do
        "$fetch" "$work/out" mnist >"$work/log" 2>&1 &
        sleep 0.15
        kill -TERM $! && kill -TERM $!
        sleep "0.00$((i % 9 + 1))"
        kill -TERM $!
        wait $!
        [ ! -e "$work/out" ] || return 1
    done 2>/dev/null
}
check "  also when it comes twice" in_a_row
rm -rf "$work/out"

# idx_set SET VARIABLE FOLDER SOURCE: the checks of a set of four files that are in SOURCE
idx_set() {
    local set=$1 variable=$2 folder=$work/out/$3 source=$4 file=t10k-labels-idx1-ubyte.gz
    ln -s "$source" "$work/www/$set"
    export "$variable=$closed $base/$set"
    run "$work/out" "$set"
    check "$set: fetched from the second address" same "$folder" "$source"
    export "$variable=$closed"
    run "$work/out" "$set"
    check "$set: nothing is fetched again" succeeded
    echo damage | gzip >"$folder/$file"
    run "$work/out" "$set"
    check "$set: a damaged file is noticed" [ "$code" -ne 0 ]
    export "$variable=$base/$set"
    run "$work/out" "$set"
    check "$set: and replaced" same "$folder" "$source"
    rm -r "$work/out"
}

tested=0
if [ -d "$real/mnist" ]; then
    idx_set mnist SIMULATE_MNIST_URL mnist "$real/mnist"
    tested=1
fi
if [ -d "$debian/fashion-mnist" ]; then
    idx_set fashion_mnist SIMULATE_FASHION_URL fashion-mnist "$debian/fashion-mnist"
    tested=1
fi
cifar10=$real/cifar-10
if [ -d "$cifar10/cifar-10-batches-bin" ]; then
    tar -C "$cifar10" -cf "$work/www/cifar-10-binary.tar.gz" cifar-10-batches-bin # tar sees that it is not compressed
    export SIMULATE_CIFAR10_URL=$base
    mkdir "$work/blocked" && touch "$work/blocked/cifar-10-batches-bin"
    run "$work/blocked" cifar10
    not_complete() { [ "$code" -ne 0 ] && grep -q "cifar10: cannot write to .*blocked" "$work/log" && ! grep -q complete "$work/log"; }
    check "cifar10: a file in the place of its folder" not_complete
    run "$work/out" cifar10
    check "cifar10: fetched and unpacked" same "$work/out/cifar-10-batches-bin" "$cifar10/cifar-10-batches-bin"
    export SIMULATE_CIFAR10_URL=$closed
    run "$work/out" cifar10
    check "cifar10: nothing is fetched again" succeeded
    tested=1
fi
[ $tested -eq 1 ] || echo "# no real data here (SIMULATE_DATA, $debian): success of a download is not tested"
exit $status
