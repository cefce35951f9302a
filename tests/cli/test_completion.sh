#!/usr/bin/env bash
# completions/simulate.bash: what the function offers when bash calls it, with the words as bash cuts them.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=completions/simulate.bash
. "$root/completions/simulate.bash"

# offered WORD...: for the last of these words behind "simulate".
offered() {
    COMP_WORDS=("$simulate" "$@") COMP_CWORD=$#
    _simulate "$simulate" "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
    [ ${#COMPREPLY[@]} -eq 0 ] || printf '%s\n' "${COMPREPLY[@]}"
}
# offers WANTED WORD...: WANTED has the offers in their order, with blanks between.
offers() {
    local wanted=$1 got
    shift
    got=$(offered "$@" | xargs)
    [ "$got" = "$wanted" ] || { echo "offered '$got', expected '$wanted'"; false; }
}
names() { "$simulate" --list "$1" | awk '{print $1}' | xargs; }

all_options() { same "$(offered -- | sort)" "$("$simulate" --help | grep -oE '^ +(-., )?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort)"; }
check "every option of --help" all_options
check "  by its first letters" offers "--explain" --expl
check "  letters too" same "$(offered - | grep -c '^-[a-zA-Z]$')" 4
check "the words of --list" offers "algorithms models datasets codecs optimizers exchanges networks keys" --list ""
check "  behind =" offers "models" --list = m
check "  just behind it" offers "algorithms models datasets codecs optimizers exchanges networks keys" --list =
check "algorithms" offers "$(names algorithms)" --algorithm ""
check "  by their first letters" offers "local_sgd local_sgd_jsac losp loscar" --algorithm lo
check "  the second of a list, without the first" offers "losp,osp losp,overlap_local_sgd" --algorithm losp,o
all_keys() { same "$(offered --set "" | tr -d =)" "$("$simulate" --list keys | sed -n 's/^\([^ ].*\) = .*/\1/p')"; }
check "every key for --set" all_keys
check "  by its first letters" offers "network.tcp_window=" --set network.tc
check "values of a choice" offers "constant step cosine linear polynomial list" --set train.schedule =
check "  by their first letters" offers "virtual" --set experiment.clock = v
check "  yes or no" offers "yes no" --set experiment.train =
check "  algorithms" offers "bsp,losp bsp,loscar" --set experiment.algorithms = bsp,los
check "  models" offers "resnet14 resnet18" --set model.name = re
check "  data sets" offers "$(names datasets)" --set data.set =
check "  codecs" offers "maxabs" --set algorithm.dqlosp.codec = m
check "  networks" offers "$(names networks)" --set network.preset =
check "  exchanges" offers "server" --set network.exchange = se
check "  of one algorithm" offers "server" --set algorithm.bsp.exchange_by = se
check "  of replies" offers "maxabs" --set algorithm.dqlosp.reply_codec = m
check "  nothing where nothing is known" offers "" --set network.latency = 1
check "the words of --color" offers "auto always never" --color ""
check "formats for --export" offers "npz csv" --export ""
check "nothing for a number" offers "" --workers ""

mkdir -p mine/deep results/a/20260101T000000Z-s1 && touch my.ini my.txt mine/deep/x.ini results/a/20260101T000000Z-s1/run.json
ln -s 20260101T000000Z-s1 results/a/latest
check "ini files, folders and what comes with the program" offers "mine mnist_cnn.ini my.ini" m
check "  inside a folder" offers "mine/deep/x.ini" mine/deep/
check "  behind other words" offers "my.ini" -q --workers 4 my.
check "folders for --output" offers "mine" -o m
check "  and --data" offers "results" --data r
runs="results results/a/20260101T000000Z-s1 results/a/latest"
check "runs for --resume" offers "$runs" --resume r
check "  and --verify" offers "$runs" --verify r
check "  and --export" offers "$runs" --export csv r
check "  as many as one likes" offers "results/a results/a/20260101T000000Z-s1 results/a/latest" --verify results/a/latest results/a
beside() { cp "$simulate" simulate && mkdir -p experiments/more experiments/networks && touch experiments/networks/quiet.ini experiments/quick.ini experiments/more/other.ini && simulate=./simulate offers "$1" "$2"; }
check "experiments that come with the program" beside quick.ini qu
check "  in their folder" beside more/other.ini mor

# simulate-plot: its own options, formats, runs.
# shellcheck source=completions/simulate-plot.bash
. "$root/completions/simulate-plot.bash"
plot_offers() {
    local wanted=$1 got
    shift
    COMP_WORDS=("$root/plots/plot.sh" "$@") COMP_CWORD=$#
    _simulate_plot "$root/plots/plot.sh"
    got=${COMPREPLY[*]}
    [ "$got" = "$wanted" ] || { echo "offered '$got', expected '$wanted'"; false; }
}
check "options of simulate-plot" plot_offers "--title" --ti
in_plot_help() { plot_offers "$("$root/plots/plot.sh" --help | grep -oE '^  -[-a-z]+' | xargs)" -; }
check "  all of --help" in_plot_help
check "  formats" plot_offers "svg" --format s
check "  behind a run" plot_offers "pdf png" mine p
check "  nothing for a length" plot_offers "" --width ""
finish
