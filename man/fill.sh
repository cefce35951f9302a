#!/bin/sh
# Writes a man page from its template. What the program says of itself, the script asks of the program.
#
#   man/fill.sh PROGRAM TEMPLATE    on standard output
#
# A line of the template that is one of these is replaced:
#   @options@                 the options of --help, with its headings
#   @keys@                    the keys of --list keys, with a heading for each section
#   @algorithms@, @codecs@, @models@, @datasets@, @exchanges@, @networks@   that list
# and within lines, @version@ and @date@, those of the newest release in CHANGELOG.md.
set -eu
[ $# -eq 2 ] || { echo "usage: man/fill.sh PROGRAM TEMPLATE" >&2; exit 2; }
program=$1 template=$2 changes=$(dirname "$0")/../CHANGELOG.md

# Text as roff takes it: no backslash, no request by chance, hyphens of options as they are typed; lines of some 70 characters.
roff='
    function plain(s) { gsub(/\\/, "\\e", s); gsub(/-/, "\\-", s); return s }
    function text(s) { gsub(/\\/, "\\e", s); gsub(/--/, "\\-\\-", s); gsub(/@/, "\\(at", s); return s }
    # A line may break behind a hyphen of English, but not in an option, a path, a value or a name.
    function word_of(s) { return s ~ /^[("]*-|[\/_=$]|-[A-Z0-9]|[A-Z0-9]-/ ? plain(s) : text(s) }
    function say(s,    n, word, i, line) {
        n = split(s, word, " ")
        for (i = 1; i <= n; i++) {
            word[i] = word_of(word[i])
            if (line != "" && length(line) + length(word[i]) > 70) { print line; line = "" }
            line = line (line == "" ? (word[i] ~ /^[.'"'"']/ ? "\\&" : "") : " ") word[i]
        }
        if (line != "") print line
    }
'

# "  -o, --output DIR     text"; a line that is no option and not indented is a heading, an indented one goes on.
options() {
    "$program" --help | awk "$roff"'
        /^Examples:/ { exit }
        /^ +(-., )?--/ {
            head = substr($0, 1, 29)
            rest = substr($0, 31)
            sub(/^ +/, "", head)
            n = split(head, word, " ")
            line = ""
            for (i = 1; i <= n; i++)
                line = line (i > 1 ? " " : "") (word[i] ~ /^-/ ? "\\fB" : "\\fI") plain(word[i]) "\\fR"
            print ".TP\n" line
            say(rest)
            begun = 1
            next
        }
        /^[A-Z].*:$/ { sub(/:$/, ""); print ".SS " text($0); next }
        begun && NF { say($0) }'
}

# Three lines a key: "section.name = default", what it is, which values it takes.
keys() {
    "$program" --list keys | awk "$roff"'
        /^[^ ]/ {
            split($0, part, " = ")
            key = part[1]
            preset = substr($0, length(key) + 4)
            match(key, /\.[^.]*$/)
            section = substr(key, 1, RSTART - 1)
            if (section != last) print ".SS [" section "]"
            last = section
            print ".TP\n\\fB" plain(substr(key, RSTART + 1)) "\\fR"
            lines = 0
            next
        }
        { sub(/^ +/, "") }
        ++lines == 1 { say($0); next }
        { print ".br"; say($0 "; " (preset == "" ? "may be left out" : "default " preset)) }'
}

listed() {
    "$program" --list "$1" | awk "$roff"'
        { name = $1; sub(/^[^ ]+ +/, ""); print ".TP\n\\fB" plain(name) "\\fR"; say($0) }'
}

release=$(sed -nE 's/^## \[([0-9.]+)\] - ([0-9-]+)$/\1 \2/p' "$changes" | head -n 1)
echo ".\\\" Written by man/fill.sh from $(basename "$template") and from what the program says: make man writes it again."
while IFS= read -r line; do
    case $line in
    @options@) options ;;
    @keys@) keys ;;
    @algorithms@ | @codecs@ | @models@ | @datasets@ | @exchanges@ | @networks@)
        what=${line#@}
        listed "${what%@}"
        ;;
    *) printf '%s\n' "$line" ;;
    esac
done <"$template" | sed "s/@version@/${release% *}/; s/@date@/${release#* }/"
