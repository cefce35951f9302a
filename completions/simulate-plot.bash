# shellcheck shell=bash
# Completion of simulate-plot for bash. The program itself names its options: --help.

_simulate_plot() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} formats="png svg pdf tikz dumb"
    COMPREPLY=()
    case $before in
    --format) mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$word") && return ;;
    --width | --height | --font | --title) return ;;
    --labels) compopt -o filenames 2>/dev/null && mapfile -t COMPREPLY < <(compgen -f -- "$word") && return ;;
    esac
    if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$("$1" --help | sed -nE 's/^  (-[-a-z]+) .*/\1/p')" -- "$word")
        return
    fi
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <({ compgen -d -- "$word"; ((COMP_CWORD < 2)) || compgen -W "$formats" -- "$word"; } | LC_ALL=C sort -u)
} && complete -F _simulate_plot simulate-plot
