#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# `make` on a machine without the packages: it names them and the command that installs them, before anything is compiled.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
unset MAKEFLAGS MAKELEVEL MFLAGS

# The tools of the smallest Debian, without a compiler; dpkg-query knows the packages in ./installed.
mkdir bin
for tool in bash sh make grep sed awk id find nproc uname env mkdir cat cmp tail head sort; do ln -s "$(command -v $tool)" bin; done
cat >bin/dpkg-query <<'END'
#!/bin/bash
grep -qxF -- "${!#}" "$PACKAGES_HERE" && echo 'install ok installed'
END
chmod +x bin/dpkg-query

# builds PATH: `make all` with these tools, into a folder of its own. Status, and what it says in `err`.
builds() { env PACKAGES_HERE="$scratch/installed" PATH="$1" make --no-print-directory -C "$root" BUILD="$scratch/build" PROGRAM="$scratch/program" all >out 2>err; }
says() { [ "$(grep -c . err)" -le "$1" ] && grep -qE -- "$2" err; }
needed='gcc libc6-dev make pkg-config libopenblas-dev libinih-dev zlib1g-dev libxxhash-dev librandom123-dev libgsl-dev'
# shellcheck disable=SC2086 # words
all_of_them() { printf "%s\n" $needed; }
bare="$scratch/bin"

: >installed
builds "$bare"
check "without a package: make fails" test $? -eq 2
check "  and names them in one line, one more says what installs them" says 3 "^make: cannot build: packages of Debian are missing: $needed\$"
check "  with one command" says 3 "^make: .*apt-get install $needed\$"
check "  and nothing was compiled" sh -c '! grep -q " CC " out'

all_of_them | grep -vx 'librandom123-dev' >installed
builds "$bare"
check "one package is missing: it alone is named" says 3 '^make: cannot build: packages of Debian are missing: librandom123-dev$'

all_of_them >installed
builds "$bare"
check "nothing is missing, but no compiler works" says 2 'packages are installed, but the compiler'
rm bin/dpkg-query
builds "$bare"
check "not Debian: the names of Debian" says 2 "what it needs has these names in Debian: $needed\$"

check "where all is there make goes on" make --no-print-directory -C "$root" BUILD="$scratch/build" tools
finish
