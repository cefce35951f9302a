# shellcheck shell=bash
# Completion of simulate for bash. The program itself gives the words: --help names its options, --list its names and keys.

# The options, one per line, with the word for the value if an option takes one: "--workers N", "--check", "-o DIR".
_simulate_options() {
    "$1" --help 2>/dev/null | sed -nE 's/^ +((-.), )?(--[a-z-]+)( [^ ]+)? .*/\3\4\n\2\4/p' | grep '^-'
}

_simulate_names() { "$1" --list "$2" 2>/dev/null | sed -n 's/ .*//p'; }

# Experiments that are installed with the program, or are beside it.
_simulate_experiments() {
    local own folder
    own=$(readlink -f "$(type -P "$1")")
    for folder in "${own%/*}/experiments" "${own%/*/*}/share/ospsim/experiments"; do
        [ ! -d "$folder" ] || (cd "$folder" && { compgen -G "*.ini"; compgen -G "*/*.ini" | grep -v "^networks/"; })
    done
}

# Folders of runs near WORD: WORD is the folder of a run, or one or two levels above.
_simulate_runs() {
    local word=$1 record
    for record in "$word"*/run.json "$word"*/*/run.json "$word"*/*/*/run.json; do
        [ ! -f "$record" ] || echo "${record%/run.json}"
    done
}

# The possible values behind KEY= in --set.
_simulate_values() {
    case $2 in
    experiment.algorithms) _simulate_names "$1" algorithms ;;
    model.name) _simulate_names "$1" models ;;
    network.preset) _simulate_names "$1" networks ;;
    data.set) _simulate_names "$1" datasets ;;
    *.codec | *.reply_codec) _simulate_names "$1" codecs ;;
    *) "$1" --list keys 2>/dev/null | sed -n "/^${2//./\\.} = /{n;n;s/^ *//p;}" |
        sed -nE 's/^yes or no$/yes no/p; s/^one of //; t list; d; :list s/, / /gp' ;;
    esac
}

# For a list with commas: the words before stay, and names that are in the list are not offered again.
_simulate_list() {
    local written='' name
    [[ $2 != *,* ]] || written=${2%,*},
    for name in $1; do
        [[ ,$written == *,"$name",* ]] || echo "$written$name"
    done
}

_simulate() {
    local program=${1/#\~\//$HOME/} words=() word before='' i offers=''
    COMPREPLY=()
    # bash cuts words at '='. Join the parts again, and offer only what comes behind the last '='.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((${#words[@]})) && [[ $word == "=" || ${words[-1]} == *= ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    word=${words[-1]}
    ((${#words[@]} < 2)) || before=${words[-2]}
    if [[ $word == --*=* ]]; then
        before=${word%%=*} word=${word#*=}
    fi
    case $before in
    --list) offers=$("$program" --help | sed -nE 's/^ +--list WHAT +//p' | sed 's/,//g; s/ or / /') ;;
    --color) offers="auto always never" ;;
    --export) offers="npz csv" ;;
    --table) offers="latex markdown csv" ;;
    --algorithm) offers=$(_simulate_list "$(_simulate_names "$program" algorithms)" "$word") ;;
    --set)
        if [[ $word == *=* ]]; then
            offers=$(_simulate_values "$program" "${word%%=*}")
            word=${word#*=}
            [[ $word != *,* ]] || offers=$(_simulate_list "$offers" "$word")
        else
            offers=$("$program" --list keys 2>/dev/null | sed -n 's/^\([^ ].*\) = .*/\1=/p')
            compopt -o nospace 2>/dev/null
        fi
        ;;
    --resume | --verify | -o | --output | --data) ;;
    *)
        # Any other option that takes a value: there is nothing to offer.
        [[ $before != -* ]] || ! _simulate_options "$program" | grep -q -- "^$before " || return
        [[ $word != -* ]] || offers=$(_simulate_options "$program" | sed 's/ .*//')
        ;;
    esac
    if [ -n "$offers" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$offers" -- "$word")
        return
    fi
    [[ $before != --set ]] || return
    compopt -o filenames 2>/dev/null
    if [[ $before == --resume || " ${words[*]} " =~ " --verify "|" --export "|" --table " ]]; then
        mapfile -t COMPREPLY < <({ _simulate_runs "$word"; compgen -d -- "$word"; } | LC_ALL=C sort -u)
    elif [[ $before == -o || $before == --output || $before == --data ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$word")
    else
        mapfile -t COMPREPLY < <({ compgen -f -X '!*.ini' -- "$word"; compgen -d -- "$word"
            compgen -W "$(_simulate_experiments "$program")" -- "$word"; } | LC_ALL=C sort -u)
    fi
} && complete -F _simulate simulate
