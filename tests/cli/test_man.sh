#!/usr/bin/env bash
# shellcheck disable=SC2016 # inner shells get their arguments by position
# Man pages: up to date with the program and the templates, complete, and understood by the programs that display them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
man=$root/man

# silent COMMAND...: it says nothing.
silent() { "$@" >out 2>&1 && [ ! -s out ] || { cat out; false; }; }
for page in simulate.1 simulate.ini.5 simulate-plot.1; do
    check "$page is up to date (make man)" sh -c '"$1/fill.sh" "$2" "$1/$3.in" | cmp - "$1/$3"' - "$man" "$simulate" $page
    if command -v groff >/dev/null; then
        check "$page: groff has no warning" silent groff -man -ww -z "$man/$page"
    else
        echo "# groff is not installed: $page in groff not tested"
    fi
    if command -v mandoc >/dev/null; then
        check "$page: mandoc has no warning" silent mandoc -Tlint "$man/$page"
    else
        echo "# mandoc is not installed: $page in mandoc not tested"
    fi
done

# The words in bold that begin an entry, as they are typed.
entries() { sed -n '/^\.TP/{n;p;}' "$man/$1" | sed 's/\\f[BIR]//g; s/\\-/-/g; s/^\.B //'; }
in_help() { "$simulate" --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -- '-+[a-zA-Z][a-z-]*' | sort; }
in_man() { entries simulate.1 | grep '^-' | grep -oE -- '-+[a-zA-Z][a-z-]*' | sort; }
check "every option of --help has an entry" same "$(in_man)" "$(in_help)"
in_program() { sed -nE 's/^ +EXIT_[A-Z]+ = ([0-9])(,| |$).*/\1/p' "$root/sim/base/fail.h" | sort; }
check "every exit status has an entry" same "$(entries simulate.1 | grep -xE '[0-9]')" "$(in_program)"
for what in algorithms codecs models datasets exchanges networks; do
    listed() { "$simulate" --list $what | awk '{print $1}' | while read -r name; do entries simulate.1 | grep -qxF "$name" || echo "$name"; done; }
    check "every name of --list $what has an entry" test -z "$(listed)"
done
keys_in_man() {
    awk '/^\.SS \[/ {section = substr($0, 6, length($0) - 6)} key {print section "." $0} {key = /^\.TP/ && section != ""}' "$man/simulate.ini.5" |
        sed 's/\\f[BR]//g; s/\\-/-/g'
}
check "every key has an entry" same "$(keys_in_man)" "$("$simulate" --list keys | sed -n 's/^\([^ ].*\) = .*/\1/p')"

# No terminal breaks an option, a key or a path in two: the same ones are on narrow pages as on one that breaks nothing.
words_at() { # PAGE WIDTH
    LC_ALL=C.UTF-8 groff -man -Tutf8 -P-cbou -rLL="$2n" -rLT="$2n" "$man/$1" |
        grep -oE -- '(^|[ (])--?[A-Za-z][A-Za-z=-]*|[a-z_0-9]+(\.[a-z_0-9]+)+|[^ ]*/[^ ]*|--[a-z-]+' | sed 's/^[ (]*//; s/[.,;:)]*$//' | sort
}
unbroken() {
    words_at "$1" 2000 >wide
    words_at "$1" "$2" | diff wide - && [ "$(wc -l <wide)" -ge 8 ]
}
if command -v groff >/dev/null; then
    for page in simulate.1 simulate.ini.5 simulate-plot.1; do
        for width in 60 80 100; do
            check "$page breaks no option in two, $width columns wide" unbroken $page $width
        done
    done
fi

# Environment and files: those that there are.
variables() { grep -rhoE 'getenv\("[A-Z_]+"\)' "$root"/sim "$root"/models "$root"/algorithms | cut -d'"' -f2 | sort -u; }
check "every variable that is read has an entry" same "$(entries simulate.1 | grep -E '^[A-Z_]{4,}$' | sort)" "$(variables)"
must play smoke --algorithm bsp
files() { (cd smoke && find . -type f | sed 's|^\./||; s|^bsp/|ALGORITHM/|'); }
unnamed() { files | while read -r file; do tr -d '\\' <"$man/simulate.1" | grep -qwF -- "$file" || echo "$file"; done; }
check "every file of a run is named" test -z "$(unnamed)"

# The examples are understood: the ini of simulate.ini(5), and the commands that run nothing.
sed -n '/^\.nf/,/^\.fi/{/^\./!p;}' "$man/simulate.ini.5" >example.ini
check "the example of simulate.ini(5)" silent sh -c '"$1" --check example.ini >/dev/null' - "$simulate"
check "its values are taken" sh -c '"$1" --print-config example.ini | grep -q "^bandwidth = 1Gbit/s ; from example.ini:7"' - "$simulate"
example_check() {
    sed -n '/^\.nf/,/^\.fi/p' "$man/simulate.1" | tr -d '\n' | sed 's/\\\\//g; s/\\-/-/g' | grep -oE 'simulate --algorithm.*mnist_cnn.ini' >line
    read -ra words <line && "$simulate" "${words[@]:1}" --set data.set=synthetic -q >out && grep -q '^bsp .*$' out && grep -q '16 workers' out
}
check "the example of --check" example_check

# One version everywhere.
version=$("$simulate" --version | cut -d' ' -f2)
check "CHANGELOG.md's newest release is this version" same "$(sed -nE 's/^## \[([0-9.]+)\].*/\1/p' "$root/CHANGELOG.md" | head -n 1)" "$version"
check "  with the date of CITATION.cff" same "$(sed -nE 's/^## \[[0-9.]+\] - (.*)/\1/p' "$root/CHANGELOG.md" | head -n 1)" \
    "$(sed -n 's/^date-released: //p' "$root/CITATION.cff")"
check "CITATION.cff has this version" same "$(sed -n 's/^version: //p' "$root/CITATION.cff")" "$version"
check "debian/changelog has this version" same "$(sed -nE '1s/.*\(([^)]+)\).*/\1/p' "$root/debian/changelog")" "$version"
finish
