#!/usr/bin/env bash
# Installs those of the given Debian packages that are missing. Says what it does; does nothing when all is there.
set -eu
missing=()
for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi
echo "installing from Debian's packages: ${missing[*]}"
become=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "deps: root or sudo is needed to install: ${missing[*]}" >&2
        exit 1
    fi
    become=(sudo)
fi
"${become[@]}" apt-get -qq update
"${become[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "${missing[@]}" >/dev/null
