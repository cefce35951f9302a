# shellcheck shell=sh
# For plot.sh and sweep.sh: a picture with a script that was changed by hand stays.

# by_hand SCRIPT: it is there and not as keep.gp has left it; says so.
by_hand() {
    [ -f "$1" ] || return 1
    sum=$(sed '$d' "$1" | cksum)
    [ "$(tail -n 1 "$1")" != "# unchanged: ${sum%% *}" ] || return 1
    echo "plot.sh: $1 was changed by hand: it and its picture stay as they are" >&2
}
