#!/usr/bin/env bash
# Given settings that have no effect are said, one line each; those that have one, and defaults, are not.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

# said SETTING...: what --check of the smoke experiment writes to stderr.
said() {
    local set=()
    for setting in "$@"; do set+=(--set "$setting"); done
    "$simulate" --check "$smoke" "${set[@]}" 2>&1 >/dev/null
}
idle() { said "${@:2}" | grep -qF "warning: --set: $1 has no effect: " && [ "$(said "${@:2}" | wc -l)" -eq 1 ]; }
silent() { [ -z "$(said "$@")" ]; }
alone=experiment.algorithms=bsp

check "nothing is said of the experiment itself" silent
check "a momentum beside adamw" idle train.momentum train.optimizer=adamw train.momentum=0.9
check "  not if one algorithm uses it" silent train.optimizer=adamw train.momentum=0.9 algorithm.bsp.optimizer=sgd
check "  the algorithm's own" idle algorithm.bsp.momentum train.optimizer=adamw algorithm.bsp.momentum=0.5
check "a momentum beside the algorithm's own" idle train.momentum experiment.algorithms=dgc train.momentum=0.9 algorithm.dgc.correction=0.5
check "  which gives that where it is left out" silent experiment.algorithms=dgc train.momentum=0.9
check "moments without adamw" idle train.beta2 train.beta2=0.9
check "marks without steps" idle train.step_at train.step_at=0.3
check "  with steps of one algorithm" silent train.step_at=0.3 algorithm.bsp.schedule=step
check "a power without polynomial" idle train.power train.power=2 train.schedule=cosine
check "the start of a warm-up without one" idle train.warmup_from train.warmup_from=0.1
check "what decays, without decay" idle train.weight_decay_on train.weight_decay_on=matrices
check "the optimiser's place without an optimiser" idle train.optimizer_at $alone train.optimizer_at=worker
check "  with clipping" silent $alone train.optimizer_at=worker train.clip_norm=1
check "a reset of no state" idle train.state_on_reset train.state_on_reset=zero
check "error feedback without a codec" idle algorithm.bsp.error_feedback algorithm.bsp.error_feedback=yes
check "  with one" silent algorithm.bsp.error_feedback=yes algorithm.bsp.codec=sign
check "raw tensors without a codec" idle algorithm.bsp.min_dimensions algorithm.bsp.min_dimensions=2
check "dense updates without a codec" idle algorithm.bsp.compress_after algorithm.bsp.compress_after=2
fedavg=algorithm.fedavg.server
of_fedavg=experiment.algorithms=fedavg
check "an outer rate without an outer optimiser" idle ${fedavg}_rate $of_fedavg ${fedavg}_rate=0.5
check "  its schedule" idle ${fedavg}_schedule $of_fedavg ${fedavg}_schedule=cosine
check "  its momentum" idle ${fedavg}_beta1 $of_fedavg ${fedavg}_beta1=0.5
check "  with one" silent $of_fedavg ${fedavg}_rate=0.5 ${fedavg}_beta1=0.5 ${fedavg}_optimizer=momentum
check "a second moment's decay of FedAvgM" idle ${fedavg}_beta2 $of_fedavg ${fedavg}_optimizer=momentum ${fedavg}_beta2=0.9
check "  of FedAdagrad" idle ${fedavg}_beta2 $of_fedavg ${fedavg}_optimizer=adagrad ${fedavg}_beta2=0.9
check "  of FedYogi" silent $of_fedavg ${fedavg}_optimizer=yogi ${fedavg}_beta2=0.9
check "tau of FedAvgM" idle ${fedavg}_tau $of_fedavg ${fedavg}_optimizer=momentum ${fedavg}_tau=0.01
check "  of FedAdagrad" silent $of_fedavg ${fedavg}_optimizer=adagrad ${fedavg}_tau=0.01
check "marks of an outer rate without steps" idle ${fedavg}_step_at $of_fedavg ${fedavg}_optimizer=adam ${fedavg}_step_at=0.3
check "  and their factor" idle algorithm.diloco.outer_step_factor experiment.algorithms=diloco algorithm.diloco.outer_step_factor=0.3
check "  with steps" silent experiment.algorithms=diloco algorithm.diloco.outer_step_factor=0.3 algorithm.diloco.outer_schedule=step
for name in diloco eager_diloco streaming_diloco; do
    check "  which rise: $name" same "$(said experiment.algorithms=$name algorithm.$name.outer_step_at=0.5,0.3)" \
        "simulate: --set: algorithm.$name.outer_step_at: expected rising fractions, got 0.3 after 0.5"
done
check "  which rise: fedavg" same "$(said $of_fedavg ${fedavg}_step_at=0.5,0.5)" \
    "simulate: --set: algorithm.fedavg.server_step_at: expected rising fractions, got 0.5 after 0.5"
check "marks of a list without factors" same "$(said train.list_at=0.5)" \
    "simulate: --set: train.list_at: needs train.list_factors, a factor for each fraction"
streaming=algorithm.streaming_diloco
check "a layout of one fragment" idle $streaming.layout experiment.algorithms=streaming_diloco $streaming.layout=strided $streaming.fragments=1
check "  of several" silent experiment.algorithms=streaming_diloco $streaming.layout=strided $streaming.fragments=3
check "a default is not mentioned" silent train.beta1=0.9 train.power=1 algorithm.bsp.error_feedback=no
check "nor is an algorithm that is not run" silent $alone algorithm.losp.error_feedback=yes
check "Dirichlet's concentration without Dirichlet" idle data.beta data.beta=0.1
check "stragglers without a probability" idle compute.straggler_duration compute.straggler_duration=4
check "faults' times without faults" same "$(said faults.down_time=1s faults.retransmit_timeout=1s faults.server_down_time=1s | grep -c 'has no effect')" 3

printf '[experiment]\niterations = 8\nalgorithms = bsp\n[train]\npower = 2\n' >own.ini
check "the line names file and line" grep -qF "own.ini:5: train.power has no effect: the schedule is not polynomial" <("$simulate" --check own.ini 2>&1)
check "a run says it, too" grep -qF "train.power has no effect" <("$simulate" -q own.ini -o own 2>&1)
check "  and going on from it does not" sh -c '! "$1" -q --resume own 2>&1 | grep "no effect"' - "$simulate"

printf '[experiment]\niterations = 8\nalgorithms = fedavg\n[algorithm.fedavg]\nserver_rate = 0.1\n[sweep]\ntune = none\nalgorithm.fedavg.server_optimizer = none, adam\n' >outer.ini
check "a sweep of outer optimisers may have what one of them uses" test -z "$("$simulate" --check outer.ini 2>&1 >/dev/null)"

printf '[sweep]\ntrain.schedule = constant, polynomial\n' >>own.ini
check "a sweep does not mention what counts in one point" sh -c '! "$1" --check own.ini 2>&1 | grep "no effect"' - "$simulate"
check "  and says once what counts in none" same \
    "$("$simulate" --check own.ini --set train.step_factor=0.5 2>&1 | grep -c 'train.step_factor has no effect')" 1

finish
