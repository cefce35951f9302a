#!/bin/bash
# Fetches the data sets: fetch.sh [FOLDER] [SET...]
# FOLDER is ./data by default; SET is mnist, fashion_mnist or cifar10, by default all three.
# Files that are there and right are left alone. A file is downloaded beside its place, compared with its SHA-256, and
# moved there only then. SIMULATE_MNIST_URL, SIMULATE_FASHION_URL and SIMULATE_CIFAR10_URL replace the addresses: base
# addresses of folders with the files, separated by blanks, tried in this order.
set -euo pipefail

mnist_urls=${SIMULATE_MNIST_URL:-https://ossci-datasets.s3.amazonaws.com/mnist https://storage.googleapis.com/cvdf-datasets/mnist}
fashion_urls=${SIMULATE_FASHION_URL:-http://fashion-mnist.s3-website.eu-central-1.amazonaws.com}
cifar10_urls=${SIMULATE_CIFAR10_URL:-https://www.cs.toronto.edu/~kriz}

# SHA-256 of the uncompressed files: a mirror may compress them differently.
mnist_sums='
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5 train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7 t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2 t10k-labels-idx1-ubyte'
fashion_sums='
c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888 train-images-idx3-ubyte
bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9 train-labels-idx1-ubyte
5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b t10k-images-idx3-ubyte
0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34 t10k-labels-idx1-ubyte'
cifar10_sums='
cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5 data_batch_1.bin
a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed data_batch_2.bin
bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67 data_batch_3.bin
014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48 data_batch_4.bin
755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add data_batch_5.bin
8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b test_batch.bin'

scratch= # folder of what is not yet in its place
created= # FOLDER, when it was not there before
child=   # the running curl

complain() {
    echo "fetch: $*" >&2
    return 1
}

# shellcheck disable=SC2317 # called by the trap
clean() {
    if [ -n "$child" ]; then
        kill "$child" 2>/dev/null || true
        wait "$child" || true
    fi
    [ -z "$scratch" ] || rm -rf "$scratch"
    [ -z "$created" ] || rmdir --ignore-fail-on-non-empty "$created"
}

# sum FILE: the SHA-256 of what is in FILE, uncompressed
sum() {
    case $1 in
    *.gz) gzip -dc "$1" 2>/dev/null ;;
    *) cat "$1" ;;
    esac | sha256sum | cut -d ' ' -f 1
}

# right FILE SUM: FILE is there and is the one meant
right() {
    [ -f "$1" ] && [ "$(sum "$1")" = "$2" ]
}

# download SET FILE URL...: FILE of the first folder that has it into the scratch folder
download() {
    local set=$1 file=$2 url why=
    shift 2
    for url; do
        echo "$set: fetching ${url%/}/$file"
        # In the background, so that a signal ends the wait.
        curl --fail --silent --show-error --location --connect-timeout 10 --speed-limit 1024 --speed-time 30 \
            --output "$scratch/$file" "${url%/}/$file" 2>"$scratch/why" &
        child=$!
        if wait "$child"; then
            child=
            return 0
        fi
        child=
        why=$(tail -n 1 "$scratch/why")
    done
    complain "$set: cannot download $file (the last address, ${url%/}, says: ${why:-nothing})"
}

# place SET FOLDER FILE...: moves the files into the folder
place() {
    local set=$1 folder=$2
    shift 2
    { mkdir -p "$folder" && mv -f "$@" "$folder/"; } 2>"$scratch/why" ||
        complain "$set: cannot write to $folder: $(tail -n 1 "$scratch/why")"
}

# idx SET FOLDER SUMS URL...: the four files of MNIST or of a set like it
idx() {
    local set=$1 folder=$2 sums=$3 sum name
    shift 3
    while read -r sum name; do
        [ -n "$name" ] || continue
        right "$folder/$name.gz" "$sum" && continue
        download "$set" "$name.gz" "$@" || return 1
        right "$scratch/$name.gz" "$sum" ||
            complain "$set: $name.gz as downloaded has a wrong SHA-256; thrown away" || return 1
        place "$set" "$folder" "$scratch/$name.gz" || return 1
    done <<<"$sums"
    echo "$set: complete in $folder"
}

# all_right FOLDER SUMS [SET]: every file is there and right; with SET, says which is not
all_right() {
    local sum name
    while read -r sum name; do
        [ -n "$name" ] || continue
        right "$1/$name" "$sum" && continue
        [ $# -lt 3 ] || complain "$3: $name as downloaded is missing or has a wrong SHA-256; thrown away"
        return 1
    done <<<"$2"
}

# CIFAR-10's binary version is one archive.
cifar10() {
    local folder=$1/cifar-10-batches-bin archive=cifar-10-binary.tar.gz new=$scratch/cifar-10-batches-bin
    shift
    if ! all_right "$folder" "$cifar10_sums"; then
        download cifar10 $archive "$@" || return 1
        tar -C "$scratch" -xf "$scratch/$archive" 2>/dev/null ||
            complain "cifar10: $archive as downloaded is damaged; thrown away" || return 1
        all_right "$new" "$cifar10_sums" cifar10 || return 1
        chmod u+w "$new" # an archive may hold a folder that nothing can be moved out of
        place cifar10 "$folder" "$new"/*.bin || return 1
    fi
    echo "cifar10: complete in $folder"
}

# known SET
known() {
    case $1 in
    mnist | fashion_mnist | cifar10) ;;
    *) complain "unknown set $1; known are mnist, fashion_mnist and cifar10" ;;
    esac
}

# fetch SET FOLDER
fetch() {
    local urls
    case $1 in
    mnist)
        read -ra urls <<<"$mnist_urls"
        idx "$1" "$2/mnist" "$mnist_sums" "${urls[@]}"
        ;;
    fashion_mnist)
        read -ra urls <<<"$fashion_urls"
        idx "$1" "$2/fashion-mnist" "$fashion_sums" "${urls[@]}"
        ;;
    cifar10)
        read -ra urls <<<"$cifar10_urls"
        cifar10 "$2" "${urls[@]}"
        ;;
    esac
}

main() {
    local folder=${1:-data} set status=0
    shift || true
    [ $# -gt 0 ] || set -- mnist fashion_mnist cifar10
    for set; do
        known "$set" || exit 2
    done
    trap clean EXIT
    trap 'trap "" HUP INT TERM; exit 129' HUP # only once: a second one, as timeout sends it, must not end the cleaning
    trap 'trap "" HUP INT TERM; exit 130' INT
    trap 'trap "" HUP INT TERM; exit 143' TERM
    [ -d "$folder" ] || created=$folder
    mkdir -p "$folder"
    scratch=$(mktemp -d "$folder/.fetch.XXXXXX")
    for set; do # one that cannot be had does not stop the others
        fetch "$set" "$folder" || status=1
    done
    exit $status
}

main "$@"
