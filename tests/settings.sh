# What a check of settings says, for tests that source this file after lib.sh. A word that begins with - is an option, others are
# settings: --set.
# shellcheck shell=bash disable=SC2154 # simulate and smoke are of lib.sh
words() { for word in "$@"; do if [[ $word == -* ]]; then echo "$word"; else printf '%s\n' --set "$word"; fi; done; } # one a line
with() { mapfile -t settings < <(words "$@") && "$simulate" "$smoke" --no-train --check "${settings[@]}"; }
said() { { with "$@" >/dev/null; } 2>&1; }
silent() { [ -z "$(said "$@")" ] || { said "$@"; return 1; }; }
# refused MESSAGE SETTING...: status 2 and this one line, which names --set.
refused() {
    local wanted=$1 status
    shift
    with "$@" >/dev/null 2>err
    status=$?
    same "$(cat err)" "simulate: --set: $wanted" || { cat err; return 1; }
    [ "$status" -eq 2 ]
}
of() { echo "experiment.algorithms=$1"; }
