#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# make install, uninstall, dist: what is installed works from anywhere, uninstalling leaves nothing, a release has what is tracked; make check-dist builds one.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# The program that is tested, as make knows it.
case $simulate in "$root"/*) ;; *) echo "ok installing # not below the sources: not tested"; exit 0 ;; esac
program=${simulate#"$root/"}
build=$(dirname "$program")
[ "$build" != . ] || build=${BUILD:-build}
installs() { make -s -C "$root" BUILD="$build" PROGRAM="$program" DESTDIR="$scratch/dest dir" PREFIX=/opt/some "$@" >make.out 2>&1 || { cat make.out; false; }; }

check "make install" installs install
tree="$scratch/dest dir/opt/some"
for file in bin/simulate bin/simulate-plot share/ospsim/experiments/{quickstart,published/mnist_cnn}.ini share/ospsim/plots/curve.gp \
    share/man/man1/simulate{,-plot}.1 share/man/man5/simulate.ini.5 share/doc/ospsim/{README,CHANGELOG,docs/{output,tutorial},experiments/KEYS}.md \
    share/bash-completion/completions/simulate{,-plot}; do
    check "  $file" test -s "$tree/$file"
done
check "  every experiment" diff -r --exclude='*.md' --exclude='*.sh' --exclude='*.awk' "$root/experiments" "$tree/share/ospsim/experiments"
check "  readable by all users" test -z "$(find "$tree" ! -perm -444)"

# Elsewhere, and all of it moved.
mkdir elsewhere && mv "$tree" moved && cd elsewhere || exit 1
installed() { ../moved/bin/simulate "$@"; }
check "runs an experiment by its name" installed smoke.ini -q --algorithm bsp -o run
check "  which is copied into the run's folder" cmp run/given.ini "$root/experiments/smoke.ini"
check "  and with its folder" sh -c '../moved/bin/simulate experiments/published/mnist_cnn.ini --print-config 2>err | grep -q "from .*/moved/share/ospsim/experiments/published/"'
check "  which is said" grep -qx "simulate: reading $scratch/moved/share/ospsim/experiments/published/mnist_cnn.ini" err
mkdir -p there/cifar-10-batches-bin && touch there/cifar-10-batches-bin/data_batch_1.bin # a folder with a set, but another one
no_data() { # DATA-SET: the message
    SIMULATE_DATA='' installed smoke.ini -q --set "data.set=$1" --data there -o never 2>err
    [ $? -eq 3 ] && [ "$(wc -l <err)" -eq 1 ] && [ ! -e never ] && ! grep -q 'make data' err
}
package() { [ -d /usr/share/datasets/fashion-mnist ] || { no_data fashion_mnist && grep -q "Debian's package dataset-fashion-mnist has it, " err; }; }
check "missing data: no word of make" no_data mnist
check "  but where was searched, what fetches it, and the option" grep -q " not found in: there/mnist, .*/usr/share/datasets.*; .*/moved/share/ospsim/fetch.sh data mnist fetches it into ./data, --data names its folder$" err
check "  which is there" test -x ../moved/share/ospsim/fetch.sh
check "  the package is named" package
check "presets of networks" sh -c '../moved/bin/simulate --list networks | grep -q "^aws_ten_regions "'
check "  with their files" sh -c '../moved/bin/simulate smoke.ini --print-config --set network.preset=aws_ten_regions 2>/dev/null | grep -q "^sites = .*/moved/share/ospsim/experiments/networks/aws_ten_regions.csv "'
misspelt() { installed smoek.ini 2>err; [ $? -eq 2 ] && [ "$(wc -l <err)" -eq 1 ] && grep -q "searched: \., .*/moved/share/ospsim/experiments.*did you mean 'smoke.ini'?$" err; }
check "a name that is not there: what was searched, what is near" misspelt
check "experiments that come with it are completed" bash -c '. ../moved/share/bash-completion/completions/simulate
    COMP_WORDS=(../moved/bin/simulate quick) COMP_CWORD=1; _simulate "${COMP_WORDS[0]}"; [ "${COMPREPLY[*]}" = quickstart.ini ]'
if command -v gnuplot >/dev/null; then
    check "simulate-plot draws" sh -c '../moved/bin/simulate-plot run >/dev/null && [ -s run/plots/accuracy_time.png ]'
else
    echo "# gnuplot is not installed: simulate-plot not tested"
fi
wrong_call() { ../moved/bin/simulate-plot 2>err; [ $? -eq 2 ] && grep -q "^simulate-plot: usage: simulate-plot .*RUN" err; }
check "  and says how it is called" wrong_call
cd .. && mkdir -p "$(dirname "$tree")" && mv moved "$tree"

check "make uninstall" installs uninstall
check "  leaves nothing" test -z "$(find "dest dir" ! -type d)"
check "  and no folder of ours" test -z "$(find "dest dir" -name ospsim)"
check "  nor fails where nothing is" installs uninstall
nothing_built() { ! installs PROGRAM=build/nothing install && grep -q "make install: nothing is built; run make first" make.out; }
check "make install without a program says so" nothing_built

# A release, where git is: the sources of a tarball have no list of files.
if ! git -C "$root" ls-files --error-unmatch Makefile >/dev/null 2>&1; then
    echo "# not a clone of git: make dist not tested"
    finish
fi
# released FOLDER: the tarball, made into that folder.
released() { make -s -C "$root" BUILD="$scratch/$1" dist >make.out 2>&1 && ls "$1"/*.tar.gz >tarball || { cat make.out; false; }; }
check "make dist" released one
version=$("$simulate" --version | cut -d' ' -f2)
check "  has the version in its name" same "$(cat tarball)" "one/ospsim-$version.tar.gz"
repeated() { (umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 released two) && cmp {one,two}/ospsim-"$version".tar.gz; }
check "  and the same bytes again" repeated
tracked() { tar -tf "one/ospsim-$version.tar.gz" | sed "s|^ospsim-$version/||" | sort | cmp - <(git -C "$root" ls-files | sort); }
check "  of the tracked files alone" tracked
finish
