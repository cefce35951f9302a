#!/usr/bin/env bash
# Parameters that decay to nothing never become denormals, whatever the algorithm; in a sweep, too.
. "$(dirname "$0")/../lib.sh"

# no_denormals FOLDER...: most parameters came near the smallest number, and none of them is below it.
no_denormals() {
    python3 - "$@" <<'P'
import array, sys
found = False
for folder in sys.argv[1:]:
    numbers = array.array("f", open(folder + "/parameters.bin", "rb").read())
    denormal = sum(0 < abs(x) < 2**-126 for x in numbers)
    small = sum(abs(x) < 2**-120 for x in numbers)
    if denormal or small < len(numbers) / 2:
        print(f"{folder}: {denormal} denormals, {small} small numbers of {len(numbers)}")
        found = True
sys.exit(found)
P
}

decay=(--iterations 800 --set output.eval_every=800 --set train.learning_rate=0.4 --set train.weight_decay=1)
case $(uname -m) in
x86_64 | aarch64)
    must play all "${decay[@]}" --set experiment.algorithms=bsp,local_sgd,osp,dqlosp,k_async,k_batch_async
    check "no algorithm keeps denormals" no_denormals all/*/
    must play momentum "${decay[@]}" --algorithm bsp --set train.momentum=0.2
    check "nor does momentum" no_denormals momentum/*/
    must play sweep "${decay[@]}" --algorithm bsp --sweep experiment.seed=1,2
    check "nor does a sweep" no_denormals sweep/*/bsp/
    ;;
esac
finish
