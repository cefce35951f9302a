#!/usr/bin/env bash
# Installs those of the given Debian packages that are missing. Says what it does; does nothing when all is there.
# With --name it installs nothing: it names them and the command that installs them, for `make`, and ends with status 2.
set -eu
name=
if [ "${1:-}" = --name ]; then
    name=yes
    shift
fi
missing=()
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
become=()
[ "$(id -u)" -eq 0 ] || become=(sudo)
can=yes
[ "$(id -u)" -eq 0 ] || command -v sudo >/dev/null || can=
if [ "$name" ]; then
    if ! command -v dpkg-query >/dev/null; then
        echo "make: cannot build here; what it needs has these names in Debian: $*"
    elif [ ${#missing[@]} -eq 0 ]; then
        echo "make: cannot build: the packages are installed, but the compiler (CC, CFLAGS), pkg-config or Random123 does not work"
    else
        echo "make: cannot build: packages of Debian are missing: ${missing[*]}"
        if [ "$can" ]; then
            echo "make: 'make deps' installs them with what plots and tests need; without that: ${become[*]}${become:+ }apt-get install ${missing[*]}"
        else
            echo "make: as root, this installs them: apt-get install ${missing[*]}"
        fi
    fi >&2
    exit 2
fi
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
echo "installing from Debian's packages: ${missing[*]}"
if [ -z "$can" ]; then
    echo "deps: root or sudo is needed to install: ${missing[*]}" >&2
    exit 1
fi
"${become[@]}" apt-get -qq update
"${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
