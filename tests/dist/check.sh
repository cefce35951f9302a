#!/usr/bin/env bash
# A release builds and installs by itself, without git, and finds its experiments where it is installed. usage: tests/dist/check.sh TARBALL
tarball=$(realpath "$1")
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
tar -xf "$tarball"
release=$(basename "$tarball" .tar.gz)
# With bin and share in different places: only the compiled-in folder finds the experiments.
builds() {
    env -u MAKEFLAGS -u MAKELEVEL -u CFLAGS GIT_DIR=/dev/null make -s -C "$release" PREFIX="$scratch/prefix" all install >make.out 2>&1 ||
        { cat make.out; false; }
}
check "builds and installs by itself" builds
parted() { mv prefix/bin/simulate alone && ./alone quickstart.ini --print-config 2>err >out && grep -q "^algorithms.*from $scratch/prefix/share/ospsim/experiments/quickstart.ini:" out; }
check "  and finds its experiments below PREFIX" parted
finish
